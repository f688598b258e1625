// SPDX-License-Identifier: Apache-2.0
// The files of one law: its rows and adequacy list (`<law>/transfers.yaml`), and where they hold (`<law>/scope.yaml`).
import { z } from "zod";
import { type Instant, quote } from "../../core/index.ts";
import { day } from "../day.ts";
import { oneOf, unique } from "../yaml-file.ts";
import { POSTURES, type Posture } from "./posture.ts";
import type { Words } from "./words.ts";

/** What every statement about law carries (prove J4). */
export interface Cited {
  readonly id: string;
  readonly citation: string;
  readonly confidence: "high" | "medium" | "low";
  readonly verified: "sourced" | "unsourced";
  /** Keys of the file's sources: what was read, and whether it was the official text or a copy. */
  readonly sources: readonly string[];
  readonly notes?: string | undefined;
  /** The only state that this version takes: it cannot check the signatures that enable a row (prove J12). */
  readonly review: "unreviewed";
}

/** One rule: what holds when data of a category leaves. */
export interface Row extends Cited {
  readonly category: string;
  readonly localization: string;
  readonly posture: Posture;
  readonly posture_basis?: "proposed" | undefined;
  /** Kinds of mechanism of which one is enough. */
  readonly mechanisms: readonly string[];
  /** Kinds of which one is needed as well: each answers a question of its own, and neither replaces the other. */
  readonly beside?: readonly string[] | undefined;
  readonly status: string;
}

/** A place that a law calls adequate, while its conditions hold. */
export interface Adequate {
  readonly to: string;
  /** Fact about the importer that has to be on file. */
  readonly only_if?: string | undefined;
  readonly from?: Instant | undefined;
  /** First day on which it no longer holds: the strict reading of "until". */
  readonly until?: Instant | undefined;
  readonly cite?: string | undefined;
  readonly note?: string | undefined;
}

export interface RowsFile {
  readonly jurisdiction: string;
  readonly adequacy: readonly Adequate[];
  readonly rules: readonly Row[];
}

export interface ScopeFile {
  readonly jurisdiction: string;
  /** What the name of the law means as a place. */
  readonly place: string;
  /** Inside it nothing is a transfer. */
  readonly area: Cited & { readonly place: string };
  readonly implies: readonly (Cited & { readonly category: string; readonly also: string })[];
  /** Mechanisms of a group that count only together with an assessment. */
  readonly assessment?: (Cited & { readonly kinds: string; readonly needs: string }) | undefined;
}

/** What the members of both files may name. */
export interface Known {
  readonly law: string;
  readonly words: Words;
  /** Places and groups. */
  readonly places: { has(place: string): boolean };
  /** Those, and organisations that a list may name. */
  readonly named: { has(place: string): boolean };
}

const text = z.string().min(1);
/** Key of the source that is none: nothing was read yet. */
const NO_SOURCE = "NONE";
const FACT = /^importer\.[a-z][a-z0-9_]*$/;

function cited(law: string) {
  return {
    id: z.string().startsWith(`${law}-`).max(64),
    citation: text,
    confidence: z.enum(["high", "medium", "low"]),
    verified: z.enum(["sourced", "unsourced"]),
    sources: z.array(text).min(1),
    notes: text.optional(),
    review: z.literal("unreviewed"),
  };
}

/** `<law>/transfers.yaml`. */
export function rowsFile({ law, words, named }: Known): z.ZodType<RowsFile> {
  const kinds = z.array(oneOf("mechanism kind", words.kinds)).min(1);
  const row = z.strictObject({
    ...cited(law),
    category: oneOf("category", words.categories),
    localization: oneOf("localization", words.localizations),
    posture: oneOf("posture", words.postures).pipe(
      z.enum(POSTURES, { error: "this version cannot judge by this posture" }),
    ),
    posture_basis: z.literal("proposed").optional(),
    mechanisms: kinds,
    beside: kinds.optional(),
    status: text,
  });
  const adequate = z.strictObject({
    to: oneOf("place", named),
    only_if: z.string().regex(FACT).optional(),
    from: day.optional(),
    until: day.optional(),
    cite: text.optional(),
    note: text.optional(),
  });
  return z
    .strictObject({
      schema: z.literal("bailiwick-transfers/1"),
      jurisdiction: z.literal(law),
      name: text,
      compiled: z.iso.date(),
      sources: z.record(z.string(), text),
      adequacy: unique(z.array(adequate), ({ to }) => to),
      rules: unique(z.array(row).min(1), ({ id }) => id),
    })
    .superRefine(({ rules, sources }, context) => {
      for (const [index, rule] of rules.entries()) {
        checkSources(rule, { known: sources, path: ["rules", index], context });
        checkBeside(rule, index, context);
      }
    });
}

/** `<law>/scope.yaml`. */
export function scopeFile({ law, words, places }: Known): z.ZodType<ScopeFile> {
  const category = oneOf("category", words.categories);
  return z
    .strictObject({
      schema: z.literal("bailiwick-scope/1"),
      jurisdiction: z.literal(law),
      compiled: z.iso.date(),
      sources: z.record(z.string(), text),
      place: oneOf("place", places),
      area: z.strictObject({ ...cited(law), place: oneOf("place", places) }),
      implies: z.array(z.strictObject({ ...cited(law), category, also: category })),
      assessment: z
        .strictObject({ ...cited(law), kinds: oneOf("group of mechanism kinds", words.kindGroups), needs: text })
        .optional(),
    })
    .superRefine(({ area, implies, assessment, sources: known }, context) => {
      checkSources(area, { known, path: ["area"], context });
      for (const [index, one] of implies.entries()) {
        checkSources(one, { known, path: ["implies", index], context });
      }
      if (assessment !== undefined) checkSources(assessment, { known, path: ["assessment"], context });
    });
}

/** A kind on both sides would let one document answer both questions. */
function checkBeside({ mechanisms, beside = [] }: Row, index: number, context: z.RefinementCtx): void {
  for (const [at, kind] of beside.entries()) {
    if (!mechanisms.includes(kind)) continue;
    const message = `${quote(kind)} stands among the mechanisms too`;
    context.addIssue({ code: "custom", path: ["rules", index, "beside", at], message });
  }
}

interface SourceCheck {
  /** The sources that the file lists. */
  readonly known: Readonly<Record<string, string>>;
  /** Where the statement stands in it. */
  readonly path: readonly (string | number)[];
  readonly context: z.RefinementCtx;
}

/** A statement names sources that the file has, and is called sourced only with one that was read. */
function checkSources({ verified, sources }: Cited, { known, path, context }: SourceCheck): void {
  for (const [at, source] of sources.entries()) {
    if (Object.hasOwn(known, source)) continue;
    context.addIssue({ code: "custom", path: [...path, "sources", at], message: `no such source: ${quote(source)}` });
  }
  if (verified === "unsourced" || sources.some((source) => source !== NO_SOURCE)) return;
  const message = "sourced, but no source was read: name one, or write `verified: unsourced`";
  context.addIssue({ code: "custom", path: [...path, "verified"], message });
}
