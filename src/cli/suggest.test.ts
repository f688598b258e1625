// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "./suggest.ts";

const KNOWN = ["up", "status", "verify", "record tail", "policy check"];

test("X18: the nearest word within two edits is meant, a swap of neighbours counting once", () => {
  expect(nearest("stauts", KNOWN)).toBe("status");
  expect(nearest("verifyy", KNOWN)).toBe("verify");
  expect(nearest("vrfy", KNOWN)).toBe("verify");
});

test("X18: a word that is not near is not guessed at, and a short one is not replaced whole", () => {
  expect(nearest("contain", KNOWN)).toBeUndefined();
  expect(nearest("ls", KNOWN)).toBeUndefined();
  expect(nearest("", KNOWN)).toBeUndefined();
  expect(nearest("status", [])).toBeUndefined();
});

test("X18: one edit of a long word is always found", () => {
  const edits = fc.tuple(fc.nat(5), fc.constantFrom("", "q", "qs"));
  fc.assert(
    fc.property(edits, ([at, put]) => {
      expect(nearest(`${"status".slice(0, at)}${put}${"status".slice(at + 1)}`, KNOWN)).toBe("status");
    }),
  );
});
