// SPDX-License-Identifier: Apache-2.0
// By what an entry is found, and what a list shows of it. Both come from the entry alone, so that rows that were lost are
// made again as they were.
import {
  ANSWERS,
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseEntryId,
  referenceOf,
  strictest,
} from "../../core/index.ts";

/** Grows by one whenever this file gives other rows for an old entry: rows of another form are made again. */
export const PROJECTION_FORM = 1;

/** What can be searched by. */
export const TERM_KINDS = [
  "reference",
  "leaf",
  "finding",
  "incident",
  "order",
  "of",
  "step",
  "mandate",
  "task",
  "instance",
  "approval",
  "set",
  "resource",
  "identity",
  "person",
  "tool",
  "policy",
  "name",
  "server",
  "jurisdiction",
  "label",
  "verb",
  "answer",
  "type",
] as const;
export type TermKind = (typeof TERM_KINDS)[number];

/** Terms of one entry that are kept; a list that names more resources is found by the first of them. */
export const TERMS_MAX = 64;

type Found = readonly [TermKind, Json | undefined];

/** `kind:value`, each once. @param leaf - the entry's leaf hash, base64url */
export function termsOf(entry: JsonObject, leaf: string): readonly string[] {
  const id = textOf(member(entry, "id"));
  const found: readonly Found[] = [
    ["reference", id === undefined ? undefined : referenceOf(parseEntryId(id))],
    ["leaf", leaf],
    ["type", member(entry, "type")],
    ["name", member(entry, "name")],
    ...decisionTerms(entry),
    ...eventTerms(entry),
    ...whoTerms(entry),
    ...labelTerms(entry),
  ];
  const terms = found.flatMap(([kind, value]) => {
    const text = typeof value === "number" ? String(value) : textOf(value);
    return text === undefined || text === "" ? [] : [termOf(kind, text)];
  });
  return [...new Set(terms)].slice(0, TERMS_MAX);
}

export function termOf(kind: TermKind, value: string): string {
  return `${kind}:${value}`;
}

function decisionTerms(entry: JsonObject): readonly Found[] {
  const mandate = member(entry, "mandate");
  const outcome = member(entry, "outcome") ?? entry;
  const release = member(outcome, "release");
  const why = member(entry, "why");
  const disclosed = member(entry, "disclose");
  const refused = (member(disclosed, "would") ?? member(disclosed, "answer")) === "deny";
  return [
    ["of", member(member(entry, "of"), "index")],
    ["mandate", member(mandate, "id")],
    ["task", member(mandate, "task")],
    ["step", member(mandate, "step")],
    ["verb", member(entry, "verb")],
    ["verb", refused ? "share" : undefined],
    ["server", member(member(entry, "interaction"), "server")],
    ["tool", member(member(entry, "tool"), "name")],
    ["resource", member(member(entry, "resource"), "id")],
    ...listOf(member(entry, "resources")).map((one): Found => ["resource", member(one, "id")]),
    ...listOf(member(outcome, "objects")).map((one): Found => ["resource", member(member(one, "ref"), "id")]),
    ...answersOf(entry).map((answer): Found => ["answer", answer]),
    ["set", member(why, "set")],
    ...[why, release].flatMap((judged) =>
      listOf(member(judged, "policies")).map((hit): Found => ["policy", member(hit, "id")]),
    ),
    ["order", member(entry, "order")],
    ["approval", useOf(entry, "approval")],
  ];
}

/** What the caller got (the stricter of call and release), and what it would have got where it was only observed. */
function answersOf(entry: JsonObject): readonly Json[] {
  const outcome = member(entry, "type") === "outcome" ? entry : member(entry, "outcome");
  const release = member(outcome, "release");
  const pair = (name: string): readonly Json[] => {
    const given = [member(entry, name), member(release, name)].flatMap((text) =>
      ANSWERS.filter((answer) => answer === text),
    );
    return given.length === 0 ? [] : [strictest(given)];
  };
  return [...pair("answer"), ...pair("would")];
}

function useOf(entry: JsonObject, scope: string): Json | undefined {
  const use = listOf(member(entry, "uses")).find((one) => member(one, "scope") === scope);
  return member(use, "key");
}

