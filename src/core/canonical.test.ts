// SPDX-License-Identifier: Apache-2.0
import peer from "canonicalize";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalText } from "./canonical.ts";
import { digestOf } from "./canonical-bytes.ts";
import { parseJson } from "./json.ts";

test("K9: equals an independent canonicaliser on random values", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(canonicalText(parseJson(text))).toBe(peer(JSON.parse(text)));
    }),
    { numRuns: 500 },
  );
});

test("RFC 8785 section 3.2.3: members are sorted by UTF-16 units", () => {
  const text =
    '{"\\u20ac":"Euro Sign","\\r":"CR","\\ufb33":"Hebrew","1":"One","\\ud83d\\ude00":"Smiley","\\u0080":"Control","\\u00f6":"o"}';
  expect(canonicalText(parseJson(text))).toBe(peer(JSON.parse(text)));
});

test("one number has one text, however it was written", () => {
  for (const [spelled, canonical] of [
    ["1.0", "1"],
    ["1e2", "100"],
    ["-0", "0"],
    ["0.10", "0.1"],
    ["1E21", "1e+21"],
    ["0e5", "0"],
  ]) {
    expect(canonicalText(parseJson(spelled ?? ""))).toBe(canonical);
  }
});

test("numbers that a double cannot tell apart have different digests", () => {
  expect(digestOf(parseJson("9007199254740993"))).not.toBe(digestOf(parseJson("9007199254740992")));
  expect(digestOf(parseJson("1e400"))).not.toBe(digestOf(parseJson("2e400")));
});

test("equal values have equal digests, whatever the order of members", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).toReversed());
      expect(digestOf(parseJson(JSON.stringify(reversed)))).toBe(digestOf(parseJson(JSON.stringify(value))));
    }),
  );
});
