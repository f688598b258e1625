// SPDX-License-Identifier: Apache-2.0
// Does a duty apply? One row, one case, one day; nothing is read and nothing is kept.
import type { Condition, LocalDay, Row, RowStage } from "../regimes/row.ts";
import { cut, openAsks } from "./reason.ts";
import { standingOf } from "./standing.ts";
import type { CaseState } from "./state.ts";
import type { Ask, DutyVerdict, Reason, StageVerdict, Supposing, Truth, Verdict } from "./verdict.ts";

/**
 * Judges a duty for one legal entity (prove J30 to J32). Unknown facts never make it `not`, and an exemption releases only
 * when it is known to be true.
 * @param on the local day, in the row's zone, of the event that starts the clock
 * @param supposing an answer that nobody gave yet, to see what it would do
 */
export function judgeDuty(row: Row, state: CaseState, on: LocalDay, supposing?: Supposing): DutyVerdict {
  const own = weigh(row, state, supposing);
  const why = cut(row.appliesWhen.evaluate(state, supposing));
  const stages = row.stages.map((stage) => judgeStage(stage, own, { row, state, on, supposing }));
  const asks = union([own.asks, ...stages.map((stage) => stage.asks)]);
  return {
    row: row.duty.id,
    verdict: own.verdict,
    standing: standingOf(row.duty, on),
    why,
    ...(own.released === undefined ? {} : { released: own.released }),
    asks,
    could: union([own.could, ...stages.map((stage) => stage.could)]),
    stages,
  };
}

interface Judging {
  readonly row: Row;
  readonly state: CaseState;
  readonly on: LocalDay;
  readonly supposing: Supposing | undefined;
}

function judgeStage(stage: RowStage, duty: Weighed, { row, state, on, supposing }: Judging): StageVerdict {
  const own = weigh(stage, state, supposing);
  // where the duty is out for good, no answer brings back one of its stages
  const closed = duty.closed || own.closed;
  return {
    stage: stage.stage.stage,
    verdict: lesser(duty.verdict, own.verdict),
    standing: standingOf(row.duty, on, stage.stage),
    ...(own.why === undefined ? {} : { why: own.why }),
    ...(own.released === undefined ? {} : { released: own.released }),
    asks: closed ? [] : own.asks,
    could: closed ? [] : own.could,
  };
}

/** What the two conditions of a row, or of a stage, come to. */
interface Weighed {
  readonly verdict: Verdict;
  readonly why: Reason | undefined;
  readonly released: Reason | undefined;
  readonly asks: readonly Ask[];
  readonly could: readonly Ask[];
  /** No answer to an open question can change the verdict from `not`. */
  readonly closed: boolean;
}

interface Conditions {
  readonly appliesWhen?: Condition | undefined;
  readonly unless?: Condition | undefined;
}

function weigh({ appliesWhen, unless }: Conditions, state: CaseState, supposing: Supposing | undefined): Weighed {
  const applies = evaluated(appliesWhen, state, supposing);
  const exempt = evaluated(unless, state, supposing);
  const released = exempt?.now.truth === "true" ? cut(exempt.now) : undefined;
  const closed = applies?.open.truth === "false" || exempt?.open.truth === "true";
  const could = closed || exempt === undefined ? [] : openAsks(exempt.open);
  const must = closed || applies === undefined ? [] : openAsks(applies.open);
  return {
    verdict: released === undefined ? VERDICTS[applies?.now.truth ?? "true"] : "not",
    why: applies === undefined ? undefined : cut(applies.now),
    released,
    asks: union([must, could]),
    could,
    closed,
  };
}

interface Evaluated {
  readonly now: Reason;
  /** Without what the law takes an open question for: that decides, and the question stays open all the same. */
  readonly open: Reason;
}

function evaluated(condition: Condition | undefined, state: CaseState, supposing?: Supposing): Evaluated | undefined {
  if (condition === undefined) return undefined;
  const now = condition.evaluate(state, supposing);
  return { now, open: isTaken(now) ? condition.evaluate(state, { ...supposing, leaveOpen: true }) : now };
}

function isTaken({ assumed, because }: Reason): boolean {
  return assumed === true || because.some(isTaken);
}

const VERDICTS: Readonly<Record<Truth, Verdict>> = { true: "applies", false: "not", unknown: "needs" };
const RANK: Readonly<Record<Verdict, number>> = { not: 0, needs: 1, applies: 2 };

function lesser(a: Verdict, b: Verdict): Verdict {
  return RANK[a] < RANK[b] ? a : b;
}

function union(lists: readonly (readonly Ask[])[]): readonly Ask[] {
  return [...new Set(lists.flat())];
}
