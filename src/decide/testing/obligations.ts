// SPDX-License-Identifier: Apache-2.0
// For tests: obligations of every type, as a bundle could define them.
import * as fc from "fast-check";
import { type Category, type Obligation, parseCategory, REDACT_STYLES } from "../../core/index.ts";

const categories: fc.Arbitrary<readonly Category[]> = fc
  .subarray(["financial", "health", "personal", "secret"].map(parseCategory), { minLength: 1 })
  .map((some) => some.toSorted());

export const anyObligation: fc.Arbitrary<Obligation> = fc.oneof(
  fc.record({ type: fc.constant("redact" as const), categories, style: fc.constantFrom(...REDACT_STYLES) }),
  fc.record({ type: fc.constant("max_bytes" as const), max: fc.nat() }),
  fc.record({ type: fc.constant("mark_untrusted" as const) }),
);
