// SPDX-License-Identifier: Apache-2.0
// The checks that `ids.data.ts` names. Those that `stdnum` has are its own; three that it lacks are written here.
import { insz } from "stdnum/lib/cjs/be/index.js";
import { cpf } from "stdnum/lib/cjs/br/index.js";
import { ssn as ahv } from "stdnum/lib/cjs/ch/index.js";
import { idnr } from "stdnum/lib/cjs/de/index.js";
import { dni, nie } from "stdnum/lib/cjs/es/index.js";
import { nir } from "stdnum/lib/cjs/fr/index.js";
import { nino } from "stdnum/lib/cjs/gb/index.js";
import { aadhaar } from "stdnum/lib/cjs/in/index.js";
import { codicefiscale } from "stdnum/lib/cjs/it/index.js";
import { bsn } from "stdnum/lib/cjs/nl/index.js";
import { pesel } from "stdnum/lib/cjs/pl/index.js";
import { cc, nif } from "stdnum/lib/cjs/pt/index.js";
import { ssn } from "stdnum/lib/cjs/us/index.js";

interface Validator {
  validate(value: string): { readonly isValid: boolean };
}

const STDNUM: Readonly<Record<string, Validator>> = {
  "FR.nir": nir,
  "DE.idnr": idnr,
  "ES.dni": dni,
  "ES.nie": nie,
  "IT.codicefiscale": codicefiscale,
  "NL.bsn": bsn,
  "PL.pesel": pesel,
  "BE.insz": insz,
  "PT.cc": cc,
  "PT.nif": nif,
  "GB.nino": nino,
  "US.ssn": ssn,
  "CH.ssn": ahv,
  "BR.cpf": cpf,
  "IN.aadhaar": aadhaar,
};

const OWN: Readonly<Record<string, (value: string) => boolean>> = {
  "GB.nhs": isNhsNumber,
  "JP.mynumber": isMyNumber,
  "SG.nric": isNric,
};

/** The check of that name: takes upper-case letters and digits without separators. Undefined if there is none. */
export function checkNamed(name: string): ((value: string) => boolean) | undefined {
  const validator = STDNUM[name];
  return validator === undefined ? OWN[name] : (value) => validator.validate(value).isValid;
}

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(digits.charAt(i)), 0);
}

/** Modulus 11 over nine digits. SOURCE: NHS Data Dictionary, "NHS number". */
function isNhsNumber(value: string): boolean {
  const check = (11 - (weighted(value, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return /^[0-9]{10}$/.test(value) && check === Number(value.charAt(9));
}

/** Modulus 11 over eleven digits. SOURCE: Ministerial Ordinance of the MIC No. 85 of 2014, article 5. */
function isMyNumber(value: string): boolean {
  const rest = weighted(value, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return /^[0-9]{12}$/.test(value) && Number(value.charAt(11)) === (rest <= 1 ? 0 : 11 - rest);
}

const NRIC_LETTERS: ReadonlyMap<string, { readonly add: number; readonly letters: string }> = new Map([
  ["S", { add: 0, letters: "JZIHGFEDCBA" }],
  ["T", { add: 4, letters: "JZIHGFEDCBA" }],
  ["F", { add: 0, letters: "XWUTRQPNMLK" }],
  ["G", { add: 4, letters: "XWUTRQPNMLK" }],
  ["M", { add: 3, letters: "XWUTRQPNJLK" }],
]);

/** Modulus 11 with letters by series, as the Immigration and Checkpoints Authority issues them. */
function isNric(value: string): boolean {
  const series = NRIC_LETTERS.get(value.charAt(0));
  if (series === undefined || !/^[A-Z][0-9]{7}[A-Z]$/.test(value)) return false;
  const rest = (series.add + weighted(value.slice(1, 8), [2, 7, 6, 5, 4, 3, 2])) % 11;
  return series.letters.charAt(rest) === value.charAt(8);
}
