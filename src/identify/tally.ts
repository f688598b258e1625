// SPDX-License-Identifier: Apache-2.0
// Refusals at the token endpoint: counted exactly, told to the log once a minute for each reason, so that whoever knocks
// often fills neither the log nor the disk.
import type { Clock, Log } from "../core/index.ts";

/** UNIT: ms. */
const TOLD_EVERY_MS = 60_000;

export class Tally {
  private readonly counts = new Map<string, { total: number; untold: number; toldAt: number }>();
  private readonly clock: Clock;
  private readonly log: Log;

  constructor(clock: Clock, log: Log) {
    this.clock = clock;
    this.log = log;
  }

  /** @param error one of a closed list, so that the map stays small */
  count(error: string, why: string): void {
    const now = this.clock.monotonic();
    const entry = this.counts.get(error) ?? { total: 0, untold: 0, toldAt: Number.NEGATIVE_INFINITY };
    entry.total += 1;
    entry.untold += 1;
    this.counts.set(error, entry);
    if (now - entry.toldAt < TOLD_EVERY_MS) return;
    this.log.fault("IDENTIFY_TOKEN_REFUSED", { error, why, count: entry.untold });
    entry.untold = 0;
    entry.toldAt = now;
  }

  /** Refusals since the start, by OAuth error code. */
  totals(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.counts].map(([error, { total }]) => [error, total]));
  }
}
