// SPDX-License-Identifier: Apache-2.0
// At most so many requests of one identity wait at once (enforce E35).
import type { IdentityId } from "../../core/index.ts";

export class Slots {
  private readonly max: number;
  private readonly taken = new Map<IdentityId, number>();

  constructor(max: number) {
    this.max = max;
  }

  /** Runs some work in a slot of this identity's; `full` where it has none left. */
  run<T>(identity: IdentityId, work: () => Promise<T>): Promise<T> | "full" {
    const running = this.taken.get(identity) ?? 0;
    if (running >= this.max) return "full";
    this.taken.set(identity, running + 1);
    return work().finally(() => {
      const left = (this.taken.get(identity) ?? 1) - 1;
      if (left === 0) this.taken.delete(identity);
      else this.taken.set(identity, left);
    });
  }
}
