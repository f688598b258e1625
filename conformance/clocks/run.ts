// SPDX-License-Identifier: Apache-2.0
// Runs scenarios: one case each, every row taken as reviewed and enabled, then its revisions one after another.
import { BailiwickError, type Instant } from "../../src/core/index.ts";
import type { DutyClock } from "../../src/prove/clocks/clock.ts";
import { openConflicts } from "../../src/prove/clocks/conflicts.ts";
import { type Effective, moveOf } from "../../src/prove/clocks/moves.ts";
import { caseClocks, type RowClocks, type World } from "../../src/prove/clocks/row-clocks.ts";
import type { Regimes } from "../../src/prove/regimes/load.ts";
import type { Row } from "../../src/prove/regimes/row.ts";
import { changed, faultsOf, meant, recordedOf, stateOf, type Written, written } from "./case.ts";
import { compare, type Difference, type Outcome } from "./compare.ts";
import { contractClock } from "./contracts.ts";
import type { Found } from "./read.ts";
import type { Scenario, Wanted } from "./written.ts";

/** What scenarios are run against. `now` is only the day of a case without any date. */
export interface Bench {
  readonly regimes: Regimes;
  readonly world: World;
  /** What reports are filled from, beside the facts that decide. */
  readonly reportFields: ReadonlySet<string>;
  readonly now: Instant;
}

export interface Ran {
  readonly id: string;
  readonly assertions: number;
  /** One text each, with file and line, and the derivation below it. */
  readonly failures: readonly string[];
}

/** What alarms, for each clock: what a later change is compared with. */
type Kept = ReadonlyMap<string, Effective>;

interface Expected {
  readonly expect?: readonly Wanted[] | undefined;
  readonly conflicts?: readonly string[] | undefined;
}

export function runScenario(found: Found, bench: Bench): Ran {
  const { scenario, id } = found;
  const failures: string[] = [];
  let assertions = 0;
  let before = written({});
  const rows = rowsOf(scenario, bench.regimes);
  let kept: Kept = new Map();
  const steps = [
    { change: scenario, expected: scenario as Expected, path: [] as readonly PropertyKey[] },
    ...(scenario.revisions ?? []).map((one, index) => ({
      change: one.change,
      expected: one as Expected,
      path: ["revisions", index],
    })),
  ];
  for (const { change, expected, path } of steps) {
    const into = path.length === 0 ? path : [...path, "change"];
    const faults = [
      ...faultsOf(change, before, bench).map((fault) => ({ ...fault, path: [...into, ...fault.path] })),
      ...wantedFaults(expected, changed(before, change), bench.regimes).map((fault) => ({
        ...fault,
        path: [...path, ...fault.path],
      })),
    ];
    if (faults.length > 0) {
      failures.push(...faults.map((fault) => `${found.at(fault.path)}: scenario ${id}: ${fault.text}`));
      break;
    }
    before = changed(before, change);
    try {
      const stage = runStep(before, expected, kept, { bench, rows, revised: path.length > 0 });
      assertions += stage.assertions;
      kept = stage.kept;
      const where = (duty: number): string => found.at(duty < 0 ? [...path, "conflicts"] : [...path, "expect", duty]);
      failures.push(
        ...stage.differences.map(
          ({ duty, name, difference }) => `${where(duty)}: scenario ${id}: ${name}: ${explained(difference)}`,
        ),
      );
    } catch (cause) {
      if (!(cause instanceof BailiwickError)) throw cause;
      failures.push(`${found.at(path)}: scenario ${id}: ${cause.message}`);
      break;
    }
  }
  return { id, assertions, failures };
}

interface Running {
  readonly bench: Bench;
  readonly rows: readonly Row[];
  readonly revised: boolean;
}

/** The rows that a scenario says anything about; all of them where it asserts conflicts, which any row can be a side of. */
function rowsOf(scenario: Scenario, { rows }: Regimes): readonly Row[] {
  const steps: readonly Expected[] = [scenario, ...(scenario.revisions ?? [])];
  if (steps.some(({ conflicts }) => (conflicts?.length ?? 0) > 0)) return [...rows.values()];
  const named = new Set(steps.flatMap(({ expect }) => (expect ?? []).map(({ duty }) => duty)));
  return [...rows.values()].filter(({ duty }) => named.has(duty.id));
}

interface StepResult {
  readonly assertions: number;
  readonly kept: Kept;
  readonly differences: readonly { readonly duty: number; readonly name: string; readonly difference: Difference }[];
}

