// SPDX-License-Identifier: Apache-2.0
// A policy taken apart: what each of its conditions asks, one by one, and what each reads. A second way of compiling, so that
// the one which decides pays nothing for it (D40).
import { compileExpr, type Run } from "../cedar/compile.ts";
import type { Env } from "../cedar/env.ts";
import { Fault, type FaultCode, TYPE } from "../cedar/fault.ts";
import { type Expr, type Policy, partsOf } from "../cedar/policy.ts";
import type { Value } from "../cedar/value.ts";
import { exprText, valueText } from "./print.ts";

/** One condition of a policy; all of them hold where the policy does. */
export interface Clause {
  readonly expr: Expr;
  readonly text: string;
  readonly run: Run;
  readonly reads: readonly Read[];
}

/** A chain, longest first, so that one which breaks off is told as far as it goes. */
type Read = readonly { readonly text: string; readonly run: Run }[];

/** A clause as one question met it. */
export interface Met {
  readonly text: string;
  readonly outcome: "true" | "false" | FaultCode;
  /** What it read, each once; absent where there was nothing to read. */
  readonly values: readonly { readonly path: string; readonly value: string }[];
}

/** Values longer than this are cut: they are read by people. UNIT: UTF-16 units. */
const VALUE_MAX = 200;

export function clausesOf({ conditions }: Policy): readonly Clause[] {
  return conditions.flatMap(({ kind, body }) => split(body, kind === "when")).map(clauseOf);
}

/** `a && b` asked for, and `a || b` ruled out, are two clauses each. */
function split(body: Expr, wanted: boolean): readonly Expr[] {
  if (wanted) return body.kind === "and" ? body.operands.flatMap((one) => split(one, true)) : [body];
  if (body.kind === "or") return body.operands.flatMap((one) => split(one, false));
  if (body.kind === "unary" && body.op === "!") return split(body.arg, true);
  return [{ kind: "unary", op: "!", arg: body }];
}

function clauseOf(expr: Expr): Clause {
  const reads = new Map(pathsIn(expr).map((path) => [exprText(path), path]));
  return {
    expr,
    text: exprText(expr),
    run: compileExpr(expr),
    reads: Array.from(reads.values(), readOf),
  };
}

function readOf(path: Expr): Read {
  const own = { text: exprText(path), run: compileExpr(path) };
  return path.kind === "get" ? [own, ...readOf(path.left)] : [own];
}

/** The longest chains that begin at a variable: `context.auth.age`, and not `context.auth` again. */
export function pathsIn(expr: Expr): readonly Expr[] {
  return isPath(expr) ? [expr] : partsOf(expr).flatMap(pathsIn);
}

export function isPath(expr: Expr): boolean {
  return expr.kind === "var" || (expr.kind === "get" && isPath(expr.left));
}

export function meet({ text, run, reads }: Clause, env: Env): Met {
  return { text, outcome: outcomeOf(run(env)), values: reads.flatMap((read) => valueOf(read, env)) };
}

function outcomeOf(value: Value | Fault): Met["outcome"] {
  if (typeof value === "boolean") return value ? "true" : "false";
  return value instanceof Fault ? value.code : TYPE.code;
}

function valueOf(read: Read, env: Env): Met["values"] {
  for (const { text, run } of read) {
    const value = run(env);
    if (value instanceof Fault) continue;
    const whole = valueText(value);
    return [{ path: text, value: whole.length > VALUE_MAX ? `${whole.slice(0, VALUE_MAX)}…` : whole }];
  }
  return [];
}
