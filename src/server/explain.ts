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
import { shownAnswer } from "./decision-row.ts";

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
  const id = member(entry, "id");
  const outcome = member(entry, "outcome") ?? (await outcomeOf(found, entries));
  const released = member(outcome, "release");
  return given([
    ["reference", typeof id === "string" ? referenceOf(parseEntryId(id)) : undefined],
    ["ref", formatEntryRef(ref)],
    ["id", id],
    ["index", ref.index],
    ["at", member(entry, "at")],
    ["who", member(member(entry, "who"), "identity")],
    ["verb", member(entry, "verb")],
    ["resource", member(member(entry, "resource"), "id")],
    ["answer", member(entry, "answer")],
    [
      "shown",
      shownAnswer(outcome === undefined ? entry : jsonObject([...Object.entries(entry), ["outcome", outcome]])),
    ],
    ["mode", member(entry, "mode")],
    ["would", member(entry, "would")],
    ["objections", member(entry, "objections")],
    ["reason", member(why, "reason")],
    ["refusal", member(entry, "refusal")],
    ["policies", hitsOf(why, texts)],
    ["released", released === undefined ? undefined : hitsOf(released, texts)],
    ["errors", member(why, "errors") ?? []],
    ["origin", member(entry, "origin")],
    ["outcome", outcome],
    ["approvals", await approvalsUsed(found, entries)],
    ["entry", entry],
  ]);
}

type Given = readonly (readonly [string, Json | undefined])[];

function given(members: Given): JsonObject {
  return jsonObject(members.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function hitsOf(judged: Json | undefined, texts: PolicyTexts): readonly JsonObject[] {
  const policies = member(judged, "policies");
  return policies !== undefined && isJsonArray(policies)
    ? policies.filter(isJsonObject).map((hit) => withText(hit, texts))
    : [];
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

/** How far before a decision the approvals that it used up are looked for: they are good for minutes. */
const APPROVALS_WITHIN = 2000;

/** Who agreed to it, each with when and by what kind of key. */
async function approvalsUsed({ entry, ref }: RecordedEntry, entries: EntrySource): Promise<readonly JsonObject[]> {
  const uses = member(entry, "uses");
  const used = uses !== undefined && isJsonArray(uses) ? uses.filter(isJsonObject) : [];
  const keys = used.flatMap((use) => (member(use, "scope") === "approval" ? [member(use, "key")] : []));
  if (keys.length === 0) return [];
  const told: JsonObject[] = [];
  for await (const before of entries.read({ from: Math.max(0, ref.index - APPROVALS_WITHIN), to: ref.index })) {
    const data = member(before.entry, "data");
    const isDecided = member(before.entry, "name") === "approval.decided";
    if (isDecided && keys.includes(member(data, "approval"))) told.push(approvalOf(before, data));
  }
  return told;
}

function approvalOf({ entry, ref }: RecordedEntry, data: Json | undefined): JsonObject {
  const bound = member(data, "bound");
  const signed = bound !== undefined && isJsonArray(bound) ? bound.map((yes) => member(yes, "assertion")) : [];
  const by = signed.map((yes) =>
    given([
      ["person", member(yes, "person")],
      ["acr", member(yes, "acr")],
    ]),
  );
  return given([
    ["approval", member(data, "approval")],
    ["outcome", member(data, "outcome")],
    ["at", member(entry, "at")],
    ["index", ref.index],
    ["by", by],
    ["digest", member(data, "digest")],
  ]);
}
