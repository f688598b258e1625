// SPDX-License-Identifier: Apache-2.0
// From an event to the readings of one period: elapsed time, days, open days, months, in one place (prove J37 to J42).
import type { Instant } from "../../core/index.ts";
import { instant } from "../../core/index.ts";
import { type Calendar, nthOpen, openFrom, openWithin, type Reached } from "./calendar.ts";
import { DAY_MS, type Day, dayAt, endOf, formatDay, HOUR_MS, plusDays, plusMonths, startOfUnit, timeOn } from "./days.ts";
import type { Duration } from "./duration.ts";
import type { Counted, Reading, Step } from "./reading.ts";
import type { Reckoning, Roll, RollGrant } from "./reckoning.ts";

/** Where a period starts. */
export interface Anchor {
  readonly event: string;
  readonly at: Instant;
  /** The day of the event by the clocks of a zone. */
  readonly dayIn: (zone: string) => Day;
}

/** Zone and calendar of the authority. */
export interface Place {
  readonly zone: string;
  readonly calendar: Calendar;
}

export interface Period {
  readonly duration: Duration;
  readonly dayCount: "calendar" | "business";
}

/** The zone in which the second count of days is made (prove J39). */
const CAUTION_ZONE = "UTC";

/** An event at an instant. */
export function anchorAt(event: string, at: Instant): Anchor {
  return { event, at, dayIn: (zone) => dayAt(at, zone) };
}

/** Counts one period by one reckoning. @param grant whether a closed last day moves for this stage */
export function count(anchor: Anchor, period: Period, rule: { reckoning: Reckoning; grant: RollGrant }, place: Place): Counted {
  const { duration } = period;
  return duration.unit === "elapsed"
    ? countElapsed(anchor, duration.ms, rule, place)
    : countDays(anchor, { ...period, duration }, rule, place);
}

/** A contested anchor is counted once, in the zone, before any roll (prove J44). */
export function countOnce(anchor: Anchor, period: Period, reckoning: Reckoning, place: Place, why: string): Counted {
  const { duration } = period;
  const contested = { basis: "contested", why, zone: place.zone } as const;
  if (duration.unit === "elapsed") {
    return { readings: [{ ...contested, at: plus(anchor.at, duration.ms), ends: "at" }], complete: true, steps: [], asks: [] };
  }
  const last = lastDay(anchor.dayIn(place.zone), { ...period, duration }, reckoning, place.calendar);
  const reading = { ...endReading(last.day, reckoning, place.zone, "contested"), why };
  return { readings: [reading], complete: last.known, steps: [], asks: [] };
}

interface Rule {
  readonly reckoning: Reckoning;
  readonly grant: RollGrant;
}

type DayPeriod = Period & { readonly duration: { readonly unit: "days" | "months"; readonly n: number } };

function countElapsed(anchor: Anchor, ms: number, { reckoning, grant }: Rule, place: Place): Counted {
  const { zone } = place;
  const exact: Reading = { at: plus(anchor.at, ms), ends: "at", zone, basis: "exact" };
  const readings: Reading[] = [exact];
  const steps: Step[] = [{ step: "count", says: `${hours(ms)} of elapsed time`, at: exact.at, cite: reckoning.cite }];
  if (reckoning.hours === "end_of_hour") {
    const begun = startOfUnit(anchor.at, "hour", zone);
    readings.push({ at: plus(begun, HOUR_MS + ms), ends: "before", zone, basis: "rounded", why: "the hour of the event is not counted" });
  }
  let complete = true;
  const { roll } = reckoning;
  if (roll?.periods === "all") {
    const moved = rolled(dayAt(exact.at, zone), roll, grant, place);
    if (moved.reading !== undefined) readings.push(moved.reading);
    steps.push(...moved.steps);
    complete &&= moved.known;
  }
  const { minWorkingDays: least } = reckoning;
  if (least !== undefined && ms >= least.ofDays * DAY_MS) {
    const held = withWorkingDays(anchor.dayIn(zone), dayAt(exact.at, zone), least.count, place.calendar);
    if (held.day > dayAt(exact.at, zone)) {
      readings.push({ ...endReading(held.day, reckoning, zone, "contested"), why: `${least.count} working days in it` });
    }
  }
  return { readings, complete, steps, asks: grant.granted ? [] : grant.asks };
}

function countDays(anchor: Anchor, period: DayPeriod, { reckoning, grant }: Rule, place: Place): Counted {
  const { zone, calendar } = place;
  const countZone = reckoning.dayEnd?.zone ?? zone;
  const first = anchor.dayIn(countZone);
  const last = lastDay(first, period, reckoning, calendar);
  const readings: Reading[] = [endReading(last.day, reckoning, countZone, "local")];
  const steps: Step[] = [counted(first, last, period, reckoning, countZone), ...skips(last, countZone)];
  let complete = last.known || period.dayCount === "calendar";
  if (reckoning.dayEnd === undefined) {
    const utc = lastDay(anchor.dayIn(CAUTION_ZONE), period, reckoning, calendar);
    readings.push(endReading(utc.day, reckoning, CAUTION_ZONE, "utc"));
  }
  if (reckoning.roll !== undefined && period.dayCount === "calendar") {
    const held = heldDays(first, last.day, period, reckoning, calendar);
    const moved = rolled(held, reckoning.roll, grant, place, held > last.day);
    if (moved.reading !== undefined) readings.push(moved.reading);
    steps.push(...moved.steps);
    complete &&= moved.known;
  }
  readings.push(...doubtfulReadings(first, last.day, period, { reckoning, grant }, { zone: countZone, calendar }));
  const asks = grant.granted || reckoning.roll === undefined ? [] : grant.asks;
  return { readings, complete, steps, asks };
}

