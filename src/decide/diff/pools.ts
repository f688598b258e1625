// SPDX-License-Identifier: Apache-2.0
// What two sets compare things with: every constant of their policies and the values on either side of it. A question that
// separates the sets stands on such an edge (D47).
import { compileExpr } from "../cedar/compile.ts";
import { Datetime, Duration } from "../cedar/datetime.ts";
import { Decimal } from "../cedar/decimal.ts";
import { NOTHING } from "../cedar/env.ts";
import { Fault } from "../cedar/fault.ts";
import { IpAddress } from "../cedar/ip.ts";
import { add, isLong, type Long, subtract } from "../cedar/long.ts";
import { type Expr, type Policy, partsOf, type Scope } from "../cedar/policy.ts";
import { CedarSet, EntityUid, type Value } from "../cedar/value.ts";

/** Constants by kind; entities by type. */
export interface Pools {
  readonly longs: Long[];
  readonly texts: string[];
  readonly decimals: Decimal[];
  readonly datetimes: Datetime[];
  readonly durations: Duration[];
  readonly addresses: IpAddress[];
  readonly entities: Map<string, Set<string>>;
}

export function poolsOf(policies: readonly Policy[]): Pools {
  const pools: Pools = {
    longs: [0, 1],
    texts: ["", "x"],
    decimals: [new Decimal(0)],
    datetimes: [new Datetime(0)],
    durations: [new Duration(0)],
    addresses: [new IpAddress(4, 0x7f000001, 32)],
    entities: new Map(),
  };
  for (const policy of policies) {
    for (const scope of [policy.principal, policy.resource]) addScope(pools, scope);
    for (const { body } of policy.conditions) addConstants(pools, body);
  }
  return pools;
}

function addScope(pools: Pools, scope: Scope): void {
  if (scope.op === "all") return;
  const entity = scope.op === "is" ? scope.in : scope.entity;
  if (entity instanceof EntityUid) addValue(pools, entity);
}

function addConstants(pools: Pools, expr: Expr): void {
  if (expr.kind === "like") pools.texts.push(expr.pattern.join(""), expr.pattern.join("z"));
  if (expr.kind !== "value" && expr.kind !== "call") {
    for (const part of partsOf(expr)) addConstants(pools, part);
    return;
  }
  const value = expr.kind === "value" ? expr.value : constant(expr);
  if (value === undefined) for (const part of partsOf(expr)) addConstants(pools, part);
  else addValue(pools, value);
}

/** `decimal("1.5")`: a call of nothing but constants. */
function constant(expr: Expr): Value | undefined {
  if (!partsOf(expr).every(({ kind }) => kind === "value")) return undefined;
  const value = compileExpr(expr)(NOTHING);
  return value instanceof Fault ? undefined : value;
}

function addValue(pools: Pools, value: Value): void {
  if (isLong(value)) pools.longs.push(...around(value));
  else if (typeof value === "string") pools.texts.push(value);
  else if (value instanceof EntityUid)
    pools.entities.set(value.type, (pools.entities.get(value.type) ?? new Set()).add(value.id));
  else if (value instanceof Decimal) pools.decimals.push(...around(value.units).map((units) => new Decimal(units)));
  else if (value instanceof Datetime) pools.datetimes.push(...around(value.ms).map((ms) => new Datetime(ms)));
  else if (value instanceof Duration) pools.durations.push(...around(value.ms).map((ms) => new Duration(ms)));
  else if (value instanceof IpAddress) pools.addresses.push(value);
  else if (value instanceof CedarSet) for (const item of value.items) addValue(pools, item);
}

/** The value and its two neighbours, as far as 64 bits go. */
function around(value: Long): readonly Long[] {
  return [value, subtract(value, 1), add(value, 1)].flatMap((one) => (one instanceof Fault ? [] : [one]));
}
