// SPDX-License-Identifier: Apache-2.0
// `facts.yaml`: the words that rows are written in.
import { z } from "zod";
import type { FactWord } from "./names.ts";
import type { Reckoning } from "./row.ts";

export interface WordsFile {
  readonly compiled: string;
  /** What this data is and is not, for people. */
  readonly standing: string;
  readonly traps: readonly string[];
  readonly roles: Readonly<Record<string, string>>;
  readonly kinds: Readonly<Record<string, { readonly is: string; readonly note?: string | undefined }>>;
  readonly clock_events: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, FactWord>>;
  readonly reckonings: Readonly<Record<string, Reckoning>>;
  readonly zones: Readonly<Record<string, { readonly zone: string; readonly calendar: string }>>;
  readonly content_fields: Readonly<Record<string, unknown>>;
}

const text = z.string().min(1);
/** What an expression can name: `data.personal`, `eu.essential_entity`. */
const name = z.string().regex(/^[a-z][\w.]*$/, "not a name such as data.personal");

const fact = z
  .strictObject({
    type: z.enum(["bool", "count", "number", "money", "enum"]),
    ask: text,
    values: z.array(text).min(1).optional(),
    currency: z.string().length(3).optional(),
    unknown_as: z.union([z.boolean(), z.number(), text]).optional(),
  })
  .superRefine(({ type, values, currency, unknown_as }, context) => {
    const wrong = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if ((type === "enum") !== (values !== undefined)) wrong("values", "an enum has values, and nothing else has");
    if ((type === "money") !== (currency !== undefined))
      wrong("currency", "money has a currency, and nothing else has");
    if (unknown_as === undefined) return;
    const fits =
      type === "bool"
        ? typeof unknown_as === "boolean"
        : type === "enum"
          ? values?.includes(String(unknown_as))
          : typeof unknown_as === "number";
    if (fits !== true) wrong("unknown_as", `this is no value of a fact of type ${type}`);
  });

const reckoning = z.strictObject({
  extends: text.optional(),
  cite: text.optional(),
  source: text.optional(),
  hours: z.union([z.literal("exact"), z.strictObject({ strict: text, latest: text })]).optional(),
  days: text.optional(),
  roll: text.nullable().optional(),
  min_two_working_days: z.strictObject({ for: text, hours: text }).optional(),
  not_for: z.strictObject({ stages: z.array(text).optional(), roles: z.array(text).optional() }).optional(),
  unknown_role: text.optional(),
  day_end: text.optional(),
});

/** `facts.yaml`. */
export const wordsFile: z.ZodType<WordsFile> = z
  .strictObject({
    schema: z.literal("bailiwick-facts/1"),
    compiled: z.iso.date(),
    standing: text,
    conventions: z.record(z.string(), z.union([text, z.array(text)])),
    traps: z.array(text),
    roles: z.record(name, text),
    kinds: z.record(name, z.strictObject({ is: text, note: text.optional() })),
    clock_events: z.record(name, text),
    facts: z.record(name, fact),
    reckonings: z.record(name, reckoning),
    zones: z.record(z.string(), z.strictObject({ zone: text, calendar: text })),
    severity_scales: z.record(z.string(), z.unknown()),
    content_fields: z.record(name, z.looseObject({ desc: text })),
    sources: z.record(z.string(), z.strictObject({ kind: text, ref: text })),
  })
  .superRefine(({ reckonings, roles }, context) => {
    for (const [key, { extends: base, not_for }] of Object.entries(reckonings)) {
      const parent = base === undefined ? undefined : reckonings[base];
      const wrong = (path: readonly (string | number)[], message: string): void =>
        context.addIssue({ code: "custom", path: ["reckonings", key, ...path], message });
      if (base !== undefined && parent === undefined) wrong(["extends"], "no such reckoning");
      // one step is all that is needed, and a ring cannot come about
      if (parent?.extends !== undefined) wrong(["extends"], "the reckoning that it extends extends another");
      for (const [index, role] of (not_for?.roles ?? []).entries()) {
        if (!Object.hasOwn(roles, role)) wrong(["not_for", "roles", index], "no such role");
      }
    }
  });
