// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CAPTURE_LEVELS, type Obligation, parseCategory, REDACT_STYLES } from "../core/index.ts";
import { isImpossible, joinObligations, OBLIGATION, OBLIGATION_TYPES } from "./obligations.ts";
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
  return strict.type === loose.type && doesLists(strict, loose) && doesAmounts(strict, loose);
}

function has(all: readonly string[], few: readonly string[]): boolean {
  return few.every((one) => all.includes(one));
}

function doesLists(strict: Obligation, loose: Obligation): boolean {
  if ("allow" in strict && "allow" in loose) return has(loose.allow, strict.allow);
  if ("who" in strict && "who" in loose) return has(strict.who, loose.who);
  if ("texts" in strict && "texts" in loose) return has(strict.texts, loose.texts);
  if ("all" in strict && "all" in loose) return has(strict.all, loose.all);
  if (!("categories" in strict && "categories" in loose)) return true;
  // the two that loosen: what may be treated as less only ever shrinks
  return strict.type === "redact" ? has(strict.categories, loose.categories) : has(loose.categories, strict.categories);
}

function doesAmounts(strict: Obligation, loose: Obligation): boolean {
  if ("max" in strict && "max" in loose) return strict.max <= loose.max;
  if ("style" in strict && "style" in loose)
    return REDACT_STYLES.indexOf(strict.style) >= REDACT_STYLES.indexOf(loose.style);
  if ("level" in strict && "level" in loose)
    return CAPTURE_LEVELS.indexOf(strict.level) >= CAPTURE_LEVELS.indexOf(loose.level);
  if (!("currency" in strict && "currency" in loose) || strict.currency === "") return true;
  return strict.currency === loose.currency && Number(strict.amount) <= Number(loose.amount);
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

test.each([
  [
    "two regions with none in common",
    [
      { type: "region", allow: ["DE"] },
      { type: "region", allow: ["US"] },
    ],
  ],
  [
    "two currencies",
    [
      { type: "max_amount", amount: "5", currency: "EUR" },
      { type: "max_amount", amount: "5", currency: "USD" },
    ],
  ],
] as const)("D33, D34: %s can be carried out by nobody", (_, both) => {
  expect(joinObligations(both).some(isImpossible)).toBe(true);
  expect(both.some(isImpossible)).toBe(false);
});

test("D35: every type is read as it is written", () => {
  fc.assert(
    fc.property(anyObligation, (one) => {
      expect(OBLIGATION.parse(one)).toEqual(one);
    }),
  );
  const drawn = new Set(fc.sample(anyObligation, 2000).map(({ type }) => type));
  expect([...OBLIGATION_TYPES]).toEqual([...drawn].toSorted());
});

test.each([
  ["an unknown type", { type: "shred" }],
  ["an unknown member", { type: "mark_untrusted", loudly: true }],
  ["no categories", { type: "redact", categories: [], style: "mask" }],
  ["a category that is no word", { type: "redact", categories: ["Personal data"], style: "mask" }],
  ["an unknown style", { type: "redact", categories: ["personal"], style: "blur" }],
  ["an amount that is no decimal", { type: "max_amount", amount: "1e3", currency: "EUR" }],
  ["a currency that is none", { type: "max_amount", amount: "1", currency: "" }],
  ["no region at all", { type: "region", allow: [] }],
  ["a size below nothing", { type: "max_bytes", max: -1 }],
  ["a size that is no whole number", { type: "max_bytes", max: 1.5 }],
])("D35: %s is refused", (_, one) => {
  expect(OBLIGATION.safeParse(one).success).toBe(false);
});
