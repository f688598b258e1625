// SPDX-License-Identifier: Apache-2.0
// One calendar: its weekend and its holidays, each year compiled once into a set of days.
import { quote } from "../../core/index.ts";
import { ProveError } from "../errors.ts";
import { type Day, plusDays, type Weekday, weekdayOf, yearOf } from "./days.ts";

/** A count that skips more days than this stands on a calendar that is wrong. */
const CLOSED_MAX_DAYS = 100_000;

/** The holidays of one year. */
export interface HolidayYear {
  /** Day to the name of the holiday. */
  readonly closed: ReadonlyMap<Day, string>;
  /** Days that some count as closed: banks, half days. They give a contested reading and never move a deadline. */
  readonly doubtful: ReadonlyMap<Day, string>;
}

/** Nothing where there is no data for that year. */
export type HolidaySource = (year: number) => HolidayYear | undefined;

export interface Calendar {
  readonly key: string;
  readonly zone: string;
  readonly weekend: ReadonlySet<Weekday>;
  readonly holidays: HolidaySource;
}

/** Which days count as closed: with the doubtful ones for a contested reading. */
export type Closing = "closed" | "closed-or-doubtful";

/** A day that a count reached, what was skipped on the way, and whether every year on the way had its holidays. */
export interface Reached {
  readonly day: Day;
  readonly skipped: readonly Skipped[];
  readonly known: boolean;
}

export interface Skipped {
  readonly day: Day;
  readonly why: string;
}

/** Compiles each year when it is first asked for. */
export function compiled(calendar: Calendar): Calendar {
  const years = new Map<number, HolidayYear | undefined>();
  const holidays = (year: number): HolidayYear | undefined => {
    if (!years.has(year)) years.set(year, calendar.holidays(year));
    return years.get(year);
  };
  return { ...calendar, holidays };
}

/** Why a day is closed; nothing where it is open. */
export function closedBecause(calendar: Calendar, day: Day, closing: Closing = "closed"): string | undefined {
  const year = calendar.holidays(yearOf(day));
  const holiday = year?.closed.get(day) ?? (closing === "closed" ? undefined : year?.doubtful.get(day));
  if (holiday !== undefined) return holiday;
  return calendar.weekend.has(weekdayOf(day)) ? "weekend" : undefined;
}

/** A day, or the next open one after it. */
export function openFrom(calendar: Calendar, day: Day, closing: Closing = "closed"): Reached {
  return walk(calendar, day, 1, closing);
}

/** The n-th open day, the first one counted being `from` where that is open. @param n from 1 */
export function nthOpen(calendar: Calendar, from: Day, n: number, closing: Closing = "closed"): Reached {
  return walk(calendar, from, n, closing);
}

/** How many days of a stretch, both ends in it, are open. */
export function openWithin(calendar: Calendar, from: Day, to: Day): number {
  let open = 0;
  for (let day = from; day <= to; day = plusDays(day, 1)) if (closedBecause(calendar, day) === undefined) open += 1;
  return open;
}

function walk(calendar: Calendar, from: Day, n: number, closing: Closing): Reached {
  const skipped: Skipped[] = [];
  let known = true;
  let left = n;
  for (let day = from; skipped.length < CLOSED_MAX_DAYS; day = plusDays(day, 1)) {
    known &&= calendar.holidays(yearOf(day)) !== undefined;
    const why = closedBecause(calendar, day, closing);
    if (why === undefined) left -= 1;
    else skipped.push({ day, why });
    if (left <= 0) return { day, skipped, known };
  }
  throw new ProveError("PROVE_CLOCK_INVALID", `counting in calendar ${quote(calendar.key)}: it is never open`);
}
