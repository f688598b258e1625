// SPDX-License-Identifier: Apache-2.0
// The eight verbs. Reading is not exporting; recommending is not executing.

export const READS = ["view", "summarize", "recommend"] as const;
export const EFFECTS = ["retain", "train", "share", "execute", "delegate"] as const;
export type Verb = (typeof READS)[number] | (typeof EFFECTS)[number];
export const VERBS: readonly Verb[] = [...READS, ...EFFECTS];

/** high: irreversible effect, credential or payee role, or train; medium: any other effect; low: the rest. */
export type Impact = "low" | "medium" | "high";

const EFFECT_SET: ReadonlySet<string> = new Set(EFFECTS);
const VERB_SET: ReadonlySet<string> = new Set(VERBS);

export function isVerb(text: string): text is Verb {
  return VERB_SET.has(text);
}

/** Every rule that says "effect verb" means this list. */
export function isEffect(verb: Verb): boolean {
  return EFFECT_SET.has(verb);
}
