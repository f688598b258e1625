// SPDX-License-Identifier: Apache-2.0
// The names that expressions may use: facts, roles, kinds and places of the data.
import type { Expr } from "./expression.ts";
import type { FactPath } from "./row.ts";

/** One fact of `facts.yaml`. */
export interface FactWord {
  readonly type: "bool" | "count" | "number" | "money" | "enum";
  /** The question to a person. */
  readonly ask: string;
  readonly values?: readonly string[] | undefined;
  readonly currency?: string | undefined;
  /** What the law itself takes an open question for (prove J21). */
  readonly unknown_as?: boolean | number | string | undefined;
}

/** A sort of incident: a name for an expression that many rows share. */
export interface Kind {
  readonly is: Expr;
  readonly note?: string | undefined;
}

/** What an expression is checked against. */
export interface Names {
  readonly facts: ReadonlyMap<FactPath, FactWord>;
  readonly roles: ReadonlyMap<string, string>;
  readonly kinds: { has(kind: string): boolean };
  readonly places: { has(place: string): boolean };
}

/** What an expression is evaluated and put into words with. */
export interface Vocabulary extends Names {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly places: ReadonlyMap<string, ReadonlySet<string>>;
}
