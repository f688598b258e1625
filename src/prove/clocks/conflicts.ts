// SPDX-License-Identifier: Apache-2.0
// Which conflicts a case opens: both sides hold, or one holds and the other may (prove J66).
import type { CaseState } from "../case/state.ts";
import type { Verdict } from "../case/verdict.ts";
import type { ConflictRow, Row } from "../regimes/row.ts";
import { startsClocks } from "./kind.ts";
import type { RowClocks } from "./row-clocks.ts";

/** What the sides of a conflict are looked up in. */
export interface ConflictCase {
  readonly rows: ReadonlyMap<string, Row>;
  readonly clocks: readonly RowClocks[];
  readonly state: CaseState;
}

/** `individuals stages`, `individuals stages of AA, BB` */
const STAGES = /^(\w+) stages(?: of ([A-Z, -]+?))?(?: \(.*\))?$/;

/** Ids of the conflicts that are put to a person. */
export function openConflicts(conflicts: readonly ConflictRow[], one: ConflictCase): readonly string[] {
  return conflicts
    .filter(({ between }) => {
      const sides = between.map((side) => sideOf(side, between, one));
      return sides.includes("applies") && !sides.includes("not");
    })
    .map(({ id }) => id);
}

function sideOf(side: string, between: readonly string[], one: ConflictCase): Verdict {
  if (one.rows.has(side)) return strongest(one.clocks.filter(({ row }) => row === side).map(standingVerdict));
  if (side === "*") return elsewhere(between, one);
  const [, stage, places] = STAGES.exec(side) ?? [];
  if (stage !== undefined)
    return stagesNamed(
      stage,
      places?.split(",").map((place) => place.trim()),
      one,
    );
  // a fact that nobody stated, or words that no rule here can judge: the other side decides, and a person reads them
  const known = one.state.facts.get(side);
  if (known === undefined) return "needs";
  return known === false ? "not" : "applies";
}

/** Any row of another jurisdiction than the rows that the conflict names. */
function elsewhere(between: readonly string[], { rows, clocks }: ConflictCase): Verdict {
  const own = new Set(between.map((side) => rows.get(side)?.duty.jurisdiction));
  return strongest(clocks.filter(({ row }) => !own.has(rows.get(row)?.duty.jurisdiction)).map(standingVerdict));
}

function stagesNamed(name: string, places: readonly string[] | undefined, { rows, clocks }: ConflictCase): Verdict {
  const within = clocks.filter(({ row }) => places?.includes(rows.get(row)?.duty.jurisdiction ?? "") ?? true);
  return strongest(
    within.flatMap(({ stages }) =>
      stages.filter(({ stage, standing }) => stage === name && startsClocks(standing)).map(({ verdict }) => verdict),
    ),
  );
}

function standingVerdict({ verdict, standing }: RowClocks): Verdict {
  return startsClocks(standing) ? verdict : "not";
}

function strongest(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("applies")) return "applies";
  return verdicts.includes("needs") ? "needs" : "not";
}
