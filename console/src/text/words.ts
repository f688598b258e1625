// SPDX-License-Identifier: Apache-2.0
// Numbers and numerals in English.
const PLURAL = new Intl.PluralRules("en");
export const NUMBER: Intl.NumberFormat = new Intl.NumberFormat("en");

/** `1 entry`, `2 entries`. */
export function count(n: number, one: string, other: string): string {
  return `${NUMBER.format(n)} ${PLURAL.select(n) === "one" ? one : other}`;
}
