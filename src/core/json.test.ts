// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CoreError } from "./errors.ts";
import { isJsonObject, jsonObject, member, parseJson, RawNumber, writeJson } from "./json.ts";

function codeOf(input: string | Uint8Array, limits = {}): string {
  try {
    parseJson(input, limits);
    return "accepted";
  } catch (error) {
    return error instanceof CoreError ? error.code : `another error: ${String(error)}`;
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

test("K9: agrees with a second parser on every value that JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(plain(JSON.parse(writeJson(parseJson(text))))).toEqual(plain(JSON.parse(text)));
    }),
  );
});

test("K9: refuses what JSON.parse refuses, and throws nothing but its own error", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0041-+.eE 019truefalsn\n\u0000\u00e9'.split("")) }),
      (text) => {
        const code = codeOf(text);
        expect(code).not.toMatch(/another error/);
        let peer = true;
        try {
          JSON.parse(text);
        } catch {
          peer = false;
        }
        // ours is stricter (duplicates, surrogates), never looser
        expect(peer || code !== "accepted").toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

describe("E2: what is judged is what is sent", () => {
  test("numbers that a double would change keep their lexeme", () => {
    for (const lexeme of [
      "9007199254740993",
      "1.0",
      "1e2",
      "-0",
      "1E400",
      "0.1000000000000000055511151231257827",
      "123456789012345678901234567890",
    ]) {
      const value = parseJson(lexeme);
      expect(value).toBeInstanceOf(RawNumber);
      expect(writeJson(value)).toBe(lexeme);
    }
    for (const lexeme of ["0", "-1", "0.1", "9007199254740991", "1e+21"])
      expect(writeJson(parseJson(lexeme))).toBe(lexeme);
  });

  test("a member that stands twice is refused, however it is spelled", () => {
    expect(codeOf('{"a":1,"a":2}')).toBe("CORE_JSON_DUPLICATE_MEMBER");
    expect(codeOf('{"a":1,"\\u0061":2}')).toBe("CORE_JSON_DUPLICATE_MEMBER");
    expect(codeOf('{"__proto__":1,"__proto__":2}')).toBe("CORE_JSON_DUPLICATE_MEMBER");
  });

  test("__proto__ and constructor are names like any other", () => {
    const value = parseJson('{"__proto__":{"admin":true},"constructor":1}');
    if (!isJsonObject(value)) throw new Error("no object");
    expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect(member(value, "admin")).toBeUndefined();
    expect(writeJson(value)).toBe('{"__proto__":{"admin":true},"constructor":1}');
  });

  test("lone surrogates, control characters, a byte order mark and bytes that are no UTF-8 are refused", () => {
    for (const text of ['"\\ud800"', '"\\udc00\\ud800"', '"a\tb"', "\ufeff{}", '"\u0000"'])
      expect(codeOf(text)).toBe("CORE_JSON_MALFORMED");
    expect(codeOf(Uint8Array.from([0x22, 0xff, 0x22]))).toBe("CORE_JSON_NOT_UTF8");
    expect(parseJson('"\\ud83d\\ude00"')).toBe("\u{1f600}");
  });

  test("depth and size are limits, not crashes", () => {
    expect(codeOf("[".repeat(65) + "]".repeat(65))).toBe("CORE_JSON_TOO_DEEP");
    expect(codeOf("[".repeat(64) + "]".repeat(64))).toBe("accepted");
    expect(codeOf("[".repeat(5_000_000), { maxBytes: 10_000_000 })).toBe("CORE_JSON_TOO_DEEP");
    expect(codeOf('"aaaa"', { maxBytes: 5 })).toBe("CORE_JSON_TOO_LARGE");
  });
});

test("a member is never found on a prototype", () => {
  expect(member(jsonObject([["a", 1]]), "toString")).toBeUndefined();
  expect(member([1], "length")).toBeUndefined();
  expect(member("text", "length")).toBeUndefined();
});
