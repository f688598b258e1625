// SPDX-License-Identifier: Apache-2.0
// How long a context is, without writing it.
import { canonicalText, isJsonArray, type Json, type Question, RawNumber } from "../core/index.ts";

/**
 * Whether the context is no longer than so many bytes as canonical text. Nearly all are far below, and show it without
 * being written: a UTF-16 unit is at most six bytes of that text, and a number at most {@link NUMBER_MOST}.
 */
export function isContextWithin({ context }: Question, maxBytes: number): boolean {
  return mostBytes(context) <= maxBytes || Buffer.byteLength(canonicalText(context)) <= maxBytes;
}

/** UNIT: bytes. More than a double, `true`, `false` or `null` ever takes. */
const NUMBER_MOST = 25;
/** UNIT: bytes. Quotes, colon and comma around a member or an item. */
const MARKS = 6;

function mostBytes(json: Json): number {
  if (typeof json === "string") return 6 * json.length + MARKS;
  if (json instanceof RawNumber) return json.lexeme.length + NUMBER_MOST + MARKS;
  if (typeof json !== "object" || json === null) return NUMBER_MOST + MARKS;
  let bytes = MARKS;
  if (isJsonArray(json)) for (const item of json) bytes += mostBytes(item) + MARKS;
  else for (const name of Object.keys(json)) bytes += 6 * name.length + MARKS + mostBytes(json[name] ?? null);
  return bytes;
}
