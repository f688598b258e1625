// SPDX-License-Identifier: Apache-2.0
// The shape of a scenario file, as a person writes it (regulations/schema/scenarios.schema.json says the same).
// Members that only a reader needs are allowed anywhere; any other member is refused, since a check that is misspelt
// would never be made.
import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import type { Scenario, StageWanted } from "./written.ts";

/** For the reader alone. */
const reader = Object.fromEntries(
  ["why", "note", "notes", "title", "traps", "law", "cite", "source", "sources", "comment", "description", "tags"].map(
    (name) => [name, z.unknown().optional()],
  ),
);

const names = z.array(z.string());
const place = z.string().regex(/^[A-Z][A-Z0-9]{1,3}(?:-[A-Z0-9]{1,3})?$/, "not a place such as DE or US-CA");
const zone = z.string().refine(isZone, "not a time zone such as Europe/Berlin");

/** UTC or with an offset; a time without one is refused. */
const moment = z.string().transform((text, context) => {
  try {
    return readMoment(text);
  } catch {
    const mend =
      "add Z or an offset such as +01:00 to a local time, or give `date` and `zone` if only the day is known";
    context.addIssue(`not an instant: write 2026-12-06T09:00:00Z or 2026-12-06T09:00:00+01:00; ${mend}`);
    return z.NEVER;
  }
});

/** The offset that an instant was written with stays known, since a minute or hour begins by some clocks. */
const spokenMoment = z.string().pipe(moment);
const day = z.string().refine(isDay, "not a day such as 2026-12-05");

const entity = z.strictObject({
  roles: names.optional(),
  roles_complete: z.boolean().optional(),
  est: z.array(place).optional(),
  est_complete: z.boolean().optional(),
  serves: z.array(place).optional(),
  serves_complete: z.boolean().optional(),
  home_state: place.optional(),
  free_zones: names.optional(),
  free_zones_complete: z.boolean().optional(),
  public_body: z.boolean().optional(),
  ...reader,
});

const number = z.number().nonnegative();
const bounds = z.tuple([number, z.union([number, z.null()])]);
/** A number, bounds (an open upper one is `null`), at least so many, or unknown. */
const amount = z.union([
  number,
  bounds,
  z.strictObject({ at_least: number }),
  z.strictObject({ estimate: number }),
  z.enum(["unknown"]),
  z.null(),
]);
const people = z.strictObject({
  complete: z.boolean().optional(),
  by: z.record(place, amount).optional(),
  ...reader,
});
const facts = z.record(z.string(), z.union([z.boolean(), z.string(), amount]));

const event = z
  .strictObject({
    event: z.string(),
    at: z.string().optional(),
    date: day.optional(),
    zone: zone.optional(),
    precision: z.enum(["exact", "minute", "hour", "day"]).optional(),
    supersedes: z.string().optional(),
    evidence: z.unknown().optional(),
    by: z.unknown().optional(),
    of: z.unknown().optional(),
    ...reader,
  })
  .superRefine((one, context) => {
    const issue = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if (one.at !== undefined) {
      const read = moment.safeParse(one.at);
      if (!read.success) issue("at", read.error.issues[0]?.message ?? "not an instant");
    }
    if ((one.at === undefined) === (one.date === undefined)) {
      issue("event", "give either `at` (an instant), or `date` with `zone` where only the day is known");
    }
    if (one.date !== undefined && one.zone === undefined)
      issue("date", "a day needs its `zone`, such as Europe/Berlin");
    if (one.date !== undefined && (one.precision ?? "day") !== "day") issue("precision", "a date is known to the day");
  });

const submission = z.strictObject({
  duty: z.string(),
  stage: z.string().optional(),
  at: spokenMoment,
  receipt: z.unknown().optional(),
  ...reader,
});

const duration = z.string();
const term = z.strictObject({ after: z.string(), duration });
const due = z
  .strictObject({
    duration: duration.nullable().optional(),
    from: z.string().optional(),
    from_stage: z.union([z.string(), names]).optional(),
    which: z.literal("latest").optional(),
    of: z.string().optional(),
    day_count: z.enum(["calendar", "business"]).optional(),
    op: z.literal("earliest").optional(),
    terms: z.array(term).optional(),
    standard: z.string().optional(),
    contested: z
      .array(z.strictObject({ from: z.string(), from_stage: z.string().optional(), why: z.string().optional() }))
      .optional(),
    ...reader,
  })
  .refine(
    (one) =>
      one.op === undefined
        ? one.duration === null || (one.duration !== undefined && one.from !== undefined)
        : one.terms !== undefined,
    "needs `duration` and `from`, or `op: earliest` and `terms`",
  );
