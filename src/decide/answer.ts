// SPDX-License-Identifier: Apache-2.0
// From satisfied policies to one answer (D29, D30). Every soft answer is a forbid that can be discharged: a challenge by
// evidence, a limit by an obligation that is carried out, a log by the record.
import type { Answer, ApprovalId, Challenge, EvalError, Obligation, PolicyHit, ReasonCode } from "../core/index.ts";
import type { Evaluation } from "./cedar/evaluate.ts";
import type { Means } from "./discharge.ts";
import { isImpossible, joinObligations } from "./obligations.ts";
import type { Rule } from "./policy-set.ts";

export interface Outcome {
  readonly answer: Answer;
  readonly reason: ReasonCode;
  /** The policies that made the answer, in bundle order. */
  readonly policies: readonly PolicyHit[];
  readonly errors: readonly EvalError[];
  readonly obligations: readonly Obligation[];
  readonly challenges: readonly Challenge[];
  readonly uses: readonly ApprovalId[];
}

export function deny(reason: ReasonCode): Outcome {
  return { answer: "deny", reason, policies: [], errors: [], obligations: [], challenges: [], uses: [] };
}

/** The strictest that applies; among reasons to deny, the one that names a rule comes first. */
export function answerOf({ satisfied, errors: failed }: Evaluation, rules: readonly Rule[], means: Means): Outcome {
  const holding = pick(rules, satisfied);
  const failing = failed.length === 0 ? [] : pick(rules, failed.map(indexOf));
  const errors = failed.map(({ code }, at) => ({ policy: failing[at]?.hit.id ?? "", code }));
  const denied = (reason: ReasonCode, by: readonly Rule[]): Outcome => ({
    ...deny(reason),
    policies: by.map(hitOf),
    errors,
  });

  const forbids = ofTier(holding, "deny");
  if (forbids.length > 0) return denied("forbidden", forbids);
  // a forbid that cannot be evaluated could have held, whatever its tier
  const unsure = failing.filter(({ hit }) => hit.effect === "forbid");
  if (unsure.length > 0) return denied("forbid_error", unsure);
  if (ofTier(holding, "permit").length === 0) return denied("no_permit", []);
  // before any challenge: nobody is asked to approve what would be denied all the same
  const limits = ofTier(holding, "limit");
  const duties = joinObligations(limits.flatMap((rule) => rule.obligations));
  const undone = limits.filter((rule) => rule.obligations.some(({ type }) => !means.obligations.has(type)));
  if (undone.length > 0) return denied("obligation_unsupported", undone);
  // two rules whose duties leave nothing that would do both
  if (duties.some(isImpossible)) return denied("obligation_unsupported", limits);
  return { ...softened(holding, duties, means), errors };
}

/** The answer where nothing denies. */
function softened(holding: readonly Rule[], obligations: readonly Obligation[], means: Means): Omit<Outcome, "errors"> {
  const asked = ofTier(holding, "challenge").map((rule) => ({ rule, evidence: evidenceFor(rule, means) }));
  const open = asked.filter(({ evidence }) => evidence === undefined).map(({ rule }) => rule);
  const nothing = { obligations: [], challenges: [], uses: [] };
  if (open.length > 0) {
    const challenges = open.flatMap(({ challenge }) => challenge ?? []);
    return { ...nothing, answer: "challenge", reason: "challenged", policies: open.map(hitOf), challenges };
  }
  const uses = asked.flatMap(({ evidence }) => evidence ?? []);
  const made = { ...nothing, policies: holding.map(hitOf), obligations, uses };
  if (obligations.length > 0) return { ...made, answer: "limit", reason: "limited" };
  if (uses.length > 0) return { ...made, answer: "log", reason: "discharged" };
  if (ofTier(holding, "log").length > 0) return { ...made, answer: "log", reason: "logged" };
  return { ...made, answer: "allow", reason: "permitted" };
}

function evidenceFor({ hit, challenge }: Rule, means: Means): ApprovalId | undefined {
  return challenge === undefined ? undefined : means.evidenceFor(hit, challenge);
}

function ofTier(rules: readonly Rule[], tier: PolicyHit["tier"]): readonly Rule[] {
  return rules.filter(({ hit }) => hit.tier === tier);
}

function indexOf({ index }: Evaluation["errors"][number]): number {
  return index;
}

function hitOf({ hit }: Rule): PolicyHit {
  return hit;
}

function pick(rules: readonly Rule[], indices: readonly number[]): readonly Rule[] {
  const picked: Rule[] = [];
  for (const index of indices) {
    const rule = rules[index];
    if (rule !== undefined) picked.push(rule);
  }
  return picked;
}
