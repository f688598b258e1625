// SPDX-License-Identifier: Apache-2.0
import type { GapDraft, Instant } from "../core/index.ts";

/** Counts what could not be written (record L15), until an entry can say so. */
export class Gap {
  private missed: Omit<GapDraft, "type"> | undefined;

  get count(): number {
    return this.missed?.count ?? 0;
  }

  add(at: Instant): void {
    this.merge({ count: 1, first: at, last: at });
  }

  /** The entry for what was counted so far; whoever takes it writes it or puts it back. */
  take(): GapDraft | undefined {
    const missed = this.missed;
    this.missed = undefined;
    return missed === undefined ? undefined : { type: "gap", ...missed };
  }

  putBack({ count, first, last }: GapDraft): void {
    this.merge({ count, first, last });
  }

  private merge(other: Omit<GapDraft, "type">): void {
    const before = this.missed ?? other;
    this.missed = {
      count: this.count + other.count,
      first: before.first < other.first ? before.first : other.first,
      last: before.last > other.last ? before.last : other.last,
    };
  }
}
