// SPDX-License-Identifier: Apache-2.0
// Attempts by nobody in particular: written one by one up to a rate, then counted, so that a stranger cannot fill the
// record. The count becomes a `gap` entry (record L3).
import type { Clock, Instant, Recorder } from "../core/index.ts";

/** Entries a second for callers that proved nothing. */
export const STRANGERS_PER_SECOND = 10;

export class Strangers {
  private readonly clock: Clock;
  private readonly recorder: Recorder;
  private windowStart = 0;
  private written = 0;
  private skipped: { count: number; first: Instant; last: Instant } | undefined;

  constructor(clock: Clock, recorder: Recorder) {
    this.clock = clock;
    this.recorder = recorder;
  }

  /** True where this attempt may have an entry of its own; otherwise it is counted. */
  mayWrite(): boolean {
    const elapsed = this.clock.monotonic();
    if (this.written === 0 || elapsed - this.windowStart >= 1000) {
      this.windowStart = elapsed;
      this.written = 0;
      this.flush();
    }
    this.written += 1;
    if (this.written <= STRANGERS_PER_SECOND) return true;
    const now = this.clock.now();
    this.skipped = { count: (this.skipped?.count ?? 0) + 1, first: this.skipped?.first ?? now, last: now };
    return false;
  }

  flush(): void {
    if (this.skipped === undefined) return;
    this.recorder.note({ type: "gap", ...this.skipped });
    this.skipped = undefined;
  }
}
