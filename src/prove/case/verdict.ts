// SPDX-License-Identifier: Apache-2.0
// What is said of one duty in one case: whether it applies, why, and what is still to be asked (prove J30 to J33).
// The judge is `judgeDuty(row: Row, state: CaseState, on: LocalDay): DutyVerdict` in judge.ts.
import type { Expr } from "../regimes/expression.ts";
import type { RowId } from "../regimes/row.ts";
import type { CaseState, Known } from "./state.ts";

export type Truth = "true" | "false" | "unknown";
export type Verdict = "applies" | "not" | "needs";

/** Where a row or stage stands on a day (prove J7). */
export type Standing = "in_force" | "commenced" | "expired" | "watch" | "superseded" | "voluntary" | "no_duty";

/** A sub-expression with its truth, cut to the branches that decide. */
export interface Reason {
  readonly truth: Truth;
  readonly expr: Expr;
  /** What is known, where the expression asks for a fact or a number; absent where nothing is. */
  readonly value?: Known | undefined;
  /** The value is the one that the law itself gives to an open question (prove J21). */
  readonly assumed?: true | undefined;
  readonly because: readonly Reason[];
}

/** Where an evaluation differs from what is known of the case. */
export interface Supposing {
  /** The law's own answer to an open question is not taken: the question stays open (prove J21). */
  readonly leaveOpen?: boolean;
  /** An answer that nobody gave yet. */
  readonly answer?: { readonly ask: Ask; readonly value: Known } | undefined;
}

/** What an expression says of a case, with the whole tree of reasons. */
export type Evaluate = (state: CaseState, supposing?: Supposing) => Reason;

/** Name of what is asked: a fact, `role(id)`, `people(US-CA)`, `est(DE)`, `serves(DE)`, `free_zone(id)`. */
export type Ask = string;

export interface StageVerdict {
  readonly stage: string;
  readonly verdict: Verdict;
  readonly standing: Standing;
  /** Of the stage's own condition; absent where it has none. */
  readonly why?: Reason | undefined;
  /** The exemption that is known to be true. */
  readonly released?: Reason | undefined;
  /** What could make it apply, or not. */
  readonly asks: readonly Ask[];
  /** What could release it. */
  readonly could: readonly Ask[];
}

export interface DutyVerdict {
  readonly row: RowId;
  readonly verdict: Verdict;
  readonly standing: Standing;
  readonly why: Reason;
  /** The exemption that is known to be true: the duty is released, and its verdict is `not`. */
  readonly released?: Reason | undefined;
  /** Everything whose answer can still change this verdict or the one of a stage, `could` included. */
  readonly asks: readonly Ask[];
  /** Those of them that could only release: of the row or of one of its stages. */
  readonly could: readonly Ask[];
  readonly stages: readonly StageVerdict[];
}
