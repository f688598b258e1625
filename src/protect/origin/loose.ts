// SPDX-License-Identifier: Apache-2.0
// Forms under which a value is recognised however it was dressed up (protect P30): case, compatibility letters, invisible
// characters, separators, letters that look alike, an encoding. They find sources and lookalikes; they never grant trust.
import { domainToUnicode } from "node:url";
import { plainText } from "../detect/unicode.ts";
import { CONFUSABLES, PAIRS } from "./confusables.data.ts";

/** Shorter forms resemble too much. */
const SHORTEST = 4;
/** UNIT: UTF-16 units. Longer values have no loose form: they are prose. */
const LONGEST = 512;

const ASCII = /^[\0-\x7f]*$/;
const LOOKS_LIKE: ReadonlyMap<string, string> = new Map(
  CONFUSABLES.flatMap(([latin, lookalikes]) => Array.from(lookalikes, (letter) => [letter, latin] as const)),
);

/** The skeleton of a value and of what it decodes to; empty for what is too short or too long. */
export function looseForms(value: string): readonly string[] {
  if (value.length > LONGEST) return [];
  const forms = [value, ...decodings(value)].map(skeleton);
  return [...new Set(forms.filter((form) => form.length >= SHORTEST))];
}

/** The skeleton of a host as a person reads it, apart from those of other values. */
export function looseSite(host: string): string {
  return `site:${skeleton(domainToUnicode(host))}`;
}

/** What a text looks like to a person: texts with one skeleton can be taken for each other. */
export function skeleton(value: string): string {
  let form = ASCII.test(value) ? asciiLetters(value) : letters(value);
  for (const [pair, latin] of PAIRS) form = form.replaceAll(pair, latin);
  return form;
}

function letters(value: string): string {
  return resembled(plainText(value).toUpperCase().toLowerCase().normalize("NFD").replace(/\p{M}/gu, ""));
}

function resembled(folded: string): string {
  let form = "";
  for (const letter of folded) form += LOOKS_LIKE.get(letter) ?? letter;
  return form.replace(/[^\p{L}\p{N}]/gu, "");
}

/** What each ASCII letter becomes, by its code; 0 for what is left out. */
const ASCII_TABLE: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const form = resembled(String.fromCharCode(code).toLowerCase());
  return form === "" ? 0 : form.charCodeAt(0);
});
const SCRATCH: Buffer = Buffer.alloc(LONGEST);

/** {@link letters} of a text of ASCII letters alone, which most are: by a table. */
function asciiLetters(value: string): string {
  const bytes = value.length <= SCRATCH.length ? SCRATCH : Buffer.alloc(value.length);
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const letter = ASCII_TABLE[value.charCodeAt(i)] ?? 0;
    if (letter !== 0) bytes[length++] = letter;
  }
  return bytes.toString("latin1", 0, length);
}

function decodings(value: string): readonly string[] {
  const text = value.trim();
  const found: string[] = [];
  if (text.includes("%") && /%[0-9a-f]{2}/i.test(text)) found.push(percent(text));
  if (text.includes(" ")) return found.filter(isPrintable);
  if (/^(?:[0-9a-f]{2}){4,}$/i.test(text)) found.push(Buffer.from(text, "hex").toString("utf8"));
  if (/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(text)) found.push(Buffer.from(text, "base64").toString("utf8"));
  return found.filter(isPrintable);
}

function percent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
}

function isPrintable(text: string): boolean {
  return text.length > 0 && !/[\p{Cc}\uFFFD]/u.test(text);
}
