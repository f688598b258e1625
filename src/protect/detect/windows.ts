// SPDX-License-Identifier: Apache-2.0
// A long text is looked at in windows that overlap. Where they lie depends on nothing but the text, so that a text that
// arrives in pieces is cut as if it had come whole: the reason why a masked stream equals the masked text (protect P47).

/** UNIT: UTF-16 units. A cut is looked for from here on. */
export const CUT_FROM = 1024;
/** Where no line ends before this, a space will do. */
export const CUT_AT_SPACE = 4096;
/** Where there is no space either, or a private key does not end, the text is cut anywhere. */
export const CUT_ANYWHERE = 16_384;
/** How far a window looks beyond its own part, to both sides. */
export const MARGIN = 256;

export interface Window {
  /** The part of its own. */
  readonly from: number;
  readonly to: number;
  /** What is looked at. */
  readonly start: number;
  readonly end: number;
}

const KEY_HEAD = "-----BEGIN ";
const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/g;
/** UNIT: UTF-16 units. The longest first line of a key. */
const KEY_LINE = 80;
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,6}-----/;

/**
 * Where the part that begins at `from` ends, or `undefined` while more text could change that.
 * INVARIANT: with `whole`, and without it if there is an answer, the answer is that for every longer text.
 */
export function cut(text: string, from: number, whole: boolean): number | undefined {
  // nothing is cut before that, not even a key that does not end
  if (whole && text.length - from <= CUT_FROM) return text.length;
  const seen = text.slice(from, from + CUT_ANYWHERE + KEY_LINE + 1);
  const at = cutIn(seen, whole);
  return at === undefined ? undefined : from + at;
}

function cutIn(seen: string, whole: boolean): number | undefined {
  const plain = plainCut(seen);
  if (plain === undefined && !whole) return undefined;
  const part = seen.slice(0, plain);
  const key = !seen.includes(KEY_HEAD)
    ? undefined
    : [...seen.slice(0, part.length + KEY_LINE).matchAll(KEY_BEGIN)].findLast((k) => k.index < part.length);
  if (key === undefined || KEY_END.test(part.slice(key.index))) {
    return whole || seen.length >= part.length + KEY_LINE ? part.length : undefined;
  }
  // a key that is open is not cut
  const last = KEY_END.exec(seen.slice(key.index, CUT_ANYWHERE));
  if (last !== null) return key.index + last.index + last[0].length;
  if (seen.length > CUT_ANYWHERE) return between(seen, CUT_ANYWHERE);
  return whole ? seen.length : undefined;
}

function plainCut(seen: string): number | undefined {
  const line = seen.indexOf("\n", CUT_FROM);
  if (line !== -1 && line < CUT_AT_SPACE) return line + 1;
  if (seen.length <= CUT_AT_SPACE) return undefined;
  const before = seen.slice(CUT_FROM, CUT_AT_SPACE).search(/\s\S*$/u);
  if (before !== -1) return CUT_FROM + before + 1;
  const after = seen.slice(CUT_AT_SPACE, CUT_ANYWHERE).search(/\s/u);
  if (after !== -1) return CUT_AT_SPACE + after + 1;
  return seen.length > CUT_ANYWHERE ? between(seen, CUT_ANYWHERE) : undefined;
}

/** Never between the halves of a surrogate pair. */
function between(text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at - 1 : at;
}

/** What the window of a part looks at; its left edge is moved to a space, so that no word is seen without its head. */
export function windowOf(text: string, from: number, to: number): Window {
  const end = Math.min(text.length, to + MARGIN);
  if (from <= MARGIN) return { from, to, start: 0, end };
  const head = text.slice(from - MARGIN, from);
  const space = head.search(/\s/u);
  return { from, to, start: space === -1 ? from - MARGIN : from - MARGIN + space, end };
}

/** All windows of a text. */
export function* windows(text: string): Generator<Window> {
  for (let from = 0; from < text.length; ) {
    const to = cut(text, from, true) ?? text.length;
    yield windowOf(text, from, to);
    from = to;
  }
}
