// SPDX-License-Identifier: Apache-2.0
// One row for one destination: is the place adequate, is a mechanism on file, and if neither, what would be needed.
import type { Flow, Instant } from "../../core/index.ts";
import { earliest, holdsAt } from "../day.ts";
import type { Law } from "./load.ts";
import type { Mechanism, Shelf } from "./mechanisms.ts";
import type { Opinion } from "./opinion.ts";
import { isWithin, type Leaves } from "./places.ts";
import { judgePosture, type Unreviewed } from "./posture.ts";
import type { Row } from "./rows.ts";
import { ADEQUACY, type Words } from "./words.ts";

export interface RowAsk {
  readonly row: Row;
  readonly law: Law;
  readonly destination: Leaves;
  readonly flow: Flow;
  readonly at: Instant;
}

/** What a row is judged by. */
export interface OnFile {
  readonly regulations: { readonly words: Words };
  readonly shelf: Shelf;
  readonly unreviewed: Unreviewed;
}

/** What opens a side of a row, or what is missing for it. */
interface Ground {
  readonly basis?: string;
  readonly until?: Instant | undefined;
  readonly missing?: string;
  /** A statement that was asked beside the row. */
  readonly rule?: string;
}

/** A ground that was found. */
interface Found {
  readonly basis: string;
  readonly until: Instant | undefined;
}

/** One question that a row asks, answered or not. */
interface Side {
  readonly open: Found | undefined;
  readonly missing: readonly string[];
  readonly rules: readonly string[];
}

/** INVARIANT: a row is open only when each of its sides is. */
export function judgeRow(ask: RowAsk, onFile: OnFile): Opinion {
  const { id, posture, mechanisms, beside } = ask.row;
  const sides = [mechanisms, ...(beside === undefined ? [] : [beside])].map((kinds) => sideOf(kinds, ask, onFile));
  const open = sides.flatMap((side) => side.open ?? []);
  const opinion = judgePosture(
    {
      id,
      posture,
      ground: open.length < sides.length ? undefined : groundOf(open),
      missing: sides.flatMap(({ missing }) => missing),
    },
    onFile.unreviewed,
  );
  return { ...opinion, rules: [id, ...sides.flatMap(({ rules }) => rules)] };
}

function groundOf(open: readonly Found[]): Pick<Opinion, "bases" | "until"> {
  return { bases: open.map(({ basis }) => basis), until: earliest(open.map(({ until }) => until)) };
}

/** Whether one of some kinds of mechanism is there; if none is, all that would do. */
function sideOf(kinds: readonly string[], ask: RowAsk, { regulations, shelf }: OnFile): Side {
  const groupOf = (kind: string): string | undefined => regulations.words.kinds.get(kind);
  const isAdequacy = (kind: string): boolean => groupOf(kind) === ADEQUACY;
  const grounds: readonly Ground[] = [
    ...(kinds.some(isAdequacy) ? adequacy(ask, shelf) : []),
    ...evidence(kinds, ask, shelf).map((mechanism) => withAssessment(mechanism, groupOf(mechanism.kind), ask)),
  ];
  const found = grounds.find(({ basis }) => basis !== undefined);
  const rules = grounds.flatMap(({ rule }) => rule ?? []);
  if (found?.basis !== undefined) return { open: { basis: found.basis, until: found.until }, missing: [], rules };
  const asserted = kinds.filter((kind) => !isAdequacy(kind));
  return { open: undefined, missing: [...asserted, ...grounds.flatMap(({ missing }) => missing ?? [])], rules };
}

/** The entries of the list that hold for the place now; those that wait for a fact name it. */
function adequacy({ law, destination, flow, at }: RowAsk, { importers }: Shelf): readonly Ground[] {
  const entries = law.adequacy.filter((entry) => isWithin(destination, entry.leaves) && holdsAt(entry, at));
  return entries.map(({ to, only_if, until }) => {
    const basis = `${ADEQUACY}:${to}`;
    if (only_if === undefined) return { basis, until };
    const fact = importers.find((one) => one.fact === only_if && one.importer === flow.operator && holdsAt(one, at));
    return fact === undefined ? { missing: only_if } : { basis, until: earliest([until, fact.until]) };
  });
}

/** Evidence for this importer, category, place and purpose that has begun and not ended. */
function evidence(
  kinds: readonly string[],
  { row, destination, flow, at }: RowAsk,
  { mechanisms }: Shelf,
): readonly Mechanism[] {
  return mechanisms.filter(
    (one) =>
      kinds.includes(one.kind) &&
      one.importer === flow.operator &&
      one.categories.has(row.category) &&
      one.places.some((place) => isWithin(destination, place)) &&
      (one.purposes === undefined || (flow.purpose !== undefined && one.purposes.has(flow.purpose))) &&
      holdsAt(one, at),
  );
}

/** A mechanism, which counts only with an assessment where the law wants one for its group. */
function withAssessment(mechanism: Mechanism, group: string | undefined, { law, at }: RowAsk): Ground {
  const { id, kind, until, assessed } = mechanism;
  const ground = { basis: `${kind}:${id}`, until };
  const { assessment } = law;
  if (assessment === undefined || assessment.kinds !== group) return ground;
  const done = assessed !== undefined && assessed <= at;
  return done ? { ...ground, rule: assessment.id } : { missing: assessment.needs, rule: assessment.id };
}
