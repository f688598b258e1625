// SPDX-License-Identifier: Apache-2.0
// Tokens that are good for one call. What may be spent is remembered, not what was: an id that is not here is spent, so that
// a crash between a claim and its entry leaves nothing to use again (core K1, identify I25).
import type { Clock, Instant, Once } from "../core/index.ts";

/** Single-use tokens that wait to be used; above it none is given. */
export const UNUSED_MAX = 100_000;
/** UNIT: ms. Kept beyond their end, for clocks that differ: the prover judges the end itself. */
const KEPT_MS = 60_000;

export class SingleUse implements Once {
  private readonly clock: Clock;
  /** By `jti`, in the order of issue, which is the order of their ends. */
  private readonly unused = new Map<string, Instant>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Makes a token spendable; false where it cannot be remembered, so that it must not be given. */
  register(jti: string, expires: Instant): boolean {
    const now = this.clock.now();
    for (const [old, until] of this.unused) {
      if (until + KEPT_MS > now) break;
      this.unused.delete(old);
    }
    if (this.unused.size >= UNUSED_MAX) return false;
    this.unused.set(jti, expires);
    return true;
  }

  isUnused(jti: string): boolean {
    return this.unused.has(jti);
  }

  claim(scope: Parameters<Once["claim"]>[0], key: string): Promise<"first" | "taken"> {
    return Promise.resolve(scope === "token" && this.unused.delete(key) ? "first" : "taken");
  }
}
