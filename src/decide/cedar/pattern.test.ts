// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { patternMatcher } from "./pattern.ts";

/** The meaning of a pattern, said as slowly as possible. */
function slow(text: readonly string[], pattern: readonly (string | null)[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first !== null) return text[0] === first && slow(text.slice(1), rest);
  return text.some((_, at) => slow(text.slice(at), rest)) || slow([], rest);
}

const letter = fc.constantFrom("a", "b", "*", "😀", "é");

test("D4: like compares code points, and only a wildcard stands for several", () => {
  fc.assert(
    fc.property(fc.array(letter, { maxLength: 8 }), fc.array(fc.option(letter), { maxLength: 6 }), (text, pattern) => {
      const pieces = [""];
      for (const element of pattern) {
        if (element === null) pieces.push("");
        else pieces.push(`${pieces.pop() ?? ""}${element}`);
      }
      expect(patternMatcher(pieces)(text.join(""))).toBe(slow(text, pattern));
    }),
    { numRuns: 1_000 },
  );
});

test("D4: a pattern that would make a backtracking matcher hang answers at once", () => {
  const pieces = ["", ...Array.from({ length: 200 }, () => "a"), "b"];
  expect(patternMatcher(pieces)("a".repeat(50_000))).toBe(false);
});
