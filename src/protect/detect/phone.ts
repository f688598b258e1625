// SPDX-License-Identifier: Apache-2.0
// Phone numbers by libphonenumber's plans. With a `+` a number says its own country; without one it is a phone number
// only in a country that was given, and only if a word or a member name says phone.
import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { parseJurisdiction } from "../../core/index.ts";
import { type Detector, type Found, MIN_SCORE } from "./detector.ts";
import { type Plan, plansOf } from "./phone-plans.ts";
import { CERTAIN, type Phrases, phrases, WEAK } from "./surroundings.ts";
import { DIGITS } from "./triggers.ts";

/** Countries whose national numbers are read by default: those of the default languages, and their large neighbours. */
export const DEFAULT_REGIONS: readonly string[] = [
  "GB",
  "US",
  "FR",
  "DE",
  "ES",
  "IT",
  "PT",
  "NL",
  "PL",
  "BE",
  "CH",
  "AT",
  "IE",
];

const CANDIDATE = /(?<![\p{sc=Latin}\p{N}+])(?:\+|00)?\(?[0-9](?:[ \t().\-/]{0,3}[0-9]){6,16}(?![\p{sc=Latin}\p{N}])/gu;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])/;
const WORDS: Phrases = phrases([
  "phone, telephone, tel, mobile, cell, cellphone, call, fax, sms, whatsapp, phone number, contact number, ring, dial",
  "portable, numero de telephone, appelez, appeler, joindre, telefon, handy, mobil, rufnummer, telefonnummer, anrufen",
  "telefono, movil, llame, llamar, celular, cellulare, chiamare, telefone, telemovel, ligar, telefoon, mobiel, bellen",
  "telefoonnummer, komorka, komorkowy, numer telefonu, zadzwon, dzwonic",
]);

/** @param regions - ISO 3166-1 alpha-2 codes, tried in order; one that has no plan is left out */
export function phone(regions: readonly string[]): Detector {
  const plans = plansOf(regions);
  return {
    name: "phone",
    needs: DIGITS,
    nearDigits: true,
    find({ text, around }) {
      const found: Found[] = [];
      for (const { 0: match, index: start } of text.matchAll(CANDIDATE)) {
        const abroad = match.startsWith("+") || match.startsWith("00");
        if (!abroad && !around.mention(WORDS)) continue;
        const end = start + match.length;
        const base = match.startsWith("+") ? CERTAIN : WEAK;
        // the words beside it first: to read a number by the plans of many countries costs far more
        const { score, evidence } = around.weigh(base, WORDS, { start, end });
        if (score < MIN_SCORE || DATE.test(match)) continue;
        const number = abroad ? read(match.replace(/^00/, "+")) : national(plans, match);
        if (number === undefined) continue;
        const { value, country } = number;
        const what = { type: "phone", start, end, score, evidence: ["pattern", ...evidence], value } as const;
        found.push(country === undefined ? what : { ...what, jurisdiction: parseJurisdiction(country) });
      }
      return found;
    },
  };
}

interface Numbered {
  readonly value: string;
  readonly country: string | undefined;
}

function read(text: string, country?: CountryCode): Numbered | undefined {
  const number = parsePhoneNumberFromString(text, country === undefined ? {} : { defaultCountry: country });
  return number?.isValid() === true ? { value: number.number, country: number.country } : undefined;
}

function dialled(plan: Plan, digits: string, text: string): Numbered | undefined {
  const said = plan.dial(digits);
  if (said === "ask") return read(text, plan.country);
  return said === undefined ? undefined : { value: said.number, country: plan.country };
}

/** Of a number that several countries could have given, the country is not said: its law would be a guess. */
function national(plans: readonly Plan[], text: string): Numbered | undefined {
  const digits = text.replace(/[^0-9]/g, "");
  let found: Numbered | undefined;
  for (const plan of plans) {
    const number = dialled(plan, digits, text);
    if (number === undefined) continue;
    if (found !== undefined && found.country !== number.country) return { value: digits, country: undefined };
    found ??= number;
  }
  return found;
}
