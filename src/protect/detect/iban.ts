// SPDX-License-Identifier: Apache-2.0
// IBANs (ISO 13616): the length of the country and mod 97. The length says where one ends, so that the next word does
// not belong to it.
import { parseJurisdiction } from "../../core/index.ts";
import type { Detector, Found } from "./detector.ts";
import { DIGITS } from "./triggers.ts";

/** SOURCE: SWIFT IBAN registry, release 99. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 " +
    "FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 " +
    "LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 " +
    "RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
  )
    .split(" ")
    .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);

/** Two letters and two digits; what stands before them is looked at only where they are. */
const START = /[A-Z]{2}[ -]?[0-9]{2}/gi;
/** What goes on into the country's letters is no beginning. */
const GOES_ON = /[\p{sc=Latin}\p{N}]$/u;
const ALNUM = /[A-Za-z0-9]/;
const GAP = /[ .\n\r-]/;
/** Separators in a row, such as a line break with its carriage return. */
const GAP_MAX = 2;

export const iban: Detector = {
  name: "iban",
  needs: DIGITS,
  find({ text }) {
    return ibansIn(text).map(({ value, start, end }): Found => {
      const jurisdiction = parseJurisdiction(value.slice(0, 2));
      return { type: "iban", start, end, value, score: 1, evidence: ["checksum"], jurisdiction };
    });
  },
};

/** Every IBAN in a text. UNIT: UTF-16 units. */
export function ibansIn(
  text: string,
): readonly { readonly value: string; readonly start: number; readonly end: number }[] {
  const found = [];
  for (const { index: start } of text.matchAll(START)) {
    const read = take(text, start);
    if (read === undefined || !isIban(read.value) || GOES_ON.test(text.slice(Math.max(0, start - 2), start))) continue;
    found.push({ ...read, start });
  }
  return found;
}

/** Whether upper-case text without separators is an IBAN. */
export function isIban(value: string): boolean {
  if (value.length !== LENGTHS.get(value.slice(0, 2)) || !/^[A-Z]{2}[0-9]{2}[A-Z0-9]+$/.test(value)) return false;
  let rest = 0;
  for (const letter of value.slice(4) + value.slice(0, 4)) {
    const number = Number.parseInt(letter, 36);
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97;
  }
  return rest === 1;
}

function take(text: string, start: number): { readonly value: string; readonly end: number } | undefined {
  const length = LENGTHS.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return undefined;
  let value = "";
  let gap = 0;
  for (let i = start; i < text.length; i++) {
    const letter = text.charAt(i);
    gap = ALNUM.test(letter) ? 0 : gap + 1;
    if (gap > 0 && (gap > GAP_MAX || !GAP.test(letter))) return undefined;
    if (gap === 0) value += letter.toUpperCase();
    if (value.length === length)
      return /^[\p{sc=Latin}\p{N}]/u.test(text.slice(i + 1, i + 3)) ? undefined : { value, end: i + 1 };
  }
  return undefined;
}
