// SPDX-License-Identifier: Apache-2.0
// Calendars as they come out of the holiday data and the corrections.
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadRegimes, type Regimes } from "../regimes/load.ts";
import { closedBecause, nthOpen, openFrom } from "./calendar.ts";
import { formatDay, parseDay, plusDays } from "./days.ts";
import { calendarOf } from "./holidays.ts";
import { loadShelf, openShelf, type Shelf } from "./shelf.ts";

const DIR = path.join(import.meta.dirname, "..", "..", "..", "regulations");
let regimes: Regimes;
let shelf: Shelf;

beforeAll(async () => {
  regimes = await loadRegimes(DIR);
  shelf = await loadShelf(DIR, regimes.calendars.values());
}, 60_000);

function isClosed(key: string, day: string): boolean {
  return closedBecause(shelf.place(key).calendar, parseDay(day)) !== undefined;
}

test("J9: every calendar of every row can be counted in", () => {
  for (const { duty } of regimes.rows.values()) {
    expect(duty.calendar === "home_state" || shelf.hasPlace(duty.calendar), duty.id).toBe(true);
    expect(() => shelf.reckoning(duty.reckoning)).not.toThrow();
  }
  for (const key of regimes.calendars.keys()) expect(() => shelf.place(key), key).not.toThrow();
});

test("J9: each member state of the EEA has a calendar of its own", () => {
  for (const state of regimes.vocabulary.places.get("EEA") ?? []) expect(shelf.hasPlace(state), state).toBe(true);
});

describe("J9: errors of the holiday data, each met by others", () => {
  test("Ecuador: Guayaquil is in October", () => {
    expect(isClosed("EC", "2026-09-10")).toBe(false);
    expect(isClosed("EC", "2026-10-09")).toBe(true);
  });
  test("Brazil: Carnival does not close an authority, but some are closed", () => {
    const { calendar } = shelf.place("BR");
    expect(isClosed("BR", "2027-02-09")).toBe(false);
    expect(closedBecause(calendar, parseDay("2027-02-09"), "closed-or-doubtful")).toBeDefined();
  });
  test("United States: Veterans Day is observed on the Friday before a Saturday", () => {
    expect(isClosed("US-SEC", "2028-11-10")).toBe(true);
    expect(isClosed("US", "2023-11-10")).toBe(true);
    expect(isClosed("US-SEC", "2026-09-07")).toBe(true);
  });
  test("the Commission is closed on days of mourning, which no rule foresees", () => {
    expect(isClosed("US-SEC", "2025-01-09")).toBe(true);
    expect(isClosed("US", "2025-01-09")).toBe(false);
  });
  test("Japan: 29 December to 3 January", () => {
    for (const day of ["2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03"]) {
      expect(isClosed("JP", day), day).toBe(true);
    }
    expect(formatDay(openFrom(shelf.place("JP").calendar, parseDay("2026-12-30")).day)).toBe("2027-01-04");
  });
  test("weekends are those of the data, not of the library", () => {
    expect(isClosed("SA", "2026-11-20")).toBe(true);
    expect(isClosed("SA", "2026-11-22")).toBe(false);
    expect(isClosed("DE", "2026-11-20")).toBe(false);
  });
});

test("J9: without holiday data the count says so and skips weekends alone", () => {
  const { calendar } = shelf.place("QA");
  const reached = nthOpen(calendar, parseDay("2026-11-19"), 2);
  expect(formatDay(reached.day)).toBe("2026-11-22");
  expect(reached.known).toBe(false);
  expect(nthOpen(shelf.place("DE").calendar, parseDay("2150-01-04"), 2).known).toBe(false);
});

test("J9: a day of a correction that each year has is closed in each year", () => {
  const rule = { day: "02-29", name: "leap", cite: "none" };
  const yearly = { key: "X", zone: "UTC", weekend: ["sun"], base: "DE", add: [{ ...rule, day: "07-14" }] };
  const calendar = calendarOf(yearly);
  for (const year of [1999, 2026, 2099]) expect(closedBecause(calendar, parseDay(`${year}-07-14`))).toBeDefined();
  expect(() => closedBecause(calendarOf({ ...yearly, add: [rule] }), parseDay("2027-01-05"))).toThrow("no such day");
});

test("J9: a calendar that is never open, or has an unknown weekday or zone, is refused", () => {
  const source = { key: "X", zone: "UTC", weekend: ["sat"], base: "DE" };
  expect(() => calendarOf({ ...source, weekend: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] })).toThrow(
    "is open",
  );
  expect(() => calendarOf({ ...source, weekend: ["holiday"] })).toThrow("`holiday`");
  expect(() => calendarOf({ ...source, zone: "Nowhere" })).toThrow("`Nowhere`");
});

function file(name: string): { path: string; text: string } {
  return { path: name, text: readFileSync(path.join(DIR, name), "utf8") };
}

test("J9: a correction of no calendar, and a key that is nowhere, are refused", () => {
  const files = { corrections: file("corrections.yaml"), reckonings: file("reckonings.yaml") };
  expect(() => openShelf([], files)).toThrow("there is no calendar `JP` to correct");
  expect(() => shelf.place("XX")).toThrow("there is no calendar `XX`");
  expect(() => shelf.reckoning("moon")).toThrow("there is no reckoning `moon`");
  const text = files.reckonings.text.replace("exclude_event_day", "exclude_day");
  expect(() => openShelf([], { ...files, reckonings: { path: "r.yaml", text } })).toThrow(/r\.yaml:\d+:\d+/);
});

/** What the sentences of the data say, member by member, with what is taken from the reckoning that one extends. */
function spoken(key: string): object {
  const own = regimes.reckonings.get(key);
  const said = { ...regimes.reckonings.get(own?.extends ?? key), ...own };
  return {
    hours: (said.hours ?? "exact") === "exact" ? "exact" : "end_of_hour",
    days: said.days === "include_event_day" ? "include_event_day" : "exclude_event_day",
    rolls: (said.roll ?? null) !== null,
    stages: own?.not_for?.stages,
    roles: own?.not_for?.roles,
    dayEnd: said.day_end,
    holdsWorkingDays: said.min_two_working_days !== undefined,
  };
}

function figures(key: string): object {
  const { hours, days, roll, dayEnd, minWorkingDays } = shelf.reckoning(key);
  return {
    hours,
    days,
    rolls: roll !== undefined,
    stages: roll?.notFor?.stages,
    roles: roll?.notFor?.roles,
    dayEnd: dayEnd === undefined ? undefined : `${dayEnd.time} ${dayEnd.zone}`,
    holdsWorkingDays: minWorkingDays !== undefined,
  };
}

test("J1: the figures of each reckoning say what its sentences in the data say", () => {
  expect(regimes.reckonings.size).toBe(6);
  for (const key of regimes.reckonings.keys()) expect(figures(key), key).toEqual(spoken(key));
});

test("J9: two days in a year that the library was asked for once are answered from the set", () => {
  const { calendar } = shelf.place("DE");
  const year = calendar.holidays(2031);
  expect(calendar.holidays(2031)).toBe(year);
  expect(plusDays(parseDay("2031-12-24"), 1)).toBe(parseDay("2031-12-25"));
});
