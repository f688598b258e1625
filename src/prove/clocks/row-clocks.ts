// SPDX-License-Identifier: Apache-2.0
// All clocks of one row in one case: each stage judged on the day on which its clock starts.
import type { Instant } from "../../core/index.ts";
import type { CaseState } from "../case/state.ts";
import type { DutyVerdict, Standing, Verdict } from "../case/verdict.ts";
import { ProveError } from "../errors.ts";
import { HOME_STATE, type Row, type Stage } from "../regimes/row.ts";
import { clockOf, type DutyClock, type Judged } from "./clock.ts";
import { dayAt, formatDay } from "./days.ts";
import type { Place } from "./ending.ts";
import { filings, instantOf, type Recorded, waitsFor } from "./events.ts";
import type { Shelf } from "./shelf.ts";
import { termsOf } from "./terms.ts";

/** What says whether a row applies, on a day such as `2026-11-22`. */
export type Judge = (row: Row, state: CaseState, on: string) => DutyVerdict;

/** The world that rows are counted in. */
export interface World {
  readonly shelf: Shelf;
  readonly judge: Judge;
  /** Places whose authority can be that of a home state. */
  readonly homeStates: readonly string[];
}

/** One case for one legal entity. */
export interface ClockCase {
  readonly state: CaseState;
  readonly recorded: Recorded;
  /** Also the day on which rows are judged as long as no event is recorded. */
  readonly now: Instant;
  readonly reviewed: boolean;
  /** The organisation's own durations, by row and stage: `EU-GDPR-34/individuals`. */
  readonly targets?: ReadonlyMap<string, string> | undefined;
}

export interface StageClock {
  readonly stage: string;
  readonly verdict: Verdict;
  readonly standing: Standing;
  readonly asks: readonly string[];
  readonly clock: DutyClock;
}

export interface RowClocks {
  readonly row: string;
  readonly verdict: Verdict;
  readonly standing: Standing;
  readonly asks: readonly string[];
  readonly stages: readonly StageClock[];
  readonly violations: readonly Violation[];
  readonly judged: DutyVerdict;
}

/** A stage that was filed without the one that has to come before it, or with it (prove J46). */
export interface Violation {
  readonly stage: string;
  readonly needsFirst: string;
  readonly at: Instant;
}

/** All rows of a case: what was computed, and what could not be. */
export interface CaseClocks {
  readonly rows: readonly RowClocks[];
  /** Rows that could not be counted; the others stand, and whoever keeps clocks keeps those of these rows running. */
  readonly failed: readonly { readonly row: string; readonly error: ProveError }[];
}

/** One row that cannot be counted takes no other with it. */
export function caseClocks(rows: Iterable<Row>, one: ClockCase, world: World): CaseClocks {
  const counted: RowClocks[] = [];
  const failed: { row: string; error: ProveError }[] = [];
  for (const row of rows) {
    try {
      counted.push(rowClocks(row, one, world));
    } catch (error) {
      if (!(error instanceof ProveError)) throw error;
      failed.push({ row: row.duty.id, error });
    }
  }
  return { rows: counted, failed };
}

/** @throws ProveError PROVE_CLOCK_INVALID for a row that cannot be counted */
export function rowClocks(row: Row, one: ClockCase, world: World): RowClocks {
  const places = placesOf(row, one.state, world);
  const zone = places[0]?.zone ?? "UTC";
  const judgedOn = memo((on: string) => world.judge(row, one.state, on));
  const day = rowDay(row, one, zone);
  const judged = judgedOn(day);
  const clocks = new Map<string, DutyClock | undefined>();
  const clockOfStage = (name: string): DutyClock | undefined => {
    if (clocks.has(name)) return clocks.get(name);
    // a stage that waits for itself has no projection
    clocks.set(name, undefined);
    const found = row.stages.find(({ stage }) => stage.stage === name);
    if (found === undefined) return undefined;
    const clock = clockOf({
      duty: row.duty,
      stage: withStagesThatApply(found.stage, judged),
      target: one.targets?.get(`${row.duty.id}/${name}`),
      places,
      reckoning: world.shelf.reckoning(row.duty.reckoning),
      recorded: one.recorded,
      reviewed: one.reviewed,
      now: one.now,
      hasRole: (role) => hasRole(one.state, role),
      judged: (on) => stageJudged(judgedOn(on ?? day), name),
      clockOfStage,
    });
    clocks.set(name, clock);
    return clock;
  };
  const stages = row.stages.flatMap(({ stage }): StageClock[] => {
    const clock = clockOfStage(stage.stage);
    const verdict = judged.stages.find((each) => each.stage === stage.stage);
    if (clock === undefined || verdict === undefined) return [];
    const asks = [...new Set([...verdict.asks, ...verdict.could, ...clock.asks])];
    const { verdict: answer, standing } = stageJudged(judged, stage.stage);
    return [{ stage: stage.stage, verdict: answer, standing, asks, clock }];
  });
  const asks = [...new Set([...judged.asks, ...judged.could, ...stages.flatMap((stage) => stage.clock.asks)])];
  const violations = violationsOf(row, one.recorded, stages, zone);
  return { row: row.duty.id, verdict: judged.verdict, standing: judged.standing, asks, stages, violations, judged };
}

