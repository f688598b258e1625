// SPDX-License-Identifier: Apache-2.0
// The text of an entry: RFC 8785 canonical JSON, which is the leaf of the log. One pass checks every value and puts the
// members in order; a text that is over a limit is refused, never cut (record L1).
import { ENTRY_MAX_BYTES, ENTRY_STRING_MAX_BYTES, sortedNames } from "../../core/index.ts";
import { RecordError } from "../errors.ts";

export interface Leaf {
  readonly text: string;
  /** UNIT: bytes of UTF-8. */
  readonly bytes: number;
}

/** UNIT: UTF-16 units. A string of so many never has more than {@link ENTRY_STRING_MAX_BYTES} bytes. */
const SURELY_SHORT: number = Math.floor(ENTRY_STRING_MAX_BYTES / 3);
const MAX_DEPTH = 32;

/** @throws RecordError RECORD_ENTRY_MALFORMED or RECORD_ENTRY_TOO_LARGE */
export function leafOf(entry: object): Leaf {
  const text = textOf(entry, 0);
  const bytes = Buffer.byteLength(text);
  if (bytes > ENTRY_MAX_BYTES) {
    throw new RecordError("RECORD_ENTRY_TOO_LARGE", `writing an entry: ${bytes} bytes, over ${ENTRY_MAX_BYTES}`);
  }
  return { text, bytes };
}

function textOf(value: unknown, depth: number): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean" || value === null) return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw malformed("a number that is no whole number within 2^53-1");
    return String(value);
  }
  if (typeof value !== "object") throw malformed(`a value of type ${typeof value}`);
  if (depth >= MAX_DEPTH) throw malformed(`nested deeper than ${MAX_DEPTH}`);
  return Array.isArray(value) ? listText(value, depth) : membersText(value, depth);
}

function listText(list: readonly unknown[], depth: number): string {
  let text = "";
  for (const one of list) text += text === "" ? textOf(one, depth + 1) : `,${textOf(one, depth + 1)}`;
  return `[${text}]`;
}

function membersText(value: object, depth: number): string {
  const members = value as Readonly<Record<string, unknown>>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- every object has members by name
  let text = "";
  for (const name of sortedNames(members)) {
    const member = `${quoted(name)}:${textOf(members[name], depth + 1)}`;
    text += text === "" ? member : `,${member}`;
  }
  return `{${text}}`;
}

/** What is not written as it stands. */
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/; // oxlint-disable-line no-control-regex -- these are what is looked for

function quoted(text: string): string {
  if (text.length > SURELY_SHORT && Buffer.byteLength(text) > ENTRY_STRING_MAX_BYTES) {
    throw malformed(`a string of over ${ENTRY_STRING_MAX_BYTES} bytes`);
  }
  // surrogates are special: what has none is well-formed
  if (!SPECIAL.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw malformed("a lone surrogate");
  return JSON.stringify(text);
}

function malformed(what: string): RecordError {
  return new RecordError("RECORD_ENTRY_MALFORMED", `writing an entry: ${what}`);
}
