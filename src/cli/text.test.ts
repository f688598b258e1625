// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { plainText, tableText } from "./table.ts";
import { cut, jsonText, printable, width, wrap } from "./text.ts";

const anyText = fc.string({ unit: "binary" });
// what a terminal acts on: controls, direction changes, invisible characters
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

test("X26: printable text has nothing that a terminal would act on, and safe text stays as it is", () => {
  fc.assert(fc.property(anyText, (text) => !UNSAFE.test(printable(text))));
  expect(printable("a\u001b[2J\u202eb\nc")).toBe("a\\u{1b}[2J\\u{202e}b\\u{a}c");
  expect(printable("é 漢 …")).toBe("é 漢 …");
});

test("X26: JSON for a terminal is the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(UNSAFE.test(jsonText(value))).toBe(false);
      expect(JSON.parse(jsonText(value, 2))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("X14: cut text is never longer than asked, and ends with a mark where something is missing", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 30 }), (text, max) => {
      const short = cut(text, max);
      expect(width(short)).toBeLessThanOrEqual(max);
      expect(short === text || short.endsWith("…")).toBe(true);
    }),
  );
});

test("wrapped text loses nothing, and only a single long word is longer than the line", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 4, max: 40 }), (some, max) => {
      const lines = wrap(some.join(" "), max);
      expect(lines.join(" ")).toBe(some.join(" "));
      expect(lines.filter((line) => width(line) > max && line.includes(" "))).toEqual([]);
    }),
  );
});

const SCREEN = { color: false, columns: 40 };

test("X14: columns line up, ids are whole, the text column is cut or goes on under itself", () => {
  const rows = [
    ["one", "a text that is much longer than the line has room for"],
    ["a-longer-id", "short"],
  ];
  expect(tableText(rows, SCREEN, "cut")).toBe("one          a text that is much longer…\na-longer-id  short\n");
  expect(tableText(rows, SCREEN, "wrap").split("\n")[1]).toBe("             than the line has room for");
  expect(tableText(rows, { ...SCREEN, columns: 16 }, "cut")).toBe("one\n  a text that i…\na-longer-id\n  short\n");
});

test("X14: plain rows are whole, and a tab in a text cannot make a column", () => {
  expect(plainText([["a\tb", { text: "short", plain: "the whole of it" }]])).toBe("a\\u{9}b\tthe whole of it\n");
});