/** Of several stages whose filing starts the clock, those that apply. */
function withStagesThatApply(stage: Stage, judged: DutyVerdict): Stage {
  const { due } = stage;
  if (due.op !== undefined || !Array.isArray(due.from_stage)) return stage;
  const names: readonly string[] = due.from_stage;
  const applying = names.filter((name) => stageJudged(judged, name).verdict !== "not");
  return applying.length === 0 ? stage : { ...stage, due: { ...due, from_stage: applying } };
}

/** Zone and calendar of the row; of an unknown home state all that it can be (prove J35). */
function placesOf({ duty }: Row, { entity, people }: CaseState, { shelf, homeStates }: World): readonly Place[] {
  if (duty.zone !== HOME_STATE) {
    return [{ zone: duty.zone, calendar: shelf.place(duty.calendar).calendar }];
  }
  const possible = homeStates.filter((state) => shelf.hasPlace(state));
  // a part of a country without a calendar of its own has that of the country
  const home = [entity.homeState ?? "", (entity.homeState ?? "").slice(0, 2)].find((key) => shelf.hasPlace(key));
  if (home !== undefined) return [shelf.place(home)];
  const within = (names: Iterable<string>): readonly string[] => {
    const named = new Set([...names].map((name) => name.slice(0, 2)));
    return possible.filter((state) => named.has(state));
  };
  const withPeople = [...people.by].filter(([, { hi }]) => hi > 0).map(([place]) => place);
  const candidates = [within(entity.est.names), within(withPeople), within(entity.serves.names), possible];
  const found = candidates.find((states) => states.length > 0) ?? [];
  return found.map((state) => shelf.place(state));
}

/** The day on which the whole row is judged: that of the first event with which one of its clocks starts. */
function rowDay({ duty, stages }: Row, { recorded, now }: ClockCase, zone: string): string {
  const starts = new Set(
    stages.flatMap(({ stage }) => [
      ...termsOf(stage.due, duty.id, recorded).terms.map(({ start }) => waitsFor(start)),
      ...(stage.due.op === undefined && stage.due.from !== undefined ? [stage.due.from] : []),
    ]),
  );
  const all = recorded.events.map((event) => ({ event: event.event, at: instantOf(event) }));
  const own = all.filter(({ event }) => starts.has(event));
  const [first] = (own.length > 0 ? own : all).map(({ at }) => at).toSorted((a, b) => a - b);
  return formatDay(dayAt(first ?? now, zone));
}

function stageJudged(judged: DutyVerdict, name: string): Judged {
  const stage = judged.stages.find((each) => each.stage === name);
  if (stage === undefined) return { verdict: "not", standing: judged.standing };
  const verdict = judged.verdict === "not" || stage.verdict === "not" ? "not" : weaker(judged.verdict, stage.verdict);
  return { verdict, standing: stage.standing, released: (judged.released ?? stage.released) !== undefined };
}

function weaker(a: Verdict, b: Verdict): Verdict {
  return a === "needs" || b === "needs" ? "needs" : "applies";
}

function hasRole({ entity }: CaseState, role: string): boolean | undefined {
  if (entity.roles.names.has(role)) return true;
  return entity.roles.complete ? false : undefined;
}

function violationsOf(row: Row, recorded: Recorded, stages: readonly StageClock[], zone: string): readonly Violation[] {
  return row.stages.flatMap(({ stage }) => {
    const applies = stages.find((each) => each.stage === stage.stage)?.verdict !== "not";
    const { before_stage: before, with_stage: together } = stage.due.order ?? {};
    const other = before ?? together;
    if (!applies || other === undefined) return [];
    const [filed] = filings(recorded, row.duty.id, [other]);
    const [own] = filings(recorded, row.duty.id, [stage.stage]);
    if (filed === undefined) return [];
    const inOrder =
      before === undefined
        ? own !== undefined && dayAt(own, zone) <= dayAt(filed, zone)
        : own !== undefined && own <= filed;
    return inOrder ? [] : [{ stage: other, needsFirst: stage.stage, at: filed }];
  });
}

function memo<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const found = made.get(key) ?? make(key);
    made.set(key, found);
    return found;
  };
}