/** The day on which a period of days or months ends, before any roll. */
function lastDay(first: Day, { duration, dayCount }: DayPeriod, { days }: Reckoning, calendar: Calendar): Reached {
  const { n } = duration;
  const inclusive = days === "include_event_day" ? 1 : 0;
  if (duration.unit === "months") return plain(plusDays(plusMonths(first, n), -inclusive));
  if (dayCount === "calendar") return plain(plusDays(first, n - inclusive));
  return nthOpen(calendar, plusDays(first, 1 - inclusive), n);
}

function plain(day: Day): Reached {
  return { day, skipped: [], known: true };
}

/** The end of a day, or the time of it until which a filing counts for it. */
function endReading(day: Day, reckoning: Reckoning, zone: string, basis: Reading["basis"]): Reading {
  const { dayEnd } = reckoning;
  const common = { day: formatDay(day), basis };
  if (dayEnd === undefined) return { ...common, at: endOf(day, zone), ends: "before", zone };
  return { ...common, at: timeOn(day, dayEnd.time, dayEnd.zone), ends: "at", zone: dayEnd.zone };
}

interface Moved {
  readonly reading?: Reading;
  readonly steps: readonly Step[];
  readonly known: boolean;
}

/** Where a last day that is closed moves to. @param forced the day itself was moved already, so it is always a reading */
function rolled(day: Day, roll: Roll, grant: RollGrant, { zone, calendar }: Place, forced = false): Moved {
  const open = openFrom(calendar, day);
  if (!grant.granted) {
    const steps: Step[] = open.day === day ? [] : [{ step: "skip", says: `the last day is closed and stays: ${grant.why}` }];
    return { steps, known: true };
  }
  if (open.day === day && !forced) return { steps: [], known: open.known };
  const end: Pick<Reading, "at" | "ends"> =
    roll.to === "day_end" ? { at: endOf(open.day, zone), ends: "before" } : { at: timeOn(open.day, roll.to.time, zone), ends: "at" };
  const why = open.skipped[0]?.why ?? "working days in the period";
  const reading: Reading = { ...end, day: formatDay(open.day), zone, basis: "shifted", why };
  return { reading, steps: skips(open, zone), known: open.known };
}

/** The last day, or a later one by which the period holds as many working days as it has to. */
function heldDays(first: Day, last: Day, { duration }: DayPeriod, { minWorkingDays, roll }: Reckoning, calendar: Calendar): Day {
  if (minWorkingDays === undefined || roll === undefined) return last;
  if (duration.unit === "days" && duration.n < minWorkingDays.ofDays) return last;
  return withWorkingDays(first, last, minWorkingDays.count, calendar).day;
}

function withWorkingDays(first: Day, last: Day, least: number, calendar: Calendar): Reached {
  // no period longer than this can lack them, and a long one is not worth walking through
  const from = plusDays(first, 1);
  if (last - first > 60) return plain(last);
  const held = openWithin(calendar, from, last);
  if (held >= least) return plain(last);
  return nthOpen(calendar, plusDays(last, 1), least - held);
}

/** Days on which only some are closed: the end that those would see, if it is another. */
function doubtfulReadings(first: Day, last: Day, period: DayPeriod, { reckoning, grant }: Rule, place: Place): readonly Reading[] {
  const { zone, calendar } = place;
  const why = "if a day counts as closed on which only some are";
  const contested = (day: Day): Reading[] =>
    [{ ...endReading(day, reckoning, zone, "contested"), why }];
  if (period.dayCount === "business") {
    const inclusive = reckoning.days === "include_event_day" ? 1 : 0;
    const { day } = nthOpen(calendar, plusDays(first, 1 - inclusive), period.duration.n, "closed-or-doubtful");
    return day === last ? [] : contested(day);
  }
  if (reckoning.roll === undefined || !grant.granted) return [];
  const sure = openFrom(calendar, last).day;
  const { day } = openFrom(calendar, last, "closed-or-doubtful");
  return day === sure ? [] : contested(day);
}

function counted(first: Day, last: Reached, period: DayPeriod, reckoning: Reckoning, zone: string): Step {
  const { n, unit } = period.duration;
  const what = period.dayCount === "business" ? "business days" : unit;
  const says = `${n} ${what} from ${formatDay(first)} (that day ${reckoning.days === "include_event_day" ? "is day 1" : "is not counted"}) end with ${formatDay(last.day)}`;
  return { step: "count", says, day: formatDay(last.day), zone, cite: reckoning.cite };
}

function skips({ skipped, known }: Reached, zone: string): readonly Step[] {
  const steps = skipped.map(({ day, why }): Step => ({ step: "skip", says: `${formatDay(day)} is closed: ${why}`, day: formatDay(day), zone }));
  return known ? steps : [...steps, { step: "skip", says: "there is no holiday data for a year of this count: no holiday was counted, and the latest reading is withheld" }];
}

function hours(ms: number): string {
  const minutes = ms / 60_000;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

function plus(at: Instant, ms: number): Instant {
  return instant(at + ms);
}

