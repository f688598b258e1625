// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalText } from "./canonical.ts";
import { canonicalize, digestOf } from "./canonical-bytes.ts";
import { parseJson } from "./json.ts";

const text = fc.string({
  unit: fc.oneof(fc.constantFrom('"', "\\", "\n", "\u0000", "\u007f", "é", "😀"), fc.string()),
});
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.jsonValue(),
    fc.array(tie("value")),
    fc.dictionary(text, tie("value"), { maxKeys: 30 }),
  ),
}));

test("K9: the bytes are those of the canonical text, and the digest is theirs", () => {
  fc.assert(
    fc.property(value, (any) => {
      const json = parseJson(JSON.stringify(any));
      const expected = new TextEncoder().encode(canonicalText(json));
      expect(canonicalize(json)).toEqual(expected);
      expect(digestOf(json)).toBe(`sha256:${hash("sha256", expected, "hex")}`);
    }),
    { numRuns: 500 },
  );
});

test("K9: what is longer than the room kept for it is written whole, and the next value is as it would be", () => {
  for (const unit of ["a", "\u0000", "é", "[", "😀"]) {
    const long = [unit.repeat(700_000), { [unit.repeat(9000)]: unit }];
    expect(new TextDecoder().decode(canonicalize(long))).toBe(JSON.stringify(long));
    expect(new TextDecoder().decode(canonicalize({ b: 1, a: [] }))).toBe('{"a":[],"b":1}');
  }
  const many = Array.from({ length: 20_000 }, () => []);
  expect(new TextDecoder().decode(canonicalize(many))).toBe(JSON.stringify(many));
});

test("K9: numbers are written as one text each", () => {
  const numbers = parseJson("[1.0, 9007199254740993, -0, 1e400]");
  expect(new TextDecoder().decode(canonicalize(numbers))).toBe("[1,9007199254740993,0,1e400]");
});
