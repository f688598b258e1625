// SPDX-License-Identifier: Apache-2.0
// Cedar's datetime and duration: Longs of milliseconds. No clock, no zone data; days before 1970 divide as Euclid says.
// SOURCE: Cedar language reference 4.5, "datetime" and "duration"
import { EXTENSION, Fault } from "./fault.ts";
import { add, fit, type Long, modulo, subtract } from "./long.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Units of a duration and their milliseconds, in the order in which they are written. */
const DURATION_UNITS_MS = [DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, 1] as const;

const DATETIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|[+-]\d{4}))?$/;
const DURATION = /^(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/;
/** Digits of the largest Long: more, leading zeros aside, are out of range in any unit. */
const LONG_DIGITS = 19;

export class Datetime {
  /** UNIT: ms since 1970-01-01T00:00:00Z. */
  readonly ms: Long;
  constructor(ms: Long) {
    this.ms = ms;
  }
  get canonical(): string {
    return `datetime ${this.ms}`;
  }
}

export class Duration {
  readonly ms: Long;
  constructor(ms: Long) {
    this.ms = ms;
  }
  get canonical(): string {
    return `duration ${this.ms}`;
  }
}

/** Reads `2026-12-06`, or with a time `T09:00:00`, milliseconds `.123`, and `Z` or an offset `+0200`. */
export function parseDatetime(text: string): Datetime | Fault {
  if (!DATETIME.test(text)) return EXTENSION;
  const days = parseDay(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  const time = text.length === 10 ? 0 : parseTime(text);
  return days === undefined || time === undefined ? EXTENSION : new Datetime(days * DAY_MS + time);
}

function parseDay(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return daysSinceEpoch(year, month, day);
}

/** UNIT: ms since midnight of the day as written, in UTC: before it or after the next, where there is an offset. */
function parseTime(text: string): number | undefined {
  const [hour, minute, second] = [digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = text[19] === "." ? digits(text, 20, 3) : 0;
  const local = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + fraction;
  if (text.endsWith("Z")) return local;
  const [hours, minutes] = [digits(text, text.length - 4, 2), digits(text, text.length - 2, 2)];
  if (hours > 23 || minutes > 59) return undefined;
  const ahead = hours * HOUR_MS + minutes * MINUTE_MS;
  return text.at(-5) === "-" ? local + ahead : local - ahead;
}

/** A number of so many digits; the pattern has seen that they are digits. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

/** Reads `1d2h3m4s5ms`: units once each, largest first, at least one; `-` before all of them. */
export function parseDuration(text: string): Duration | Fault {
  const [match, sign = "", ...counts] = DURATION.exec(text) ?? [];
  if (match === undefined || match === sign) return EXTENSION;
  let total = 0n;
  for (const [unit, unitMs] of DURATION_UNITS_MS.entries()) {
    const count = (counts[unit] ?? "0").replace(/^0+(?=[0-9])/, "");
    if (count.length > LONG_DIGITS) return EXTENSION;
    total += BigInt(count) * BigInt(unitMs);
  }
  const ms = fit(sign === "-" ? -total : total);
  return ms instanceof Fault ? EXTENSION : new Duration(ms);
}

export function offset(from: Datetime, by: Duration): Datetime | Fault {
  return datetime(add(from.ms, by.ms));
}

export function durationSince(later: Datetime, earlier: Datetime): Duration | Fault {
  const ms = subtract(later.ms, earlier.ms);
  return ms instanceof Fault ? EXTENSION : new Duration(ms);
}

/** Midnight (UTC) at or before. */
export function toDate(at: Datetime): Datetime | Fault {
  return datetime(subtract(at.ms, modulo(at.ms, DAY_MS)));
}

/** Time since midnight (UTC). */
export function toTime(at: Datetime): Duration {
  return new Duration(modulo(at.ms, DAY_MS));
}

function datetime(ms: Long | Fault): Datetime | Fault {
  return ms instanceof Fault ? EXTENSION : new Datetime(ms);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days of the proleptic Gregorian calendar: years start in March, so that the leap day is a year's last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const monthFromMarch = (month + 9) % 12;
  const leaps = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  // 719468: days from 0000-03-01 to 1970-01-01
  return marchYear * 365 + leaps + Math.floor((153 * monthFromMarch + 2) / 5) + day - 1 - 719_468;
}
