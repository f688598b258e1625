// SPDX-License-Identifier: Apache-2.0
// What detections mean for a label. The rules are data (`policies/labels.yaml`, protect P17), read strictly.
import { parse } from "yaml";
import { z } from "zod";
import {
  type Category,
  type Detection,
  type Label,
  LEVELS,
  type Level,
  levelRank,
  NEUTRAL_LABEL,
  parseCategory,
} from "../core/index.ts";
import { ProtectError } from "./errors.ts";

/** What one type of detection says of the data that holds it. */
interface TypeRule {
  readonly categories: readonly Category[];
  readonly level: Level;
}

interface Threshold {
  readonly category: Category;
  /** Different values. */
  readonly distinct: number;
  readonly add: Category;
  readonly level: Level;
}

/** Read from `policies/labels.yaml`. */
export interface LabelRules {
  readonly types: ReadonlyMap<string, TypeRule>;
  readonly thresholds: readonly Threshold[];
}

/** Every type that a detector of this room reports: each needs its row. */
export const DETECTION_TYPES = [
  "email",
  "phone",
  "national-id",
  "health-id",
  "iban",
  "payment-card",
  "secret",
  "private-key",
  "jwt",
  "url-credentials",
] as const;

const category = z.string().transform((text, context) => {
  try {
    return parseCategory(text);
  } catch (cause) {
    context.addIssue({ code: "custom", message: cause instanceof Error ? cause.message : "no category" });
    return z.NEVER;
  }
});
const typeRule = z.strictObject({ categories: z.array(category).min(1), level: z.enum(LEVELS) });
const labelsFile = z.strictObject({
  schema: z.literal("bailiwick-labels/1"),
  detections: z.record(z.enum(DETECTION_TYPES), typeRule),
  thresholds: z.array(z.strictObject({ category, distinct: z.int().min(2), add: category, level: z.enum(LEVELS) })),
});

/** Reads the text of a labels file. @throws ProtectError PROTECT_LABELS_INVALID naming the member */
export function readLabelRules(file: string, text: string): LabelRules {
  const invalid = (why: string, cause?: unknown): ProtectError =>
    new ProtectError("PROTECT_LABELS_INVALID", `reading labels ${file}: ${why}`, { cause });
  let parsed: ReturnType<typeof labelsFile.safeParse>;
  try {
    parsed = labelsFile.safeParse(parse(text, { uniqueKeys: true, maxAliasCount: 0 }));
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : "not YAML", cause);
  }
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
  }
  return { types: new Map(Object.entries(parsed.data.detections)), thresholds: parsed.data.thresholds };
}

/** What detections of this type say of data. @throws ProtectError PROTECT_TYPE_UNKNOWN */
export function categoriesOf(rules: LabelRules, type: string): readonly Category[] {
  return ruleOf(rules, type).categories;
}

/** The label of data in which exactly this was found, apart from where it came from. */
export function labelOf(rules: LabelRules, detections: readonly Detection[], complete: boolean): Label {
  if (detections.length === 0) return { ...NEUTRAL_LABEL, complete };
  const found = detections.map((detection) => ({ detection, rule: ruleOf(rules, detection.type) }));
  const passed = rules.thresholds.filter(({ category: of, distinct }) => {
    const values = found.filter(({ rule }) => rule.categories.includes(of)).map(({ detection }) => detection.valueMac);
    return new Set(values).size >= distinct;
  });
  const levels = [...found.map(({ rule }) => rule.level), ...passed.map(({ level }) => level)];
  return {
    ...NEUTRAL_LABEL,
    level: LEVELS[Math.max(0, ...levels.map(levelRank))] ?? "restricted",
    categories: sorted([...found.flatMap(({ rule }) => rule.categories), ...passed.map(({ add }) => add)]),
    jurisdictions: sorted(detections.flatMap(({ jurisdiction }) => jurisdiction ?? [])),
    complete,
  };
}

function ruleOf(rules: LabelRules, type: string): TypeRule {
  const rule = rules.types.get(type);
  if (rule === undefined) throw new ProtectError("PROTECT_TYPE_UNKNOWN", `no label rule for the type ${type}`);
  return rule;
}

function sorted<T extends string>(values: readonly T[]): readonly T[] {
  return [...new Set(values)].toSorted();
}
