// SPDX-License-Identifier: Apache-2.0
// The names under which answers are kept, and how lines that came live are joined with a list that was asked for.
import type { DecisionLine } from "../../../src/sdk/index.ts";

export const KEYS = {
  status: ["status"],
  approvals: ["approvals"],
  decisions: ["decisions"],
  /** Lines that came live, newest first. */
  lines: ["decisions", "lines"],
  minutes: ["minutes"],
  containments: ["containments"],
  clocks: ["clocks"],
} as const;

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
