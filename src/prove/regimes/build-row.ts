// SPDX-License-Identifier: Apache-2.0
// A duty with its conditions parsed; and what is wrong with conditions that parse (prove J5).
import { compile } from "../case/evaluate.ts";
import type { Expr } from "./expression.ts";
import type { Vocabulary } from "./names.ts";
import { parseExpr } from "./parse.ts";
import { printExpr } from "./print.ts";
import type { Condition, Duty, Row } from "./row.ts";

/** Tells a problem at a member of the duty; `units` is how far into its text. */
export type Report = (
  path: readonly PropertyKey[],
  text: string,
  more?: { readonly units?: number; readonly fix?: string },
) => void;

/** What a row is before it is known where it stands and what replaces it. */
export type ParsedRow = Pick<Row, "duty" | "appliesWhen" | "unless" | "stages">;

/** @returns nothing where a condition does not parse; `report` has been told why */
export function buildRow(duty: Duty, words: Vocabulary, report: Report): ParsedRow | undefined {
  const parse = (text: string | undefined, path: readonly PropertyKey[]): Condition | undefined => {
    if (text === undefined) return undefined;
    const parsed = parseExpr(text, words);
    if ("expr" in parsed) return { expr: parsed.expr, evaluate: compile(parsed.expr, words) };
    const { at, text: why, fix } = parsed.problem;
    report(path, `${path.map(String).join(".")}: ${why}`, fix === undefined ? { units: at } : { units: at, fix });
    return undefined;
  };
  const appliesWhen = parse(duty.applies_when, ["applies_when"]);
  const unless = parse(duty.unless, ["unless"]);
  const stages = duty.stages.map((stage, index) => ({
    stage,
    appliesWhen: parse(stage.applies_when, ["stages", index, "applies_when"]),
    unless: parse(stage.unless, ["stages", index, "unless"]),
  }));
  if (appliesWhen === undefined) return undefined;
  refuseEmptyExemption(unless, [appliesWhen], () => report(["unless"], EMPTY));
  for (const [index, stage] of stages.entries()) {
    const own = stage.appliesWhen === undefined ? [] : [stage.appliesWhen];
    refuseEmptyExemption(stage.unless, own, () => report(["stages", index, "unless"], EMPTY));
  }
  return { duty, appliesWhen, unless, stages };
}

const EMPTY = "unless: the same stands in applies_when, so that one of the two says nothing";

function refuseEmptyExemption(unless: Condition | undefined, from: readonly Condition[], refuse: () => void): void {
  if (unless === undefined) return;
  const text = printExpr(unless.expr);
  if (from.flatMap(({ expr }) => partsOf(expr)).some((part) => printExpr(part) === text)) refuse();
}

function partsOf(expr: Expr): readonly Expr[] {
  return [expr, ...childrenOf(expr).flatMap(partsOf)];
}

/** What an expression is joined from; a leaf has none. */
export function childrenOf(expr: Expr): readonly Expr[] {
  if (expr.type === "not") return [expr.of];
  return expr.type === "and" || expr.type === "or" || expr.type === "at_least" ? expr.of : [];
}
