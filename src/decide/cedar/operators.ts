// SPDX-License-Identifier: Apache-2.0
// Operators that need nothing but their operands. Those that look at entities (`in`, tags, attributes) are in compile.ts.
import { Datetime, Duration } from "./datetime.ts";
import { type Fault, TYPE } from "./fault.ts";
import { add, isLong, type Long, multiply, subtract } from "./long.ts";
import type { BinaryOp, UnaryOp } from "./policy.ts";
import { CedarSet, equal, type Value } from "./value.ts";

type Unary = (value: Value) => Value | Fault;
type Binary = (left: Value, right: Value) => Value | Fault;
/** Operators whose outcome depends on nothing but the operands. */
export type PureOp = Exclude<BinaryOp, "in" | "getTag" | "hasTag">;

export const UNARY_OPERATORS: Readonly<Record<UnaryOp, Unary>> = {
  "!": (value) => (typeof value === "boolean" ? !value : TYPE),
  neg: (value) => (isLong(value) ? subtract(0, value) : TYPE),
  isEmpty: (value) => (value instanceof CedarSet ? value.items.length === 0 : TYPE),
};

export const BINARY_OPERATORS: Readonly<Record<PureOp, Binary>> = {
  "==": equal,
  "!=": (left, right) => !equal(left, right),
  "<": ordered((a, b) => a < b),
  "<=": ordered((a, b) => a <= b),
  ">": ordered((a, b) => a > b),
  ">=": ordered((a, b) => a >= b),
  "+": arithmetic(add),
  "-": arithmetic(subtract),
  "*": arithmetic(multiply),
  contains: (set, item) => (set instanceof CedarSet ? set.contains(item) : TYPE),
  containsAll: sets((set, other) => set.containsAll(other)),
  containsAny: sets((set, other) => set.containsAny(other)),
};

/** `<` and its kin: two Longs, two datetimes or two durations; decimals have functions of their own. */
function ordered(test: (a: Long, b: Long) => boolean): Binary {
  return (left, right) => {
    if (isLong(left) && isLong(right)) return test(left, right);
    if (left instanceof Datetime && right instanceof Datetime) return test(left.ms, right.ms);
    if (left instanceof Duration && right instanceof Duration) return test(left.ms, right.ms);
    return TYPE;
  };
}

function arithmetic(apply: (a: Long, b: Long) => Long | Fault): Binary {
  return (left, right) => (isLong(left) && isLong(right) ? apply(left, right) : TYPE);
}

function sets(test: (a: CedarSet, b: CedarSet) => boolean): Binary {
  return (left, right) => (left instanceof CedarSet && right instanceof CedarSet ? test(left, right) : TYPE);
}
