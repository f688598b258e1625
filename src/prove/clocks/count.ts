// SPDX-License-Identifier: Apache-2.0
// From an event to the readings of one period: elapsed time, days, open days, months, in one place (prove J37 to J42).
import type { Instant } from "../../core/index.ts";
import { instant } from "../../core/index.ts";
import { type Calendar, type Closing, nthOpen, openFrom, type Reached } from "./calendar.ts";
import { DAY_MS, type Day, dayAt, formatDay, HOUR_MS, plusDays, plusMonths, startOfUnit } from "./days.ts";
import type { Duration } from "./duration.ts";
import { type By, endReading, rolled, skips, withWorkingDays } from "./ending.ts";
import type { Counted, Reading, Step } from "./reading.ts";
import type { Reckoning } from "./reckoning.ts";

/** Where a period starts. */
export interface Anchor {
  readonly event: string;
  readonly at: Instant;
  /** The day of the event by the clocks of a zone. */
  readonly dayIn: (zone: string) => Day;
  /** Entries that show it. */
  readonly evidence?: readonly string[] | undefined;
}

export interface Period {
  readonly duration: Duration;
  readonly dayCount: "calendar" | "business";
}

type DayPeriod = Period & { readonly duration: { readonly unit: "days" | "months"; readonly n: number } };

/** The zone in which the second count of days is made (prove J39). */
const CAUTION_ZONE = "UTC";

/** An event at an instant. */
export function anchorAt(event: string, at: Instant): Anchor {
  return { event, at, dayIn: (zone) => dayAt(at, zone) };
}

/** Counts one period, with every reading that the reckoning gives. */
export function count(anchor: Anchor, period: Period, by: By): Counted {
  const { duration } = period;
  return duration.unit === "elapsed"
    ? countElapsed(anchor, duration.ms, by)
    : countDays(anchor, { ...period, duration }, by);
}

/** A contested start is counted once, in the zone, before any roll (prove J44). */
export function countOnce(anchor: Anchor, period: Period, { reckoning, place }: By): Reading {
  const { duration } = period;
  const { zone, calendar } = place;
  if (duration.unit === "elapsed") return { at: plus(anchor.at, duration.ms), ends: "at", zone, basis: "contested" };
  const counting = { ...period, duration };
  const { day } = lastDay(anchor.dayIn(zone), counting, reckoning, closings(calendar, "closed"));
  return endReading(day, reckoning, zone, "contested");
}

function countElapsed(anchor: Anchor, ms: number, by: By): Counted {
  const { reckoning, grant, place } = by;
  const { zone } = place;
  const exact: Reading = { at: plus(anchor.at, ms), ends: "at", zone, basis: "exact" };
  const limit = dayAt(exact.at, zone);
  const readings: Reading[] = [exact];
  const steps: Step[] = [{ step: "count", says: `${spoken(ms)} of elapsed time`, at: exact.at, cite: reckoning.cite }];
  if (reckoning.hours === "end_of_hour") {
    const at = plus(startOfUnit(anchor.at, "hour", zone), HOUR_MS + ms);
    readings.push({ at, ends: "before", zone, basis: "rounded", why: "the hour of the event is not counted" });
  }
  const moves = reckoning.roll?.periods === "all" ? rolled(limit, limit, reckoning.roll, by) : undefined;
  if (moves?.reading !== undefined) readings.push(moves.reading);
  steps.push(...(moves?.steps ?? []));
  readings.push(...workingDayReading(anchor.dayIn(zone), limit, ms, by));
  return { readings, complete: moves?.known ?? true, steps, asks: grant.granted ? [] : grant.asks };
}

/** For hours it is contested that a period holds a number of working days: shown, and never later than without. */
function workingDayReading(first: Day, limit: Day, ms: number, { reckoning, place }: By): readonly Reading[] {
  const { minWorkingDays: least } = reckoning;
  if (least === undefined || ms < least.ofDays * DAY_MS) return [];
  const held = withWorkingDays(first, limit, least.count, place.calendar);
  if (held === limit) return [];
  return [{ ...endReading(held, reckoning, place.zone, "contested"), why: `with ${least.count} working days in it` }];
}

