// SPDX-License-Identifier: Apache-2.0
// From satisfied policies to one answer (D29, D30). Every soft answer is a forbid that can be discharged; here that is
// `@answer("log")`, discharged by the record.
import type { Answer, EvalError, PolicyHit, ReasonCode } from "../core/index.ts";
import type { Evaluation } from "./cedar/evaluate.ts";

export interface Outcome {
  readonly answer: Answer;
  readonly reason: ReasonCode;
  /** The policies that made the answer, in bundle order. */
  readonly policies: readonly PolicyHit[];
  readonly errors: readonly EvalError[];
}

export function deny(reason: ReasonCode): Outcome {
  return { answer: "deny", reason, policies: [], errors: [] };
}

/** The strictest that applies; among reasons to deny, the one that names a rule comes first. */
export function answerOf({ satisfied, errors: failed }: Evaluation, hits: readonly PolicyHit[]): Outcome {
  const holding = pick(hits, satisfied);
  const failing = pick(
    hits,
    failed.map(({ index }) => index),
  );
  const errors = failed.map(({ code }, at) => ({ policy: failing[at]?.id ?? "", code }));
  const forbids = holding.filter((hit) => hit.tier === "deny");
  if (forbids.length > 0) return { answer: "deny", reason: "forbidden", policies: forbids, errors };
  // a forbid that cannot be evaluated could have held, whatever its tier
  const unsure = failing.filter((hit) => hit.effect === "forbid");
  if (unsure.length > 0) return { answer: "deny", reason: "forbid_error", policies: unsure, errors };
  if (!holding.some((hit) => hit.effect === "permit")) return { ...deny("no_permit"), errors };
  const logged = holding.some((hit) => hit.tier === "log");
  return { answer: logged ? "log" : "allow", reason: logged ? "logged" : "permitted", policies: holding, errors };
}

function pick(hits: readonly PolicyHit[], indices: readonly number[]): readonly PolicyHit[] {
  const picked: PolicyHit[] = [];
  for (const index of indices) {
    const hit = hits[index];
    if (hit !== undefined) picked.push(hit);
  }
  return picked;
}
