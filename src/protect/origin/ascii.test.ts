// SPDX-License-Identifier: Apache-2.0
// Lines of ASCII letters alone are read by tables; what is found in them is what the rules for all letters find.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { looseForms } from "./loose.ts";
import { spansOf } from "./spans.ts";

const MARKS = [
  "We",
  "Anna Berg",
  "o0",
  "rn",
  "vv",
  "|",
  "1!",
  " ",
  "\t",
  "+33 1",
  "a@b.c",
  "$1,000.50",
  "x=1",
  "<a.b>",
  "'q'",
];
const ascii: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...MARKS), fc.string({ unit: "grapheme-ascii", maxLength: 6 })), { maxLength: 12 })
  .map((parts) => parts.join("").replaceAll("\n", " "));

const skeleton = (text: string): string | undefined => looseForms(text)[0];

test("P26: a line of ASCII letters holds the same values beside one that is not", () => {
  fc.assert(
    fc.property(ascii, fc.boolean(), (line, words) => {
      // longer than any line that is a value of its own, and with a word in front that nobody would take for one
      const inLine = (head: string): readonly string[] =>
        [...spansOf(`${head} ${"- ".repeat(60)}${line}`, { words })]
          .map(({ text }) => text)
          .filter((text) => text !== head);
      expect(inLine("ab")).toEqual(inLine("éb"));
    }),
  );
});

test("P30: what an ASCII value resembles does not depend on an invisible letter beside it", () => {
  fc.assert(
    fc.property(ascii, (value) => {
      fc.pre(skeleton(value) !== undefined);
      expect(skeleton(`${value}\u200b`)).toBe(skeleton(value));
    }),
  );
});
