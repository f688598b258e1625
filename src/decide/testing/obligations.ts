// SPDX-License-Identifier: Apache-2.0
// For tests: obligations of every type, as a bundle could define them.
import * as fc from "fast-check";
import { CAPTURE_LEVELS, type Category, type Obligation, parseCategory, REDACT_STYLES } from "../../core/index.ts";

const categories: fc.Arbitrary<readonly Category[]> = fc
  .subarray(["financial", "health", "personal", "secret"].map(parseCategory), { minLength: 1 })
  .map((some) => some.toSorted());

const names = fc.subarray(["a", "b", "c", "d"], { minLength: 1 });
const of = <T extends string>(...types: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...types);

export const anyObligation: fc.Arbitrary<Obligation> = fc.oneof(
  fc.record({ type: of("redact"), categories, style: fc.constantFrom(...REDACT_STYLES) }),
  fc.record({ type: of("max_bytes", "max_rows", "ttl"), max: fc.nat() }),
  fc.record({ type: of("mark_untrusted", "no_train", "no_retain", "read_only") }),
  fc.record({ type: of("max_amount"), amount: of("0", "9.5", "10", "250.25"), currency: of("EUR", "USD") }),
  fc.record({ type: of("region", "model"), allow: names }),
  fc.record({ type: of("notify", "end_session"), who: names }),
  fc.record({ type: of("watermark"), texts: names }),
  fc.record({ type: of("filter"), all: names }),
  fc.record({ type: of("capture"), level: fc.constantFrom(...CAPTURE_LEVELS) }),
  fc.record({ type: of("declassify", "reveal"), categories }),
);
