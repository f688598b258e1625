// SPDX-License-Identifier: Apache-2.0
// The values that stand in a text: whole lines and their cells, what is quoted, and what has the shape of an address, a
// URL, a path, an account, a number, a date, a handle, an identifier or a name (protect P26).
import { ibansIn } from "../detect/iban.ts";

export interface SpanOptions {
  /** Each single word too: in the words of a person, an everyday word may name a thing. */
  readonly words: boolean;
}

export interface TextSpan {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** UNIT: UTF-16 units. Longer lines are prose and no value. */
const LINE_MAX = 120;
/** Names are runs of capitalised words; of a longer run only the start is read. */
const NAME_WORDS = 6;

const URLS = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,20}:\/\/[^\s<>"'`]+/giu;
const TOKENS = /[\p{L}\p{N}~@#+$€£./][\p{L}\p{N}\p{M}._@+\-/:#&%~$=]*/gu;
const QUOTED =
  /"([^"\n]{1,200})"|`([^`\n]{1,200})`|«([^»\n]{1,200})»|[“„]([^”“\n]{1,200})[”“]|(?<![\p{L}\p{N}])'([^'\n]{1,200})'(?![\p{L}\p{N}])/gu;
const ANGLED = /<([^<>\s]{3,320})>/gu;
const NAME_RUN = /(?<!\p{L})\p{Lu}[\p{L}\p{M}'’-]{1,40}(?:[ ]\p{Lu}[\p{L}\p{M}'’-]{1,40})+/gu;
const PHONES = /\+[0-9][0-9 ().-]{6,20}[0-9]/g;
const AMOUNTS = /[0-9]{1,3}(?:[,' ][0-9]{3})+(?:\.[0-9]+)?/g;
const LATER_LETTER = /^[\p{L}\p{N}\p{M}._@+\-/:#&%~$=]$/u;
const QUOTE = /["`«“„']/u;
const DIGITS = /[0-9]/;
/** Without it there is nothing in a line that {@link AMOUNTS} finds. */
const GROUPED = /[,' ][0-9]{3}/;
/** Where a line of ASCII letters alone has no such place, {@link NAME_RUN} finds nothing in it. */
const ASCII_NAMES = /[A-Z][A-Za-z'-]{1,40} [A-Z]/;
const IDENTIFIER = /[\p{Lu}\p{N}._@#/:+~$-]/u;

/** Takes what was found, in the order in which it was. */
type Take = (found: string) => void;

/** Spans in order of lines; the same text may come more than once. */
export function spansOf(text: string, options: SpanOptions): readonly TextSpan[] {
  const spans: TextSpan[] = [];
  let line = 0;
  const take: Take = (found) => {
    const trimmed = found.trim();
    if (trimmed !== "") spans.push({ text: trimmed, line });
  };
  for (const one of text.split("\n")) {
    line += 1;
    inLine(one, options, take);
  }
  // an account may be written over two lines
  if (line > 1) for (const found of accounts(text)) spans.push({ text: found, line: 1 });
  return spans;
}

function inLine(line: string, options: SpanOptions, take: Take): void {
  if (line.length <= LINE_MAX) {
    take(line);
    cells(line, take);
  }
  marked(line, take);
  const plain = PLAIN.test(line);
  if (plain) asciiTokens(line, options, take);
  else tokens(line, options, take);
  if (!plain || ASCII_NAMES.test(line))
    for (const match of line.matchAll(NAME_RUN)) runs(match[0].split(" ").slice(0, NAME_WORDS), take);
}

/** Shapes that have a mark without which they are nowhere in the line; most lines have none. */
function marked(line: string, take: Take): void {
  if (line.includes("://")) for (const match of line.matchAll(URLS)) take(unpunctuated(match[0]));
  if (QUOTE.test(line))
    for (const match of line.matchAll(QUOTED)) take(match.slice(1).find((group) => group !== undefined) ?? "");
  if (line.includes("<")) for (const match of line.matchAll(ANGLED)) take(match[1] ?? "");
  if (line.includes("+")) for (const match of line.matchAll(PHONES)) take(match[0]);
  if (!DIGITS.test(line)) return;
  if (GROUPED.test(line)) for (const match of line.matchAll(AMOUNTS)) take(match[0].replace(/[,' ]/g, ""));
  for (const found of accounts(line)) take(found);
}

function tokens(line: string, { words }: SpanOptions, take: Take): void {
  for (const match of line.matchAll(TOKENS)) {
    const token = unpunctuated(match[0]);
    if (!words && !IDENTIFIER.test(token)) continue;
    take(token);
    if (/^[$€£]/u.test(token)) take(token.slice(1));
  }
}

const CLOSING: ReadonlySet<string> = new Set(".,;:!?)]}'\"&=%+-");

/** What a letter may be in a token of ASCII letters alone: its first, a later one, one that an identifier needs, an end. */
const FIRST = 1;
const LATER = 2;
const NAMING = 4;
const CLOSES = 8;
const ASCII_LETTERS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code);
  return (
    (new RegExp(`^${TOKENS.source}$`, "u").test(letter) ? FIRST : 0) |
    (LATER_LETTER.test(letter) ? LATER : 0) |
    (IDENTIFIER.test(letter) ? NAMING : 0) |
    (CLOSING.has(letter) ? CLOSES : 0)
  );
});

/** What {@link tokens} finds in a line of ASCII letters alone: only what is taken becomes a text of its own. */
function asciiTokens(line: string, { words }: SpanOptions, take: Take): void {
  for (let at = 0; at < line.length; ) {
    const from = at;
    let bits = ASCII_LETTERS[line.charCodeAt(from)] ?? 0;
    at += 1;
    if ((bits & FIRST) === 0) continue;
    let end = at;
    let seen = bits;
    for (; at < line.length; at += 1) {
      bits = ASCII_LETTERS[line.charCodeAt(at)] ?? 0;
      if ((bits & LATER) === 0) break;
      seen |= bits;
      if ((bits & CLOSES) === 0) end = at + 1;
    }
    if (end === from + 1 && CLOSING.has(line.charAt(from))) continue;
    if (!words && ((seen & NAMING) === 0 || !IDENTIFIER.test(line.slice(from, end)))) continue;
    const token = line.slice(from, end);
    take(token);
    if (token.startsWith("$")) take(token.slice(1));
  }
}

/** `key: value`, and the cells of a row with at least two separators of one kind. */
function cells(line: string, take: Take): void {
  const hasKey = line.includes(":") || line.includes("=");
  const value = hasKey ? /^[\s*>-]{0,8}["']?[\p{L}\p{N}_ .()/-]{1,64}["']?\s*[:=]\s*(.+)$/u.exec(line)?.[1] : undefined;
  if (value !== undefined) take(value.replace(/^(["'])(.*)\1,?$/u, "$2"));
  for (const separator of SEPARATORS) {
    if (!line.includes(separator)) continue;
    const parts = line.split(separator);
    if (parts.length > 2) for (const part of parts) take(part.trim().replace(/^(["'])(.*)\1$/u, "$2"));
  }
}

const SEPARATORS = [",", ";", "\t", "|"] as const;

function accounts(text: string): readonly string[] {
  return ibansIn(text).map(({ start, end }) => text.slice(start, end).replace(/[-.\s]/g, ""));
}

/** Every run of neighbours: a sentence may begin with a capitalised word that is no part of the name. */
function runs(words: readonly string[], take: Take): void {
  for (let i = 0; i < words.length; i++) {
    for (let j = i + 2; j <= words.length; j++) take(words.slice(i, j).join(" "));
  }
}

const PLAIN = /^[\0-\x7f]*$/;

/** Without the marks that end a sentence or close a bracket. Backwards, so that a long row of them costs no more. */
function unpunctuated(token: string): string {
  let end = token.length;
  while (end > 0 && CLOSING.has(token.charAt(end - 1))) end -= 1;
  return token.slice(0, end);
}
