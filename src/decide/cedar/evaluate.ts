// SPDX-License-Identifier: Apache-2.0
// A compiled set and its evaluation. For each action of the schema, policies stand under the most telling part of their
// scope (D10), so that a question walks only those that could match; a scope cannot err, so nothing is lost by it.

import { DecideError } from "../errors.ts";
import { compileExpr, type Run } from "./compile.ts";
import { ancestorsOf, isIn } from "./entities.ts";
import type { Env } from "./env.ts";
import { Fault, type FaultCode, TYPE } from "./fault.ts";
import type { EntityOrSlot, Policy, Scope } from "./policy.ts";
import type { Action, Schema } from "./schema.ts";
import { EntityUid } from "./value.ts";

type Test = (env: Env) => boolean;

interface Candidate {
  /** Position in the set. */
  readonly index: number;
  readonly principal: Test;
  readonly resource: Test;
  readonly conditions: Run;
}

/** The policies that one action can reach. Each stands in exactly one place. */
interface Plan {
  readonly byResource: Map<string, Candidate[]>;
  /** `principal ==` and `principal in`. */
  readonly byPrincipal: Map<string, Candidate[]>;
  readonly byContainer: Map<string, Candidate[]>;
  readonly rest: Candidate[];
}

export interface CompiledSet {
  /** By the key of the action. */
  readonly plans: ReadonlyMap<string, Plan>;
}

export interface Evaluation {
  /** Positions of the policies that hold, ascending. */
  readonly satisfied: readonly number[];
  /** Ascending by position. */
  readonly errors: readonly { readonly index: number; readonly code: FaultCode }[];
}

/**
 * In steps, between which others may have their turn (D23).
 * @throws DecideError DECIDE_EXPRESSION_UNSUPPORTED, DECIDE_LINK_INVALID for a template that was not linked
 */
export function* compiling(policies: readonly Policy[], schema: Schema): Generator<void, CompiledSet> {
  const candidates: Candidate[] = [];
  for (const [index, policy] of policies.entries()) {
    candidates.push(compilePolicy(policy, index));
    yield;
  }
  const plans = new Map<string, Plan>();
  for (const [key, action] of schema.actions) {
    plans.set(key, planFor(action, policies, candidates));
    yield;
  }
  return { plans };
}

export function evaluate(set: CompiledSet, env: Env): Evaluation {
  const satisfied: number[] = [];
  const errors: { index: number; code: FaultCode }[] = [];
  for (const bucket of bucketsFor(set.plans.get(env.action.key), env)) {
    for (const policy of bucket) {
      if (!policy.principal(env) || !policy.resource(env)) continue;
      const outcome = policy.conditions(env);
      if (outcome === true) satisfied.push(policy.index);
      else if (outcome !== false)
        errors.push({ index: policy.index, code: (outcome instanceof Fault ? outcome : TYPE).code });
    }
  }
  satisfied.sort((a, b) => a - b);
  errors.sort((a, b) => a.index - b.index);
  return { satisfied, errors };
}

function compilePolicy(policy: Policy, index: number): Candidate {
  return {
    index,
    principal: compileScope(policy.principal, (env) => env.principal),
    resource: compileScope(policy.resource, (env) => env.resource),
    conditions: compileExpr({
      kind: "and",
      operands: policy.conditions.map(({ kind, body }) =>
        kind === "when" ? body : { kind: "unary", op: "!", arg: body },
      ),
    }),
  };
}

/** Whether the `principal` or `resource` part of a scope fits. @throws DecideError DECIDE_LINK_INVALID */
export function compileScope(scope: Scope, of: (env: Env) => EntityUid): Test {
  switch (scope.op) {
    case "all":
      return () => true;
    case "==": {
      const { key } = bound(scope.entity);
      return (env) => of(env).key === key;
    }
    case "in": {
      const { key } = bound(scope.entity);
      return (env) => isIn(env.entities, of(env), key);
    }
    case "is": {
      const { type } = scope;
      if (scope.in === undefined) return (env) => of(env).type === type;
      const { key } = bound(scope.in);
      return (env) => of(env).type === type && isIn(env.entities, of(env), key);
    }
    default:
      return scope satisfies never;
  }
}

function bound(entity: EntityOrSlot): EntityUid {
  if (entity instanceof EntityUid) return entity;
  throw new DecideError("DECIDE_LINK_INVALID", `compiling a policy: ${entity} is not linked, a template never decides`);
}

function planFor(action: Action, policies: readonly Policy[], candidates: readonly Candidate[]): Plan {
  const plan: Plan = { byResource: new Map(), byPrincipal: new Map(), byContainer: new Map(), rest: [] };
  for (const candidate of candidates) {
    const policy = policies[candidate.index];
    if (policy !== undefined && reaches(policy, action)) hang(plan, policy, candidate);
  }
  return plan;
}

/** Whether a policy speaks of this action at all. */
export function reaches({ action: scope }: Policy, action: Action): boolean {
  if (scope.op === "all") return true;
  if (scope.op === "==") return scope.entity.key === action.uid.key;
  return scope.entities.some(({ key }) => key === action.uid.key || action.ancestors.has(key));
}

/** Where a policy stands says that part of its scope fits, so that part is not looked at again. */
function hang(plan: Plan, { principal, resource }: Policy, candidate: Candidate): void {
  const who = anchorOf(principal);
  const where = anchorOf(resource);
  if (resource.op === "==") at(plan.byResource, bound(resource.entity)).push({ ...candidate, resource: always });
  else if (who !== undefined)
    at(plan.byPrincipal, who).push(principal.op === "in" ? { ...candidate, principal: always } : candidate);
  else if (where !== undefined)
    at(plan.byContainer, where).push(resource.op === "in" ? { ...candidate, resource: always } : candidate);
  else plan.rest.push(candidate);
}

function always(): boolean {
  return true;
}

/** The entity that a scope hangs on. */
function anchorOf(scope: Scope): EntityUid | undefined {
  if (scope.op === "all") return undefined;
  const entity = scope.op === "is" ? scope.in : scope.entity;
  return entity === undefined ? undefined : bound(entity);
}

function at(places: Map<string, Candidate[]>, { key }: EntityUid): Candidate[] {
  const held = places.get(key) ?? [];
  places.set(key, held);
  return held;
}

function bucketsFor(plan: Plan | undefined, env: Env): readonly (readonly Candidate[])[] {
  if (plan === undefined) return [];
  const buckets: (readonly Candidate[])[] = [plan.rest];
  const own = plan.byResource.get(env.resource.key);
  if (own !== undefined) buckets.push(own);
  addAnchored(buckets, plan.byPrincipal, env, env.principal);
  addAnchored(buckets, plan.byContainer, env, env.resource);
  return buckets;
}

/** What hangs on this entity, or on one that it is in: looked up from whichever side is smaller. */
function addAnchored(
  buckets: (readonly Candidate[])[],
  places: ReadonlyMap<string, readonly Candidate[]>,
  env: Env,
  entity: EntityUid,
): void {
  if (places.size === 0) return;
  const ancestors = ancestorsOf(env.entities, entity);
  if (ancestors.size >= places.size) {
    for (const [key, place] of places) if (key === entity.key || ancestors.has(key)) buckets.push(place);
    return;
  }
  const own = places.get(entity.key);
  if (own !== undefined) buckets.push(own);
  for (const key of ancestors) {
    const place = key === entity.key ? undefined : places.get(key);
    if (place !== undefined) buckets.push(place);
  }
}
