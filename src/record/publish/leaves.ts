// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from "../../core/index.ts";
import { TILE_WIDTH } from "../tree/tree.ts";

/** The newest entries: those whose bundle is not yet on disk whole. */
export class Leaves {
  private first = 0;
  private readonly leaves: Bytes[] = [];
  private newBytes = 0;

  /** UNIT: bytes of the entries since the size that was published last. */
  get unpublishedBytes(): number {
    return this.newBytes;
  }

  /** Goes on behind entries that are published: `leaves` are those of their last bundle, which begins at `first`. */
  resume(first: number, leaves: readonly Bytes[]): void {
    this.first = first;
    this.leaves.push(...leaves);
  }

  push(leaf: Bytes): void {
    this.leaves.push(leaf);
    this.newBytes += leaf.length;
  }

  /** Entries [from, to); undefined where they are no longer held. */
  range(from: number, to: number): readonly Bytes[] | undefined {
    return from < this.first ? undefined : this.leaves.slice(from - this.first, to - this.first);
  }

  /** A log of this size was published. Forgets what its full bundles hold: they are on disk. */
  release(size: number): void {
    const first = Math.floor(size / TILE_WIDTH) * TILE_WIDTH;
    this.leaves.splice(0, Math.max(0, first - this.first));
    this.first = Math.max(this.first, first);
    this.newBytes = this.leaves.slice(size - this.first).reduce((sum, leaf) => sum + leaf.length, 0);
  }
}
