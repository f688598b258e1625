// SPDX-License-Identifier: Apache-2.0
// The shape of `due`: what starts the clock of a stage and how long it runs.
import { z } from "zod";
import { oneOf } from "../yaml-file.ts";
import type { Due } from "./row.ts";

type Set = { has(word: string): boolean };

const text = z.string().min(1);
/** ISO 8601 without years, weeks and mixtures: what the reckonings can count. */
const duration = z
  .string()
  .regex(/^P(?:T\d+[HM]|\d+[DM])$/, "not hours or minutes (PTnH, PTnM), days (PnD) or months (PnM)");

/** `due` of a stage, with the clock events of `facts.yaml`. */
export function dueShape(events: Set): z.ZodType<Due> {
  const event = oneOf("clock event", events);
  const term = z.strictObject({ after: event, duration });
  const common = {
    standard: text.optional(),
    contested: z
      .array(z.strictObject({ from: event, from_stage: text.optional(), why: text }))
      .min(1)
      .optional(),
    order: z
      .strictObject({ before_stage: text.optional(), with_stage: text.optional() })
      .refine(({ before_stage, with_stage }) => (before_stage === undefined) !== (with_stage === undefined), {
        error: "an order is either before_stage or with_stage",
      })
      .optional(),
    expectation: z.strictObject({ duration, from: event, of: text }).optional(),
    day_count: z.enum(["calendar", "business"]).optional(),
  };
  const plain = z
    .strictObject({
      ...common,
      duration: duration.nullable(),
      from: event.optional(),
      from_stage: z.union([text, z.array(text).min(1)]).optional(),
      which: z.literal("latest").optional(),
      of: event.optional(),
    })
    .superRefine((due, context) => {
      const wrong = (path: string, message: string): void =>
        context.addIssue({ code: "custom", path: [path], message });
      if (due.duration !== null && due.from === undefined) wrong("from", "a duration runs from a clock event");
      if (due.duration === null && due.standard === undefined)
        wrong("standard", "without a number, the words of the law stand here");
      if (due.from === SUBMISSION && due.from_stage === undefined && due.duration !== null) {
        wrong("from", "whose submission: name the stage in from_stage");
      }
      if (due.from !== SUBMISSION && due.from_stage !== undefined) wrong("from_stage", "it goes with from: submission");
    });
  const earliest = z.strictObject({
    ...common,
    op: z.literal("earliest"),
    terms: z.array(term).min(2),
    // oxlint-disable-next-line unicorn/no-thenable -- the member's name in the data; nobody awaits it
    override: z.strictObject({ if: text, then: term, cite: text }).optional(),
  });
  return z.union([plain, earliest]);
}

/** The event that a filing of another stage is. */
const SUBMISSION = "submission";
