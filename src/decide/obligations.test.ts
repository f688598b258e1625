// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Obligation, parseCategory, REDACT_STYLES } from "../core/index.ts";
import { joinObligations, OBLIGATION, OBLIGATION_TYPES } from "./obligations.ts";
import { anyObligation } from "./testing/obligations.ts";

const some = fc.array(anyObligation, { maxLength: 6 });

test("D35: joining obligations is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      const joined = joinObligations([...a, ...b]);
      expect(joinObligations([...b, ...a])).toEqual(joined);
      expect(joinObligations([...joined, ...c])).toEqual(joinObligations([...a, ...joinObligations([...b, ...c])]));
      expect(joinObligations([...joined, ...joined])).toEqual(joined);
    }),
    { numRuns: 1_000 },
  );
});

/** Whether doing `strict` does all that `loose` asks. */
function does(strict: Obligation, loose: Obligation): boolean {
  if (strict.type === "redact" && loose.type === "redact")
    return (
      loose.categories.every((category) => strict.categories.includes(category)) &&
      REDACT_STYLES.indexOf(strict.style) >= REDACT_STYLES.indexOf(loose.style)
    );
  if (strict.type === "max_bytes" && loose.type === "max_bytes") return strict.max <= loose.max;
  return strict.type === loose.type;
}

test("D35: joining is monotone: whoever carries out the join carries out each", () => {
  fc.assert(
    fc.property(some, (all) => {
      const joined = joinObligations(all);
      expect(all.every((one) => joined.some((stricter) => does(stricter, one)))).toBe(true);
      expect(joined.map(({ type }) => type)).toEqual([...new Set(all.map(({ type }) => type))].toSorted());
    }),
    { numRuns: 1_000 },
  );
});

test("D33: redactions unite their categories under the strictest style, the smallest size wins", () => {
  const [personal, secret] = [parseCategory("personal"), parseCategory("secret")];
  expect(
    joinObligations([
      { type: "redact", categories: [secret], style: "drop" },
      { type: "max_bytes", max: 10 },
      { type: "redact", categories: [personal, secret], style: "mask" },
      { type: "max_bytes", max: 9 },
    ]),
  ).toEqual([
    { type: "max_bytes", max: 9 },
    { type: "redact", categories: [personal, secret], style: "drop" },
  ]);
});

test("D35: every type is read as it is written", () => {
  fc.assert(
    fc.property(anyObligation, (one) => {
      expect(OBLIGATION.parse(one)).toEqual(one);
    }),
  );
  expect([...OBLIGATION_TYPES]).toEqual(["mark_untrusted", "max_bytes", "redact"]);
});

test.each([
  ["an unknown type", { type: "shred" }],
  ["an unknown member", { type: "mark_untrusted", loudly: true }],
  ["no categories", { type: "redact", categories: [], style: "mask" }],
  ["a category that is no word", { type: "redact", categories: ["Personal data"], style: "mask" }],
  ["an unknown style", { type: "redact", categories: ["personal"], style: "blur" }],
  ["a size below nothing", { type: "max_bytes", max: -1 }],
  ["a size that is no whole number", { type: "max_bytes", max: 1.5 }],
])("D35: %s is refused", (_, one) => {
  expect(OBLIGATION.safeParse(one).success).toBe(false);
});
