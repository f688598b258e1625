// SPDX-License-Identifier: Apache-2.0
// Stock Cedar's verdict (D2), for comparison with other engines only: a forbid that errs is skipped, annotations say nothing.

import type { Evaluation } from "./evaluate.ts";
import type { Policy } from "./policy.ts";

export interface ExactDecision {
  readonly decision: "allow" | "deny";
  /** Ids of the policies that determined the decision. */
  readonly reason: readonly string[];
  /** Ids of the policies that could not be evaluated. */
  readonly errors: readonly string[];
}

export function decideExactly(policies: readonly Policy[], { satisfied, errors }: Evaluation): ExactDecision {
  const ids = (effect: Policy["effect"]): string[] =>
    satisfied.flatMap((index) => (policies[index]?.effect === effect ? [policies[index].id] : []));
  const forbids = ids("forbid");
  const permits = ids("permit");
  return {
    decision: forbids.length === 0 && permits.length > 0 ? "allow" : "deny",
    reason: forbids.length > 0 ? forbids : permits,
    errors: errors.flatMap(({ index }) => policies[index]?.id ?? []),
  };
}