function countDays(anchor: Anchor, period: DayPeriod, by: By): Counted {
  const { reckoning, grant, place } = by;
  const { calendar } = place;
  const zone = reckoning.dayEnd?.zone ?? place.zone;
  const first = anchor.dayIn(zone);
  const last = lastDay(first, period, reckoning, closings(calendar, "closed"));
  const readings: Reading[] = [endReading(last.day, reckoning, zone, "local")];
  const steps: Step[] = [countStep(first, last.day, period, by), ...skips(last, zone)];
  if (reckoning.dayEnd === undefined) {
    const utc = lastDay(anchor.dayIn(CAUTION_ZONE), period, reckoning, closings(calendar, "closed"));
    readings.push(endReading(utc.day, reckoning, CAUTION_ZONE, "utc"));
  }
  const { roll } = reckoning;
  const rolls = roll !== undefined && period.dayCount === "calendar";
  const moves = rolls ? rolled(last.day, heldDay(first, last.day, period, by), roll, by) : undefined;
  if (moves?.reading !== undefined) readings.push(moves.reading);
  steps.push(...(moves?.steps ?? []));
  readings.push(...doubtfulReading(first, last.day, period, by));
  const asks = rolls && !grant.granted ? grant.asks : [];
  return { readings, complete: last.known && (moves?.known ?? true), steps, asks };
}

/** How the n-th open day is found. */
type NthOpen = (from: Day, n: number) => Reached;

function closings(calendar: Calendar, closing: Closing): NthOpen {
  return (from, n) => nthOpen(calendar, from, n, closing);
}

/** The day on which a period of days or months ends, before any roll. */
function lastDay(first: Day, { duration, dayCount }: DayPeriod, { days }: Reckoning, open: NthOpen): Reached {
  const { n } = duration;
  const included = days === "include_event_day" ? 1 : 0;
  if (dayCount === "business") return open(plusDays(first, 1 - included), n);
  const day = duration.unit === "months" ? plusMonths(first, n) : plusDays(first, n);
  return { day: plusDays(day, -included), skipped: [], known: true };
}

/** The last day, or a later one by which the period holds as many working days as it has to (Reg. 1182/71 Art. 3(5)). */
function heldDay(first: Day, last: Day, { duration }: DayPeriod, { reckoning, place }: By): Day {
  const { minWorkingDays: least } = reckoning;
  if (least === undefined || (duration.unit === "days" && duration.n < least.ofDays)) return last;
  return withWorkingDays(first, last, least.count, place.calendar);
}

/** Days on which only some are closed: the end that those would see, if it is another. */
function doubtfulReading(
  first: Day,
  last: Day,
  period: DayPeriod,
  { reckoning, grant, place }: By,
): readonly Reading[] {
  const { zone, calendar } = place;
  const business = period.dayCount === "business";
  if (!business && (reckoning.roll === undefined || !grant.granted)) return [];
  const sure = business ? last : openFrom(calendar, last).day;
  const day = business
    ? lastDay(first, period, reckoning, closings(calendar, "closed-or-doubtful")).day
    : openFrom(calendar, last, "closed-or-doubtful").day;
  if (day === sure) return [];
  return [{ ...endReading(day, reckoning, zone, "contested"), why: "if a day is closed on which only some are" }];
}

function countStep(first: Day, last: Day, { duration, dayCount }: DayPeriod, { reckoning, place }: By): Step {
  const what = dayCount === "business" ? "business days" : duration.unit;
  const how = reckoning.days === "include_event_day" ? "is day 1" : "is not counted";
  const day = formatDay(last);
  const says = `${duration.n} ${what} from ${formatDay(first)}, which ${how}, end with ${day}`;
  return { step: "count", says, day, zone: place.zone, cite: reckoning.cite };
}

function spoken(ms: number): string {
  const minutes = ms / 60_000;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

function plus(at: Instant, ms: number): Instant {
  return instant(at + ms);
}
