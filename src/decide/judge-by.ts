// SPDX-License-Identifier: Apache-2.0
// One question to one set, without a decider around it.
import type { Question } from "../core/index.ts";
import { answerOf, deny, type Outcome } from "./answer.ts";
import type { Means } from "./discharge.ts";
import type { PolicySet } from "./policy-set.ts";
import { evaluateFor, prepare, type Refused } from "./question.ts";

/** What one set says of one question. */
export interface Judged {
  readonly outcome: Outcome;
  /** Positions of the policies that hold; absent where no policy was asked. */
  readonly satisfied?: ReadonlySet<number>;
  readonly fault?: string;
}

/** Asks a set that is in force nowhere: for cases, explanations and comparisons. */
export function judgeBy(set: PolicySet, question: Question, means: Means): Judged {
  const ready = prepare(set, question, 1);
  const evaluation = "reason" in ready ? ready : evaluateFor(set, ready, question.resource);
  if ("satisfied" in evaluation)
    return { outcome: answerOf(evaluation, set.rules, means), satisfied: new Set(evaluation.satisfied) };
  return { outcome: deny(evaluation.reason), ...faultOf(evaluation) };
}

function faultOf({ fault }: Refused): { readonly fault?: string } {
  return fault === undefined ? {} : { fault: `${fault.code} at ${fault.path}` };
}
