// SPDX-License-Identifier: Apache-2.0
// What libphonenumber would say of most numbers in a country, by its own patterns, compiled once. What is not plain here is
// read by the library, which costs fifty times as much.
import { type CountryCode, isSupportedCountry } from "libphonenumber-js/max";
import metadata from "libphonenumber-js/max/metadata";

/** A country whose national numbers are read. */
export interface Plan {
  readonly country: CountryCode;
  /**
   * What these digits are, dialled there: a number as E.164 writes it, no valid number of anybody (`undefined`), or something
   * that only the library can tell.
   */
  dial(digits: string): { readonly number: string } | "ask" | undefined;
}

/** One country's row of the library's metadata, version 4. */
interface Row {
  readonly callingCode: string;
  readonly abroad: RegExp;
  readonly valid: RegExp;
  readonly types: readonly Type[];
  readonly lengths: readonly number[];
  readonly prefix: RegExp | undefined;
  readonly instead: string | undefined;
}

/** Fixed lines, mobiles and so on: a country that has them has no other valid numbers. */
interface Type {
  readonly pattern: RegExp;
  readonly lengths: readonly number[];
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
    dial(digits) {
      if (!lengths.has(digits.length)) return undefined;
      if (row.abroad.test(digits)) return "ask";
      // nothing is taken off it and nobody else has it, as is so with most
      if (shared.length === 1 && !digits.startsWith(row.callingCode) && row.prefix?.test(digits) !== true)
        return isValid(row, digits) ? { number: `+${row.callingCode}${digits}` } : undefined;
      return readings(row, digits).some((number) => shared.some((of) => isValid(of, number))) ? "ask" : undefined;
    },
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
  if (!valid.test(number)) return false;
  return types.length === 0 || types.some((type) => type.lengths.includes(number.length) && type.pattern.test(number));
}

function rowOf(country: CountryCode): Row {
  const row: readonly unknown[] = metadata.countries[country] ?? [];
  const lengths = lengthsOf(row[AT.lengths]);
  const types = listOf(row[AT.types]).flatMap((type): readonly Type[] => {
    const [pattern, own] = listOf(type);
    const text = textOf(pattern);
    return text === undefined ? [] : [{ pattern: whole(text), lengths: own === undefined ? lengths : lengthsOf(own) }];
  });
  const prefix = textOf(row[AT.parsing]) ?? textOf(row[AT.prefix]);
  return {
    callingCode: textOf(row[AT.code]) ?? "",
    // a pattern that is not there rules nothing out
    abroad: new RegExp(`^(?:${textOf(row[AT.idd]) ?? ""})`),
    valid: whole(textOf(row[AT.valid]) ?? ".*"),
    types,
    lengths,
    prefix: prefix === undefined ? undefined : new RegExp(`^(?:${prefix})`),
    instead: textOf(row[AT.instead]),
  };
}

function lengthsOf(value: unknown): readonly number[] {
  return listOf(value).filter((length) => typeof length === "number");
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
