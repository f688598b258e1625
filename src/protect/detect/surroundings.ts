// SPDX-License-Identifier: Apache-2.0
// What stands around a candidate: the words beside it, and the names of the members that lead to it. A weak check (a
// check digit that one number in ten passes) says nothing without them (protect P6, P7).
import type { EvidenceKind } from "../../core/index.ts";
import { MIN_SCORE } from "./detector.ts";

/** Words before and after a candidate that count. */
const BEFORE = 8;
const AFTER = 4;
/** UNIT: UTF-16 units. How far the words are looked for. */
export const REACH = 160;

const BOOST = 0.35;
const PENALTY = 0.5;

const ASCII = /^[\0-\x7f]*$/;
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;

/** Words that say a number is something else. */
const NEGATIVE: Phrases = phrases([
  "order no, order number, order id, tracking, invoice no, invoice number, uuid, commit, version, build, sku, serial",
  "bestellnummer, rechnungsnummer, sendungsnummer, artikelnummer, numero de commande, numero de facture, numero de suivi",
  "numero de pedido, numero de factura, numero d'ordine, numero di fattura, numero da encomenda, numero da fatura",
  "bestelnummer, factuurnummer, numer zamowienia, numer faktury",
]);

/** Words and rows of words to look for. */
export interface Phrases {
  /** Each with a space at both ends, as they stand in folded text. */
  readonly spaced: readonly string[];
  /** The first word of each. */
  readonly heads: ReadonlySet<string>;
  /** Of scripts that put no spaces between words. */
  readonly unspaced: readonly string[];
}

/** Reads lists of phrases with commas between them. */
export function phrases(lists: readonly string[]): Phrases {
  const all = lists.flatMap((list) => list.split(",")).map(fold);
  const words = all.filter((phrase) => !UNSPACED.test(phrase));
  return {
    spaced: words.map(spaced),
    heads: new Set(words.map((phrase) => phrase.split(" ")[0] ?? "")),
    unspaced: all.filter((phrase) => UNSPACED.test(phrase)),
  };
}

/** Lower case without accents, words apart by one space. */
export function fold(text: string): string {
  if (ASCII.test(text))
    return text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, " ")
      .trim();
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const spelled = plain.replaceAll("ł", "l").replaceAll("ø", "o").replaceAll("ß", "ss");
  return spelled.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** The name of the member whose value a text is, folded; empty for none. */
export function lastName(names: readonly string[]): string {
  const name = names.at(-1);
  return name === undefined ? "" : fold(splitName(name));
}

export class Surroundings {
  private readonly text: string;
  private readonly path: readonly string[];
  private folded: string | undefined;
  private words: { readonly all: ReadonlySet<string>; readonly text: string } | undefined;
  private against: boolean | undefined;

  /** @param names - member names that lead to the text, outermost first */
  constructor(text: string, names: readonly string[]) {
    this.text = text;
    this.path = names;
  }

  get lastName(): string {
    return lastName(this.path);
  }

  private get names(): string {
    this.folded ??= spaced(this.path.map((name) => fold(splitName(name))).join(" "));
    return this.folded;
  }

  /** Whether any of these may stand in the text or its names: a cheap no before a close look. */
  mention(of: Phrases): boolean {
    this.words ??= wordsOf(this.text, this.names);
    const { all, text } = this.words;
    const [fewer, more] = all.size < of.heads.size ? [all, of.heads] : [of.heads, all];
    for (const word of fewer) if (more.has(word)) return true;
    return of.unspaced.some((phrase) => text.includes(phrase));
  }

  /** The score of a candidate with what stands around it, and what spoke for it. */
  weigh(
    base: number,
    words: Phrases,
    at: { readonly start: number; readonly end: number },
  ): { readonly score: number; readonly evidence: readonly EvidenceKind[] } {
    const near = spaced(this.near(at.start, at.end));
    const evidence: EvidenceKind[] = [];
    const isNamed = this.path.length > 0;
    if (has(near, words)) evidence.push("context");
    if (isNamed && has(this.names, words)) evidence.push("key");
    this.against ??= isNamed && has(this.names, NEGATIVE);
    const against = this.against || has(near, NEGATIVE) ? PENALTY : 0;
    return { score: Math.min(1, Math.max(0, base + BOOST * evidence.length - against)), evidence };
  }

  private near(start: number, end: number): string {
    const before = fold(this.text.slice(Math.max(0, start - REACH), start))
      .split(" ")
      .slice(-BEFORE);
    const after = fold(this.text.slice(end, end + REACH))
      .split(" ")
      .slice(0, AFTER);
    return [...before, "|", ...after].join(" ");
  }
}

/** A base that is reported only with a word or a name beside it. */
export const WEAK = 0.3;
/** A base that speaks alone, and is doubted next to "order number" and the like. */
export const STRONG = 0.7;
/** A base that speaks alone whatever stands beside it. */
export const CERTAIN: number = MIN_SCORE + PENALTY;

function splitName(name: string): string {
  return name.replace(/(\p{Ll}|\p{N})(?=\p{Lu})/gu, "$1 ");
}

function spaced(text: string): string {
  return ` ${text} `;
}

function wordsOf(text: string, names: string): { readonly all: ReadonlySet<string>; readonly text: string } {
  // the words of the most texts need no folded text to be cut from, and no phrase without spaces is in them
  const ascii = ASCII.test(text);
  const folded = ascii ? names : `${fold(text)}${names}`;
  const all = new Set(folded.split(" "));
  if (ascii) for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) all.add(word);
  return { all, text: folded };
}

function has(text: string, of: Phrases): boolean {
  return of.spaced.some((phrase) => text.includes(phrase)) || of.unspaced.some((phrase) => text.includes(phrase));
}
