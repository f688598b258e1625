// SPDX-License-Identifier: Apache-2.0
// The `due` of a stage as terms that can be counted: where each starts, and how long it is.
import { quote } from "../../core/index.ts";
import { ProveError } from "../errors.ts";
import type { DayCount, Due, Override, RowId } from "../regimes/row.ts";
import type { Period } from "./count.ts";
import { parseDuration } from "./duration.ts";
import { anchorOf, type Recorded, type Start } from "./events.ts";

export interface ClockTerm {
  readonly start: Start;
  readonly period: Period;
  /** The duration as it is written. */
  readonly text: string;
}

/** Whose number it is: the law's; what an authority expects beside a law without one; or the organisation's own. */
export type Origin = "law" | "expectation" | "target";

export interface Terms {
  readonly terms: readonly ClockTerm[];
  readonly origin: Origin;
  /** The override that replaced the terms. */
  readonly replaced?: Override | undefined;
}

const COMPARISON = /^(\w+) (>|>=|<|<=) (\w+) \+ (P\w+)$/;

/**
 * No terms where the law has no number and nobody expects or set one (prove J47).
 * @param target ISO 8601 duration that the organisation set itself for a stage without a number
 * @throws ProveError PROVE_CLOCK_INVALID
 */
export function termsOf(due: Due, duty: RowId, recorded: Recorded, target?: string): Terms {
  const dayCount = due.day_count;
  if (due.op === "earliest") {
    const { override } = due;
    const replaced = override !== undefined && holds(override.if, duty, recorded) ? override : undefined;
    const terms = replaced === undefined ? due.terms : [replaced.then];
    return {
      terms: terms.map((term) => termOf({ event: term.after }, term.duration, dayCount)),
      origin: "law",
      replaced,
    };
  }
  if (due.duration !== null) {
    const { from, of, which } = due;
    if (from === undefined) {
      throw new ProveError(
        "PROVE_CLOCK_INVALID",
        `counting ${quote(duty)}: a duration needs \`from\`, the event it starts with`,
      );
    }
    return {
      terms: [termOf({ event: from, of, which, stages: stagesOf(due.from_stage) }, due.duration, dayCount)],
      origin: "law",
    };
  }
  const { expectation, from } = due;
  if (expectation !== undefined) {
    return { terms: [termOf({ event: expectation.from }, expectation.duration, dayCount)], origin: "expectation" };
  }
  if (target === undefined || from === undefined) return { terms: [], origin: "law" };
  return { terms: [termOf({ event: from, stages: stagesOf(due.from_stage) }, target, dayCount)], origin: "target" };
}

export function stagesOf(stages: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof stages === "string" ? [stages] : stages;
}

function termOf(start: Start, duration: string, dayCount: DayCount | undefined): ClockTerm {
  return { start, text: duration, period: { duration: parseDuration(duration), dayCount: dayCount ?? "calendar" } };
}

/** `a > b + duration` over recorded events, in elapsed time; not true while one of them is not recorded. */
function holds(condition: string, duty: RowId, recorded: Recorded): boolean {
  const [, left = "", by, right = "", duration = ""] = COMPARISON.exec(condition) ?? [];
  if (by === undefined) {
    throw new ProveError("PROVE_CLOCK_INVALID", `reading ${quote(condition)}: write \`event > event + duration\``);
  }
  const span = parseDuration(duration);
  if (span.unit !== "elapsed") {
    throw new ProveError("PROVE_CLOCK_INVALID", `reading ${quote(condition)}: only hours and minutes can be compared`);
  }
  const a = anchorOf({ event: left }, duty, recorded)?.at;
  const b = anchorOf({ event: right }, duty, recorded)?.at;
  if (a === undefined || b === undefined) return false;
  return compares(by, a - (b + span.ms));
}

function compares(by: string, difference: number): boolean {
  if (difference === 0) return by.endsWith("=");
  return by.startsWith(">") ? difference > 0 : difference < 0;
}
