// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalText, parseJson } from "../../core/index.ts";
import { leafOf } from "./leaf.ts";

/** Values an entry may hold, with names and texts that are awkward to put in order or to escape. */
const name = fc.oneof(
  fc.string(),
  fc.stringMatching(/^[0-9]{1,3}$/),
  fc.constantFrom("__proto__", "a", "é", "\u{1f600}", "�"),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "grapheme" }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("value"), { maxLength: 4 }),
  object: fc.dictionary(name, tie("value"), { maxKeys: 5, noNullPrototype: false }),
}));

test("L1: the text of an entry is what core's canonicaliser writes", () => {
  fc.assert(
    fc.property(fc.dictionary(name, value), (entry) => {
      const { text, bytes } = leafOf(entry);
      expect(text).toBe(canonicalText(parseJson(JSON.stringify(entry))));
      expect(bytes).toBe(Buffer.byteLength(text));
    }),
  );
});

test("L1: a string of 512 bytes is written, one of 513 is refused", () => {
  expect(leafOf({ a: "x".repeat(512) }).bytes).toBe(520);
  expect(() => leafOf({ a: "x".repeat(513) })).toThrow("a string of over 512 bytes");
  expect(() => leafOf({ a: "é".repeat(257) })).toThrow("a string of over 512 bytes");
  expect(() => leafOf({ ["x".repeat(513)]: 1 })).toThrow("a string of over 512 bytes");
});

test.each([
  ["a fraction", { a: 0.5 }, "no whole number"],
  ["a number past 2^53-1", { a: 2 ** 53 }, "no whole number"],
  ["not a number", { a: Number.NaN }, "no whole number"],
  ["a lone surrogate", { a: "\ud800" }, "a lone surrogate"],
  ["a lone surrogate in a name", { "\udfff": 1 }, "a lone surrogate"],
  ["nothing", { a: undefined }, "a value of type undefined"],
  ["a function", { a: () => 1 }, "a value of type function"],
])("L1: %s is refused", (_, entry, reason) => {
  expect(() => leafOf(entry)).toThrow(reason);
});

test("L1: nesting has an end", () => {
  const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });
  expect(leafOf(nested(31)).bytes).toBeGreaterThan(31);
  expect(() => leafOf(nested(32))).toThrow("nested deeper than 32");
});

/** An entry whose text has so many bytes. */
function entryOf(bytes: number): object {
  const list = Array.from({ length: 127 }, () => "x".repeat(510));
  return { list, rest: "x".repeat(bytes - leafOf({ list, rest: "" }).bytes) };
}

test("L1: an entry of 65,535 bytes is written, one more byte is refused and never cut", () => {
  expect(leafOf(entryOf(65_535)).bytes).toBe(65_535);
  expect(() => leafOf(entryOf(65_536))).toThrow(expect.objectContaining({ code: "RECORD_ENTRY_TOO_LARGE" }));
});
