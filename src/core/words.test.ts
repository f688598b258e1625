// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  ANSWERS,
  CoreError,
  formatInstant,
  instant,
  isEffect,
  isVerb,
  LEVELS,
  levelRank,
  parseInstant,
  strictest,
  VERBS,
} from "./index.ts";

test("the strictest answer wins, and no answer at all is a deny", () => {
  expect(strictest(["allow", "log", "allow"])).toBe("log");
  expect(strictest(["deny", "allow"])).toBe("deny");
  expect(strictest([])).toBe("deny");
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ANSWERS), { minLength: 1 }), (answers) => {
      const rank = ANSWERS.indexOf(strictest(answers));
      expect(answers.every((a) => ANSWERS.indexOf(a) <= rank)).toBe(true);
      expect(strictest(answers.toReversed())).toBe(strictest(answers));
    }),
  );
});

test("each of the eight verbs either reads or has an effect", () => {
  expect(VERBS.filter((v) => isEffect(v))).toEqual(["retain", "train", "share", "execute", "delegate"]);
  expect(VERBS).toHaveLength(8);
  expect(isVerb("read")).toBe(false);
});

test("levels are ordered", () => {
  expect(LEVELS.map((l) => levelRank(l))).toEqual([0, 1, 2, 3]);
});

test("K9: instants round-trip, and nothing but an RFC 3339 UTC text is one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
      expect(parseInstant(formatInstant(instant(ms)))).toBe(ms);
    }),
  );
  for (const text of ["2026-02-30T00:00:00Z", "2026-11-22", "2026-11-22T10:00:00+01:00", "2026-11-22T24:00:00Z", "x"]) {
    expect(() => parseInstant(text), text).toThrow(CoreError);
  }
  expect(() => instant(-1)).toThrow(CoreError);
  expect(() => instant(1.5)).toThrow(CoreError);
});
