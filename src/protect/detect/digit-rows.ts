// SPDX-License-Identifier: Apache-2.0
// Where in a text numbers of identifiers can be: around its rows of digits. Detectors of numbers, most of whose patterns
// are slow, are shown these parts alone, each with everything around it that they ever look at.
import { REACH } from "./surroundings.ts";

/** Six digits or more with no more than three other units between two of them: what the bit `DIGITS` stands for. */
const ROW = /[0-9](?:[^0-9]{0,3}[0-9]){5,}/g;
/** UNIT: UTF-16 units. Letters of an identifier that stand before its first digit or after its last one, and more. */
const EDGE = 40;

/** UNIT: UTF-16 units of the text; the end is exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * INVARIANT: no word is cut, so that what a detector says of a number in its stretch is what it says in the whole text.
 * @returns in order and apart from each other
 */
export function aroundDigits(text: string): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { 0: row, index } of text.matchAll(ROW)) {
    const last = stretches.at(-1);
    const start = wordStart(text, Math.max(0, index - REACH - EDGE));
    const end = wordEnd(text, Math.min(text.length, index + row.length + REACH + EDGE));
    if (last === undefined || start > last.end) stretches.push({ start, end });
    else stretches[stretches.length - 1] = { start: last.start, end: Math.max(last.end, end) };
  }
  return stretches;
}

function wordStart(text: string, from: number): number {
  let at = from;
  while (at > 0 && !isSpace(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function wordEnd(text: string, to: number): number {
  let at = to;
  while (at < text.length && !isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** A blank or a line feed; other white space only makes a stretch longer. */
function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a;
}
