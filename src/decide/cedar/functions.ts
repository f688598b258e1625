// SPDX-License-Identifier: Apache-2.0
// The 22 extension functions of Cedar 4.5: 4 constructors, decimal 4, ip 5, datetime 4, duration 5 (D1).
import { Datetime, Duration, durationSince, offset, parseDatetime, parseDuration, toDate, toTime } from "./datetime.ts";
import { Decimal, parseDecimal } from "./decimal.ts";
import { type Fault, TYPE } from "./fault.ts";
import { IpAddress, isLoopback, isMulticast, parseIp } from "./ip.ts";
import { quotient } from "./long.ts";
import type { Value } from "./value.ts";

/** Types that have no literals, as a schema names them. */
export type ExtensionName = "decimal" | "ipaddr" | "datetime" | "duration";

export interface ExtensionFunction {
  readonly arity: 1 | 2;
  readonly call: (first: Value, second: Value | undefined) => Value | Fault;
}

type Class<T> = abstract new (...args: never) => T;

/** What a schema's extension type means: its values, and how a string becomes one. */
interface ExtensionType {
  readonly type: Class<Value>;
  /** The function that makes one. */
  readonly constructor: string;
  readonly parse: (text: string) => Value | Fault;
}

export const EXTENSIONS: Readonly<Record<ExtensionName, ExtensionType>> = {
  decimal: { type: Decimal, constructor: "decimal", parse: parseDecimal },
  ipaddr: { type: IpAddress, constructor: "ip", parse: parseIp },
  datetime: { type: Datetime, constructor: "datetime", parse: parseDatetime },
  duration: { type: Duration, constructor: "duration", parse: parseDuration },
};

/** By the name that policies call; a method's first argument is its receiver. */
export const FUNCTIONS: ReadonlyMap<string, ExtensionFunction> = new Map([
  ["decimal", ofText(parseDecimal)],
  ["ip", ofText(parseIp)],
  ["datetime", ofText(parseDatetime)],
  ["duration", ofText(parseDuration)],
  ["lessThan", two(Decimal, (a, b) => a.units < b.units)],
  ["lessThanOrEqual", two(Decimal, (a, b) => a.units <= b.units)],
  ["greaterThan", two(Decimal, (a, b) => a.units > b.units)],
  ["greaterThanOrEqual", two(Decimal, (a, b) => a.units >= b.units)],
  ["isIpv4", one(IpAddress, (ip) => ip.family === 4)],
  ["isIpv6", one(IpAddress, (ip) => ip.family === 6)],
  ["isLoopback", one(IpAddress, isLoopback)],
  ["isMulticast", one(IpAddress, isMulticast)],
  ["isInRange", two(IpAddress, (ip, range) => ip.isInRange(range))],
  ["offset", mixed(Datetime, Duration, offset)],
  ["durationSince", two(Datetime, durationSince)],
  ["toDate", one(Datetime, toDate)],
  ["toTime", one(Datetime, toTime)],
  ["toMilliseconds", one(Duration, (d) => d.ms)],
  ["toSeconds", one(Duration, (d) => quotient(d.ms, 1000))],
  ["toMinutes", one(Duration, (d) => quotient(d.ms, 60_000))],
  ["toHours", one(Duration, (d) => quotient(d.ms, 3_600_000))],
  ["toDays", one(Duration, (d) => quotient(d.ms, 86_400_000))],
]);

function ofText(make: (text: string) => Value | Fault): ExtensionFunction {
  return { arity: 1, call: (text) => (typeof text === "string" ? make(text) : TYPE) };
}

function one<T>(type: Class<T>, apply: (value: T) => Value | Fault): ExtensionFunction {
  return { arity: 1, call: (value) => (value instanceof type ? apply(value) : TYPE) };
}

function two<T>(type: Class<T>, apply: (first: T, second: T) => Value | Fault): ExtensionFunction {
  return mixed(type, type, apply);
}

function mixed<T, U>(a: Class<T>, b: Class<U>, apply: (first: T, second: U) => Value | Fault): ExtensionFunction {
  return {
    arity: 2,
    call: (first, second) => (first instanceof a && second instanceof b ? apply(first, second) : TYPE),
  };
}
