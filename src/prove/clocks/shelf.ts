// SPDX-License-Identifier: Apache-2.0
// Calendars and reckonings of the folder `regulations/`, ready to count with.
import path from "node:path";
import { z } from "zod";
import { quote } from "../../core/index.ts";
import { ProveError } from "../errors.ts";
import { parseYaml, readIfThere, unique } from "../yaml-file.ts";
import type { Place } from "./ending.ts";
import { type CalendarSource, calendarOf, type DayRule } from "./holidays.ts";
import type { Reckoning } from "./reckoning.ts";

export interface Shelf {
  /** Zone and calendar of a key. @throws ProveError PROVE_CLOCK_INVALID where there is none */
  readonly place: (key: string) => Place;
  readonly hasPlace: (key: string) => boolean;
  /** @throws ProveError PROVE_CLOCK_INVALID where there is none */
  readonly reckoning: (key: string) => Reckoning;
}

/** The files beside the calendars that a shelf is made of: their path and text. */
export interface ShelfFiles {
  readonly corrections: { readonly path: string; readonly text: string };
  readonly reckonings: { readonly path: string; readonly text: string };
}

const dayRule: z.ZodType<DayRule> = z.strictObject({
  day: z.string().regex(/^(?:\d{4}-)?\d{2}-\d{2}$/, "not a day such as 2027-01-31, or 01-31 for each year"),
  name: z.string().min(1),
  cite: z.string().min(1),
});
const corrections = {
  add: z.array(dayRule).optional(),
  remove: z.array(dayRule).optional(),
  optional: z.array(dayRule).optional(),
};
const correctionsFile = z.strictObject({
  schema: z.literal("bailiwick-corrections/1"),
  calendars: unique(z.array(z.strictObject({ key: z.string(), ...corrections })), ({ key }) => key),
});
const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "not a time such as 17:30");
const reckoningRow: z.ZodType<Reckoning> = z
  .strictObject({
    key: z.string(),
    cite: z.string().optional(),
    hours: z.enum(["exact", "end_of_hour"]),
    days: z.enum(["exclude_event_day", "include_event_day"]),
    roll: z
      .strictObject({
        periods: z.enum(["counted", "all"]),
        to: z.union([z.literal("day_end"), z.strictObject({ time })]),
        not_for: z.strictObject({ stages: z.array(z.string()), roles: z.array(z.string()).optional() }).optional(),
      })
      .transform(({ not_for: notFor, ...roll }) => ({ ...roll, notFor }))
      .optional(),
    min_working_days: z
      .strictObject({ count: z.int().min(1), of_days: z.int().min(1), hours: z.literal("contested") })
      .transform(({ of_days: ofDays, ...least }) => ({ ...least, ofDays }))
      .optional(),
    day_end: z.strictObject({ time, zone: z.string() }).optional(),
  })
  .transform(({ min_working_days: minWorkingDays, day_end: dayEnd, ...rest }) => ({ ...rest, minWorkingDays, dayEnd }));
const reckoningsFile = z.strictObject({
  schema: z.literal("bailiwick-reckonings/1"),
  reckonings: unique(z.array(reckoningRow), ({ key }) => key),
});

const CODE = "PROVE_REGULATIONS_INVALID";

/** @throws ProveError PROVE_REGULATIONS_INVALID, PROVE_CLOCK_INVALID */
export function openShelf(sources: Iterable<CalendarSource>, files: ShelfFiles): Shelf {
  const corrected = parseYaml({ ...files.corrections, code: CODE }, correctionsFile).calendars;
  const reckonings = new Map(
    parseYaml({ ...files.reckonings, code: CODE }, reckoningsFile).reckonings.map((one) => [one.key, one]),
  );
  const places = new Map<string, () => Place>();
  for (const source of sources) {
    const more = corrected.find(({ key }) => key === source.key);
    places.set(
      source.key,
      once(() => placeOf(more === undefined ? source : joined(source, more))),
    );
  }
  const lost = corrected.find(({ key }) => !places.has(key));
  if (lost !== undefined) {
    throw new ProveError(CODE, `reading ${files.corrections.path}: there is no calendar ${quote(lost.key)} to correct`);
  }
  return {
    place: (key) => known(places.get(key), "calendar", key)(),
    hasPlace: (key) => places.has(key),
    reckoning: (key) => known(reckonings.get(key), "reckoning", key),
  };
}

/** Reads the files of the folder. @throws ProveError PROVE_FILE_UNREADABLE, PROVE_REGULATIONS_INVALID, PROVE_CLOCK_INVALID */
export async function loadShelf(dir: string, sources: Iterable<CalendarSource>): Promise<Shelf> {
  return openShelf(sources, {
    corrections: await readText(path.join(dir, "corrections.yaml")),
    reckonings: await readText(path.join(dir, "reckonings.yaml")),
  });
}

function placeOf(source: CalendarSource): Place {
  return { zone: source.zone, calendar: calendarOf(source) };
}

function joined(source: CalendarSource, more: Pick<CalendarSource, "add" | "remove" | "optional">): CalendarSource {
  const both = (name: "add" | "remove" | "optional"): readonly DayRule[] => [
    ...(source[name] ?? []),
    ...(more[name] ?? []),
  ];
  return { ...source, add: both("add"), remove: both("remove"), optional: both("optional") };
}

/** Most calendars are never asked: compiled when first used. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function known<T>(found: T | undefined, what: string, key: string): T {
  if (found !== undefined) return found;
  throw new ProveError("PROVE_CLOCK_INVALID", `counting: there is no ${what} ${quote(key)} in regulations`);
}

async function readText(file: string): Promise<{ path: string; text: string }> {
  const text = await readIfThere(file);
  if (text === undefined) throw new ProveError("PROVE_FILE_UNREADABLE", `reading ${quote(file)}: no such file`);
  return { path: file, text };
}
