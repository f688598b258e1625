// SPDX-License-Identifier: Apache-2.0
// A recorded decision as one line of a list: small enough to be sent as it happens. The whole is in explain.ts.
import {
  ANSWERS,
  type Answer,
  formatInstant,
  instant,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseEntryId,
  type RecordedEntry,
  referenceOf,
  strictest,
} from "../core/index.ts";

/** The line of a decision; `undefined` for every other entry. */
export function decisionRow({ ref, entry }: RecordedEntry): JsonObject | undefined {
  const answer = shownAnswer(entry);
  if (answer === undefined) return undefined;
  const id = member(entry, "id");
  const at = member(entry, "at");
  const who = member(entry, "who");
  const mode = member(entry, "mode");
  const members: (readonly [string, Json | undefined])[] = [
    ["index", ref.index],
    ["id", typeof id === "string" ? id : undefined],
    ["reference", typeof id === "string" ? referenceOf(parseEntryId(id)) : undefined],
    ["at", typeof at === "number" ? formatInstant(instant(at)) : undefined],
    ["who", member(who, "identity")],
    ["for", member(who, "onBehalfOf") ?? member(who, "sponsor")],
    ["server", member(member(entry, "interaction"), "server")],
    ["verb", meantOf(member(entry, "disclose")) === "deny" ? "share" : member(entry, "verb")],
    ["resource", member(member(entry, "resource"), "id")],
    ["answer", answer],
    ["why", whyOf(entry)],
    ["ms", member(member(entry, "outcome"), "ms")],
    ["mode", mode === "enforce" ? undefined : mode],
    ["would", wouldHaveBeen(entry)],
    ["labels", labelsOf(entry)],
    ["policies", policiesOf(entry)],
  ];
  return jsonObject(members.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

/**
 * What the caller got: the stricter of the answer to the call and the answer to the release of its result.
 * `undefined` for an entry that is no decision.
 */
export function shownAnswer(entry: JsonObject): Answer | undefined {
  if (member(entry, "type") !== "decision") return undefined;
  return strictestOf([member(entry, "answer"), member(member(member(entry, "outcome"), "release"), "answer")]);
}

function strictestOf(given: readonly (Json | undefined)[]): Answer {
  return strictest(given.flatMap((text) => ANSWERS.filter((answer) => answer === text)));
}

/**
 * The line of an effect whose outcome came: how long it took, and what became of its result.
 * @param outcome - the outcome's own entry
 */
export function endedRow(row: JsonObject, outcome: JsonObject): JsonObject {
  const release = member(outcome, "release");
  const stopped = rulesOf(release, "forbid");
  const answer = release === undefined ? undefined : strictestOf([member(row, "answer"), member(release, "answer")]);
  const changed: (readonly [string, Json | undefined])[] = [
    ["answer", answer],
    [
      "would",
      member(release, "would") === undefined
        ? undefined
        : strictestOf([member(row, "would"), member(release, "would")]),
    ],
    ["why", stopped.length === 0 ? undefined : stopped.join(", ")],
    ["ms", member(outcome, "ms")],
    ["labels", joined(member(row, "labels"), labelsOf(outcome))],
    ["policies", joined(member(row, "policies"), policiesOf(outcome))],
  ];
  const now = changed.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const names = new Set(now.map(([name]) => name));
  return jsonObject([...Object.entries(row).filter(([name]) => !names.has(name)), ...now]);
}

/** What the caller would have got, where it was only observed and that is something else. */
function wouldHaveBeen(entry: JsonObject): Answer | undefined {
  const given = [member(entry, "would"), member(member(member(entry, "outcome"), "release"), "would")];
  return given.every((one) => one === undefined) ? undefined : strictestOf(given);
}

function meantOf(ruling: Json | undefined): Json | undefined {
  return member(ruling, "would") ?? member(ruling, "answer");
}

/** The rules that spoke last and loudest, by name; the gate's own reason where no rule was reached. */
function whyOf(entry: JsonObject): string {
  const release = member(member(entry, "outcome"), "release");
  const stopped = rulesOf(release, "forbid");
  const told = stopped.length > 0 ? stopped : rulesOf(member(entry, "why"), "forbid");
  const named = told.length > 0 ? told : rulesOf(member(entry, "why"), "permit");
  const refusal = member(entry, "refusal");
  const objections = member(entry, "objections");
  if (isJsonArray(objections)) return objections.filter((one) => typeof one === "string").join(", ");
  if (named.length > 0) return named.join(", ");
  return typeof refusal === "string" ? refusal : "";
}

function rulesOf(why: Json | undefined, effect: "forbid" | "permit"): readonly string[] {
  const policies = member(why, "policies");
  const hits = isJsonArray(policies) ? policies.filter(isJsonObject) : [];
  return hits.flatMap((hit) => {
    const id = member(hit, "id");
    return member(hit, "effect") === effect && typeof id === "string" ? [id] : [];
  });
}

/** Levels, categories and jurisdictions of what was asked, sent and given back. @param entry - a decision or an outcome */
function labelsOf(entry: JsonObject): readonly string[] {
  const labels = member(entry, "labels");
  const given = [member(entry, "content"), member(member(entry, "outcome"), "content")].flatMap(listOf);
  const all = [member(labels, "flow"), member(labels, "context"), ...given.map((one) => member(one, "label"))];
  return [...new Set(all.flatMap(wordsOf))];
}

function wordsOf(label: Json | undefined): readonly string[] {
  const lists = [member(label, "categories"), member(label, "jurisdictions")].flatMap(listOf);
  return [member(label, "level"), ...lists].filter((word) => typeof word === "string");
}

/** Ids of the rules that decided, on the call and on its result. @param entry - a decision or an outcome */
function policiesOf(entry: JsonObject): readonly string[] {
  const judged = [member(entry, "why"), member(entry, "release"), member(member(entry, "outcome"), "release")];
  return [...new Set(judged.flatMap((why) => [...rulesOf(why, "forbid"), ...rulesOf(why, "permit")]))];
}

function joined(before: Json | undefined, words: readonly string[]): readonly Json[] {
  return [...new Set([...listOf(before), ...words])];
}

function listOf(value: Json | undefined): readonly Json[] {
  return value !== undefined && isJsonArray(value) ? value : [];
}
