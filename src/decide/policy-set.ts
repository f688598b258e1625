// SPDX-License-Identifier: Apache-2.0
// What decides: an engine, and for each of its policies what a decision says of it and what would discharge it.
import { type Challenge, CONTEXT_MAX_DEPTH, type Digest, type Obligation, type PolicyHit } from "../core/index.ts";
import { buildingEngine, type Engine } from "./cedar/engine.ts";
import type { InputLimits } from "./cedar/input.ts";
import type { Policy } from "./cedar/policy.ts";
import type { Schema } from "./cedar/schema.ts";

/** Elements of one set in a question. SOURCE: decide section 2, `limits` */
const SET_MAX_SIZE = 10_000;
/** Entities of one question, and as many more as it asks resources. SOURCE: decide section 2, `limits` */
export const ENTITIES_MAX = 64;

/** How many entities a question may bring depends on how many resources it asks about: question.ts counts them. */
export const LIMITS: InputLimits = {
  depth: CONTEXT_MAX_DEPTH,
  setSize: SET_MAX_SIZE,
  entities: Number.POSITIVE_INFINITY,
};

/** One policy apart from its conditions. */
export interface Rule {
  readonly hit: PolicyHit;
  /** What discharges a `limit`; empty for every other tier. */
  readonly obligations: readonly Obligation[];
  /** What discharges a `challenge`; absent for every other tier. */
  readonly challenge?: Challenge;
}

/** A compiled policy set. It never changes: another set is another object. */
export interface PolicySet {
  readonly digest: Digest;
  readonly engine: Engine;
  /** In bundle order, as the engine numbers its policies. */
  readonly rules: readonly Rule[];
  /** The same policies as trees: what an explanation takes apart. */
  readonly policies: readonly Policy[];
}

/** In steps, between which decisions are made. @throws DecideError DECIDE_EXPRESSION_UNSUPPORTED, DECIDE_LINK_INVALID */
export function* buildingPolicySet(
  schema: Schema,
  policies: readonly { readonly policy: Policy; readonly rule: Rule }[],
  digest: Digest,
): Generator<void, PolicySet> {
  const parsed = policies.map(({ policy }) => policy);
  const engine = yield* buildingEngine(schema, parsed, LIMITS);
  return { digest, engine, rules: policies.map(({ rule }) => rule), policies: parsed };
}
