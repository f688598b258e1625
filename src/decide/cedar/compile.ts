// SPDX-License-Identifier: Apache-2.0
// Expressions to closures (D1, D3, D13). What is constant is computed once; a constant that errs is an error each time it is
// evaluated, never when the policy is loaded. Nothing here reads a clock, chance or a locale.
import { DecideError } from "../errors.ts";
import { attributeOf, hasPath, hasTag, isInside, tagOf } from "./access.ts";
import type { Entities } from "./entities.ts";
import { type Env, NOTHING } from "./env.ts";
import { Fault, NO_ATTRIBUTE, TYPE } from "./fault.ts";
import { FUNCTIONS } from "./functions.ts";
import { BINARY_OPERATORS, type PureOp, UNARY_OPERATORS } from "./operators.ts";
import { type Pattern, patternMatcher } from "./pattern.ts";
import type { BinaryOp, Expr, UnaryOp, Variable } from "./policy.ts";
import { notReadable } from "./sealed.ts";
import { CedarRecord, CedarSet, EntityUid, equal, layoutOf, type Value } from "./value.ts";

export type Run = (env: Env) => Value | Fault;

interface Compiled {
  readonly run: Run;
  /** No question can change the outcome. */
  readonly fixed: boolean;
}

/** @throws DecideError DECIDE_EXPRESSION_UNSUPPORTED */
export function compileExpr(expr: Expr): Run {
  return compile(expr).run;
}

function compile(expr: Expr): Compiled {
  switch (expr.kind) {
    case "value":
      return { run: () => expr.value, fixed: true };
    case "var":
      return { run: variable(expr.name), fixed: false };
    case "unary":
      return compileUnary(expr.op, compile(expr.arg));
    case "binary":
      return compileBinary(expr.op, compile(expr.left), compile(expr.right));
    case "and":
      return compileChain(expr.operands.map(compile), false);
    case "or":
      return compileChain(expr.operands.map(compile), true);
    case "get":
      return { run: getter(expr.left, expr.attribute), fixed: false };
    case "has":
      return { run: pathTest(compile(expr.left).run, expr.path), fixed: false };
    case "like":
      return compileLike(compile(expr.left), expr.pattern);
    case "is":
      return { run: typeTest(expr), fixed: false };
    case "if":
      return compileIf(compile(expr.test), compile(expr.yes), compile(expr.no));
    case "set":
      return compileSet(expr.items.map(compile));
    case "record":
      return compileRecord([...expr.members.keys()], Array.from(expr.members.values(), compile));
    case "call":
      return compileCall(expr.name, expr.args.map(compile));
    default:
      return expr satisfies never;
  }
}

/** Runs what is constant now, once. */
function fold(parts: readonly Compiled[], run: Run): Compiled {
  if (!parts.every((part) => part.fixed)) return { run, fixed: false };
  const outcome = run(NOTHING);
  return { run: () => outcome, fixed: true };
}

function mapped(run: Run, apply: (value: Value, env: Env) => Value | Fault): Run {
  return (env) => {
    const value = run(env);
    return value instanceof Fault ? value : apply(value, env);
  };
}

function mappedPair(left: Run, right: Run, apply: (a: Value, b: Value, env: Env) => Value | Fault): Run {
  return (env) => {
    const a = left(env);
    if (a instanceof Fault) return a;
    const b = right(env);
    return b instanceof Fault ? b : apply(a, b, env);
  };
}

function variable(name: Variable): Run {
  switch (name) {
    case "principal":
      return (env) => env.principal;
    case "action":
      return (env) => env.action;
    case "resource":
      return (env) => env.resource;
    case "context":
      return (env) => env.context;
    default:
      return name satisfies never;
  }
}

function pathTest(left: Run, path: readonly string[]): Run {
  return mapped(left, (value, env) => hasPath(env.entities, value, path));
}

function getter(left: Expr, attribute: string): Run {
  // half of what policies read stands right in the context, which is always a record
  if (left.kind === "var" && left.name === "context") return (env) => env.context.get(attribute) ?? NO_ATTRIBUTE;
  return mapped(compile(left).run, (value, env) => attributeOf(env.entities, value, attribute));
}

function compileUnary(op: UnaryOp, arg: Compiled): Compiled {
  return fold([arg], mapped(arg.run, UNARY_OPERATORS[op]));
}

