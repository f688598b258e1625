// SPDX-License-Identifier: Apache-2.0
// An entry of the record in words: when, which, what was answered, who asked for what. Entries are read with care: a
// newer server may write members and values that this version does not know, and they are shown as they stand (core K5).
import type { EntryRow, Members } from "../sdk/index.ts";
import type { Style } from "./io.ts";
import type { Cell, Row } from "./table.ts";

const ANSWER_STYLES: ReadonlyMap<string, Style> = new Map([
  ["allow", "green"],
  ["log", "blue"],
  ["limit", "cyan"],
  ["challenge", "yellow"],
  ["deny", "red"],
]);

/** An answer in its colour; its word says the same without. */
export function answerCell(answer: string): Cell {
  const style = ANSWER_STYLES.get(answer);
  return style === undefined ? { text: answer } : { text: answer, style };
}

/** Time, reference, answer or kind, who, what. */
export function entryCells({ reference, entry }: EntryRow): Row {
  const answer = textOf(entry, "answer") ?? textOf(entry, "type") ?? "unknown";
  const at = instantOf(entry["at"]);
  return [
    { text: shortInstant(at), plain: at, style: "dim" },
    reference,
    { ...answerCell(answer), min: "challenge".length },
    { text: whoAsked(entry), min: 20 },
    whatHappened(entry),
  ];
}

/** The time of an entry, RFC 3339 in UTC. */
function instantOf(at: unknown): string {
  const known = typeof at === "number" && Number.isSafeInteger(at) && Math.abs(at) <= LAST_MS;
  return known ? new Date(at).toISOString() : "no time";
}

/** UNIT: ms. ECMA-262 section 21.4.1.1: the last time that a date can hold. */
const LAST_MS = 8.64e15;

/** `12-06 09:00:00Z`: a list is of these days, and whole instants are in every other form. */
function shortInstant(at: string): string {
  return at.replace(/^[+-]?[0-9]+-([0-9]{2}-[0-9]{2})T([0-9:]{8}).*$/, "$1 $2Z");
}

function whoAsked(entry: Members): string {
  const who = memberOf(entry, "who");
  const identity = who === undefined ? undefined : textOf(who, "identity");
  return shortIdentity(identity ?? textOf(entry, "by") ?? "-");
}

/** `spiffe://<domain>/agent/x` is `agent/x`; anything else stays as it is. */
export function shortIdentity(id: string): string {
  return id.replace(/^spiffe:\/\/[^/]+\//, "");
}

function whatHappened(entry: Members): string {
  switch (textOf(entry, "type") ?? "") {
    case "decision":
      return decided(entry);
    case "outcome":
      return `${textOf(entry, "result") ?? "?"}, of entry ${indexOf(memberOf(entry, "of"))}`;
    case "gap":
      return `${numberOf(entry, "count")} refusals were not written one by one`;
    case "event":
      return [textOf(entry, "name"), refText(memberOf(entry, "subject"))].filter(Boolean).join(" ");
    case "admin":
      return [textOf(entry, "name"), textOf(entry, "because")].filter(Boolean).join(": ");
    default:
      return "";
  }
}

function decided(entry: Members): string {
  const act = `${textOf(entry, "verb") ?? "?"} ${refText(memberOf(entry, "resource"))}`;
  const refusal = textOf(entry, "refusal");
  const would = textOf(entry, "would");
  if (would !== undefined) return `${act} (observed; would be: ${would})`;
  const outcome = memberOf(entry, "outcome");
  const result = outcome === undefined ? undefined : textOf(outcome, "result");
  const after = refusal ?? (result === "completed" ? undefined : result);
  return after === undefined ? act : `${act} (${after})`;
}

function refText(ref: Members | undefined): string {
  return ref === undefined ? "" : (textOf(ref, "id") ?? "");
}

function indexOf(ref: Members | undefined): string {
  return ref === undefined ? "?" : numberOf(ref, "index");
}

function textOf(object: Members, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" ? value : undefined;
}

function numberOf(object: Members, name: string): string {
  const value = object[name];
  return typeof value === "number" ? String(value) : "?";
}

function memberOf(object: Members, name: string): Members | undefined {
  const value = object[name];
  return isMembers(value) ? value : undefined;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
