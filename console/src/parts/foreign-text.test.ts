// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cutForeign, FOREIGN_MAX_CHARS, piecesOf } from "./foreign-text.ts";

function shown(text: string): string {
  return piecesOf(text)
    .map((piece) => (piece.kind === "mark" ? `[${piece.text}]` : piece.text))
    .join("");
}

test("X26: what turns writing round, hides or controls is a mark with its name", () => {
  expect(shown("pay \u202E3200\u2066 EUR")).toBe("pay [U+202E]3200[U+2066] EUR");
  expect(shown("zero\u200Bwidth\u00ADsoft\u{E0041}tag")).toBe("zero[U+200B]width[U+00AD]soft[U+E0041]tag");
  expect(shown("\u001B[31m\u0000\r")).toBe("[U+001B][31m[U+0000][U+000D]");
  expect(shown("\u2028\u3164\u2800\uFE0F\uD800")).toBe("[U+2028][U+3164][U+2800][U+FE0F][U+D800]");
});

test("X26: letters of every script, spaces, line ends and tabs stay as they are; markup is only text", () => {
  for (const text of ["Łódź Ελλάδα 東京 שלום مرحبا 🙂", "a\n\tb", "<b onload=x>&amp;</b>"])
    expect(shown(text)).toBe(text);
});

test("X26: nothing of a text is lost, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      const back = piecesOf(text)
        .map((p) => (p.kind === "mark" ? String.fromCodePoint(Number.parseInt(p.text.slice(2), 16)) : p.text))
        .join("");
      expect(back).toBe(text);
    }),
  );
});

test("X26: at most 2,000 characters, and none is cut in half", () => {
  expect(cutForeign("a".repeat(FOREIGN_MAX_CHARS))).toMatchObject({ left: 0 });
  expect(cutForeign("a".repeat(1_000_000)).left).toBe(1_000_000 - FOREIGN_MAX_CHARS);
  const { shown: cut, left } = cutForeign(`${"a".repeat(FOREIGN_MAX_CHARS - 1)}🙂`);
  expect([cut.length, left]).toEqual([FOREIGN_MAX_CHARS - 1, 2]);
});
