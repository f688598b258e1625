// SPDX-License-Identifier: Apache-2.0
// The text of an entry: RFC 8785 canonical JSON, which is the leaf of the log. One pass checks every value and puts the
// members in order; a text that is over a limit is refused, never cut (record L1).
import { canonicalText, ENTRY_MAX_BYTES, ENTRY_STRING_MAX_BYTES, type Json, jsonObject } from "../../core/index.ts";
import { RecordError } from "../errors.ts";

export interface Leaf {
  readonly text: string;
  /** UNIT: bytes of UTF-8. */
  readonly bytes: number;
}

/** UNIT: UTF-16 units. A string of so many never has more than {@link ENTRY_STRING_MAX_BYTES} bytes. */
const SURELY_SHORT: number = Math.floor(ENTRY_STRING_MAX_BYTES / 3);
const MAX_DEPTH = 32;

/** What the pass over an entry met. */
interface Seen {
  /** A name that an engine's object would not keep in its place. */
  oddNames: boolean;
}

/** @throws RecordError RECORD_ENTRY_MALFORMED or RECORD_ENTRY_TOO_LARGE */
export function leafOf(entry: object): Leaf {
  const seen: Seen = { oddNames: false };
  const ordered = inOrder(entry, 0, seen);
  // the members are in order already, so the engine's own writer makes the canonical text, in half the time
  const text = seen.oddNames ? canonicalText(ordered) : JSON.stringify(ordered);
  const bytes = Buffer.byteLength(text);
  if (bytes > ENTRY_MAX_BYTES) {
    throw new RecordError("RECORD_ENTRY_TOO_LARGE", `writing an entry: ${bytes} bytes, over ${ENTRY_MAX_BYTES}`);
  }
  return { text, bytes };
}

function inOrder(value: unknown, depth: number, seen: Seen): Json {
  if (typeof value === "string") return checkText(value);
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw malformed("a number that is no whole number within 2^53-1");
    return value;
  }
  if (typeof value !== "object") throw malformed(`a value of type ${typeof value}`);
  if (depth >= MAX_DEPTH) throw malformed(`nested deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) return value.map((one) => inOrder(one, depth + 1, seen));
  return membersInOrder(value, depth, seen);
}

function membersInOrder(value: object, depth: number, seen: Seen): Json {
  const members = value as Readonly<Record<string, unknown>>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- every object has members by name
  const names = Object.keys(members).toSorted();
  if (names.some(isOdd)) {
    seen.oddNames = true;
    return jsonObject(names.map((name) => [checkText(name), inOrder(members[name], depth + 1, seen)]));
  }
  const ordered: Record<string, Json> = {};
  for (const name of names) ordered[checkText(name)] = inOrder(members[name], depth + 1, seen);
  return ordered;
}

/** An object puts array indexes first, whatever the order they came in, and `__proto__` is no member at all. */
function isOdd(name: string): boolean {
  const first = name.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || name === "__proto__";
}

function checkText(text: string): string {
  if (text.length > SURELY_SHORT && Buffer.byteLength(text) > ENTRY_STRING_MAX_BYTES) {
    throw malformed(`a string of over ${ENTRY_STRING_MAX_BYTES} bytes`);
  }
  if (!text.isWellFormed()) throw malformed("a lone surrogate");
  return text;
}

function malformed(what: string): RecordError {
  return new RecordError("RECORD_ENTRY_MALFORMED", `writing an entry: ${what}`);
}
