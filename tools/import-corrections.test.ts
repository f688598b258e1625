// SPDX-License-Identifier: Apache-2.0
// A correction applies to exactly what it says it corrects, or the import fails.
import { expect, test } from "vitest";
import { type Correction, correct, parseCorrections } from "./import-corrections.ts";

const LAWS = [
  { jurisdiction: "AA", adequacy: [{ to: "BB" }, { to: "CC", only_if: "importer.x" }], rules: [] },
  { jurisdiction: "DD", adequacy: [{ to: "BB" }], rules: [{ id: "DD-T-x", kinds: ["a"], status: "s", review: "r" }] },
];
const because = { why: "w", citation: "c", checked: "r" };

function corrected(...corrections: readonly Omit<Correction, "why" | "citation" | "checked">[]): unknown {
  return correct(
    LAWS,
    corrections.map((one) => ({ ...one, ...because })),
  );
}

test("J1: members are changed in their place and added behind the one they follow; all else stays", () => {
  const [aa, dd] = LAWS;
  const at = "DD/rules/DD-T-x";
  const result = corrected({ at, said: { kinds: ["a"] }, says: { kinds: ["b"], beside: ["a"], more: 1 } });
  const rule = { id: "DD-T-x", kinds: ["b"], beside: ["a"], more: 1, status: "s", review: "r" };
  expect(JSON.stringify(result)).toBe(JSON.stringify([aa, { ...dd, rules: [rule] }]));
});

test("J1: an entry of one law is not that of another", () => {
  const result = corrected({ at: "DD/adequacy/BB", said: {}, says: { note: "n" } });
  expect(result).toMatchObject([LAWS[0] ?? {}, { adequacy: [{ to: "BB", note: "n" }] }]);
});

test.each([
  { at: "AA/adequacy/CC", said: { only_if: "importer.y" }, says: { only_if: "importer.z" }, found: "another value" },
  { at: "AA/adequacy/CC", said: {}, says: { only_if: "importer.z" }, found: "a member that is there by now" },
  { at: "AA/adequacy/BB", said: { only_if: "importer.x" }, says: { only_if: "importer.z" }, found: "no such member" },
  { at: "DD/rules/DD-T-x", said: { kinds: ["a", "b"] }, says: { kinds: ["b"] }, found: "a shorter list" },
])("J1: the correction of $at that expected $said and finds $found is refused", ({ at, said, says }) => {
  expect(() => corrected({ at, said, says })).toThrow(`correction of ${at}: the draft no longer says what it expects`);
});

test("J1: a correction of nothing, and two of one entry, are refused", () => {
  const one = { at: "AA/adequacy/BB", said: {}, says: { note: "n" } };
  expect(() => corrected({ ...one, at: "AA/adequacy/DD" })).toThrow("AA/adequacy/DD: the draft has no such entry");
  expect(() => corrected(one, { ...one, says: { cite: "c" } })).toThrow("two corrections of one entry");
});

test.each([
  ["at: AA/adequacy/BB", "at: AA/name", "a path to something else"],
  ["why: w", "why: ''", "no reason"],
  ["checked: r, ", "", "nothing on how it was checked"],
  ["said: {}", "said: { note: n }", "a member that would be dropped"],
  ["citation: c", "citation: c, cite: d", "a member that nobody reads"],
])("J1: a list with %s as %s is refused: %s", (from, to) => {
  const good = `
schema: bailiwick-import-corrections/1
sources: {}
corrections: [{ at: AA/adequacy/BB, said: {}, says: { cite: x }, why: w, checked: r, citation: c }]
`;
  expect(parseCorrections(good).corrections).toHaveLength(1);
  expect(good).toContain(from);
  expect(() => parseCorrections(good.replace(from, to))).toThrow("corrections");
});
