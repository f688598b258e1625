// SPDX-License-Identifier: Apache-2.0
// How much room the disk has: under a limit no new effect begins, so that the outcomes of those under way still fit.
import type { JournalFs } from "./journal/fs.ts";

export class Disk {
  private readonly fs: JournalFs;
  private readonly path: string;
  private readonly low: { readonly percent: number; readonly bytes: number };
  private space = { freeBytes: 0, totalBytes: 0 };

  constructor(fs: JournalFs, path: string, low: { readonly percent: number; readonly bytes: number }) {
    this.fs = fs;
    this.path = path;
    this.low = low;
  }

  get freeBytes(): number {
    return this.space.freeBytes;
  }

  /** Free bytes above the limit; 0 where the disk is low. */
  get usableBytes(): number {
    const limit = Math.max(this.low.bytes, (this.space.totalBytes * this.low.percent) / 100);
    return Math.max(0, Math.floor(this.space.freeBytes - limit));
  }

  async look(): Promise<void> {
    this.space = await this.fs.space(this.path);
  }
}
