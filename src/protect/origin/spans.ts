// SPDX-License-Identifier: Apache-2.0
// The values that stand in a text: whole lines and their cells, what is quoted, and what has the shape of an address, a
// URL, a path, an account, a number, a date, a handle, an identifier or a name (protect P26).
import { iban } from "../detect/iban.ts";
import { Surroundings } from "../detect/surroundings.ts";

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
/** Where a line of ASCII letters alone has no such place, {@link NAME_RUN} finds nothing in it. */
const ASCII_NAMES = /[A-Z][A-Za-z'-]{1,40} [A-Z]/;
const IDENTIFIER = /[\p{Lu}\p{N}._@#/:+~$-]/u;

/** Spans in order of lines; the same text may come more than once. */
export function* spansOf(text: string, options: SpanOptions): Generator<TextSpan> {
  for (const [i, line] of text.split("\n").entries()) {
    for (const found of inLine(line, options)) {
      const trimmed = found.trim();
      if (trimmed !== "") yield { text: trimmed, line: i + 1 };
    }
  }
  // an account may be written over two lines
  if (text.includes("\n")) for (const found of accounts(text)) yield { text: found, line: 1 };
}

function* inLine(line: string, options: SpanOptions): Generator<string> {
  if (line.length <= LINE_MAX) {
    yield line;
    yield* cells(line);
  }
  yield* marked(line);
  yield* tokens(line, options);
  if (!isPlain(line) || ASCII_NAMES.test(line))
    for (const match of line.matchAll(NAME_RUN)) yield* runs(match[0].split(" ").slice(0, NAME_WORDS));
}

/** Shapes that have a mark without which they are nowhere in the line; most lines have none. */
function* marked(line: string): Generator<string> {
  if (line.includes("://")) for (const match of line.matchAll(URLS)) yield unpunctuated(match[0]);
  if (QUOTE.test(line))
    for (const match of line.matchAll(QUOTED)) yield match.slice(1).find((group) => group !== undefined) ?? "";
  if (line.includes("<")) for (const match of line.matchAll(ANGLED)) yield match[1] ?? "";
  if (line.includes("+")) for (const match of line.matchAll(PHONES)) yield match[0];
  if (DIGITS.test(line)) {
    for (const match of line.matchAll(AMOUNTS)) yield match[0].replace(/[,' ]/g, "");
    yield* accounts(line);
  }
}

function* tokens(line: string, options: SpanOptions): Generator<string> {
  for (const found of isPlain(line) ? asciiTokens(line) : line.matchAll(TOKENS)) {
    const token = unpunctuated(typeof found === "string" ? found : found[0]);
    if (!options.words && !IDENTIFIER.test(token)) continue;
    yield token;
    if (/^[$€£]/u.test(token)) yield token.slice(1);
  }
}

/** What a letter may be in a token of ASCII letters alone: its first, a later one. */
const FIRST = 1;
const LATER = 2;
const ASCII_LETTERS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code);
  const bits = [new RegExp(`^${TOKENS.source}$`, "u").test(letter) ? FIRST : 0, LATER_LETTER.test(letter) ? LATER : 0];
  return (bits[0] ?? 0) | (bits[1] ?? 0);
});

/** What {@link TOKENS} finds in a line of ASCII letters alone. */
function* asciiTokens(line: string): Generator<string> {
  for (let at = 0; at < line.length; ) {
    const from = at;
    at += 1;
    if (((ASCII_LETTERS[line.charCodeAt(from)] ?? 0) & FIRST) === 0) continue;
    while (at < line.length && ((ASCII_LETTERS[line.charCodeAt(at)] ?? 0) & LATER) !== 0) at += 1;
    yield line.slice(from, at);
  }
}

/** `key: value`, and the cells of a row with at least two separators of one kind. */
function* cells(line: string): Generator<string> {
  const hasKey = line.includes(":") || line.includes("=");
  const value = hasKey ? /^[\s*>-]{0,8}["']?[\p{L}\p{N}_ .()/-]{1,64}["']?\s*[:=]\s*(.+)$/u.exec(line)?.[1] : undefined;
  if (value !== undefined) yield value.replace(/^(["'])(.*)\1,?$/u, "$2");
  for (const separator of [",", ";", "\t", "|"]) {
    if (!line.includes(separator)) continue;
    const parts = line.split(separator);
    if (parts.length > 2) yield* parts.map((part) => part.trim().replace(/^(["'])(.*)\1$/u, "$2"));
  }
}

function accounts(text: string): readonly string[] {
  const found = iban.find({ text, around: new Surroundings("", []) });
  return found.map(({ start, end }) => text.slice(start, end).replace(/[-.\s]/g, ""));
}

/** Every run of neighbours: a sentence may begin with a capitalised word that is no part of the name. */
function* runs(words: readonly string[]): Generator<string> {
  for (let i = 0; i < words.length; i++) {
    for (let j = i + 2; j <= words.length; j++) yield words.slice(i, j).join(" ");
  }
}

const PLAIN = /^[\0-\x7f]*$/;

function isPlain(line: string): boolean {
  return PLAIN.test(line);
}

const CLOSING: ReadonlySet<string> = new Set(".,;:!?)]}'\"&=%+-");

/** Without the marks that end a sentence or close a bracket. Backwards, so that a long row of them costs no more. */
function unpunctuated(token: string): string {
  let end = token.length;
  while (end > 0 && CLOSING.has(token.charAt(end - 1))) end -= 1;
  return token.slice(0, end);
}
