// SPDX-License-Identifier: Apache-2.0
// A recorded decision in words: who, what, the answer, and the rules behind it with their place in the files.
import {
  type EntrySource,
  formatEntryRef,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseEntryId,
  type RecordedEntry,
  referenceOf,
} from "../core/index.ts";

/** The sentence of a policy (`@reason`), where the set that is in force still holds it unchanged. */
export interface PolicyTexts {
  reason(id: string, digest: string): string | undefined;
}

export async function explainEntry(
  found: RecordedEntry,
  entries: EntrySource,
  texts: PolicyTexts,
): Promise<JsonObject> {
  const { entry, ref } = found;
  const why = member(entry, "why");
  const policies = member(why, "policies");
  const id = member(entry, "id");
  const outcome = member(entry, "outcome") ?? (await outcomeOf(found, entries));
  const members: (readonly [string, Json | undefined])[] = [
    ["reference", typeof id === "string" ? referenceOf(parseEntryId(id)) : undefined],
    ["ref", formatEntryRef(ref)],
    ["at", member(entry, "at")],
    ["who", member(member(entry, "who"), "identity")],
    ["verb", member(entry, "verb")],
    ["resource", member(member(entry, "resource"), "id")],
    ["answer", member(entry, "answer")],
    ["reason", member(why, "reason")],
    ["refusal", member(entry, "refusal")],
    ["policies", isJsonArray(policies) ? policies.filter(isJsonObject).map((hit) => withText(hit, texts)) : []],
    ["errors", member(why, "errors") ?? []],
    ["origin", member(entry, "origin")],
    ["outcome", outcome],
  ];
  return jsonObject(members.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function withText(hit: JsonObject, texts: PolicyTexts): JsonObject {
  const id = member(hit, "id");
  const digest = member(hit, "digest");
  const reason = typeof id === "string" && typeof digest === "string" ? texts.reason(id, digest) : undefined;
  const shown = ["id", "effect", "file", "line"].flatMap((name) => {
    const value = member(hit, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return jsonObject(reason === undefined ? shown : [...shown, ["reason", reason] as const]);
}

/** How far after an intent its outcome is looked for. */
const OUTCOME_WITHIN = 1000;

async function outcomeOf({ entry, ref }: RecordedEntry, entries: EntrySource): Promise<Json | undefined> {
  if (member(entry, "shape") !== "intent") return undefined;
  const from = ref.index + 1;
  for await (const later of entries.read({ from, to: Math.min(entries.size(), from + OUTCOME_WITHIN) })) {
    if (member(member(later.entry, "of"), "index") === ref.index) return later.entry;
  }
  return undefined;
}
