// SPDX-License-Identifier: Apache-2.0
// An expression as text again: `parse(print(tree))` is the tree.
import type { Expr, Leaf, Measure, Region } from "./expression.ts";

/** The text of an expression. `and` within `or` gets the parentheses that people want and the parser does not need. */
export function printExpr(expr: Expr): string {
  if (expr.type === "or" || expr.type === "and") return expr.of.map(within).join(` ${expr.type} `);
  if (expr.type === "not") return `not ${within(expr.of)}`;
  if (expr.type === "at_least") return `at_least(${[expr.n, ...expr.of.map(printExpr)].join("; ")})`;
  return printLeaf(expr);
}

function within(expr: Expr): string {
  return expr.type === "or" || expr.type === "and" ? `(${printExpr(expr)})` : printExpr(expr);
}

function printLeaf(expr: Leaf): string {
  switch (expr.type) {
    case "fact":
      return expr.fact;
    case "compare":
      return `${printMeasure(expr.left)} ${expr.by} ${expr.right}`;
    case "in":
      return `${expr.fact} in (${expr.values.join(", ")})`;
    case "role":
    case "kind":
    case "free_zone":
      return `${expr.type}(${expr.id})`;
    case "est":
    case "serves":
    case "op":
    case "juris":
    case "resident":
      return `${expr.type}(${printRegion(expr.region)})`;
    default:
      return expr satisfies never;
  }
}

export function printMeasure(measure: Measure): string {
  switch (measure.type) {
    case "fact":
      return measure.fact;
    case "people":
      return `people(${printRegion(measure.region)})`;
    case "max_people":
      return `max_people(${measure.place} states)`;
    case "subjects":
      return "subjects";
    default:
      return measure satisfies never;
  }
}

export function printRegion({ place, without }: Region): string {
  return without.length === 0 ? place : `${place} - ${without.join(", ")}`;
}
