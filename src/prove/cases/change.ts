// SPDX-License-Identifier: Apache-2.0
// What a person says of a case: facts, people in places, clock events, filings. Append-only: what is said anew stands over
// what was said before, and both stay (prove J20, J26).
import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import { type Instant, instant } from "../../core/index.ts";
import { type CaseInput, type Count, readCase, type Value } from "../case/read-case.ts";
import { checkZone, parseDay } from "../clocks/days.ts";
import type { ClockEvent, Submission } from "../clocks/events.ts";
import { ProveError } from "../errors.ts";
import type { Regimes } from "../regimes/load.ts";

/** `null` takes a statement back: the fact is unknown again. */
type Said = Value | null;

/** A change as it is sent and kept. */
export interface CaseChange {
  readonly facts?: Readonly<Record<string, Said>> | undefined;
  readonly people?:
    | { readonly complete?: boolean | undefined; readonly by?: Readonly<Record<string, Count | null>> | undefined }
    | undefined;
  readonly events?: readonly EventSaid[] | undefined;
  readonly submissions?: readonly { readonly duty: string; readonly stage: string; readonly at: string }[] | undefined;
}

/** An instant with its offset, or a day and the zone that it is a day of. */
export interface EventSaid {
  readonly event: string;
  readonly at?: string | undefined;
  readonly date?: string | undefined;
  readonly zone?: string | undefined;
  /** Takes the place of what was said of this event before. */
  readonly supersedes?: boolean | undefined;
}

const count = z.union([
  z.number().min(0),
  z.tuple([z.number().min(0), z.number().min(0)]),
  z.strictObject({ at_least: z.number().min(0) }),
]);
const shape: z.ZodType<CaseChange> = z
  .strictObject({
    facts: z.record(z.string(), z.union([z.boolean(), z.string(), count, z.null()])).optional(),
    people: z
      .strictObject({
        complete: z.boolean().optional(),
        by: z.record(z.string(), z.union([count, z.null()])).optional(),
      })
      .optional(),
    events: z
      .array(
        z.strictObject({
          event: z.string(),
          at: z.string().optional(),
          date: z.string().optional(),
          zone: z.string().optional(),
          supersedes: z.boolean().optional(),
        }),
      )
      .max(64)
      .optional(),
    submissions: z
      .array(z.strictObject({ duty: z.string(), stage: z.string(), at: z.string() }))
      .max(64)
      .optional(),
  })
  .refine((change) => Object.values(change).some((part) => part !== undefined), { error: "it says nothing" });

/** UNIT: ms. A clock of a person may be so far ahead of ours (prove J28). */
const AHEAD_MS = 5 * 60_000;

/** Reads and checks a change, whole or not at all. @throws ProveError PROVE_CASE_INVALID with the member and how to mend it */
export function readChange(value: unknown, regimes: Regimes, now: Instant): CaseChange {
  const parsed = shape.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(issue?.path.map(String).join(".") ?? "", issue?.message ?? "invalid");
  }
  const change = parsed.data;
  readCase(inputOf([change]), regimes.vocabulary);
  for (const [index, said] of (change.events ?? []).entries()) checkEvent(said, `events.${index}`, regimes, now);
  for (const [index, { duty, stage, at }] of (change.submissions ?? []).entries()) {
    const row = regimes.rows.get(duty);
    if (row === undefined) throw invalid(`submissions.${index}.duty`, `no such duty: ${duty}`);
    if (!row.stages.some((one) => one.stage.stage === stage))
      throw invalid(`submissions.${index}.stage`, `${duty} has no stage ${stage}`);
    notToCome(readMoment(at, `submissions.${index}.at`), `submissions.${index}.at`, now);
  }
  return change;
}

function checkEvent(said: EventSaid, where: string, regimes: Regimes, now: Instant): void {
  if (!regimes.events.has(said.event))
    throw invalid(`${where}.event`, `no such clock event: ${said.event}; they are listed in facts.yaml`);
  if ((said.at === undefined) === (said.date === undefined))
    throw invalid(where, "give `at` with an offset, or `date` and `zone` where only the day is known");
  if (said.at !== undefined) return notToCome(readMoment(said.at, `${where}.at`), `${where}.at`, now);
  if (said.zone === undefined) throw invalid(`${where}.zone`, "a day is a day of some zone, such as Europe/Paris");
  eventOf(said, where);
}

function notToCome(at: Instant, where: string, now: Instant): void {
  if (at > now + AHEAD_MS) throw invalid(where, "it is in the future");
}

/** RFC 3339 with an offset: a time without one is a different instant for every reader. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2})$/;

function readMoment(text: string, where: string): Instant {
  try {
    if (MOMENT.test(text)) return instant(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    // told below, as what does not look like an instant is
  }
  throw invalid(where, "not an instant: write 2026-12-06T09:00:00+01:00, with Z or an offset");
}

function eventOf(said: EventSaid, where = "event"): ClockEvent {
  if (said.at !== undefined) return { event: said.event, at: readMoment(said.at, where), precision: "exact" };
  try {
    checkZone(said.zone ?? "");
    return { event: said.event, day: parseDay(said.date ?? ""), zone: said.zone ?? "", precision: "day" };
  } catch (cause) {
    throw invalid(where, cause instanceof Error ? cause.message : "not a day of a zone");
  }
}

/** The facts and people that stand after all these changes. */
export function inputOf(changes: readonly CaseChange[]): Pick<CaseInput, "facts" | "people"> {
  const facts = new Map<string, Value>();
  const by = new Map<string, Count>();
  let complete: boolean | undefined;
  for (const { facts: said = {}, people } of changes) {
    for (const [name, value] of Object.entries(said)) {
      if (value === null) facts.delete(name);
      else facts.set(name, value);
    }
    for (const [place, value] of Object.entries(people?.by ?? {})) {
      if (value === null) by.delete(place);
      else by.set(place, value);
    }
    complete = people?.complete ?? complete;
  }
  return { facts: Object.fromEntries(facts), people: { complete, by: Object.fromEntries(by) } };
}

/** The events that stand: what supersedes takes the place of every earlier one of its name, proposals too. */
export function eventsOf(seeded: readonly ClockEvent[], changes: readonly CaseChange[]): readonly ClockEvent[] {
  let events = [...seeded];
  for (const said of changes.flatMap((change) => change.events ?? [])) {
    const event = eventOf(said);
    // a person's word stands over what the incident only proposed
    const isProposed = seeded.some((one) => one.event === said.event);
    if (said.supersedes === true || isProposed) events = events.filter((one) => one.event !== said.event);
    events.push(event);
  }
  return events;
}

export function submissionsOf(changes: readonly CaseChange[]): readonly Submission[] {
  return changes.flatMap(({ submissions = [] }) =>
    submissions.map(({ duty, stage, at }) => ({ duty, stage, at: readMoment(at, "submission") })),
  );
}

function invalid(where: string, what: string): ProveError {
  return new ProveError("PROVE_CASE_INVALID", `reading the case: ${where === "" ? what : `${where}: ${what}`}`);
}
