// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { clockTime, shortTime, span, wholeTime } from "./time.ts";

const AT = Date.UTC(2026, 11, 6, 0, 2, 9);

test("X31: an instant is shown in UTC with the zone's name, and midnight is 00", () => {
  expect(clockTime(AT, "utc")).toBe("00:02:09");
  expect(shortTime(AT, "utc")).toBe("00:02");
  expect(wholeTime(AT, "utc")).toBe("2026-12-06 00:02:09 UTC");
});

test("X31: what is left is said in the two largest units, and never less than nothing", () => {
  expect([19_999, 245_000, 7_800_000, 273_600_000, -5].map(span)).toEqual([
    "19 s",
    "4 min 5 s",
    "2 h 10 min",
    "3 d 4 h",
    "0 s",
  ]);
});
