// SPDX-License-Identifier: Apache-2.0
// What one clause would need to come out otherwise, read off the clause itself: a path of the context and a value for it. These
// are guesses; whoever shows one has decided again with it first (D42).
import { isJsonObject, type Json, type JsonObject, jsonObject, member, RawNumber } from "../../core/index.ts";
import { compileExpr } from "../cedar/compile.ts";
import { Decimal } from "../cedar/decimal.ts";
import { type Env, NOTHING } from "../cedar/env.ts";
import { Fault } from "../cedar/fault.ts";
import { add, isLong, type Long, subtract } from "../cedar/long.ts";
import type { BinaryOp, Expr } from "../cedar/policy.ts";
import { CedarSet, EntityUid, equal, type Value } from "../cedar/value.ts";
import { isPath } from "./clauses.ts";
import { decimalText } from "./print.ts";

/** One member of the context, and what to put there. */
export interface Change {
  /** Names from the context down. */
  readonly path: readonly string[];
  readonly to: Json;
}

/** What could make a clause come out as wanted in this question; empty where nothing can be read off it. */
export function changesFor(expr: Expr, wanted: boolean, env: Env): readonly Change[] {
  if (expr.kind === "unary") return expr.op === "!" ? changesFor(expr.arg, !wanted, env) : [];
  if (expr.kind === "and" || expr.kind === "or") return chain(expr, wanted, env);
  if (expr.kind === "binary") return compared(expr, wanted, env);
  if (expr.kind === "call") return calls(expr, wanted);
  if (expr.kind === "if") return [...changesFor(expr.yes, wanted, env), ...changesFor(expr.no, wanted, env)];
  // nothing can be read off a test of presence, type or pattern
  return isPath(expr) ? to(expr, wanted) : [];
}

/** Where one operand settles it, each of them is a way; where all are needed, those that fail now are tried one by one. */
function chain({ operands }: Extract<Expr, { kind: "and" | "or" }>, wanted: boolean, env: Env): readonly Change[] {
  return operands
    .filter((operand) => compileExpr(operand)(env) !== wanted)
    .flatMap((operand) => changesFor(operand, wanted, env));
}

function compared(
  { op, left, right }: Extract<Expr, { kind: "binary" }>,
  wanted: boolean,
  env: Env,
): readonly Change[] {
  const constant = constantOf(right);
  if (constant !== undefined) return otherwise(left, op, { constant, wanted, env });
  const mirrored = MIRRORED.get(op);
  const first = constantOf(left);
  if (first === undefined) return [];
  if (op === "contains") return first instanceof CedarSet ? oneOf(right, first, wanted) : [];
  return mirrored === undefined ? [] : otherwise(right, mirrored, { constant: first, wanted, env });
}

/** `5 < x` is `x > 5`. */
const MIRRORED: ReadonlyMap<BinaryOp, BinaryOp> = new Map([
  ["==", "=="],
  ["!=", "!="],
  ["<", ">"],
  ["<=", ">="],
  [">", "<"],
  [">=", "<="],
]);

interface Wanted {
  readonly constant: Value;
  readonly wanted: boolean;
  readonly env: Env;
}

function otherwise(path: Expr, op: BinaryOp, { constant, wanted, env }: Wanted): readonly Change[] {
  if (op === "contains") return withMember(path, constant, { wanted, env });
  if (op === "==" || op === "!=") {
    if ((op === "==") === wanted) return to(path, constant);
    return typeof constant === "boolean" ? to(path, !constant) : [];
  }
  const bound = isLong(constant) ? boundOf(op, constant, wanted) : undefined;
  return bound === undefined || bound instanceof Fault ? [] : to(path, bound);
}

/** The nearest whole number on the wanted side. */
function boundOf(op: BinaryOp, constant: Long, wanted: boolean): Long | Fault | undefined {
  if (op === "<") return wanted ? subtract(constant, 1) : constant;
  if (op === "<=") return wanted ? constant : add(constant, 1);
  if (op === ">") return wanted ? add(constant, 1) : constant;
  if (op === ">=") return wanted ? constant : subtract(constant, 1);
  return undefined;
}

/** Decimals are compared by methods; their steps are ten-thousandths. */
function calls({ name, args }: Extract<Expr, { kind: "call" }>, wanted: boolean): readonly Change[] {
  const op = DECIMAL_OPS.get(name);
  const [left, right] = args;
  if (op === undefined || left === undefined || right === undefined) return [];
  const constant = constantOf(right);
  if (!(constant instanceof Decimal)) return [];
  const units = boundOf(op, constant.units, wanted);
  return units === undefined || units instanceof Fault ? [] : to(left, new Decimal(units));
}

const DECIMAL_OPS: ReadonlyMap<string, BinaryOp> = new Map([
  ["lessThan", "<"],
  ["lessThanOrEqual", "<="],
  ["greaterThan", ">"],
  ["greaterThanOrEqual", ">="],
]);

function withMember(path: Expr, item: Value, { wanted, env }: Omit<Wanted, "constant">): readonly Change[] {
  const now = compileExpr(path)(env);
  if (!(now instanceof CedarSet)) return [];
  const others = now.items.filter((one) => !equal(one, item));
  return to(path, new CedarSet(wanted ? [...others, item] : others));
}

/** Any of what is listed would do. */
function oneOf(path: Expr, set: CedarSet, wanted: boolean): readonly Change[] {
  return wanted ? set.items.flatMap((item) => to(path, item)) : [];
}

function to(expr: Expr, value: Value): readonly Change[] {
  const path = contextPath(expr);
  const json = jsonOf(value);
  return path === undefined || json === undefined ? [] : [{ path, to: json }];
}

/** `context.a.b` as its names; nothing else is the asker's to change. */
export function contextPath(expr: Expr): readonly string[] | undefined {
  if (expr.kind === "var") return expr.name === "context" ? [] : undefined;
  const above = expr.kind === "get" ? contextPath(expr.left) : undefined;
  return above === undefined || expr.kind !== "get" ? undefined : [...above, expr.attribute];
}

function constantOf(expr: Expr): Value | undefined {
  if (!isConstant(expr)) return undefined;
  const value = compileExpr(expr)(NOTHING);
  return value instanceof Fault ? undefined : value;
}

function isConstant(expr: Expr): boolean {
  if (expr.kind === "value") return true;
  if (expr.kind === "set") return expr.items.every(isConstant);
  return expr.kind === "call" && expr.args.every(isConstant);
}

function jsonOf(value: Value): Json | undefined {
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "bigint") return new RawNumber(String(value));
  if (value instanceof Decimal) return decimalText(value.units);
  if (value instanceof EntityUid)
    return jsonObject([
      ["type", value.type],
      ["id", value.id],
    ]);
  if (!(value instanceof CedarSet)) return undefined;
  const items = value.items.map(jsonOf);
  return items.some((item) => item === undefined) ? undefined : items.filter((item) => item !== undefined);
}

/** A copy of the context with that change; records on the way are made where they are not there. */
export function changed(context: JsonObject, { path: [name = "", ...rest], to: value }: Change): JsonObject {
  const inner = member(context, name);
  const put =
    rest.length === 0 ? value : changed(isJsonObject(inner) ? inner : jsonObject([]), { path: rest, to: value });
  return jsonObject([...Object.entries(context).filter(([key]) => key !== name), [name, put]]);
}
