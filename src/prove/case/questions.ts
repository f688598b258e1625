// SPDX-License-Identifier: Apache-2.0
// What is still to be asked (prove J33): only what can change a stage that may be due, with what each answer would do.
import type { Instant } from "../../core/index.ts";
import { isAsked } from "../regimes/expression.ts";
import type { Vocabulary } from "../regimes/names.ts";
import type { LocalDay, Row, RowId } from "../regimes/row.ts";
import { type Choice, choicesOf, choiceText, questionText } from "./answers.ts";
import { judgeDuty } from "./judge.ts";
import { askOf } from "./leaf.ts";
import type { CaseState } from "./state.ts";
import type { Ask, DutyVerdict, Reason, Standing, Verdict } from "./verdict.ts";

/** A verdict that an answer would change. */
export interface Change {
  readonly row: RowId;
  /** Left out where it is the row itself. */
  readonly stage?: string | undefined;
  readonly from: Verdict;
  readonly to: Verdict;
}

export interface Answer {
  /** `yes`, a value, or a range such as `more than 500`. */
  readonly answer: string;
  /** What it would do alone; nothing where other answers are needed as well. */
  readonly changes: readonly Change[];
}

export interface Question {
  readonly ask: Ask;
  readonly text: string;
  /** Who can know: `entity` for its profile, `counts` for people in places, else the family of the fact: `data`, `harm`, .. */
  readonly group: string;
  /** Duties whose verdict, or one of whose stages, hangs on it. */
  readonly rows: readonly RowId[];
  readonly answers: readonly Answer[];
}

export interface QuestionOptions {
  /** The local day to judge a row on. */
  readonly on: (row: Row) => LocalDay;
  /** The earliest strict instant that a row has at stake, where a clock says one. */
  readonly strict?: ((row: RowId) => Instant | undefined) | undefined;
}

/**
 * The open questions of a case. Those of one group stand together; the earliest instant at stake comes first, then what
 * decides most duties. Rows that are not law on their day, or of which no stage can be due, ask nothing.
 */
export function questions(
  rows: Iterable<Row>,
  state: CaseState,
  words: Vocabulary,
  { on, strict = () => undefined }: QuestionOptions,
): readonly Question[] {
  const judged = [...rows]
    .map((row) => ({ row, day: on(row), verdict: judgeDuty(row, state, on(row)) }))
    .filter(
      ({ verdict: { standing, stages } }) => ASKING.has(standing) && stages.some(({ verdict }) => verdict !== "not"),
    );
  const byAsk = new Map<Ask, Judged[]>();
  for (const one of judged) {
    for (const ask of one.verdict.asks) byAsk.set(ask, [...(byAsk.get(ask) ?? []), one]);
  }
  const found = [...byAsk].map(([ask, about]) => questionOf(ask, about, state, words));
  return inOrder(found, (row) => strict(row) ?? Number.POSITIVE_INFINITY);
}

const ASKING: ReadonlySet<Standing> = new Set(["in_force", "commenced", "expired", "voluntary"]);

interface Judged {
  readonly row: Row;
  readonly day: LocalDay;
  readonly verdict: DutyVerdict;
}

function questionOf(ask: Ask, about: readonly Judged[], state: CaseState, words: Vocabulary): Question {
  const asking = about.flatMap(({ row }) => reasonsOf(row, state).flatMap((reason) => leavesAsking(ask, reason)));
  const leaves = asking.flatMap(({ expr }) => (isAsked(expr) ? [expr] : []));
  const choices = choicesOf(leaves, asking[0]?.value, words);
  const effects = choices.map((choice) => ({
    ...choice,
    changes: about.flatMap((one) => changesBy(one, ask, choice, state)),
  }));
  const [leaf] = leaves;
  return {
    ask,
    text: leaf === undefined ? ask : questionText(leaf, words),
    group: groupOf(ask),
    rows: about.map(({ row }) => row.duty.id),
    answers: merged(effects).map((effect) => ({ answer: choiceText(effect), changes: effect.changes })),
  };
}

/** Every condition of a row, with what the law takes an open question for left open. */
function reasonsOf({ appliesWhen, unless, stages }: Row, state: CaseState): readonly Reason[] {
  const conditions = [appliesWhen, unless, ...stages.flatMap((stage) => [stage.appliesWhen, stage.unless])];
  return conditions.flatMap((condition) => condition?.evaluate(state, { leaveOpen: true }) ?? []);
}

function leavesAsking(ask: Ask, reason: Reason): readonly Reason[] {
  if (!isAsked(reason.expr)) return reason.because.flatMap((part) => leavesAsking(ask, part));
  return askOf(reason.expr) === ask ? [reason] : [];
}

function changesBy({ row, day, verdict }: Judged, ask: Ask, { value }: Choice, state: CaseState): readonly Change[] {
  const then = judgeDuty(row, state, day, { answer: { ask, value } });
  const own: readonly Change[] =
    verdict.verdict === then.verdict ? [] : [{ row: verdict.row, from: verdict.verdict, to: then.verdict }];
  const stages = verdict.stages.flatMap(({ stage, verdict: from }, index): readonly Change[] => {
    const to = then.stages[index]?.verdict ?? from;
    return to === from ? [] : [{ row: verdict.row, stage, from, to }];
  });
  return [...own, ...stages];
}

type Effect = Choice & { readonly changes: readonly Change[] };

/** Ranges side by side that do the same are one. */
function merged(effects: readonly Effect[]): readonly Effect[] {
  const all: Effect[] = [];
  for (const effect of effects) {
    const before = all.at(-1);
    const same = before?.name === undefined && JSON.stringify(before?.changes) === JSON.stringify(effect.changes);
    if (before !== undefined && same) all[all.length - 1] = { ...before, to: effect.to };
    else all.push(effect);
  }
  return all;
}

function groupOf(ask: Ask): string {
  const [, call] = /^(\w+)\(/.exec(ask) ?? [];
  if (call === undefined) return ask.split(".")[0] ?? ask;
  return call.endsWith("people") ? "counts" : "entity";
}

function inOrder(all: readonly Question[], strict: (row: RowId) => number): readonly Question[] {
  const at = (one: Question): number => Math.min(...one.rows.map(strict));
  const groups = Map.groupBy(all, ({ group }) => group);
  const first = (group: string): number => Math.min(...(groups.get(group) ?? []).map(at));
  const most = (group: string): number => Math.max(...(groups.get(group) ?? []).map(({ rows }) => rows.length));
  return all.toSorted(
    (a, b) =>
      compare(first(a.group), first(b.group)) ||
      most(b.group) - most(a.group) ||
      a.group.localeCompare(b.group, "en") ||
      compare(at(a), at(b)) ||
      b.rows.length - a.rows.length ||
      a.ask.localeCompare(b.ask, "en"),
  );
}

/** Two that are never reached are equal: their difference is no number. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
