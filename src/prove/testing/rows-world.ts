// SPDX-License-Identifier: Apache-2.0
// The rows of the repository and a case that is put together in a line.
import path from "node:path";
import { type Instant, parseInstant } from "../../core/index.ts";
import { judgeDuty } from "../case/judge.ts";
import type { CaseState, Known } from "../case/state.ts";
import type { ClockEvent, Submission } from "../clocks/events.ts";
import { type ClockCase, type RowClocks, rowClocks, type World } from "../clocks/row-clocks.ts";
import { loadShelf } from "../clocks/shelf.ts";
import { loadRegimes, type Regimes } from "../regimes/load.ts";
import { localDay } from "../regimes/local-day.ts";

export const REGULATIONS: string = path.join(import.meta.dirname, "..", "..", "..", "regulations");

export interface RowsWorld {
  readonly regimes: Regimes;
  readonly world: World;
  readonly clocks: (row: string, one: ClockCase) => RowClocks;
}

export async function openRowsWorld(): Promise<RowsWorld> {
  const regimes = await loadRegimes(REGULATIONS);
  const shelf = await loadShelf(REGULATIONS, regimes.calendars.values());
  const homeStates = [...(regimes.vocabulary.places.get("EEA") ?? [])];
  const world: World = { shelf, homeStates, judge: (row, state, on) => judgeDuty(row, state, localDay.parse(on)) };
  const clocks = (id: string, one: ClockCase): RowClocks => {
    const row = regimes.rows.get(id);
    if (row === undefined) throw new Error(`no such row: ${id}`);
    return rowClocks(row, one, world);
  };
  return { regimes, world, clocks };
}

export interface CaseInLine {
  readonly roles?: readonly string[];
  readonly rolesComplete?: boolean;
  readonly est?: readonly string[];
  readonly serves?: readonly string[];
  readonly homeState?: string;
  readonly people?: Readonly<Record<string, number>>;
  readonly facts?: Readonly<Record<string, boolean | string | number>>;
  /** Event to instant, `2026-11-22T02:10:00Z`. */
  readonly events?: Readonly<Record<string, string>>;
  readonly filed?: readonly (readonly [duty: string, stage: string, at: string])[];
  readonly now?: string;
  readonly reviewed?: boolean;
}

/** What is not listed in it is not so, but for facts, which are unknown. */
export function caseOf(one: CaseInLine): ClockCase {
  const events = Object.entries(one.events ?? {}).map(
    ([event, at]): ClockEvent => ({ event, at: at0(at), precision: "exact" }),
  );
  const submissions = (one.filed ?? []).map(([duty, stage, at]): Submission => ({ duty, stage, at: at0(at) }));
  return {
    state: stateOf(one),
    recorded: { events, submissions },
    now: at0(one.now ?? "2026-11-22T12:00:00Z"),
    reviewed: one.reviewed ?? true,
  };
}

export function at0(text: string): Instant {
  return parseInstant(text.replace(/Z$/, ".000Z").replace(/\.000\.000Z$/, ".000Z"));
}

function stateOf({ roles, rolesComplete, est, serves, homeState, people, facts }: CaseInLine): CaseState {
  const known = Object.entries(facts ?? {}).map(([name, value]): [string, Known] => [
    name,
    typeof value === "number" ? { lo: value, hi: value } : value,
  ]);
  return {
    entity: {
      roles: { names: new Set(roles), complete: rolesComplete ?? true },
      est: { names: new Set(est), complete: true },
      serves: { names: new Set(serves), complete: true },
      freeZones: { names: new Set(), complete: true },
      homeState,
    },
    people: {
      by: new Map(Object.entries(people ?? {}).map(([place, n]) => [place, { lo: n, hi: n }])),
      complete: true,
    },
    facts: new Map(known),
  };
}
