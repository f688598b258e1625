// SPDX-License-Identifier: Apache-2.0
// The shape of one duty, and what its members demand of each other.
import { z } from "zod";
import { oneOf, unique } from "../yaml-file.ts";
import { dueShape } from "./due-shape.ts";
import { localDay } from "./local-day.ts";
import { type Duty, HOME_STATE, type Stage } from "./row.ts";

type Words = { has(word: string): boolean };

/** What the members of an instrument file may name. */
export interface KnownWords {
  readonly events: Words;
  readonly reckonings: Words;
  readonly calendars: Words;
  readonly contentFields: Words;
}

/** A duty as its file has it: the head says jurisdiction and instrument once for all. */
export type DutyMembers = Omit<Duty, "jurisdiction" | "instrument">;

const text = z.string().min(1);
/** One line, parsed by parse.ts. */
const expression = text;
/** A zone of IANA's, or that of the recipient's state. */
export const zoneShape: z.ZodType<string> = text.refine((name) => name === HOME_STATE || isZone(name), {
  error: "no such zone; write one of IANA's, Europe/Berlin",
});

/** What was asked before: a zone costs a formatter to ask for. */
const zonesKnown = new Map<string, boolean>();

function isZone(name: string): boolean {
  const known = zonesKnown.get(name) ?? isZoneOfRuntime(name);
  if (zonesKnown.size < ZONES_MAX) zonesKnown.set(name, known);
  return known;
}

const ZONES_MAX = 1000;

function isZoneOfRuntime(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function stageShape({ events, contentFields }: KnownWords): z.ZodType<Stage> {
  return z.strictObject({
    stage: z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/),
    to: text,
    due: dueShape(events),
    applies_when: expression.optional(),
    unless: expression.optional(),
    in_force_from: localDay.optional(),
    in_force_until: localDay.optional(),
    binding: z.enum(["guidance", "voluntary_code", "draft", "assessment_window"]).optional(),
    binds: z.literal("authority").optional(),
    content: z.array(oneOf("content field", contentFields)).optional(),
    channel: text.optional(),
    applies_if_text: text.optional(),
    reports_delay: text.optional(),
    form: text.optional(),
    note: text.optional(),
  });
}

const STATUSES = [
  "in_force",
  "in_force_via_transposition",
  "adopted_effect_deferred",
  "adopted_not_yet_applicable",
  "enacted_not_in_force",
  "statute_in_force_duty_awaits_final_rule",
  "bill",
  "phased_not_confirmed",
  "not_yet_applicable",
  "superseded",
  "voluntary",
  "no_duty",
] as const satisfies readonly Duty["status"][];

/** One of `duties`. */
export function dutyShape(known: KnownWords): z.ZodType<DutyMembers> {
  return z
    .strictObject({
      id: z
        .string()
        .regex(/^[A-Z]{2}-[A-Za-z0-9_-]+$/, "not an id such as AA-LAW-1")
        .max(64),
      citation: text,
      family: text,
      obliged: z.strictObject({ roles: z.array(text), sectors: z.array(text).optional(), note: text.optional() }),
      trigger: z.strictObject({
        events: z.array(text),
        when: text.optional(),
        thresholds: z.unknown().optional(),
        note: text.optional(),
      }),
      applies_when: expression,
      unless: expression.optional(),
      transposes: text.optional(),
      stages: unique(z.array(stageShape(known)).min(1), ({ stage }) => stage),
      territories: text.optional(),
      delay_or_exemption: text.optional(),
      penalty: text.optional(),
      reckoning: oneOf("reckoning", known.reckonings),
      zone: zoneShape,
      calendar: oneOf("calendar", { has: (key) => key === HOME_STATE || known.calendars.has(key) }),
      in_force_from: localDay.nullable(),
      in_force_until: localDay.optional(),
      in_force_note: text.optional(),
      commencement: z.enum(["fixed", "unknown"]).optional(),
      status: z.enum(STATUSES),
      pending_change: text.optional(),
      interplay: text.optional(),
      confidence: z.enum(["high", "medium", "low"]),
      verified: z.enum(["primary_text", "secondary_multiple", "secondary_single", "unsourced"]),
      sources: z.array(text).min(1),
      notes: text.optional(),
      review_note: text.optional(),
      review: z.literal("unreviewed", "this version cannot check signatures, so a row is unreviewed"),
    })
    .superRefine((duty, context) => {
      checkDuty(duty, (path, message) => context.addIssue({ code: "custom", path: [...path], message }));
    });
}

type Wrong = (path: readonly (string | number)[], message: string) => void;

/** What one member of a row demands of another. */
function checkDuty(duty: DutyMembers, wrong: Wrong): void {
  const stages = new Set(duty.stages.map(({ stage }) => stage));
  for (const [index, stage] of duty.stages.entries()) {
    for (const [member, name] of stagesNamed(stage)) {
      if (!stages.has(name)) wrong(["stages", index, "due", ...member], `the row has no stage ${name}`);
      if (name === stage.stage) wrong(["stages", index, "due", ...member], "a stage cannot wait for itself");
    }
    if (isRegister(stage) && (stage.unless ?? duty.unless) !== undefined) {
      wrong(["stages", index], "a register has no exemption: put unless on the other stages");
    }
  }
  const { commencement, in_force_from, in_force_until } = duty;
  if (commencement === "fixed" && in_force_from === null) wrong(["in_force_from"], "commencement: fixed needs the day");
  if (in_force_from !== null && in_force_until !== undefined && in_force_until < in_force_from) {
    wrong(["in_force_until"], "the last day is before the first");
  }
}

/** A list kept for the authority to see, which is due whether or not anybody is told (prove J31). */
function isRegister({ stage }: Stage): boolean {
  return stage === "register";
}

/** Every stage that the clock or the order of a stage refers to. */
function stagesNamed({ due }: Stage): readonly (readonly [readonly (string | number)[], string])[] {
  const { from_stage: from = [] } = due.op === undefined ? due : {};
  return [
    ...(typeof from === "string"
      ? [[["from_stage"], from] as const]
      : from.map((name, at) => [["from_stage", at], name] as const)),
    ...(due.contested ?? []).flatMap(({ from_stage }, at) =>
      from_stage === undefined ? [] : [[["contested", at, "from_stage"], from_stage] as const],
    ),
    ...[due.order?.before_stage ?? [], due.order?.with_stage ?? []].flat().map((name) => [["order"], name] as const),
  ];
}
