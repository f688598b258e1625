// SPDX-License-Identifier: Apache-2.0
// Cedar's Long: a signed 64-bit integer that never rounds (D6). A number up to 2^53-1, a bigint beyond, and only there, so
// that equal Longs are `===`.
import { type Json, RawNumber } from "../../core/index.ts";
import { type Fault, OVERFLOW, TYPE } from "./fault.ts";

export type Long = number | bigint;

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;
const INTEGER = /^-?(?:0|[1-9][0-9]{0,18})$/;

/** The Long that an exact integer is, or an overflow. */
export function fit(exact: bigint): Long | Fault {
  if (exact < LONG_MIN || exact > LONG_MAX) return OVERFLOW;
  const rounded = Number(exact);
  return Number.isSafeInteger(rounded) ? rounded : exact;
}

/** Reads a JSON number; `-0`, `1.0`, `1e2` and what passes 64 bits are no Longs. */
export function longOfJson(json: number | RawNumber): Long | Fault {
  if (typeof json === "number" && Number.isSafeInteger(json)) return Object.is(json, -0) ? TYPE : json;
  // a double prints the shortest text that reads back, which for a number core's reader kept is the text as written
  const text = json instanceof RawNumber ? json.lexeme : String(json);
  return INTEGER.test(text) && text !== "-0" ? fit(BigInt(text)) : TYPE;
}

export function isLong(value: unknown): value is Long {
  return typeof value === "number" || typeof value === "bigint";
}

/** True for what {@link longOfJson} reads. */
export function isJsonNumber(json: Json | undefined): json is number | RawNumber {
  return typeof json === "number" || json instanceof RawNumber;
}

// Two safe integers whose exact result is not safe give a double that is not safe either, so the quick path cannot lie.

export function add(a: Long, b: Long): Long | Fault {
  if (typeof a === "number" && typeof b === "number" && Number.isSafeInteger(a + b)) return a + b;
  return fit(BigInt(a) + BigInt(b));
}

export function subtract(a: Long, b: Long): Long | Fault {
  if (typeof a === "number" && typeof b === "number" && Number.isSafeInteger(a - b)) return a - b;
  return fit(BigInt(a) - BigInt(b));
}

export function multiply(a: Long, b: Long): Long | Fault {
  // `+ 0` makes zero of minus zero
  if (typeof a === "number" && typeof b === "number" && Number.isSafeInteger(a * b)) return a * b + 0;
  return fit(BigInt(a) * BigInt(b));
}

/** Division that rounds toward zero, for durations in larger units. */
export function quotient(a: Long, by: number): Long | Fault {
  return typeof a === "number" ? Math.trunc(a / by) + 0 : fit(a / BigInt(by));
}

/** The remainder that is never negative (Euclid), for times before 1970. `by` is positive. */
export function modulo(a: Long, by: number): number {
  const rest = typeof a === "number" ? a % by : Number(a % BigInt(by));
  return rest < 0 ? rest + by : rest + 0;
}
