// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsOf, fit, visible, wrap } from "./text.ts";

const anything = fc.string({ unit: "binary", maxLength: 300 });

describe("text that others wrote", () => {
  test("X26: what cannot be seen is written out", () => {
    expect(visible("a\u202Eb\u0000c\u200Bd\ne\uD800f", 100)).toBe("a\\u{202e}b\\u{0}c\\u{200b}d\\u{a}e\\u{d800}f");
    expect(visible("zażółć 漢字 👍", 100)).toBe("zażółć 漢字 👍");
  });

  test("X26: a cut text says so, and no character is cut in two", () => {
    expect(visible("abcdef", 4)).toBe("abc…");
    expect(visible("ab👍cd", 4)).toBe("ab…");
    expect(visible("x".repeat(100_000), 2000)).toHaveLength(2000);
  });

  test("X8: nothing is wider than asked, and nothing unseen is left", () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 8, max: 60 }), fc.integer({ min: 1, max: 4 }), (text, columns, lines) => {
        expect(columnsOf(fit(text, columns))).toBeLessThanOrEqual(columns);
        const wrapped = wrap(text, columns, lines);
        expect(wrapped.length).toBeLessThanOrEqual(lines);
        for (const line of wrapped) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
        expect(wrapped.join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test("X8: a text that has room loses nothing but the spaces at which it breaks", () => {
    expect(wrap("one two three four", 9, 4)).toEqual(["one two", "three", "four"]);
    expect(wrap("abcdefghij", 4, 4)).toEqual(["abcd", "efgh", "ij"]);
    expect(wrap("abcdefghij", 4, 2)).toEqual(["abcd", "efg…"]);
    expect(wrap("", 4, 2)).toEqual([""]);
  });
});
