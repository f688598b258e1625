// SPDX-License-Identifier: Apache-2.0
// How often a log may be cosigned: once a second (record L30), with a few in hand, since a log that is told our size asks
// again at once, and since no two clocks tick alike.
import type { Clock } from "../../core/index.ts";

/** Requests in hand. */
const BURST = 5;
/** UNIT: ms. One more request is in hand after it. */
const EACH_MS = 1000;

/** Keys are origins that are known here, so that their number has an end. */
export class Pace {
  private readonly clock: Pick<Clock, "monotonic">;
  private readonly buckets = new Map<string, { left: number; at: number }>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.clock = clock;
  }

  /** Takes one. @returns seconds to wait; 0 where it may go on */
  take(key: string): number {
    const at = this.clock.monotonic();
    const before = this.buckets.get(key) ?? { left: BURST, at };
    const left = Math.min(BURST, before.left + (at - before.at) / EACH_MS);
    const isFree = left >= 1;
    this.buckets.set(key, { left: isFree ? left - 1 : left, at });
    return isFree ? 0 : 1;
  }
}
