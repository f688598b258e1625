// SPDX-License-Identifier: Apache-2.0
// The expressions of `applies_when` and `unless` as trees (prove J5). What they mean is case/evaluate.ts.

/** `EEA`, `US-CA`, or one without others: `EU27 - DE`. */
export interface Region {
  readonly place: string;
  readonly without: readonly string[];
}

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** What a comparison asks about: a fact, or a number of people. */
export type Measure =
  | { readonly type: "fact"; readonly fact: string }
  | { readonly type: "people"; readonly region: Region }
  /** The most people in any one subdivision of the place. */
  | { readonly type: "max_people"; readonly place: string }
  /** All people affected. */
  | { readonly type: "subjects" };

export type Literal = boolean | number | string;

/** What is joined by `and`, `or`, `not` and `at_least`. */
export type Leaf =
  | { readonly type: "fact"; readonly fact: string }
  | { readonly type: "compare"; readonly left: Measure; readonly by: Comparison; readonly right: Literal }
  | { readonly type: "in"; readonly fact: string; readonly values: readonly Literal[] }
  | { readonly type: "role" | "kind" | "free_zone"; readonly id: string }
  | { readonly type: "est" | "serves" | "op" | "juris" | "resident"; readonly region: Region };

export type Expr =
  | Leaf
  | { readonly type: "and"; readonly of: readonly Expr[] }
  | { readonly type: "or"; readonly of: readonly Expr[] }
  | { readonly type: "not"; readonly of: Expr }
  /** At least `n` of them are true. */
  | { readonly type: "at_least"; readonly n: number; readonly of: readonly Expr[] };
