// SPDX-License-Identifier: Apache-2.0
// Holidays of a year, from the holiday data of `date-holidays` and the corrections in our files, which win.
// Of that library only `getHolidays(year)` is asked, once for each year, and of its answer only the local `date` text:
// its other questions depend on the zone of the process.
import Holidays from "date-holidays";
import { quote } from "../../core/index.ts";
import { ProveError } from "../errors.ts";
import { type Calendar, compiled, type HolidaySource, type HolidayYear } from "./calendar.ts";
import { checkZone, type Day, parseDay, type Weekday, yearOf } from "./days.ts";

/** One correction of the holiday data: a day, or a day of each year, `12-29`. */
export interface DayRule {
  readonly day: string;
  readonly name: string;
  readonly cite: string;
}

/** What a calendar is made of (prove J9). */
export interface CalendarSource {
  readonly key: string;
  readonly zone: string;
  readonly weekend: readonly string[];
  /** Country of the holiday data, with its state and region: `GB-ENG`. */
  readonly base: string;
  readonly add?: readonly DayRule[] | undefined;
  readonly remove?: readonly DayRule[] | undefined;
  readonly optional?: readonly DayRule[] | undefined;
}

/** The first and last year of which holidays are worked out; outside there is no data. */
export const HOLIDAY_YEARS: { readonly first: number; readonly last: number } = { first: 1970, last: 2100 };

const WEEKDAYS: readonly string[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const EACH_YEAR = /^\d{2}-\d{2}$/;
/** Types of the holiday data that do not close an authority, though some are closed: a contested reading. */
const DOUBTFUL: ReadonlySet<string> = new Set(["bank", "optional", "school"]);

/** @throws ProveError PROVE_CLOCK_INVALID for an unknown zone or weekday, and for a weekend of all days */
export function calendarOf(source: CalendarSource): Calendar {
  checkZone(source.zone);
  const weekend = new Set(source.weekend.map((name) => weekdayNamed(name, source.key)));
  if (weekend.size >= WEEKDAYS.length) {
    throw new ProveError("PROVE_CLOCK_INVALID", `compiling calendar ${quote(source.key)}: no day of the week is open`);
  }
  return compiled({ key: source.key, zone: source.zone, weekend, holidays: holidaysOf(source) });
}

function holidaysOf(source: CalendarSource): HolidaySource {
  const data = libraryOf(source.base);
  return (year) => {
    if (year < HOLIDAY_YEARS.first || year > HOLIDAY_YEARS.last) return undefined;
    const found = data(year);
    return found === undefined ? undefined : corrected(found, source, year);
  };
}

/** Corrections win: what they remove is open, what they add is closed, whatever the library says. */
function corrected(found: HolidayYear, source: CalendarSource, year: number): HolidayYear {
  const closed = new Map(found.closed);
  const doubtful = new Map(found.doubtful);
  for (const { day } of inYear(source.remove, year)) {
    closed.delete(day);
    doubtful.delete(day);
  }
  for (const { day, name } of inYear(source.optional, year)) {
    closed.delete(day);
    doubtful.set(day, name);
  }
  for (const { day, name } of inYear(source.add, year)) closed.set(day, name);
  return { closed, doubtful };
}

function inYear(rules: readonly DayRule[] | undefined, year: number): readonly { day: Day; name: string }[] {
  return (rules ?? [])
    .map(({ day, name }) => ({ day: parseDay(EACH_YEAR.test(day) ? `${year}-${day}` : day), name }))
    .filter(({ day }) => yearOf(day) === year);
}

/** Nothing for a country that the data does not have. */
function libraryOf(base: string): HolidaySource {
  const [country = "", state, region] = base.split("-");
  const all = new Holidays();
  const known = all.getCountries();
  if (!Object.hasOwn(known, country)) return () => undefined;
  const place = { country, ...(state === undefined ? {} : { state }), ...(region === undefined ? {} : { region }) };
  const library = new Holidays(place);
  return (year) => {
    const closed = new Map<Day, string>();
    const doubtful = new Map<Day, string>();
    for (const { date, name, type } of library.getHolidays(year)) {
      const day = parseDay(date.slice(0, 10));
      if (type === "public") closed.set(day, name);
      else if (DOUBTFUL.has(type)) doubtful.set(day, name);
    }
    return closed.size === 0 ? undefined : { closed, doubtful };
  };
}

function weekdayNamed(name: string, key: string): Weekday {
  const found = WEEKDAYS.indexOf(name);
  if (found < 0) {
    throw new ProveError("PROVE_CLOCK_INVALID", `compiling calendar ${quote(key)}: no such weekday: ${quote(name)}`);
  }
  return found as Weekday; // oxlint-disable-line typescript/no-unsafe-type-assertion -- an index of seven names
}
