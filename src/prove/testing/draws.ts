// SPDX-License-Identifier: Apache-2.0
// Random tasks put to the engine and to the counter of day-counter.ts. The same seed draws the same tasks.
import { instant } from "../../core/index.ts";
import type { Calendar, HolidayYear } from "../clocks/calendar.ts";
import { anchorAt, count } from "../clocks/count.ts";
import { type Day, parseDay, type Weekday } from "../clocks/days.ts";
import type { Duration } from "../clocks/duration.ts";
import { limitsOf } from "../clocks/reading.ts";
import type { Reckoning } from "../clocks/reckoning.ts";
import { countByHand, type Office, pageAt, spell, type Task, turn } from "./day-counter.ts";

export interface Drawn {
  readonly draws: number;
  /** One text each, with what both say. */
  readonly differences: readonly string[];
}

const HOUR = 3_600_000;
const FIRST = Date.UTC(1970, 0, 3);
const LAST = Date.UTC(2100, 0, 1);
const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone")];
/** Days on which some zone's clocks change at or about midnight, or a day is left out. */
const HARD: readonly (readonly [string, string])[] = [
  ["America/Santiago", "2026-09-06T04:00:00Z"],
  ["Africa/Cairo", "2026-04-23T22:00:00Z"],
  ["America/St_Johns", "1988-10-30T02:31:00Z"],
  ["America/Sao_Paulo", "2018-11-04T03:00:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["Asia/Beirut", "2026-03-28T22:00:00Z"],
  ["America/Havana", "2026-11-01T05:00:00Z"],
  ["Africa/Monrovia", "1972-01-07T00:44:30Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
];

/** What is compared with the counter. */
export type Engine = (task: Task, reckoning: Reckoning) => { readonly strict: number; readonly latest: number };

/** @param reckonings those of the data, so that each of them is drawn */
export function drawTasks(
  draws: number,
  seed: number,
  reckonings: readonly Reckoning[],
  asked: Engine = engine,
): Drawn {
  const random = generator(seed);
  const differences: string[] = [];
  for (let n = 0; n < draws; n += 1) {
    const reckoning = pick(reckonings, random);
    const task = draw(reckoning, random);
    const byHand = countByHand(task);
    const byEngine = asked(task, reckoning);
    if (byEngine.strict === byHand.strict && byEngine.latest === byHand.latest) continue;
    const { event, unit, n: length, office } = task;
    const what = `${reckoning.key}: ${length} ${unit} from ${text(event)} in ${office.zone}`;
    const said = (one: { strict: number; latest: number }): string => `${text(one.strict)} to ${text(one.latest)}`;
    differences.push(`draw ${n} of seed ${seed}: ${what}: engine ${said(byEngine)}, by hand ${said(byHand)}`);
  }
  return { draws, differences };
}

/** The clock engine, asked with a calendar of its own kind. */
export function engine(task: Task, reckoning: Reckoning): ReturnType<Engine> {
  const { event, unit, n, office } = task;
  const duration: Duration =
    unit === "hours" ? { unit: "elapsed", ms: n * HOUR } : { unit: unit === "months" ? "months" : "days", n };
  const period = { duration, dayCount: unit === "business" ? "business" : "calendar" } as const;
  const place = { zone: office.zone, calendar: calendarOf(office) };
  const counted = count(anchorAt("occurrence", instant(event)), period, { reckoning, grant: { granted: true }, place });
  const limits = limitsOf(counted);
  return { strict: limits?.strict.at ?? Number.NaN, latest: limits?.latest?.at ?? Number.NaN };
}

function calendarOf({ zone, weekend, closed }: Office): Calendar {
  const days = new Map<Day, string>([...closed].map((page) => [parseDay(page), "closed"]));
  const year: HolidayYear = { closed: days, doubtful: new Map() };
  // UNIT: 0 is Sunday there and Monday here
  const shifted = weekend.map((day) => ((day + 6) % 7) as Weekday);
  return { key: "drawn", zone, weekend: new Set(shifted), holidays: () => year };
}

function draw(reckoning: Reckoning, random: () => number): Task {
  const hard = random() < 0.2 ? pick(HARD, random) : undefined;
  const zone = hard?.[0] ?? pick(ZONES, random);
  const unit = pick(["hours", "days", "business", "months"] as const, random);
  const n = 1 + Math.floor(random() * { hours: 200, days: 70, business: 25, months: 14 }[unit]);
  const anywhere = FIRST + Math.floor(random() * (LAST - FIRST));
  // so that the period ends near the change of clocks
  const back = unit === "hours" ? n * HOUR : n * 24 * HOUR * (unit === "months" ? 30.4 : 1);
  const event = hard === undefined ? anywhere : Math.floor(Date.parse(hard[1]) - back + (random() - 0.5) * 60 * HOUR);
  return {
    event: Math.max(event, FIRST),
    unit,
    n,
    rules: {
      endOfHour: reckoning.hours === "end_of_hour",
      includeEventDay: reckoning.days === "include_event_day",
      roll: reckoning.roll === undefined ? "no" : reckoning.roll.periods === "all" ? "all" : "days",
      rollTo: reckoning.roll === undefined || reckoning.roll.to === "day_end" ? undefined : reckoning.roll.to.time,
      minWorkingDays: reckoning.minWorkingDays?.count ?? 0,
      dayEnd: reckoning.dayEnd,
    },
    office: { zone, weekend: pick([[0, 6], [5, 6], [0], []], random), closed: closedPages(event, random) },
  };
}

/** Holidays here and there in the months after the event. */
function closedPages(event: number, random: () => number): ReadonlySet<string> {
  const closed = new Set<string>();
  let page = pageAt(Math.max(event, FIRST), "UTC");
  for (let n = 0; n < 120; n += 1) {
    page = turn(page);
    if (random() < 0.12) closed.add(spell(page));
  }
  return closed;
}

/** Mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(all: readonly T[], random: () => number): T {
  const found = all[Math.floor(random() * all.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

function text(at: number): string {
  return Number.isNaN(at) ? "nothing" : new Date(at).toISOString();
}
