// SPDX-License-Identifier: Apache-2.0
// `node bench/prove/clocks.ts`: all clocks of a case against one parse of the files that the rows stand in, and counting
// business days in a compiled calendar against asking the holiday library for each day. Both sides run in turn in this
// process, and must agree on every day. Machines differ; the ratios are the result.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import Holidays from "date-holidays";
import { parse } from "yaml";
import { closedBecause } from "../../src/prove/clocks/calendar.ts";
import { formatDay, parseDay, plusDays } from "../../src/prove/clocks/days.ts";
import { caseClocks } from "../../src/prove/clocks/row-clocks.ts";
import { caseOf, openRowsWorld, REGULATIONS } from "../../src/prove/testing/rows-world.ts";

/** The most of one parse that all clocks of a case cost. SOURCE: prove-regimes section 6 */
const CASE_MOST = 1 / 3;
/** The least that a compiled calendar is faster. SOURCE: the same */
const DAYS_LEAST = 500;
const ROUNDS = 15;
const PLACES = [
  "DE",
  "FR",
  "GB",
  "CH",
  "US-CA",
  "IN",
  "SG",
  "JP",
  "BR",
  "KR",
  "AU",
  "NZ",
  "CA",
  "MX",
  "CL",
  "ZA",
  "AE",
  "SA",
  "TR",
  "IL",
];
const EVENTS = [
  "awareness",
  "discovery",
  "detection",
  "noticing",
  "knowledge",
  "determination",
  "awareness_significant",
  "identification",
  "occurrence",
  "classification_major",
  "knowledge_personal_data_affected",
  "assessed_notifiable",
];
const AT = "2026-11-22T02:10:00Z";

const { regimes, world } = await openRowsWorld();
const rows = [...regimes.rows.values()];
const one = caseOf({
  roles: ["controller"],
  serves: PLACES,
  people: Object.fromEntries(PLACES.map((place) => [place, 1500])),
  facts: { "data.personal": true, "data.confidentiality_lost": true, "cyber.incident": true },
  events: Object.fromEntries(EVENTS.map((event) => [event, AT])),
});
/** What the draft of the duties was split into. */
const texts = globSync(["*/*.yaml", "facts.yaml", "conflicts.yaml", "formats.yaml"], { cwd: REGULATIONS })
  .filter((name) => !/^(?:calendars|tests|schema)|transfers/.test(name))
  .map((name) => readFileSync(path.join(REGULATIONS, name), "utf8"));
const library = new Holidays("DE");
const { calendar } = world.shelf.place("DE");
const first = parseDay("2026-11-22");

/** Asked at noon, so that the zone of the process does not change the day. */
function byLibrary(days: number): number {
  let closed = 0;
  for (let n = 0; n < days; n += 1) {
    const found = library.isHoliday(new Date(`${formatDay(plusDays(first, n))}T12:00:00+01:00`));
    if (found !== false && found.some(({ type }) => type === "public")) closed += 1;
  }
  return closed;
}

function byCalendar(days: number): number {
  let closed = 0;
  for (let n = 0; n < days; n += 1) {
    const why = closedBecause(calendar, plusDays(first, n));
    if (why !== undefined && why !== "weekend") closed += 1;
  }
  return closed;
}

/** UNIT: ms of processor time. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const DAYS = 60;
/** The calendar answers so fast that as few days as the library's would measure the timer. */
const MORE = 2_000;
const agree = byLibrary(DAYS) === byCalendar(DAYS);
const samples = { recompute: [0], parse: [0], library: [0], calendar: [0] };
for (let round = -3; round < ROUNDS; round += 1) {
  const turn = {
    recompute: cost(() => void caseClocks(rows, one, world)),
    parse: cost(() => void texts.map((text) => parse(text) as unknown)),
    library: cost(() => void byLibrary(DAYS)) / DAYS,
    calendar: cost(() => void Array.from({ length: MORE }, () => byCalendar(DAYS))) / (DAYS * MORE),
  };
  if (round < 0) continue;
  for (const [name, ms] of Object.entries(turn)) samples[name as keyof typeof samples][round] = ms;
}

function median(name: keyof typeof samples): number {
  return samples[name].toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

const round3 = (n: number): number => Math.round(n * 1000) / 1000;
const ratios = {
  caseToParse: round3(median("recompute") / median("parse")),
  libraryToCalendar: Math.round(median("library") / median("calendar")),
};
const checks = [agree, ratios.caseToParse <= CASE_MOST, ratios.libraryToCalendar >= DAYS_LEAST];
const failed = checks.filter((holds) => !holds).length;
const figures = {
  rows: rows.length,
  caseMs: round3(median("recompute")),
  caseMaxMs: round3(Math.max(...samples.recompute)),
  parseMs: round3(median("parse")),
  libraryUsPerDay: round3(1000 * median("library")),
  calendarUsPerDay: round3(1000 * median("calendar")),
};
console.log(JSON.stringify({ name: "prove.clocks", figures, ratios, passed: checks.length - failed, failed }));
process.exitCode = failed === 0 ? 0 : 1;
