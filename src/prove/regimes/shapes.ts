// SPDX-License-Identifier: Apache-2.0
// The shapes of the files of duties: `<jurisdiction>/<instrument>.yaml`, `calendars/<key>.yaml`, `conflicts.yaml`.
import { z } from "zod";
import { JURISDICTION } from "../../core/index.ts";
import { unique } from "../yaml-file.ts";
import { type DutyMembers, dutyShape, type KnownWords, zoneShape } from "./duty-shape.ts";
import { localDay } from "./local-day.ts";
import type { CalendarFile, ConflictRow, LocalDay } from "./row.ts";

export interface InstrumentFile {
  readonly jurisdiction: string;
  readonly instrument: string;
  /** Raised by each edition of the file. */
  readonly version: number;
  readonly effective_at: LocalDay;
  readonly review_by: LocalDay;
  readonly sources: Readonly<Record<string, { readonly kind: string; readonly ref: string }>>;
  readonly duties: readonly DutyMembers[];
}

const text = z.string().min(1);
/** `<jurisdiction>/<instrument>.yaml`, in the folder of its jurisdiction. */
export function instrumentFile(folder: string, known: KnownWords): z.ZodType<InstrumentFile> {
  const shape = instrumentShapes.get(known) ?? instrumentShape(known);
  instrumentShapes.set(known, shape);
  return shape.superRefine(({ jurisdiction, sources, duties }, context) => {
    if (jurisdiction !== folder)
      context.addIssue({ code: "custom", path: ["jurisdiction"], message: "the file stands in the folder of another" });
    for (const [index, duty] of duties.entries()) {
      const wrong = (path: readonly (string | number)[], message: string): void =>
        context.addIssue({ code: "custom", path: ["duties", index, ...path], message });
      const country = jurisdiction.slice(0, "XX".length);
      if (!duty.id.startsWith(`${country}-`)) wrong(["id"], `an id begins with ${country}-`);
      for (const [at, source] of duty.sources.entries()) {
        if (!Object.hasOwn(sources, source))
          wrong(["sources", at], `no such source at the head of the file: ${source}`);
      }
    }
  });
}

/** Made once for the words of a folder: a shape costs more to make than a file to check. */
const instrumentShapes = new WeakMap<KnownWords, z.ZodType<InstrumentFile>>();

function instrumentShape(known: KnownWords): z.ZodType<InstrumentFile> {
  return z.strictObject({
    schema: z.literal("bailiwick-instrument/1"),
    jurisdiction: z.string().regex(JURISDICTION),
    instrument: text,
    version: z.int().min(1),
    effective_at: localDay,
    review_by: localDay,
    sources: z.record(z.string(), z.strictObject({ kind: text, ref: text })),
    duties: z.array(dutyShape(known)).min(1),
  });
}

const calendarDay = z.strictObject({ day: localDay, name: text, cite: text });
const days = z.array(calendarDay).min(1).optional();

/** `calendars/<key>.yaml`. */
export function calendarFile(key: string): z.ZodType<CalendarFile> {
  return calendarShape.superRefine((file, context) => {
    if (file.key !== key)
      context.addIssue({ code: "custom", path: ["key"], message: "the file has the name of another" });
  });
}

const calendarShape: z.ZodType<CalendarFile> = z.strictObject({
  schema: z.literal("bailiwick-calendar/1"),
  key: z.string(),
  zone: zoneShape,
  weekend: z.array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])).max(6),
  base: z.string().regex(/^[A-Z]{2}(?:-[A-Z0-9]{1,3})*$/),
  add: days,
  remove: days,
  optional: days,
  day_end: text.optional(),
  cite: text.optional(),
});

/** `conflicts.yaml`. */
export const conflictsFile: z.ZodType<{ readonly conflicts: readonly ConflictRow[] }> = z.strictObject({
  schema: z.literal("bailiwick-conflicts/1"),
  compiled: z.iso.date(),
  conflicts: unique(
    z.array(
      z.strictObject({ id: text, between: z.array(text).length(2), when: text.optional(), what: text, decision: text }),
    ),
    ({ id }) => id,
  ),
});
