// SPDX-License-Identifier: Apache-2.0
// The words that rows are written in: `transfers.yaml`. What they are is data; what a posture means is judge.ts.
import { z } from "zod";

export interface Words {
  readonly compiled: string;
  /** What this data is and is not, for people. */
  readonly standing: string;
  readonly localizations: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
  readonly postures: ReadonlySet<string>;
  /** Group of each mechanism kind: instrument, adequacy, derogation, .. */
  readonly kinds: ReadonlyMap<string, string>;
  readonly kindGroups: ReadonlySet<string>;
}

/** Kinds of this group are computed from the lists, never asserted by hand. */
export const ADEQUACY = "adequacy";

const list = z.array(z.string().min(1)).min(1);
const sentences = z.record(z.string(), z.string().min(1));

/** `transfers.yaml`. */
export const wordsFile: z.ZodType<Words> = z
  .strictObject({
    schema: z.literal("bailiwick-transfer-words/1"),
    compiled: z.iso.date(),
    standing: z.string().min(1),
    conventions: sentences,
    localizations: list,
    categories: list,
    postures: sentences,
    mechanism_kinds: z.record(z.string(), list),
    mechanism_rules: sentences,
    gates: list,
  })
  .superRefine(({ mechanism_kinds }, context) => {
    const seen = new Map<string, string>();
    for (const [group, kinds] of Object.entries(mechanism_kinds)) {
      for (const [index, kind] of kinds.entries()) {
        const other = seen.get(kind);
        const path = ["mechanism_kinds", group, index];
        if (other !== undefined) context.addIssue({ code: "custom", path, message: `it stands in ${other} too` });
        seen.set(kind, group);
      }
    }
  })
  .transform(({ compiled, standing, localizations, categories, postures, mechanism_kinds }) => ({
    compiled,
    standing,
    localizations: new Set(localizations),
    categories: new Set(categories),
    postures: new Set(Object.keys(postures)),
    kinds: new Map(Object.entries(mechanism_kinds).flatMap(([group, kinds]) => kinds.map((kind) => [kind, group]))),
    kindGroups: new Set(Object.keys(mechanism_kinds)),
  }));
