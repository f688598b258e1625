// SPDX-License-Identifier: Apache-2.0
// A quick no to numbers that libphonenumber would call invalid in a country: its own patterns, compiled once. Whatever may be
// valid is read by the library, which costs fifty times as much.
import { type CountryCode, isSupportedCountry } from "libphonenumber-js/max";
import metadata from "libphonenumber-js/max/metadata";

/** A country whose national numbers are read. */
export interface Plan {
  readonly country: CountryCode;
  /** False where these digits, dialled there, are no valid number of anybody. */
  mayDial(digits: string): boolean;
}

/** One country's row of the library's metadata, version 4. */
interface Row {
  readonly callingCode: string;
  readonly abroad: RegExp;
  readonly valid: RegExp;
  readonly types: RegExp | undefined;
  readonly lengths: readonly number[];
  readonly prefix: RegExp | undefined;
  readonly instead: string | undefined;
}

/** Where each of them stands in a row. */
const AT = { code: 0, idd: 1, valid: 2, lengths: 3, prefix: 5, parsing: 7, instead: 8, types: 11 } as const;

/** @param regions - ISO 3166-1 alpha-2 codes; one that has no plan is left out */
export function plansOf(regions: readonly string[]): readonly Plan[] {
  return regions.filter((region): region is CountryCode => isSupportedCountry(region)).map(planOf);
}

function planOf(country: CountryCode): Plan {
  const row = rowOf(country);
  // a number of this country's code may be one of another that shares the code
  const shared = (metadata.country_calling_codes[row.callingCode] ?? [country]).map(rowOf);
  // with or without the digit that is dialled before it
  const lengths = new Set(row.lengths.flatMap((length) => [length, length + 1]));
  return {
    country,
    mayDial: (digits) =>
      lengths.has(digits.length) &&
      (row.abroad.test(digits) || readings(row, digits).some((number) => shared.some((of) => isValid(of, number)))),
  };
}

/** What a number is read as: as it is, without the country's own code before it, each without what is dialled first. */
function readings(row: Row, digits: string): readonly string[] {
  const numbers = digits.startsWith(row.callingCode) ? [digits, digits.slice(row.callingCode.length)] : [digits];
  const { prefix, instead } = row;
  if (prefix === undefined) return numbers;
  return numbers.flatMap((number) => {
    const without = number.replace(prefix, "");
    return instead === undefined ? [number, without] : [number, without, number.replace(prefix, instead)];
  });
}

function isValid({ valid, types }: Row, number: string): boolean {
  return valid.test(number) && (types?.test(number) ?? true);
}

function rowOf(country: CountryCode): Row {
  const row: readonly unknown[] = metadata.countries[country] ?? [];
  const types = listOf(row[AT.types]).flatMap((type) => textOf(listOf(type)[0]) ?? []);
  const prefix = textOf(row[AT.parsing]) ?? textOf(row[AT.prefix]);
  return {
    callingCode: textOf(row[AT.code]) ?? "",
    // a pattern that is not there rules nothing out
    abroad: new RegExp(`^(?:${textOf(row[AT.idd]) ?? ""})`),
    valid: whole(textOf(row[AT.valid]) ?? ".*"),
    types: types.length === 0 ? undefined : whole(types.join("|")),
    lengths: listOf(row[AT.lengths]).filter((length) => typeof length === "number"),
    prefix: prefix === undefined ? undefined : new RegExp(`^(?:${prefix})`),
    instead: textOf(row[AT.instead]),
  };
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
