// SPDX-License-Identifier: Apache-2.0
// The names under which answers are kept, and how lines that came live are joined with a list that was asked for.
import type { DecisionLine } from "../../../src/sdk/index.ts";

export const KEYS = {
  status: ["status"],
  approvals: ["approvals"],
  decisions: ["decisions"],
  /** Lines that came live. */
  lines: ["decisions", "lines"],
  /** Lists of decisions, each narrowed in its own way. */
  list: ["decision-list"],
  /** One decision, by what its address names. */
  decision: ["decision"],
  proof: ["proof"],
  /** One decision, condition by condition. */
  why: ["why"],
  /** All of them; with an id, one. */
  identities: ["identities"],
  mandates: ["mandates"],
  sessions: ["sessions"],
  blast: ["blast"],
  minutes: ["minutes"],
  containments: ["containments"],
  clocks: ["clocks"],
} as const;

/** Lines that came live, newest first. */
export interface Came {
  readonly lines: readonly DecisionLine[];
  /** Some of the entries before this one came and are kept no more; 0 where none was lost. */
  readonly lostBelow: number;
}

export const NONE_CAME: Came = { lines: [], lostBelow: 0 };

/** Adds what came, in the order in which it came: the line of a decision may come again, with its outcome. */
export function addLines({ lines, lostBelow }: Came, coming: readonly DecisionLine[]): Came {
  const joined = joinLines(lines, coming, Number.POSITIVE_INFINITY);
  if (joined.length <= LINES_MAX) return { lines: joined, lostBelow };
  const kept = joined.slice(0, LINES_MAX);
  return { lines: kept, lostBelow: kept.at(-1)?.index ?? lostBelow };
}

/** Rows that are kept in all. */
export const LINES_MAX = 500;

/** Both lists as one, newest first, each entry once. */
export function joinLines(
  asked: readonly DecisionLine[],
  live: readonly DecisionLine[],
  max: number = LINES_MAX,
): readonly DecisionLine[] {
  const byIndex = new Map([...asked, ...live].map((line) => [line.index, line]));
  return [...byIndex.values()].toSorted((a, b) => b.index - a.index).slice(0, max);
}
