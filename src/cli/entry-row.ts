// SPDX-License-Identifier: Apache-2.0
// An entry of the record in words: when, which, what was answered, who asked for what. Entries are read with care: a
// newer server may write members and values that this version does not know, and they are shown as they stand (core K5).
import { type EntryRow, whatHappened, whoAsked, wordOf } from "../sdk/index.ts";
import type { Style } from "./io.ts";
import type { Cell, Row } from "./table.ts";

export { shortIdentity } from "../sdk/index.ts";

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
  const answer = wordOf(entry);
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