function runStep(now: Written, expected: Expected, kept: Kept, { bench, rows, revised }: Running): StepResult {
  const { regimes, world } = bench;
  const { places } = regimes.vocabulary;
  const state = stateOf(now, regimes);
  const recorded = recordedOf(now);
  const one = { state, recorded, now: bench.now, reviewed: true };
  const { rows: clocks, failed } = caseClocks(rows, one, world);
  const contracts = (now.contracts ?? []).map((contract) => contractClock(contract, recorded, world.shelf, bench.now));
  const all = [...clocks.flatMap(({ stages }) => stages.map(({ clock }) => clock)), ...contracts];
  const moves = new Map(all.map((clock) => [keyOf(clock), moveOf(kept.get(keyOf(clock)), clock)]));
  const movedOf = (clock: DutyClock): ReturnType<typeof moveOf> => moves.get(keyOf(clock)) ?? moveOf(undefined, clock);
  const outcomes = new Map<string, Outcome>([
    ...clocks.map((row) => [row.row, outcomeOf(row, movedOf, places)] as const),
    ...contracts.map((clock) => [clock.duty, contractOutcome(clock, movedOf, places)] as const),
  ]);
  let assertions = 0;
  const differences: StepResult["differences"][number][] = [];
  for (const [duty, wanted] of (expected.expect ?? []).entries()) {
    const outcome = outcomes.get(wanted.duty);
    if (outcome === undefined) {
      const why = failed.find(({ row }) => row === wanted.duty)?.error.message ?? "it was not computed";
      differences.push({ duty, name: wanted.duty, difference: { text: why } });
      continue;
    }
    const result = compare(wanted, outcome, revised);
    assertions += result.assertions;
    differences.push(...result.differences.map((difference) => ({ duty, name: wanted.duty, difference })));
  }
  const open = openConflicts(regimes.conflicts, { rows: regimes.rows, clocks, state });
  for (const id of expected.conflicts ?? []) {
    assertions += 1;
    const says = `not put to a person; open: ${open.join(", ") || "none"}`;
    if (!open.includes(id)) differences.push({ duty: -1, name: id, difference: { text: says } });
  }
  return { assertions, differences, kept: new Map([...moves].map(([key, { effective }]) => [key, effective])) };
}

function outcomeOf(
  row: RowClocks,
  movedOf: (clock: DutyClock) => ReturnType<typeof moveOf>,
  places: Outcome["places"],
): Outcome {
  const { verdict, standing, asks, violations } = row;
  const stages = row.stages.map((stage) => ({ ...stage, moved: movedOf(stage.clock) }));
  return { verdict, standing, asks, violations, stages, contract: false, places };
}

function contractOutcome(
  clock: DutyClock,
  movedOf: (clock: DutyClock) => ReturnType<typeof moveOf>,
  places: Outcome["places"],
): Outcome {
  const common = { verdict: "applies", standing: "in_force", asks: [] } as const;
  return {
    ...common,
    violations: [],
    stages: [{ ...common, stage: clock.stage, clock, moved: movedOf(clock) }],
    contract: true,
    places,
  };
}

function keyOf({ duty, stage }: DutyClock): string {
  return `${duty}/${stage}`;
}

function wantedFaults(
  { expect, conflicts }: Expected,
  now: Written,
  { rows, conflicts: rules }: Regimes,
): readonly { path: readonly PropertyKey[]; text: string }[] {
  const contracts = new Set((now.contracts ?? []).map(({ id }) => id));
  const duties = (expect ?? []).flatMap(({ duty, stages }, index) => {
    if (contracts.has(duty)) return [];
    const row = rows.get(duty);
    if (row === undefined)
      return [{ path: ["expect", index, "duty"], text: `no such duty: ${duty}${meant(duty, [...rows.keys()])}` }];
    const known = row.stages.map(({ stage }) => stage.stage);
    return Object.keys(stages ?? {})
      .filter((name) => !known.includes(name))
      .map((name) => ({
        path: ["expect", index, "stages", name],
        text: `no such stage of ${duty}: ${name}; it has ${known.join(", ")}`,
      }));
  });
  const ids = rules.map(({ id }) => id);
  const open = (conflicts ?? []).flatMap((id, index) =>
    ids.includes(id) ? [] : [{ path: ["conflicts", index], text: `no such conflict: ${id}${meant(id, ids)}` }],
  );
  return [...duties, ...open];
}

/** A difference, and how the clock came to what it says. */
function explained({ text, clock }: Difference): string {
  const steps =
    clock?.derivation.map(({ says, cite }) => `\n    ${says}${cite === undefined ? "" : ` [${cite}]`}`) ?? [];
  return `${text}${steps.join("")}`;
}
