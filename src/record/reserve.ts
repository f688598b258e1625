// SPDX-License-Identifier: Apache-2.0
// Space that is kept back for the worst moment (record L17): a file of real blocks, deleted when the disk is full, so that
// the outcomes of what is under way, and the entry that says so, still fit.
import type { Random } from "../core/index.ts";
import type { LogFolder } from "./folder.ts";
import { isFull } from "./journal/fs.ts";

const FILE = "reserve";

/** Mutable state is changed by `restore` and `release` only. */
export class Reserve {
  private readonly folder: LogFolder;
  private readonly random: Random;
  private readonly bytes: number;
  private readonly path: string;
  private held = false;

  constructor(folder: LogFolder, random: Random, bytes: number) {
    this.folder = folder;
    this.random = random;
    this.bytes = bytes;
    this.path = folder.beside(FILE);
  }

  /** Also true where none is wanted. */
  get isHeld(): boolean {
    return this.held || this.bytes === 0;
  }

  /** Writes it where it is missing. Noise, since file systems that compress keep no room for zeros. */
  async restore(): Promise<void> {
    if (this.isHeld) return;
    const present = await this.folder.read(this.path);
    if (present?.length !== this.bytes) {
      try {
        await this.folder.replace({ path: this.path, bytes: this.random.bytes(this.bytes) });
      } catch (error) {
        if (isFull(error)) return;
        throw error;
      }
    }
    this.held = true;
  }

  /** Gives its room back. False where there is nothing to give. */
  async release(): Promise<boolean> {
    if (!this.held) return false;
    this.held = false;
    await this.folder.remove(this.path);
    await this.folder.sync([this.path]);
    return true;
  }
}
