// SPDX-License-Identifier: Apache-2.0
// What an expression says of a case, in strong Kleene logic (prove J30): false < unknown < true, `and` is the least of its
// parts, `or` the greatest. Names are looked up once, when a row is loaded; what is left is a closure.
import { quote } from "../../core/index.ts";
import { ProveError } from "../errors.ts";
import type { Expr, Region, ShortLeaf } from "../regimes/expression.ts";
import type { Vocabulary } from "../regimes/names.ts";
import { compileLeaf } from "./leaf.ts";
import type { Evaluate, Truth } from "./verdict.ts";

/** The closure of an expression whose names the parser has found in the vocabulary. */
export function compile(expr: Expr, words: Vocabulary): Evaluate {
  if (expr.type === "and") return joined(expr, expr.of, words, least);
  if (expr.type === "or") return joined(expr, expr.of, words, greatest);
  if (expr.type === "not") return joined(expr, [expr.of], words, ([inner = "unknown"]) => OPPOSITE[inner]);
  if (expr.type === "at_least") return joined(expr, expr.of, words, (truths) => reached(expr.n, truths));
  return isShort(expr) ? joined(expr, meaningOf(expr, words), words, least) : compileLeaf(expr, words);
}

function isShort(expr: Exclude<Expr, { readonly type: "and" | "or" | "not" | "at_least" }>): expr is ShortLeaf {
  return expr.type === "kind" || expr.type === "op" || expr.type === "juris" || expr.type === "resident";
}

const OPPOSITE: Readonly<Record<Truth, Truth>> = { true: "false", false: "true", unknown: "unknown" };

function joined(
  expr: Expr,
  parts: readonly Expr[],
  words: Vocabulary,
  join: (truths: readonly Truth[]) => Truth,
): Evaluate {
  const closures = parts.map((part) => compile(part, words));
  return (state, supposing) => {
    const because = closures.map((evaluate) => evaluate(state, supposing));
    return { truth: join(because.map(({ truth }) => truth)), expr, because };
  };
}

function least(truths: readonly Truth[]): Truth {
  if (truths.includes("false")) return "false";
  return truths.includes("unknown") ? "unknown" : "true";
}

function greatest(truths: readonly Truth[]): Truth {
  if (truths.includes("true")) return "true";
  return truths.includes("unknown") ? "unknown" : "false";
}

function reached(n: number, truths: readonly Truth[]): Truth {
  const count = (wanted: Truth): number => truths.filter((truth) => truth === wanted).length;
  if (count("true") >= n) return "true";
  return count("true") + count("unknown") < n ? "false" : "unknown";
}

/** The grammar's own words: established or active there; or people there, and active. */
function meaningOf(leaf: ShortLeaf, words: Vocabulary): readonly [Expr] {
  if (leaf.type === "kind") return [kindOf(leaf.id, words)];
  const { type, region } = leaf;
  const est: Expr = { type: "est", region };
  const serves: Expr = { type: "serves", region };
  const op: Expr = { type: "or", of: [est, serves] };
  if (type === "op") return [op];
  const people = somebodyIn(region);
  if (type === "resident") return [{ type: "and", of: [people, op] }];
  return [{ type: "or", of: [est, { type: "and", of: [people, serves] }] }];
}

function somebodyIn(region: Region): Expr {
  return { type: "compare", left: { type: "people", region }, by: ">", right: 0 };
}

/** @throws ProveError where the words are not those that the row was parsed with */
function kindOf(id: string, { kinds }: Vocabulary): Expr {
  const kind = kinds.get(id);
  if (kind === undefined)
    throw new ProveError("PROVE_REGULATIONS_INVALID", `compiling a row: no such kind: ${quote(id)}`);
  return kind.is;
}