function compileBinary(op: BinaryOp, left: Compiled, right: Compiled): Compiled {
  if (op === "in") return compilePair(left, right, isInside);
  if (op === "getTag") return compilePair(left, right, tagOf);
  if (op === "hasTag") return compilePair(left, right, hasTag);
  return fold([left, right], pure(op, left.run, right));
}

function compilePair(
  left: Compiled,
  right: Compiled,
  look: (entities: Entities, a: Value, b: Value) => Value | Fault,
): Compiled {
  return { run: mappedPair(left.run, right.run, (a, b, env) => look(env.entities, a, b)), fixed: false };
}

function pure(op: PureOp, left: Run, right: Compiled): Run {
  const constant = right.fixed ? right.run(NOTHING) : undefined;
  // most comparisons in policies are with a literal, and primitives are equal where they are identical
  if (op === "==" && constant !== undefined && typeof constant !== "object")
    return mapped(left, (value) => value === constant || (typeof value === "object" && equal(value, constant)));
  return mappedPair(left, right.run, BINARY_OPERATORS[op]);
}

/** A whole chain in one loop: the right side is looked at only when needed, and its type with it. */
function compileChain(operands: readonly Compiled[], until: boolean): Compiled {
  const runs = operands.map((operand) => operand.run);
  const [only, ...others] = runs;
  if (only !== undefined && others.length === 0) return fold(operands, mapped(only, booleanOf));
  return fold(operands, (env) => {
    for (const run of runs) {
      const value = run(env);
      if (value === until) return until;
      if (typeof value !== "boolean") return value instanceof Fault ? value : TYPE;
    }
    return !until;
  });
}

function booleanOf(value: Value): boolean | Fault {
  return typeof value === "boolean" ? value : TYPE;
}

function compileLike(left: Compiled, pattern: Pattern): Compiled {
  const matches = patternMatcher(pattern);
  return fold(
    [left],
    mapped(left.run, (value) => (typeof value === "string" ? matches(value) : notReadable(value))),
  );
}

function typeTest({ left, type, in: container }: Extract<Expr, { kind: "is" }>): Run {
  const entity = compile(left).run;
  const inside = container === undefined ? undefined : compile(container).run;
  return (env) => {
    const value = entity(env);
    if (!(value instanceof EntityUid)) return value instanceof Fault ? value : TYPE;
    if (value.type !== type || inside === undefined) return value.type === type;
    const outer = inside(env);
    return outer instanceof Fault ? outer : isInside(env.entities, value, outer);
  };
}

function compileIf(test: Compiled, yes: Compiled, no: Compiled): Compiled {
  return fold([test, yes, no], (env) => {
    const chosen = test.run(env);
    if (typeof chosen === "boolean") return chosen ? yes.run(env) : no.run(env);
    return chosen instanceof Fault ? chosen : TYPE;
  });
}

function compileSet(items: readonly Compiled[]): Compiled {
  return fold(items, (env) => {
    const values = runAll(items, env);
    return values instanceof Fault ? values : new CedarSet(values);
  });
}

function compileRecord(names: readonly string[], members: readonly Compiled[]): Compiled {
  const layout = layoutOf(names);
  return fold(members, (env) => {
    const values = runAll(members, env);
    return values instanceof Fault ? values : new CedarRecord(layout, values);
  });
}

function compileCall(name: string, args: readonly Compiled[]): Compiled {
  const known = FUNCTIONS.get(name);
  if (known === undefined)
    throw new DecideError("DECIDE_EXPRESSION_UNSUPPORTED", `compiling a policy: no function \`${name}\``);
  const call = (first: Value, second: Value | undefined): Value | Fault => {
    const outcome = known.call(first, second);
    return outcome === TYPE ? notReadable(first, second) : outcome;
  };
  const [left, right] = args;
  // the parser lets any number of arguments through; only the validator minds
  if (left === undefined || args.length !== known.arity) return fold(args, wrongArity(args));
  if (right === undefined)
    return fold(
      args,
      mapped(left.run, (value) => call(value, undefined)),
    );
  return fold(args, mappedPair(left.run, right.run, call));
}

function wrongArity(args: readonly Compiled[]): Run {
  return (env) => {
    const values = runAll(args, env);
    return values instanceof Fault ? values : TYPE;
  };
}

function runAll(parts: readonly Compiled[], env: Env): readonly Value[] | Fault {
  const values: Value[] = [];
  for (const part of parts) {
    const value = part.run(env);
    if (value instanceof Fault) return value;
    values.push(value);
  }
  return values;
}
