// SPDX-License-Identifier: Apache-2.0
import type { Clock, EntrySource } from "../core/index.ts";
import { DecisionIndex } from "./decision-index.ts";
import { type Minutes, openMinutes } from "./minutes.ts";

/** What is kept of the decisions for those who look at them: the newest as lines, and their number in each minute. */
export interface DecisionViews {
  readonly minutes: Minutes;
  readonly decisions: DecisionIndex;
  close(): void;
}

export async function openDecisionViews(entries: EntrySource, clock: Clock): Promise<DecisionViews> {
  const minutes = await openMinutes(entries, clock);
  const decisions = new DecisionIndex(entries);
  return {
    minutes,
    decisions,
    close() {
      decisions.close();
      minutes.close();
    },
  };
}
