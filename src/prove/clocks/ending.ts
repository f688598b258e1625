// SPDX-License-Identifier: Apache-2.0
// The end of a last day, and where it moves to if that day is closed.
import type { Calendar, Reached } from "./calendar.ts";
import { nthOpen, openFrom, openWithin } from "./calendar.ts";
import { type Day, endOf, formatDay, plusDays, timeOn } from "./days.ts";
import type { Reading, Step } from "./reading.ts";
import type { Reckoning, Roll, RollGrant } from "./reckoning.ts";

/** Zone and calendar of the authority. */
export interface Place {
  readonly zone: string;
  readonly calendar: Calendar;
}

/** By what a period is counted. */
export interface By {
  readonly reckoning: Reckoning;
  /** Whether a closed last day moves for this stage. */
  readonly grant: RollGrant;
  readonly place: Place;
}

export interface Moved {
  readonly reading?: Reading;
  readonly steps: readonly Step[];
  readonly known: boolean;
}

/** UNIT: days. A longer period never lacks working days, and is not walked through. */
const SHORT_MAX_DAYS = 60;

/** The end of a day, or the time of it until which a filing counts for it. */
export function endReading(day: Day, reckoning: Reckoning, zone: string, basis: Reading["basis"]): Reading {
  const { dayEnd } = reckoning;
  const common = { day: formatDay(day), basis };
  if (dayEnd === undefined) return { ...common, at: endOf(day, zone), ends: "before", zone };
  return { ...common, at: timeOn(day, dayEnd.time, dayEnd.zone), ends: "at", zone: dayEnd.zone };
}

/** Where a closed last day moves to; `held` is that day, or a later one that the working days in the period ask for. */
export function rolled(last: Day, held: Day, roll: Roll, { grant, place }: By): Moved {
  const { zone, calendar } = place;
  const open = openFrom(calendar, held);
  if (!grant.granted) {
    const says = `the last day is closed and stays: ${grant.why}`;
    return { steps: open.day === last ? [] : [{ step: "skip", says }], known: true };
  }
  if (open.day === last) return { steps: [], known: open.known };
  const end: Pick<Reading, "at" | "ends"> =
    roll.to === "day_end"
      ? { at: endOf(open.day, zone), ends: "before" }
      : { at: timeOn(open.day, roll.to.time, zone), ends: "at" };
  const why = open.skipped[0]?.why ?? "working days that the period has to hold";
  const reading: Reading = { ...end, day: formatDay(open.day), zone, basis: "shifted", why };
  return { reading, steps: skips(open, zone), known: open.known };
}

/** The last day of a period, or the later one by which it holds enough working days. */
export function withWorkingDays(first: Day, last: Day, least: number, calendar: Calendar): Day {
  if (last - first > SHORT_MAX_DAYS) return last;
  const held = openWithin(calendar, plusDays(first, 1), last);
  return held >= least ? last : nthOpen(calendar, plusDays(last, 1), least - held).day;
}

/** The days that a count passed over, and why. */
export function skips({ skipped, known }: Reached, zone: string): readonly Step[] {
  const steps = skipped.map(({ day, why }): Step => {
    const text = formatDay(day);
    return { step: "skip", says: `${text} is closed: ${why}`, day: text, zone };
  });
  const says = "no holiday data for a year of this count: none was counted, and the latest reading is withheld";
  return known ? steps : [...steps, { step: "skip", says }];
}
