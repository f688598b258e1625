// SPDX-License-Identifier: Apache-2.0
// What may be used once and was used: kept until it would be refused for its age anyway.
import { hash } from "node:crypto";
import type { Clock } from "../core/index.ts";

/** `full`: it cannot be remembered, so it must not be accepted. */
export type Use = "first" | "again" | "full";

export interface SeenOptions {
  /** UNIT: ms. Longer than anything stays acceptable. */
  readonly keepMs: number;
  /** Most that is remembered at once. */
  readonly max: number;
}

/** A bounded memory of single-use values, by hash. Time is monotonic: a stepped wall clock reopens nothing. */
export class Seen {
  /** In the order of use, which is the order of expiry. */
  private readonly until = new Map<string, number>();
  private readonly clock: Clock;
  private readonly options: SeenOptions;

  constructor(clock: Clock, options: SeenOptions) {
    this.clock = clock;
    this.options = options;
  }

  /** @param parts what names the value: whose it is, and its `jti` */
  use(...parts: readonly string[]): Use {
    const now = this.clock.monotonic();
    for (const [key, until] of this.until) {
      if (until > now) break;
      this.until.delete(key);
    }
    const key = hash("sha256", JSON.stringify(parts), "base64url");
    if (this.until.has(key)) return "again";
    if (this.until.size >= this.options.max) return "full";
    this.until.set(key, now + this.options.keepMs);
    return "first";
  }
}
