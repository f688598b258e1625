// SPDX-License-Identifier: Apache-2.0
// A second implementation of the reckonings, to be compared with the engine: it turns calendar pages one by one, asks the
// runtime's date formatter what a wall clock shows, and shares no code with src/prove/clocks. Slow, and easy to follow.

/** A page of a calendar. */
export interface Page {
  readonly y: number;
  readonly m: number;
  readonly d: number;
}

/** What a count of days stands on. `closed` and `weekend` (0 is Sunday) are those of one authority. */
export interface Office {
  readonly zone: string;
  readonly weekend: readonly number[];
  /** Pages as `2026-12-25`. */
  readonly closed: ReadonlySet<string>;
}

/** A reckoning in the words of regulations/reckonings.yaml. */
export interface Rules {
  readonly endOfHour: boolean;
  readonly includeEventDay: boolean;
  readonly roll: "no" | "days" | "all";
  /** Time of the day to which a limit rolls; without it, to the end of the day. */
  readonly rollTo?: string | undefined;
  readonly minWorkingDays: number;
  readonly dayEnd?: { readonly time: string; readonly zone: string } | undefined;
}

export interface Task {
  readonly event: number;
  readonly unit: "hours" | "days" | "business" | "months";
  readonly n: number;
  readonly rules: Rules;
  readonly office: Office;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The strict and latest instant of a task. */
export function countByHand(task: Task): { readonly strict: number; readonly latest: number } {
  return task.unit === "hours" ? hoursByHand(task) : daysByHand(task);
}

function hoursByHand({ event, n, rules, office }: Task): { strict: number; latest: number } {
  const strict = event + n * HOUR;
  let latest = strict;
  if (rules.endOfHour) {
    const wall = wallClock(event, office.zone);
    const intoHour = (wall.minute * 60 + wall.second) * 1000 + (((event % 1000) + 1000) % 1000);
    latest = event - intoHour + HOUR + n * HOUR;
  }
  if (rules.roll === "all") {
    let page = pageAt(strict, office.zone);
    if (isClosed(page, office)) {
      while (isClosed(page, office)) page = turn(page);
      latest = Math.max(latest, endOfPage(page, rules, office));
    }
  }
  return { strict, latest };
}

function daysByHand({ event, unit, n, rules, office }: Task): { strict: number; latest: number } {
  const zone = rules.dayEnd?.zone ?? office.zone;
  const first = pageAt(event, zone);
  const last = lastPage(first, unit, n, { rules, office });
  const local = rules.dayEnd === undefined ? firstInstant(turn(last), zone) : atTime(last, rules.dayEnd.time, zone);
  let strict = local;
  if (rules.dayEnd === undefined) {
    const utc = lastPage(pageAt(event, "UTC"), unit, n, { rules, office });
    const next = turn(utc);
    strict = Math.min(strict, Date.UTC(next.y, next.m - 1, next.d));
  }
  let latest = local;
  if (rules.roll !== "no" && unit !== "business") {
    let page = last;
    if (rules.minWorkingDays > 0 && (unit === "months" || n >= 2)) page = withWorkingDays(first, last, rules, office);
    while (isClosed(page, office)) page = turn(page);
    if (spell(page) !== spell(last)) latest = Math.max(latest, endOfPage(page, rules, office));
  }
  return { strict: Math.min(strict, latest), latest };
}

interface How {
  readonly rules: Rules;
  readonly office: Office;
}

function lastPage(first: Page, unit: Task["unit"], n: number, { rules, office }: How): Page {
  if (unit === "months") {
    const month = first.m - 1 + n;
    const y = first.y + Math.floor(month / 12);
    const m = (month % 12) + 1;
    const page = { y, m, d: Math.min(first.d, daysIn(y, m)) };
    return rules.includeEventDay ? turnBack(page) : page;
  }
  let page = first;
  let left = n;
  const counts = (one: Page): boolean => unit === "days" || !isClosed(one, office);
  if (rules.includeEventDay && counts(page)) left -= 1;
  while (left > 0) {
    page = turn(page);
    if (counts(page)) left -= 1;
  }
  return page;
}

/** On from the last page until as many open ones as asked for have gone by since the first. */
function withWorkingDays(first: Page, last: Page, rules: Rules, office: Office): Page {
  let open = 0;
  let page = first;
  for (;;) {
    page = turn(page);
    if (!isClosed(page, office)) open += 1;
    if (spell(page) >= spell(last) && open >= rules.minWorkingDays) return page;
  }
}

function endOfPage(page: Page, rules: Rules, office: Office): number {
  return rules.rollTo === undefined ? firstInstant(turn(page), office.zone) : atTime(page, rules.rollTo, office.zone);
}

function isClosed(page: Page, { weekend, closed }: Office): boolean {
  return weekend.includes(new Date(Date.UTC(page.y, page.m - 1, page.d)).getUTCDay()) || closed.has(spell(page));
}

export function turn({ y, m, d }: Page): Page {
  if (d < daysIn(y, m)) return { y, m, d: d + 1 };
  return m === 12 ? { y: y + 1, m: 1, d: 1 } : { y, m: m + 1, d: 1 };
}

function turnBack({ y, m, d }: Page): Page {
  if (d > 1) return { y, m, d: d - 1 };
  return m === 1 ? { y: y - 1, m: 12, d: 31 } : { y, m: m - 1, d: daysIn(y, m - 1) };
}

function daysIn(y: number, m: number): number {
  if (m === 2) return y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(m) ? 30 : 31;
}

export function spell({ y, m, d }: Page): string {
  return `${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
}

interface Wall extends Page {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function wallClock(at: number, zone: string): Wall {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    const numeric = "numeric";
    formatter = new Intl.DateTimeFormat("en-US-u-ca-iso8601", {
      timeZone: zone,
      hourCycle: "h23",
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
    formatters.set(zone, formatter);
  }
  const parts = new Map(formatter.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? Number.NaN;
  return {
    y: part("year"),
    m: part("month"),
    d: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}

export function pageAt(at: number, zone: string): Page {
  const { y, m, d } = wallClock(at, zone);
  return { y, m, d };
}

/** How far a zone's wall clocks are ahead, in ms. */
function ahead(at: number, zone: string): number {
  const whole = at - (((at % 1000) + 1000) % 1000);
  const { y, m, d, hour, minute, second } = wallClock(whole, zone);
  return Date.UTC(y, m - 1, d, hour, minute, second) - whole;
}

/** The first instant at which a zone's calendars show this page or a later one. */
function firstInstant(page: Page, zone: string): number {
  const midnight = Date.UTC(page.y, page.m - 1, page.d);
  const around = [midnight - 30 * HOUR, midnight, midnight + 30 * HOUR].map((at) => ahead(at, zone));
  const [offset = 0] = around;
  if (around.every((one) => one === offset)) return midnight - offset;
  // the clocks change about here: hour by hour, and each half minute of the hour in which they do
  const wanted = spell(page);
  for (let at = midnight - 27 * HOUR; ; at += HOUR) {
    const now = ahead(at, zone);
    if (now === ahead(at + HOUR, zone)) {
      if (midnight - now < at + HOUR) return Math.max(at, midnight - now);
      continue;
    }
    for (let fine = at; fine < at + HOUR; fine += MINUTE / 2) if (spell(pageAt(fine, zone)) >= wanted) return fine;
  }
}

/** The instant of a time of a page; one that a change of clocks skips is counted on from before the change. */
function atTime(page: Page, time: string, zone: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  const wall = Date.UTC(page.y, page.m - 1, page.d, hour, minute);
  const offsets = [wall - 24 * HOUR, wall + 24 * HOUR].map((at) => ahead(at, zone));
  const fits = offsets.map((offset) => wall - offset).filter((at) => at + ahead(at, zone) === wall);
  return fits.length === 0 ? wall - (offsets[0] ?? 0) : Math.min(...fits);
}
