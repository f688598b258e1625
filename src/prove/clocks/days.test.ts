// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatInstant, instant, parseInstant } from "../../core/index.ts";
import {
  checkZone,
  dayAt,
  dayNumber,
  endOf,
  formatDay,
  formatLocal,
  parseDay,
  plusMonths,
  startOf,
  startOfUnit,
  timeOn,
  weekdayOf,
  yearEnd,
  yearOf,
} from "./days.ts";

const at = (text: string): ReturnType<typeof parseInstant> => parseInstant(`${text}.000Z`);

test("J38: weekday and year of a day are those of the Gregorian calendar", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000 }), (days) => {
      const date = new Date(days * 86_400_000);
      const day = dayNumber(days);
      expect(yearOf(day)).toBe(date.getUTCFullYear());
      expect(weekdayOf(day)).toBe((date.getUTCDay() + 6) % 7);
      expect(formatDay(day)).toBe(date.toISOString().slice(0, 10));
      expect(formatDay(yearEnd(day))).toBe(`${date.getUTCFullYear()}-12-31`);
    }),
  );
});

function later(day: string, months: number): string {
  return formatDay(plusMonths(parseDay(day), months));
}

test("J40: a month later is the same date, or that month's last day", () => {
  expect(later("2026-08-31", 1)).toBe("2026-09-30");
  expect(later("2027-01-31", 1)).toBe("2027-02-28");
  expect(later("2027-12-31", 2)).toBe("2028-02-29");
  expect(later("2026-02-28", 1)).toBe("2026-03-28");
});

test("J38: a day begins when its zone says so, which is not always midnight", () => {
  // midnight does not exist on that day: the clocks go from 00:00 to 01:00
  expect(formatInstant(startOf(parseDay("2026-09-06"), "America/Santiago"))).toBe("2026-09-06T04:00:00.000Z");
  expect(formatLocal(startOf(parseDay("2026-09-06"), "America/Santiago"), "America/Santiago")).toContain("01:00");
  expect(formatInstant(endOf(parseDay("2026-11-25"), "America/Sao_Paulo"))).toBe("2026-11-26T03:00:00.000Z");
  expect(formatInstant(startOf(parseDay("2026-03-29"), "Europe/Berlin"))).toBe("2026-03-28T23:00:00.000Z");
});

test("J27: an hour begins by the clocks of its zone, also where they are half an hour off or pass it twice", () => {
  expect(formatInstant(startOfUnit(at("2026-11-22T06:10:12"), "hour", "Asia/Kolkata"))).toBe(
    "2026-11-22T05:30:00.000Z",
  );
  expect(formatInstant(startOfUnit(at("2026-11-22T06:10:12"), "minute", "Asia/Kolkata"))).toBe(
    "2026-11-22T06:10:00.000Z",
  );
  // 02:20 for the second time
  expect(formatInstant(startOfUnit(at("2026-10-25T01:20:00"), "hour", "Europe/Berlin"))).toBe(
    "2026-10-25T01:00:00.000Z",
  );
});

test("J39: a time of day follows the clocks of its zone", () => {
  expect(formatInstant(timeOn(parseDay("2026-09-09"), "17:30", "America/New_York"))).toBe("2026-09-09T21:30:00.000Z");
  expect(formatInstant(timeOn(parseDay("2027-01-22"), "17:30", "America/New_York"))).toBe("2027-01-22T22:30:00.000Z");
  expect(formatDay(dayAt(instant(at("2026-11-22T02:10:00")), "America/Los_Angeles"))).toBe("2026-11-21");
});

test("J26: a day or a zone that does not exist is refused with what was read", () => {
  expect(() => parseDay("2026-02-30")).toThrow("no such day");
  expect(() => parseDay("30 Feb")).toThrow("`30 Feb`");
  expect(() => checkZone("Europe/Bonn")).toThrow("`Europe/Bonn`");
  expect(() => dayAt(instant(0), "Mars/Base")).toThrow("`Mars/Base`");
});
