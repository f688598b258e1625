// SPDX-License-Identifier: Apache-2.0
// The folder of one log. Files appear in it whole and synced, under their name, or not at all: each is written in a
// folder beside it and then renamed, so that the log's own folder never holds anything but the log.
import { basename, dirname, join } from "node:path";
import type { Bytes } from "../core/index.ts";
import { RecordError } from "./errors.ts";
import { type JournalFile, type JournalFs, writeAll } from "./journal/fs.ts";

/**
 * Most files on their way at once, and files for each of these. A file is five calls, each of which waits for a turn of
 * a busy event loop: too few at once fall behind a busy gate (at 45,000 entries a second 8 do, 16 do not), and too many
 * for a quiet one are in the way of the journal's own writes.
 */
const WORKERS_MAX = 16;
const FILES_PER_WORKER = 8;

export interface NamedBytes {
  readonly path: string;
  readonly bytes: Bytes;
}

export class LogFolder {
  readonly fs: JournalFs;
  private readonly root: string;
  private readonly unfinished: string;
  private readonly made = new Set<string>();
  private counter = 0;

  private constructor(fs: JournalFs, root: string) {
    this.fs = fs;
    this.root = root;
    this.unfinished = `${root}.tmp`;
  }

  /** Makes the folder if need be, and removes what a killed process left unfinished. */
  static async open(fs: JournalFs, root: string): Promise<LogFolder> {
    const folder = new LogFolder(fs, root);
    await fs.remove(folder.unfinished);
    for (const path of [folder.unfinished, join(root, "journal")]) await fs.makeDir(path);
    return folder;
  }

  /** The name, for these methods, of a file that is kept beside the log and is no part of it. */
  beside(name: string): string {
    return `../${basename(this.root)}.state/${name}`;
  }

  path(name: string): string {
    return join(this.root, name);
  }

  read(name: string): Promise<Bytes | undefined> {
    return this.fs.read(this.path(name));
  }

  list(name: string): Promise<readonly string[]> {
    return this.fs.list(this.path(name));
  }

  /** Puts a whole, synced file under its name, and in place of what had it. Durable after {@link sync}. */
  async put({ path, bytes }: NamedBytes): Promise<JournalFile> {
    this.counter += 1;
    const temporary = join(this.unfinished, String(this.counter));
    const file = await this.fs.create(temporary);
    try {
      await writeAll(file, bytes, 0);
      await file.sync();
      await this.makeDir(dirname(path));
      await this.fs.rename(temporary, this.path(path));
    } catch (cause) {
      await file.close();
      await this.fs.remove(temporary);
      throw cause;
    }
    return file;
  }

  /** Puts a file in place of the one before, durably. */
  async replace(file: NamedBytes): Promise<void> {
    await (await this.put(file)).close();
    await this.sync([file.path]);
  }

  /**
   * Puts files that never change, durably. One that is there already must have the same bytes.
   * @throws RecordError RECORD_CORRUPT
   */
  async putOnce(files: readonly NamedBytes[]): Promise<void> {
    const workers = Math.min(WORKERS_MAX, Math.ceil(files.length / FILES_PER_WORKER));
    const rest = files.values();
    let hasFailed = false;
    const worker = async (): Promise<void> => {
      for (const file of rest) {
        if (hasFailed) return;
        await this.putOne(file).catch((cause: unknown) => {
          hasFailed = true;
          throw cause;
        });
      }
    };
    // waits for all of them: whoever is told of a failure may rely on nothing being written any more
    const ends = await Promise.allSettled(Array.from({ length: workers }, worker));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    // also where the file was there: a process killed before this line never synced its name
    await this.sync(files.map((file) => file.path));
  }

  /** Removes a file, or a folder with all that is in it. Durable after {@link sync}. */
  remove(name: string): Promise<void> {
    return this.fs.remove(this.path(name));
  }

  /** Makes the names of these files durable, present or removed. */
  async sync(paths: readonly string[]): Promise<void> {
    for (const dir of new Set(paths.map((path) => dirname(path)))) await this.fs.syncDir(this.path(dir));
  }

  private async putOne(file: NamedBytes): Promise<void> {
    const present = await this.read(file.path);
    if (present === undefined) await (await this.put(file)).close();
    else if (Buffer.compare(present, file.bytes) !== 0) {
      throw new RecordError("RECORD_CORRUPT", `writing ${file.path}: it is there already, with other bytes`);
    }
  }

  private async makeDir(dir: string): Promise<void> {
    if (this.made.has(dir)) return;
    await this.fs.makeDir(this.path(dir));
    // partial tiles make many folders that soon go again: only the others are worth remembering
    if (!basename(dir).endsWith(".p")) this.made.add(dir);
  }
}
