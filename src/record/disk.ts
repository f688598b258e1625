// SPDX-License-Identifier: Apache-2.0
// How much room the disk has: under a limit no new effect begins, so that the outcomes of those under way still fit. They
// begin again once there is more than the upper limit, not at the first byte.
import type { JournalFs } from "./journal/fs.ts";

export interface DiskLimits {
  /** Under the larger of these no new effect begins. */
  readonly percent: number;
  readonly bytes: number;
  /** Under this whoever runs it is warned, and effects that were stopped do not begin again. */
  readonly warnPercent: number;
}

export class Disk {
  private readonly fs: JournalFs;
  private readonly path: string;
  private readonly low: DiskLimits;
  private isLow = false;
  private space = { freeBytes: 0, totalBytes: 0 };

  constructor(fs: JournalFs, path: string, low: DiskLimits) {
    this.fs = fs;
    this.path = path;
    this.low = low;
  }

  get freeBytes(): number {
    return this.space.freeBytes;
  }

  /** Free bytes above the limit; 0 where the disk is low, and until it is well again. */
  get usableBytes(): number {
    return this.isLow ? 0 : Math.max(0, Math.floor(this.space.freeBytes - this.limit(this.low.percent)));
  }

  /** Is there more than the upper limit? */
  get isWell(): boolean {
    return this.space.freeBytes > this.limit(this.low.warnPercent);
  }

  async look(): Promise<void> {
    this.space = await this.fs.space(this.path);
    if (this.space.freeBytes <= this.limit(this.low.percent)) this.isLow = true;
    else if (this.isWell) this.isLow = false;
  }

  private limit(percent: number): number {
    return Math.max(this.low.bytes, (this.space.totalBytes * percent) / 100);
  }
}
