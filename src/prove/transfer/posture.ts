// SPDX-License-Identifier: Apache-2.0
// What each posture means. The words are data; a row with a posture that has no meaning here is refused, never skipped.
import type { Opinion } from "./opinion.ts";

export const POSTURES = ["allow_with_mechanism", "require_human", "deny_unless_configured"] as const;
export type Posture = (typeof POSTURES)[number];

/** What an unreviewed row that bars does: asks for its review, or bars all the same (prove J79). */
export type Unreviewed = "ask" | "deny";

/** A row at the moment of a flow: whether something on file opens it, and what would. */
export interface Standing {
  readonly id: string;
  readonly posture: Posture;
  readonly ground: Pick<Opinion, "bases" | "until"> | undefined;
  readonly missing: readonly string[];
}

/** INVARIANT: an unreviewed row answers a question by what is on file, but never turns its own refusal into a permission. */
export function judgePosture(standing: Standing, unreviewed: Unreviewed): Opinion {
  const { id, posture, ground, missing } = standing;
  switch (posture) {
    case "allow_with_mechanism":
      return ground === undefined ? conditional(missing) : { verdict: "allowed", crossing: true, ...ground };
    case "require_human":
      return conditional([`person:${id}`, ...(ground === undefined ? missing : [])]);
    case "deny_unless_configured":
      return ground === undefined && unreviewed === "deny"
        ? { verdict: "barred", crossing: true, missing }
        : conditional([`review:${id}`, ...(ground === undefined ? missing : [])]);
    default:
      return posture satisfies never;
  }
}

function conditional(missing: readonly string[]): Opinion {
  return { verdict: "conditional", crossing: true, missing };
}
