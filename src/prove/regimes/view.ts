// SPDX-License-Identifier: Apache-2.0
// A row for people: its sentence beside its expression, with citation, state, confidence and how it was verified (prove J4,
// J6). Whoever prints a row prints one of these, so that none of that is ever left out.
import { dueSentence } from "./due-sentence.ts";
import type { Regimes } from "./load.ts";
import { printExpr } from "./print.ts";
import type { Condition, Duty, Row, RowId, RowStage, Source } from "./row.ts";
import { sentenceOf } from "./sentence.ts";

/** One line of a list. */
export interface RowLine {
  readonly id: RowId;
  readonly jurisdiction: string;
  readonly instrument: string;
  readonly citation: string;
  readonly review: Duty["review"];
  readonly status: Duty["status"];
  readonly inForceFrom?: string | undefined;
  readonly inForceUntil?: string | undefined;
  readonly confidence: Duty["confidence"];
  readonly verified: Duty["verified"];
  /** Stages whose figure no statute makes binding. */
  readonly notStatutory: readonly string[];
}

/** What is read, and what is evaluated: both from one tree. */
export interface ConditionView {
  readonly sentence: string;
  readonly expression: string;
}

export interface StageView {
  readonly stage: string;
  readonly to: string;
  readonly due: string;
  readonly binding: string;
  readonly appliesWhen?: ConditionView | undefined;
  readonly unless?: ConditionView | undefined;
  readonly note?: string | undefined;
}

export interface RowView extends RowLine {
  readonly file: string;
  readonly appliesWhen: ConditionView;
  readonly unless?: ConditionView | undefined;
  readonly stages: readonly StageView[];
  readonly reckoning: string;
  readonly zone: string;
  readonly calendar: string;
  readonly transposes?: RowId | undefined;
  readonly replacedBy: readonly RowId[];
  readonly sources: readonly Source[];
  readonly reviewBy: string;
  /** Notes of those who wrote the row: traps, doubts, what is about to change. */
  readonly notes: readonly string[];
}

export function lineOf({ duty, stages }: Row): RowLine {
  const { id, jurisdiction, instrument, citation, review, status, confidence, verified } = duty;
  return {
    id,
    jurisdiction,
    instrument,
    citation,
    review,
    status,
    ...(duty.in_force_from === null ? {} : { inForceFrom: duty.in_force_from }),
    ...(duty.in_force_until === undefined ? {} : { inForceUntil: duty.in_force_until }),
    confidence,
    verified,
    notStatutory: stages.flatMap(({ stage }) =>
      stage.binding === undefined ? [] : [`${stage.stage}: ${stage.binding}`],
    ),
  };
}

export function viewOf(row: Row, { vocabulary }: Pick<Regimes, "vocabulary">): RowView {
  const { duty, appliesWhen, unless, stages, replacedBy, sources, reviewBy, file } = row;
  const condition = ({ expr }: Condition): ConditionView => ({
    sentence: sentenceOf(expr, vocabulary),
    expression: printExpr(expr),
  });
  const both = (of: Pick<RowStage, "appliesWhen" | "unless">): Partial<ConditionsView> => ({
    ...(of.appliesWhen === undefined ? {} : { appliesWhen: condition(of.appliesWhen) }),
    ...(of.unless === undefined ? {} : { unless: condition(of.unless) }),
  });
  return {
    ...lineOf(row),
    file,
    ...both({ unless }),
    appliesWhen: condition(appliesWhen),
    stages: stages.map((one) => ({
      stage: one.stage.stage,
      to: one.stage.to,
      due: dueSentence(one.stage),
      binding: one.stage.binding ?? "statutory",
      ...both(one),
      ...(one.stage.note === undefined ? {} : { note: one.stage.note }),
    })),
    reckoning: duty.reckoning,
    zone: duty.zone,
    calendar: duty.calendar,
    ...(duty.transposes === undefined ? {} : { transposes: duty.transposes }),
    replacedBy,
    sources,
    reviewBy,
    notes: [
      duty.notes,
      duty.review_note,
      duty.pending_change,
      duty.interplay,
      duty.in_force_note,
      duty.delay_or_exemption,
    ].flatMap((note) => note ?? []),
  };
}

interface ConditionsView {
  readonly appliesWhen: ConditionView;
  readonly unless: ConditionView;
}
