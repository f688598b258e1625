// SPDX-License-Identifier: Apache-2.0
// One process per data directory. The lock is SQLite's exclusive lock on `lock.db`, which is a lock of the operating
// system: it ends with the process, also after kill -9, so no stale pid file is ever guessed about.

import { chmod, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type Clock, formatInstant } from "../core/index.ts";
import { codeOf, StoreError } from "./errors.ts";
import { ensureDirectory, writeDurable } from "./files.ts";

export interface DirectoryLock extends AsyncDisposable {
  release(): Promise<void>;
}

/** Kept here for the life of the process: a handle that nobody holds is collected, and its lock with it. */
const held = new Set<DatabaseSync>();

const holderShape = z.object({ pid: z.number(), host: z.string(), started: z.string() });

/**
 * Takes the directory for the life of this process. Nothing else may open `lock.db`: on POSIX systems closing any
 * handle on a file gives up every lock that the process holds on it.
 * @throws StoreError STORE_LOCKED with pid, host and start of the holder; STORE_DIRECTORY_OPEN
 */
export async function lockDirectory(dir: string, ports: { readonly clock: Clock }): Promise<DirectoryLock> {
  await ensureDirectory(dir);
  const sidecar = path.join(dir, "lock.json");
  const db = await take(path.join(dir, "lock.db"), sidecar);
  held.add(db);
  const close = (): void => {
    held.delete(db);
    db.close();
  };
  const self = { pid: process.pid, host: hostname(), started: formatInstant(ports.clock.now()) };
  try {
    await chmod(path.join(dir, "lock.db"), 0o600); // by name: no second handle is opened on it
    await writeDurable(sidecar, Buffer.from(`${JSON.stringify(self)}\n`));
  } catch (error) {
    close();
    throw error;
  }
  const release = async (): Promise<void> => {
    if (!held.has(db)) return;
    await rm(sidecar, { force: true });
    close();
  };
  return { release, [Symbol.asyncDispose]: release };
}

/** One short call at the start, before anything is served: the lock belongs to the main thread, whose end ends it. */
async function take(file: string, sidecar: string): Promise<DatabaseSync> {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 0 });
    // nothing is ever written into it, so it needs no journal and no room on the disk
    db.exec("pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive");
    return db;
  } catch (cause) {
    db?.close();
    if (codeOf(cause) !== "STORE_BUSY") throw new StoreError(codeOf(cause), "locking the data directory", { cause });
    throw new StoreError("STORE_LOCKED", `locking the data directory: ${await holder(sidecar)}`, {
      fix: "stop that process, or use another data directory",
    });
  }
}

/** What the holder wrote about itself; informative only, so a file that cannot be read is said and not feared. */
async function holder(sidecar: string): Promise<string> {
  try {
    const { pid, host, started } = holderShape.parse(JSON.parse(await readFile(sidecar, "utf8")));
    return `process ${pid} on ${host} has held it since ${started}`;
  } catch {
    return "another process holds it, and left no readable lock.json";
  }
}
