// SPDX-License-Identifier: Apache-2.0
// Where the bars of decisions per minute stand. Pure: counts in, rectangles out.
import type { MinuteView } from "../../../../src/sdk/index.ts";

/** From the ground up: the loudest answer stands on top, where it is seen. */
export const STACK = ["allow", "log", "limit", "challenge", "deny"] as const;

export interface Bar {
  readonly answer: string;
  /** In a picture of width 60 and height 1, y downwards. */
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface Bars {
  readonly bars: readonly Bar[];
  readonly all: number;
  /** The most in one minute; at least 1, so that an empty hour has a scale. */
  readonly top: number;
  /** Start of that minute; `undefined` for an empty hour. */
  readonly topAt: string | undefined;
}

export function barsOf(minutes: readonly MinuteView[]): Bars {
  const totals = minutes.map(totalOf);
  const top = Math.max(1, ...totals);
  const bars = minutes.flatMap(({ counts }, x) => {
    let under = 0;
    return STACK.flatMap((answer) => {
      const count = counts.get(answer) ?? 0;
      if (count === 0) return [];
      under += count;
      return [{ answer, x, y: 1 - under / top, height: count / top }];
    });
  });
  const all = totals.reduce((sum, total) => sum + total, 0);
  return { bars, all, top, topAt: all === 0 ? undefined : minutes[totals.indexOf(top)]?.at };
}

/** All decisions of a minute, also by answers that this version does not know. */
export function totalOf({ counts }: MinuteView): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
