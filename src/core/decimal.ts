// SPDX-License-Identifier: Apache-2.0
// Numbers that limit what may be done: compared digit by digit as text, never as floats, so that no rounding widens a limit.
import { CoreError, quote } from "./errors.ts";
import type { Brand } from "./ids.ts";

/** A plain decimal, `-?digits[.digits]`, without exponent. */
export type Decimal = Brand<string, "Decimal">;

/** UNIT: characters. Longest decimal that a grant may hold. */
const DECIMAL_MAX = 64;
const PLAIN = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
const LEXEME = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,9}))?$/;

/** @throws CoreError CORE_GRANT_MALFORMED */
export function parseDecimal(text: string): Decimal {
  if (text.length > DECIMAL_MAX || !PLAIN.test(text)) {
    throw new CoreError("CORE_GRANT_MALFORMED", `reading a decimal ${quote(text)}: not digits with at most one point`);
  }
  return text as Decimal; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`; `undefined` where one is no JSON number. */
export function compareDecimals(a: string, b: string): number | undefined {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  if (left.sign !== right.sign) return left.sign - right.sign;
  return left.sign * compareMagnitudes(left, right);
}

/** The number `sign` x 0.`digits` x 10^`point`; `digits` begins and ends with no zero, so it never has to be padded. */
interface Parts {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  readonly point: number;
}

function partsOf(lexeme: string): Parts | undefined {
  const match = LEXEME.exec(lexeme);
  if (match === null) return undefined;
  const [, minus = "", whole = "", fraction = "", exponent = "0"] = match;
  const all = `${whole}${fraction}`;
  const significant = all.replace(/^0+/, "");
  const digits = significant.replace(/0+$/, "");
  if (digits === "") return { sign: 0, digits, point: 0 };
  const point = whole.length - (all.length - significant.length) + Number(exponent);
  return { sign: minus === "" ? 1 : -1, digits, point };
}

function compareMagnitudes(a: Parts, b: Parts): number {
  if (a.point !== b.point) return a.point - b.point;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}
