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

interface Named<T extends string> {
  readonly type: T;
  readonly id: string;
}

interface Placed<T extends string> {
  readonly type: T;
  readonly region: Region;
}

/** A leaf that one answer decides. */
export type AskedLeaf =
  | { readonly type: "fact"; readonly fact: string }
  | { readonly type: "compare"; readonly left: Measure; readonly by: Comparison; readonly right: Literal }
  | { readonly type: "in"; readonly fact: string; readonly values: readonly Literal[] }
  | Named<"role">
  | Named<"free_zone">
  | Placed<"est">
  | Placed<"serves">;

/** A leaf that is short for others. */
export type ShortLeaf = Named<"kind"> | Placed<"op"> | Placed<"juris"> | Placed<"resident">;

/** What is joined by `and`, `or`, `not` and `at_least`. */
export type Leaf = AskedLeaf | ShortLeaf;

export type Expr =
  | Leaf
  | { readonly type: "and"; readonly of: readonly Expr[] }
  | { readonly type: "or"; readonly of: readonly Expr[] }
  | { readonly type: "not"; readonly of: Expr }
  /** At least `n` of them are true. */
  | { readonly type: "at_least"; readonly n: number; readonly of: readonly Expr[] };

const ASKED: ReadonlySet<string> = new Set<AskedLeaf["type"]>([
  "fact",
  "compare",
  "in",
  "role",
  "free_zone",
  "est",
  "serves",
]);

export function isAsked(expr: Expr): expr is AskedLeaf {
  return ASKED.has(expr.type);
}