const contract = z.strictObject({
  id: z.string(),
  to: z.string().optional(),
  due,
  zone: zone.optional(),
  calendar: z.string().optional(),
  reckoning: z.string().optional(),
  stage: z.string().optional(),
  content: z.unknown().optional(),
  ...reader,
});

const kind = z.enum(["hard", "provisional", "guidance", "draft", "target", "contract", "assessment"]);

const limits = z
  .strictObject({
    strict: spokenMoment.optional(),
    latest: spokenMoment.optional(),
    proposed_strict: spokenMoment.optional(),
    proposed_latest: spokenMoment.optional(),
    kind: kind.optional(),
    ...reader,
  })
  .refine(
    (one) => one.strict !== undefined || one.proposed_strict !== undefined || one.kind !== undefined,
    "asserts nothing: give `strict`",
  );

const stageWanted: z.ZodType<StageWanted> = z.lazy(() =>
  z.any().transform((value: unknown, context): StageWanted => {
    const shape = shapeOf(value);
    const read = shape.safeParse(value);
    if (read.success) return read.data;
    for (const { path, message } of read.error.issues) context.addIssue({ code: "custom", path: [...path], message });
    return z.NEVER;
  }),
);

/** One shape for each way to write it, so that a fault names the member and not five alternatives. */
function shapeOf(value: unknown): z.ZodType<StageWanted> {
  if (typeof value !== "object" || value === null) {
    return z.enum(["none", "not"], "write none, not, {strict: ...}, {waiting: event} or {needs: [fact], if_so: {...}}");
  }
  if ("waiting" in value)
    return z.strictObject({ waiting: z.union([z.string(), names]), kind: kind.optional(), ...reader });
  if ("needs" in value) return z.strictObject({ needs: names, if_so: stageWanted.optional(), ...reader });
  return limits;
}

const wanted = z
  .strictObject({
    duty: z.string(),
    verdict: z.enum(["applies", "not", "needs"]).optional(),
    standing: z.enum(["in_force", "watch", "expired", "commenced", "superseded", "voluntary", "no_duty"]).optional(),
    kind: kind.optional(),
    ask: names.optional(),
    missing_events: names.optional(),
    order_violation: z
      .union([z.strictObject({ stage: z.string(), needs_first: z.string(), ...reader }), z.enum(["none"]), z.null()])
      .optional(),
    stages: z.record(z.string(), stageWanted).optional(),
    moved: z.enum(["earlier", "later", "gone", "none"]).optional(),
    acknowledged: z.enum(["needed", "not_needed"]).optional(),
    ...reader,
  })
  .readonly();

const change = z.strictObject({
  entity: entity.optional(),
  people: people.optional(),
  facts: facts.optional(),
  events: z.array(event).optional(),
  submissions: z.array(submission).optional(),
  contracts: z.array(contract).optional(),
  ...reader,
});
const revision = z.strictObject({
  change,
  expect: z.array(wanted).optional(),
  conflicts: names.optional(),
  ...reader,
});

/** One scenario. */
export const scenario: z.ZodType<Scenario> = z
  .strictObject({
    id: z.union([z.string(), z.number()]).transform(String),
    entity: entity.optional(),
    people: people.optional(),
    facts: facts.optional(),
    events: z.array(event).optional(),
    submissions: z.array(submission).optional(),
    contracts: z.array(contract).optional(),
    expect: z.array(wanted).optional(),
    conflicts: names.optional(),
    revisions: z.array(revision).optional(),
    ...reader,
  })
  .refine(
    (one) => [one.expect, one.conflicts, one.revisions].some((list) => (list?.length ?? 0) > 0),
    "asserts nothing: give `expect`, `conflicts` or `revisions`",
  );

/** UNIT: ms. A leap second reads as the last millisecond before it. */
const LEAP_MS = 999;

/** An instant as it is written. @throws RangeError */
export function readMoment(text: string): number {
  const leap = /T\d{2}:\d{2}:60/.test(text) ? LEAP_MS : 0;
  return Temporal.Instant.from(text).epochMilliseconds + leap;
}

/** The offset of an instant as it is written, `+01:00`; `UTC` for Z. */
export function offsetOf(text: string): string {
  return /[+-]\d{2}:?\d{2}(?=\[|$)/.exec(text)?.[0] ?? "UTC";
}

function isZone(name: string): boolean {
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId !== "";
  } catch {
    return false;
  }
}

function isDay(text: string): boolean {
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text) && Temporal.PlainDate.from(text, { overflow: "reject" }).year > 0;
  } catch {
    return false;
  }
}
