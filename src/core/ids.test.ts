// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CoreError, quote } from "./errors.ts";
import {
  formatEntryRef,
  identityOf,
  parseDigest,
  parseEntryId,
  parseEntryIndex,
  parseEntryRef,
  parseIdentityId,
  parseInstanceId,
  parseServerId,
  referenceOf,
} from "./ids.ts";

test("I1: identity ids are spiffe paths of a known kind, compared as they are", () => {
  expect(parseIdentityId("spiffe://office.example/agent/invoice-helper")).toBe(
    "spiffe://office.example/agent/invoice-helper",
  );
  const bad = [
    "spiffe://office.example/agent",
    "spiffe://office.example/agent/a/b",
    "spiffe://office.example/robot/a",
    "spiffe://office.example/agent/..",
    "spiffe://office.example/agent/a%2fb",
    "spiffe://OFFICE/agent/a",
    "spiffe:///agent/a",
    "https://office.example/agent/a",
    `spiffe://office.example/agent/${"a".repeat(2048)}`,
  ];
  for (const text of bad) expect(() => parseIdentityId(text), text).toThrow(CoreError);
});

test("I1: an instance is an identity with one more segment", () => {
  const instance = parseInstanceId("spiffe://office.example/agent/invoice-helper/desk-1");
  expect(identityOf(instance)).toBe("spiffe://office.example/agent/invoice-helper");
  expect(() => parseInstanceId("spiffe://office.example/agent/invoice-helper")).toThrow(CoreError);
});

test("K9: parsers throw nothing but their error", () => {
  const parsers = [parseIdentityId, parseInstanceId, parseServerId, parseDigest, parseEntryId, parseEntryRef];
  fc.assert(
    fc.property(fc.constantFrom(...parsers), fc.string(), (parse, text) => {
      let thrown: unknown = new CoreError("CORE_ID_MALFORMED", "nothing was thrown");
      try {
        parse(text);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(CoreError);
    }),
  );
});

test("entry references round-trip", () => {
  fc.assert(
    fc.property(fc.nat(), (index) => {
      const ref = { log: "localhost/log/main-1", index: parseEntryIndex(index), leaf: "B".repeat(43) };
      expect(parseEntryRef(formatEntryRef(ref))).toEqual(ref);
    }),
  );
});

test("a reference is BW- and the last 35 bits of the entry id in Crockford's alphabet", () => {
  expect(referenceOf(parseEntryId("0190b5a2-0000-7000-8000-000000000000"))).toBe("BW-0000000");
  expect(referenceOf(parseEntryId("0190b5a2-0000-7000-8000-0007ffffffff"))).toBe("BW-ZZZZZZZ");
  expect(referenceOf(parseEntryId("0190b5a2-0000-7000-8000-fff800000001"))).toBe("BW-0000001");
});

test("quoted outside text is cut and shows no control or direction marks", () => {
  expect(quote("a\u202eb\n`")).toBe("`a\\u{202e}b\\u{a}\\u{60}`");
  expect(quote("x".repeat(500)).length).toBeLessThan(210);
});
