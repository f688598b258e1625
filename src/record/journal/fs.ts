// SPDX-License-Identifier: Apache-2.0
// The few things the record asks of a file system. Each says what is durable when it returns, so that a test can put one
// here that lies, loses and tears as real ones do.
import { constants, type FileHandle, mkdir, open, readdir, readFile, rename, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Bytes } from "../../core/index.ts";

export interface JournalFile {
  /** Writes at a position. The count may be less than asked for: a short write is normal. */
  write(bytes: Bytes, position: number): Promise<number>;
  truncate(length: number): Promise<void>;
  /** fdatasync: what was written or truncated before is durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalFs {
  /** Makes a folder and those above it, durably. */
  makeDir(path: string): Promise<void>;
  /** Names in a folder; none where there is no folder. */
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Bytes | undefined>;
  /** A new file (O_EXCL); its name is durable after `syncDir`. */
  create(path: string): Promise<JournalFile>;
  /** A file that exists, for writing. */
  open(path: string): Promise<JournalFile>;
  rename(from: string, to: string): Promise<void>;
  /** A file, or a folder with all that is in it; neither need exist. */
  remove(path: string): Promise<void>;
  /** Makes names that were created, renamed or removed in this folder durable. */
  syncDir(path: string): Promise<void>;
  space(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
}

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
/**
 * On Linux a write is durable when it returns, as if fdatasync followed it (open(2), O_DSYNC): one way to another thread and
 * back for both, and the event loop is free in between. Elsewhere the flag promises less than the sync.
 */
const DURABLE = process.platform === "linux" ? constants.O_DSYNC : 0;

/** Is this the error of a file system whose space, or whose user's share of it, is used up? */
export function isFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

/** The code of a system error, `ENOSPC` and the like. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Writes all of it, however many short writes that takes. */
export async function writeAll(file: JournalFile, bytes: Bytes, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const count = await file.write(bytes.subarray(done), position + done);
    if (count <= 0) throw new Error(`writing at ${position + done}: the file system took nothing`);
    done += count;
  }
}

/** The machine's own file system. Files are for this user only. */
export function nodeFs(): JournalFs {
  const fs: JournalFs = {
    async makeDir(path) {
      try {
        await mkdir(path, { mode: 0o700 });
      } catch (error) {
        if (errorCode(error) === "EEXIST") return;
        if (errorCode(error) !== "ENOENT") throw error;
        await fs.makeDir(dirname(path));
        return fs.makeDir(path);
      }
      await fs.syncDir(dirname(path));
    },
    list: (path) => readdir(path).catch(absent<string[]>([])),
    read: (path) => readFile(path).catch(absent(undefined)),
    create: async (path) => nodeFile(await open(path, NEW | DURABLE, 0o600)),
    open: async (path) => nodeFile(await open(path, constants.O_RDWR | DURABLE)),
    rename,
    remove: (path) => rm(path, { recursive: true, force: true }),
    async syncDir(path) {
      const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    },
    async space(path) {
      const { bavail, blocks, bsize } = await statfs(path);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
  };
  return fs;
}

/** A file that somebody else may have written to, or this one by a write that is not durable yet, is synced when asked. */
function nodeFile(handle: FileHandle): JournalFile {
  let isSynced = false;
  return {
    async write(bytes, position) {
      isSynced &&= DURABLE !== 0;
      return (await handle.write(bytes, 0, bytes.length, position)).bytesWritten;
    },
    truncate(length) {
      isSynced = false;
      return handle.truncate(length);
    },
    async sync() {
      if (isSynced) return;
      await handle.datasync();
      isSynced = true;
    },
    close: () => handle.close(),
  };
}

/** Turns "there is none" into a value; every other error goes on. */
function absent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (errorCode(error) === "ENOENT") return value;
    throw error;
  };
}
