// SPDX-License-Identifier: Apache-2.0
// Days as numbers, and what a zone makes of them. Zone arithmetic is Temporal's: an operation costs some 45 us, so that
// days are counted as whole numbers and only the ends of a count are turned into instants.
import { Temporal } from "temporal-polyfill";
import type { Brand, Instant } from "../../core/index.ts";
import { instant, quote } from "../../core/index.ts";
import { ProveError } from "../errors.ts";

/** A calendar day without a zone. UNIT: whole days since 1970-01-01. */
export type Day = Brand<number, "Day">;

/** 0 is Monday, 6 is Sunday. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** UNIT: ms. */
export const DAY_MS: number = 86_400_000;
/** UNIT: ms. */
export const HOUR_MS: number = 3_600_000;
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 3;

/** Each day is made here. */
export function dayNumber(days: number): Day {
  return days as Day; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
}

/** Reads `2026-11-22`. @throws ProveError PROVE_CLOCK_INVALID where there is no such day */
export function parseDay(text: string): Day {
  try {
    return dayOfDate(Temporal.PlainDate.from(text, { overflow: "reject" }));
  } catch (cause) {
    throw new ProveError("PROVE_CLOCK_INVALID", `reading day ${quote(text)}: no such day, write it as 2026-11-22`, {
      cause,
    });
  }
}

/** `2026-11-22` */
export function formatDay(day: Day): string {
  return dateOf(day).toString();
}

export function plusDays(day: Day, days: number): Day {
  return dayNumber(day + days);
}

/** Same date of a later month, or that month's last day where it is shorter (Reg. 1182/71 Art. 3(2)(c)). */
export function plusMonths(day: Day, months: number): Day {
  return dayOfDate(dateOf(day).add({ months }));
}

/** Asked for each day of a count, so by whole numbers: days of the Gregorian calendar before a year, and after. */
export function yearOf(day: Day): number {
  const about = 1970 + Math.floor(day / 365.2425);
  if (day < firstDay(about)) return about - 1;
  return day < firstDay(about + 1) ? about : about + 1;
}

/** The last day of the year that a day is in. */
export function yearEnd(day: Day): Day {
  return dayNumber(firstDay(yearOf(day) + 1) - 1);
}

function firstDay(year: number): number {
  const leaps = Math.floor((year - 1969) / 4) - Math.floor((year - 1901) / 100) + Math.floor((year - 1601) / 400);
  return 365 * (year - 1970) + leaps;
}

export function weekdayOf(day: Day): Weekday {
  return ((((day + EPOCH_WEEKDAY) % 7) + 7) % 7) as Weekday; // oxlint-disable-line typescript/no-unsafe-type-assertion -- 0 to 6
}

/** The day that a zone's clocks show at an instant. @throws ProveError PROVE_CLOCK_INVALID for an unknown zone */
export function dayAt(at: Instant, zone: string): Day {
  if (zone === "UTC") return dayNumber(Math.floor(at / DAY_MS));
  return dayOfDate(zonedAt(at, zone).toPlainDate());
}

/** The first instant of a day in a zone, which is not always midnight. */
export function startOf(day: Day, zone: string): Instant {
  if (zone === "UTC") return instant(day * DAY_MS);
  return inZone(zone, () => instant(dateOf(day).toZonedDateTime(zone).epochMilliseconds));
}

/** The exclusive end of a day: the first instant of the next one. */
export function endOf(day: Day, zone: string): Instant {
  return startOf(plusDays(day, 1), zone);
}

/** The instant of a wall clock time such as `17:30` on a day in a zone. */
export function timeOn(day: Day, time: string, zone: string): Instant {
  return inZone(zone, () =>
    instant(dateOf(day).toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds),
  );
}

/** The instant at which the hour, or minute, of a zone's clocks began that an instant is in. */
export function startOfUnit(at: Instant, unit: "hour" | "minute", zone: string): Instant {
  const zoned = zonedAt(at, zone);
  // counted back from the instant: the same wall clock hour can pass twice, and its second run has a start of its own
  const past = (unit === "hour" ? zoned.minute * 60_000 : 0) + zoned.second * 1000 + zoned.millisecond;
  return instant(at - past);
}

/** Local date and time with the zone, for people: `2026-11-25 00:00 America/Sao_Paulo`. */
export function formatLocal(at: Instant, zone: string): string {
  const zoned = zonedAt(at, zone);
  return `${zoned.toPlainDate().toString()} ${zoned.toPlainTime().toString({ smallestUnit: "minute" })} ${zone}`;
}

/** Refuses what is no zone of the runtime's time zone data. @throws ProveError PROVE_CLOCK_INVALID */
export function checkZone(zone: string): void {
  inZone(zone, () => new Temporal.ZonedDateTime(0n, zone));
}

function zonedAt(at: Instant, zone: string): Temporal.ZonedDateTime {
  return inZone(zone, () => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone));
}

function inZone<T>(zone: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ProveError("PROVE_CLOCK_INVALID", `counting in zone ${quote(zone)}: ${cause.message}`, { cause });
  }
}

function dateOf(day: Day): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(day * DAY_MS)
    .toZonedDateTimeISO("UTC")
    .toPlainDate();
}

function dayOfDate(date: Temporal.PlainDate): Day {
  return dayNumber(Math.round(date.toZonedDateTime("UTC").epochMilliseconds / DAY_MS));
}
