// SPDX-License-Identifier: Apache-2.0
// Expressions and values as Cedar text, for people. Parentheses stand wherever they could be needed: nobody should have to
// know which operator binds closer to read why something was refused.
import { Datetime, Duration } from "../cedar/datetime.ts";
import { Decimal } from "../cedar/decimal.ts";
import { IpAddress } from "../cedar/ip.ts";
import { isLong, type Long } from "../cedar/long.ts";
import type { BinaryOp, Expr } from "../cedar/policy.ts";
import { Sealed } from "../cedar/sealed.ts";
import { CedarRecord, CedarSet, EntityUid, type Value } from "../cedar/value.ts";

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Binary operators that are written as methods of their left side. */
const METHODS: ReadonlySet<BinaryOp> = new Set(["contains", "containsAll", "containsAny", "getTag", "hasTag"]);
/** Functions that make a value; every other is a method of its first argument. */
const CONSTRUCTORS: ReadonlySet<string> = new Set(["decimal", "ip", "datetime", "duration"]);

/** One expression. */
export function exprText(expr: Expr): string {
  switch (expr.kind) {
    case "value":
      return valueText(expr.value);
    case "var":
      return expr.name;
    case "unary":
      return unaryText(expr);
    case "binary":
      return binaryText(expr);
    case "and":
      return expr.operands.map(tight).join(" && ");
    case "or":
      return expr.operands.map(tight).join(" || ");
    case "set":
      return `[${expr.items.map(exprText).join(", ")}]`;
    case "record":
      return `{${Array.from(expr.members, ([name, one]) => `${quoted(name)}: ${exprText(one)}`).join(", ")}}`;
    case "call":
      return callText(expr.name, expr.args);
    case "get":
    case "has":
    case "like":
    case "is":
    case "if":
      return testText(expr);
    default:
      return expr satisfies never;
  }
}

function testText(expr: Extract<Expr, { kind: "get" | "has" | "like" | "is" | "if" }>): string {
  switch (expr.kind) {
    case "get":
      return `${tight(expr.left)}${memberText(expr.attribute)}`;
    case "has":
      return `${tight(expr.left)} has ${pathText(expr.path)}`;
    case "like":
      return `${tight(expr.left)} like "${expr.pattern.map((piece) => escaped(piece).replaceAll("*", "\\*")).join("*")}"`;
    case "is":
      return `${tight(expr.left)} is ${expr.type}${expr.in === undefined ? "" : ` in ${tight(expr.in)}`}`;
    case "if":
      return `if ${tight(expr.test)} then ${tight(expr.yes)} else ${tight(expr.no)}`;
    default:
      return expr satisfies never;
  }
}

function pathText(path: readonly string[]): string {
  return path.every((name) => IDENTIFIER.test(name)) ? path.join(".") : quoted(path.join("."));
}

/** The same, in parentheses where what stands around it could take it apart. */
function tight(expr: Expr): string {
  const isWhole =
    ["value", "var", "get", "set", "record", "call"].includes(expr.kind) ||
    (expr.kind === "binary" && METHODS.has(expr.op)) ||
    (expr.kind === "unary" && expr.op !== "neg");
  return isWhole ? exprText(expr) : `(${exprText(expr)})`;
}

function unaryText({ op, arg }: Extract<Expr, { kind: "unary" }>): string {
  if (op === "isEmpty") return `${tight(arg)}.isEmpty()`;
  return `${op === "neg" ? "-" : "!"}${tight(arg)}`;
}

function binaryText({ op, left, right }: Extract<Expr, { kind: "binary" }>): string {
  return METHODS.has(op) ? `${tight(left)}.${op}(${exprText(right)})` : `${tight(left)} ${op} ${tight(right)}`;
}

function callText(name: string, args: readonly Expr[]): string {
  if (CONSTRUCTORS.has(name)) return `${name}(${args.map(exprText).join(", ")})`;
  const [of, ...rest] = args;
  return of === undefined ? `${name}()` : `${tight(of)}.${name}(${rest.map(exprText).join(", ")})`;
}

/** One value. */
export function valueText(value: Value): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean" || isLong(value)) return String(value);
  if (value instanceof EntityUid) return `${value.type}::${quoted(value.id)}`;
  if (value instanceof CedarSet) return `[${value.items.map(valueText).join(", ")}]`;
  if (value instanceof CedarRecord)
    return `{${value
      .entries()
      .map(([name, one]) => `${quoted(name)}: ${valueText(one)}`)
      .join(", ")}}`;
  if (value instanceof Decimal) return `decimal("${decimalText(value.units)}")`;
  if (value instanceof Datetime) return `datetime("${datetimeText(value.ms)}")`;
  if (value instanceof Duration) return `duration("${value.ms}ms")`;
  if (value instanceof IpAddress) return `ip("${ipText(value)}")`;
  return value instanceof Sealed ? `a sealed text of ${value.length} characters` : (value satisfies never);
}

/** UNIT: ten-thousandths in, decimal text out. */
export function decimalText(units: Long): string {
  const exact = BigInt(units);
  const [sign, size] = exact < 0n ? ["-", -exact] : ["", exact];
  const fraction = String(size % 10_000n)
    .padStart(4, "0")
    .replace(/0{1,3}$/, "");
  return `${sign}${size / 10_000n}.${fraction}`;
}

/** UNIT: ms. A time that no calendar of ours can write is its number. */
function datetimeText(ms: Long): string {
  const days = Math.floor(Number(ms) / DAY_MS);
  if (days < DAY_MIN || days > DAY_MAX) return String(ms);
  const rest = Number(ms) - days * DAY_MS;
  const [hours, minutes, seconds] = [
    Math.floor(rest / 3_600_000),
    Math.floor(rest / 60_000) % 60,
    Math.floor(rest / 1000) % 60,
  ];
  return `${dayText(days)}T${two(hours)}:${two(minutes)}:${two(seconds)}.${String(rest % 1000).padStart(3, "0")}Z`;
}

function two(part: number): string {
  return String(part).padStart(2, "0");
}

const DAY_MS = 86_400_000;
/** From 0000-01-01 to 9999-12-31, in days since 1970-01-01. */
const [DAY_MIN, DAY_MAX] = [-719_528, 2_932_896];

/** SOURCE: proleptic Gregorian calendar, by eras of 400 years that begin on 1 March */
function dayText(days: number): string {
  const since = days + 719_468;
  const era = Math.floor(since / 146_097);
  const inEra = since - era * 146_097;
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * inYear + 2) / 153);
  const day = inYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

function ipText({ family, address, prefix }: IpAddress): string {
  const bits = family === 4 ? 32 : 128;
  const suffix = prefix === bits ? "" : `/${prefix}`;
  const exact = BigInt(address);
  if (family === 4) return `${[24n, 16n, 8n, 0n].map((shift) => (exact >> shift) & 255n).join(".")}${suffix}`;
  const groups = Array.from({ length: 8 }, (_, at) => ((exact >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
  return `${groups.join(":")}${suffix}`;
}

function memberText(name: string): string {
  return IDENTIFIER.test(name) ? `.${name}` : `[${quoted(name)}]`;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** Cedar's escapes; what cannot be seen is written as its number (experience X26). */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}
