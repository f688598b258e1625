// SPDX-License-Identifier: Apache-2.0
// Payment cards: the check digit (ISO/IEC 7812-1 annex B) together with an issuer's range and its lengths. The groups of
// a longer row of digits are tried from each group on, so that digits written in front hide nothing.
import type { Detector, Found } from "./detector.ts";
import { CERTAIN, type Phrases, phrases, WEAK } from "./surroundings.ts";
import { DIGITS } from "./triggers.ts";

/** First and last prefix of an issuer, and the lengths of its numbers. SOURCE: the networks' published ranges. */
const ISSUERS: readonly (readonly [from: number, to: number, lengths: readonly number[]])[] = [
  [4, 4, [13, 16, 19]],
  [51, 55, [16]],
  [2221, 2720, [16]],
  [34, 34, [15]],
  [37, 37, [15]],
  [6011, 6011, [16, 19]],
  [644, 659, [16, 19]],
  [300, 305, [14, 16]],
  [309, 309, [14, 16]],
  [36, 36, [14, 16, 19]],
  [38, 39, [14, 16]],
  [3528, 3589, [16, 19]],
  [62, 62, [16, 17, 18, 19]],
  [81, 81, [16, 19]],
  [5018, 5018, [12, 13, 16, 19]],
  [5020, 5020, [12, 13, 16, 19]],
  [5038, 5038, [12, 13, 16, 19]],
  [5893, 5893, [16, 19]],
  [6304, 6304, [12, 13, 16, 19]],
  [6759, 6763, [12, 13, 16, 19]],
  [2131, 2131, [15]],
  [1800, 1800, [15]],
];
const SHORTEST = 12;
const LONGEST = 19;
/** How a card is printed: other groupings of digits are rows of a table unless words say otherwise. */
const PRINTED: ReadonlySet<string> = new Set(["4-4-4-4", "4-4-4-4-3", "4-6-5", "4-6-4", "4-4-4-3", "6-13", "4-4-4-1"]);

const ROW = /[0-9]+(?:[ \t\n\r.\-/]{1,3}[0-9]+)*/g;
const LATIN = /\p{sc=Latin}/u;
const WORDS: Phrases = phrases([
  "card, credit card, debit card, visa, mastercard, amex, american express, pan, cvv, cvc, cardnumber, card number",
  "carte, carte bancaire, carte de credit, karte, kreditkarte, kartennummer, tarjeta, tarjeta de credito",
  "carta, carta di credito, cartao, cartao de credito, creditcard, kaart, kaartnummer, karta, karty, numer karty",
]);

export const card: Detector = {
  name: "card",
  needs: DIGITS,
  nearDigits: true,
  find({ text, around }) {
    const found: Found[] = [];
    for (const row of text.matchAll(ROW)) {
      if (row[0].length < SHORTEST) continue;
      for (const { start, end, digits, shape } of spans(row[0], row.index)) {
        if (!luhn(digits)) continue;
        const bare = !shape.includes("-");
        // sixteen digits inside a hexadecimal digest are no card
        if (bare && (LATIN.test(text.charAt(start - 1)) || LATIN.test(text.charAt(end)))) continue;
        const base = hasIssuer(digits) && (bare || PRINTED.has(shape)) ? CERTAIN : WEAK;
        if (base === WEAK && !around.mention(WORDS)) continue;
        const { score, evidence } = around.weigh(base, WORDS, { start, end });
        found.push({ type: "payment-card", start, end, score, evidence: ["checksum", ...evidence], value: digits });
      }
    }
    return found;
  },
};

interface Span {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  /** Lengths of the groups, `4-4-4-4`. */
  readonly shape: string;
}

/** Every run of whole groups with as many digits as a card can have. */
function* spans(row: string, offset: number): Generator<Span> {
  const groups = [...row.matchAll(/[0-9]+/g)];
  for (const [i, first] of groups.entries()) {
    let digits = "";
    const lengths: number[] = [];
    for (let j = i; j < groups.length && digits.length < LONGEST; j++) {
      const group = groups[j];
      if (group === undefined) break;
      digits += group[0];
      lengths.push(group[0].length);
      if (digits.length < SHORTEST || digits.length > LONGEST) continue;
      yield {
        start: offset + first.index,
        end: offset + group.index + group[0].length,
        digits,
        shape: lengths.join("-"),
      };
    }
  }
}

function hasIssuer(digits: string): boolean {
  return ISSUERS.some(([from, to, lengths]) => {
    const prefix = Number(digits.slice(0, String(from).length));
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  });
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const twice = digit * 2;
    sum += i % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
}
