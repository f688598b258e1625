// SPDX-License-Identifier: Apache-2.0
// What PostgreSQL sends, as the values that SQLite gives: whole numbers that are exact or an error, 0 and 1, bytes, text.
import type { CustomTypesConfig } from "pg";
import { StoreError } from "../errors.ts";

/** By the number of the type (catalogue `pg_type`); everything else stays text. */
const READERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [16, (text) => (text === "t" ? 1 : 0)], // bool
  [17, bytes], // bytea
  [20, whole], // int8, which the driver would give as text
  [21, whole], // int2
  [23, whole], // int4
  [26, whole], // oid
  [700, Number], // float4
  [701, Number], // float8
  [1700, (text) => (/^-?\d+$/.test(text) ? whole(text) : Number(text))], // numeric: sums of whole numbers
]);

// the driver asks by number and wants a function; its own type knows more ways to ask than it uses
export const VALUES: CustomTypesConfig = {
  getTypeParser: (oid: number) => READERS.get(oid) ?? ((text: string) => text),
};

/** @throws StoreError STORE_VALUE rather than a number that is another one (store S3) */
function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new StoreError("STORE_VALUE", "reading a whole number: no double holds it exactly");
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.slice(2), "hex")); // `\x` and hexadecimal digits
}