/** What events and acts are about. */
function eventTerms(entry: JsonObject): readonly Found[] {
  const data = member(entry, "data");
  const subject = member(entry, "subject");
  const kind = SUBJECTS.get(textOf(member(subject, "type")) ?? "");
  const named = member(data, "policy") ?? member(member(data, "binding"), "policy");
  const name = textOf(member(entry, "name")) ?? "";
  return [
    ...(kind === undefined ? [] : [[kind, member(subject, "id")] as const]),
    ["finding", member(data, "finding")],
    ["incident", member(data, "incident")],
    ["order", member(data, "order")],
    ["approval", member(data, "approval")],
    ["mandate", member(data, "mandate")],
    ["task", member(data, "task")],
    ["server", member(data, "server")],
    ["policy", named],
    ...listOf(member(data, "path")).map((step): Found => ["step", step]),
    ...(name.startsWith("policy.") ? ([["set", member(entry, "after")]] as const) : []),
  ];
}

const SUBJECTS: ReadonlyMap<string, TermKind> = new Map([
  ["Mandate", "mandate"],
  ["Instance", "instance"],
  ["Server", "server"],
  ["Step", "step"],
  ["Incident", "incident"],
]);

/** Everybody who is named: people apart from the others, for finding them asks a right of its own. */
function whoTerms(entry: JsonObject): readonly Found[] {
  const [who, claimed, data, subject] = ["who", "claimed", "data", "subject"].map((name) => member(entry, name));
  const binding = member(data, "binding");
  const named = [
    member(who, "identity"),
    member(claimed, "identity"),
    member(entry, "by"),
    ...listOf(member(data, "by")),
    member(subject, "type") === "Identity" ? member(subject, "id") : undefined,
    member(data, "id"),
    member(data, "holder"),
    member(data, "person"),
    member(binding, "principal"),
  ];
  const people = [member(who, "onBehalfOf"), member(who, "sponsor"), member(data, "grantor")];
  return [
    ...named.flatMap(identityTerms),
    ...people.flatMap((one) => identityTerms(one).filter(([kind]) => kind === "person")),
    ...[who, claimed, data, binding].map((one): Found => ["instance", member(one, "instance")]),
  ];
}

/** An identity is found by its id and by its last part, as people call it. */
function identityTerms(value: Json | undefined): readonly Found[] {
  const [, kind, name] = /^spiffe:\/\/[^/]+\/([a-z]+)\/([^/]+)$/.exec(textOf(value) ?? "") ?? [];
  if (kind === undefined || name === undefined) return [];
  const term: TermKind = kind === "human" ? "person" : "identity";
  return [
    [term, value],
    [term, name],
  ];
}

/** Levels, categories and jurisdictions of what was asked, sent and given back. */
function labelTerms(entry: JsonObject): readonly Found[] {
  const labels = member(entry, "labels");
  const content = [entry, member(entry, "outcome")].flatMap((one) => listOf(member(one, "content")));
  const all = [member(labels, "flow"), member(labels, "context"), ...content.map((one) => member(one, "label"))];
  return [
    ["jurisdiction", member(member(entry, "destination"), "jurisdiction")],
    ...all.flatMap((label): readonly Found[] => [
      ["label", member(label, "level")],
      ...listOf(member(label, "categories")).map((one): Found => ["label", one]),
      ...listOf(member(label, "jurisdictions")).map((one): Found => ["jurisdiction", one]),
    ]),
  ];
}

/** Members of an entry that a list shows. */
const SHOWN = [
  "type",
  "shape",
  "name",
  "at",
  "answer",
  "would",
  "refusal",
  "verb",
  "resource",
  "by",
  "subject",
  "because",
  "result",
  "of",
  "count",
] as const;

/** The entry with those members only that a list shows, under their own names. */
export function summaryOf(entry: JsonObject): JsonObject {
  const shown = SHOWN.map((name) => [name, member(entry, name)] as const);
  const parts = [
    ["who", "identity"],
    ["outcome", "result"],
    ["interaction", "server"],
  ] as const;
  const within = parts.map(([name, part]) => {
    const value = member(member(entry, name), part);
    return [name, value === undefined ? undefined : jsonObject([[part, value]])] as const;
  });
  return jsonObject(
    [...shown, ...within].flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function listOf(value: Json | undefined): readonly Json[] {
  return value !== undefined && isJsonArray(value) ? value : [];
}
