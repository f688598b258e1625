// SPDX-License-Identifier: Apache-2.0
// Rows stand still while somebody is in the table, and while more come than anybody can read: what comes is counted.
import { useState } from "react";
import type { DecisionLine } from "../../../../src/sdk/index.ts";

/** Rows in a second; with more the list stands still. */
const READABLE_PER_SECOND = 20;
/** UNIT: ms. */
const SECOND_MS = 1000;

interface Held {
  readonly shown: readonly DecisionLine[];
  /** How many came that are not shown. */
  readonly waiting: number;
  readonly hold: () => void;
  readonly letGo: () => void;
}

/** True where more than can be read came in the second before. @param now - epoch ms by the server's clock */
export function isRushing(lines: readonly DecisionLine[], now: number): boolean {
  const nth = lines[READABLE_PER_SECOND];
  return nth !== undefined && Date.parse(nth.at) > now - SECOND_MS;
}

/** @param key - of the list: another list is never held back by the one before */
export function useHeld(key: string, lines: readonly DecisionLine[], now: number): Held {
  const [isIn, setIn] = useState(false);
  const [held, setHeld] = useState<{ readonly key: string; readonly lines: readonly DecisionLine[] }>();
  const isHeld = isIn || isRushing(lines, now);
  if (isHeld && held?.key !== key) setHeld({ key, lines });
  if (!isHeld && held !== undefined) setHeld(undefined);
  const shown = isHeld && held?.key === key ? held.lines : lines;
  const first = shown[0]?.index ?? -1;
  return {
    shown,
    waiting: shown === lines ? 0 : lines.filter(({ index }) => index > first).length,
    hold: () => setIn(true),
    letGo: () => {
      setIn(false);
      setHeld(undefined);
    },
  };
}
