// SPDX-License-Identifier: Apache-2.0
// The store on one machine: one writer and some readers over one SQLite file, all of them off the main thread.
import { chmod, open, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type Driver, Kysely, sql } from "kysely";
import type { AnyDb, Clock, Log, RoomSchema, Store } from "../core/index.ts";
import { DATABASE_FILE, isOnServer } from "./claim-file.ts";
import type { ConnectionOptions } from "./connection.ts";
import { readerDriver, sqliteDialect, writerDriver } from "./dialect.ts";
import { StoreError } from "./errors.ts";
import { backupsFolder, dropOldCopies, ensureDirectory } from "./files.ts";
import { migrate } from "./migrate.ts";
import type { DatabaseThread } from "./protocol.ts";
import { Thread } from "./thread.ts";
import { type Engine, type OpenedStore, storeOver } from "./transactions.ts";

export interface StoreOptions {
  /** The data directory; the file is `bailiwick.db` in it. */
  readonly dir: string;
  readonly schemas: readonly RoomSchema[];
  /** Threads for queries that change nothing. */
  readonly readers?: number;
  /** UNIT: ms. How long a statement waits for a lock. */
  readonly busyMs?: number;
  /** UNIT: ms. A transaction that holds the writer longer is reported by its name. */
  readonly slowTxMs?: number;
}

export interface StorePorts {
  readonly clock: Clock;
  readonly log: Log;
}

/** UNIT: ms. */
export const SLOW_TX_MS = 50;

/**
 * Opens the database of a data directory, checks it after an unclean stop, and migrates it.
 * @throws StoreError when the file, its settings, its schema or the directory is not fit to be used
 */
export function openStore(options: StoreOptions, ports: StorePorts): Promise<OpenedStore> {
  return openStoreOn((start, onFault) => new Thread(start, onFault), options, ports);
}

/**
 * Opens the database of a data directory to look at it, whether or not a server has it open; nothing where there is none.
 * @throws StoreError when the file is not fit to be used
 */
export async function readStore(dir: string): Promise<(Pick<Store, "read"> & AsyncDisposable) | undefined> {
  const file = path.join(dir, DATABASE_FILE);
  const found = await stat(file).catch(ifMissing);
  if (found === undefined || found.size === 0) return undefined;
  const reader = new Thread({ file, role: "reader", busyMs: 5000 }, () => undefined);
  return { read: kysely(readerDriver([reader]), true), [Symbol.asyncDispose]: () => reader.close() };
}

/** How a connection is started. */
export type StartThread = (start: ConnectionOptions, onFault: (error: StoreError) => void) => DatabaseThread;

/** {@link openStore} with its threads named; tests put all of them into their own. */
export async function openStoreOn(
  startThread: StartThread,
  options: StoreOptions,
  ports: StorePorts,
): Promise<OpenedStore> {
  await ensureDirectory(options.dir);
  await refuseOther(options.dir);
  await dropOldCopies(options.dir, ports.clock.now());
  const file = path.join(options.dir, DATABASE_FILE);
  await (await open(file, "a", 0o600)).close();
  const unclean = await hasRows(`${file}-wal`);
  const state = new State();
  const thread = (role: "writer" | "reader"): DatabaseThread =>
    startThread({ file, role, busyMs: options.busyMs ?? 5000 }, (error) => state.saw(error));
  const writer = thread("writer");
  const threads = [writer];
  try {
    const alone = kysely(writerDriver(writer, { autocommit: true }), false);
    if (unclean) await quickCheck(alone);
    await migrate(alone, options.schemas, (steps) =>
      copyBefore(alone, { dir: options.dir, now: ports.clock.now() }, steps),
    );
    const readers = Array.from({ length: options.readers ?? 2 }, () => thread("reader"));
    threads.unshift(...readers);
    await Promise.all(readers.map((reader) => reader.call({ op: "query", sql: "select 1", values: [] })));
    const startReader = (): DatabaseThread => thread("reader");
    const another = (): DatabaseThread => thread("writer");
    const engine = engineOf(kysely(readerDriver(readers), true), { writer, threads, state, startReader, another });
    return storeOver(engine, ports, { slowTxMs: options.slowTxMs ?? SLOW_TX_MS });
  } catch (error) {
    await Promise.allSettled(threads.map((each) => each.close())); // the first fault is the one to tell
    throw error;
  }
}

interface Parts {
  readonly writer: DatabaseThread;
  /** One more connection, for what no transaction may be around. */
  readonly another: () => DatabaseThread;
  /** Readers first: the last connection that closes folds the WAL into the file. */
  readonly threads: readonly DatabaseThread[];
  readonly state: State;
  readonly startReader: () => DatabaseThread;
}

function engineOf(read: AnyDb, { writer, threads, state, startReader, another }: Parts): Engine {
  return {
    read,
    write: kysely(writerDriver(writer, { autocommit: false }), false),
    check: () => state.check(),
    worked: () => state.worked(),
    // one writer waits for its own lock: what is refused then would be refused again
    again: () => Promise.resolve(false),
    async snapshot(fn) {
      const thread = startReader();
      try {
        // a transaction that only reads sees the moment of its first statement until it ends (WAL)
        await thread.call({ op: "query", sql: "begin", values: [] });
        return await fn(kysely(readerDriver([thread]), true));
      } finally {
        await thread.close();
      }
    },
    async scrub() {
      const thread = another();
      try {
        await scrub(thread);
      } finally {
        await thread.close();
      }
    },
    health: () => state.health(),
    stop: () => state.close(),
    async close() {
      for (const thread of threads) await thread.close();
    },
  };
}

function kysely(driver: Driver, shared: boolean): AnyDb {
  return new Kysely({ dialect: sqliteDialect(driver, { shared }) });
}

/** The file as it is before the first of these steps: the version before can be started on it again (store S12). */
async function copyBefore(
  db: AnyDb,
  { dir, now }: { readonly dir: string; readonly now: number },
  [first = ""]: readonly string[],
): Promise<void> {
  const folder = await backupsFolder(dir, now);
  const file = path.join(folder, `pre-${first}.db`);
  await rm(file, { force: true }); // of a start that did not get so far
  await sql`vacuum into ${file}`.execute(db);
  await chmod(file, 0o600);
}

/** A directory whose rows are on a server has none here, and beginning anew would look as if there never were any. */
async function refuseOther(dir: string): Promise<void> {
  if (!(await isOnServer(dir))) return;
  throw new StoreError("STORE_FILE_FOREIGN", "opening the database: the rows of this data directory are on a server", {
    fix: "set DATABASE_URL as before, or restore a backup into another directory without it",
  });
}

/**
 * Deleted rows are overwritten where they stood (`secure_delete`); what the write-ahead log still says of them goes with it.
 * @throws StoreError STORE_BUSY where somebody reads or writes for longer than a statement waits
 */
async function scrub(thread: DatabaseThread): Promise<void> {
  const { rows } = await thread.call({ op: "query", sql: "pragma wal_checkpoint(truncate)", values: [] });
  if (rows[0]?.["busy"] === 0) return;
  throw new StoreError("STORE_BUSY", "emptying the write-ahead log: somebody reads or writes all the time");
}

/** What was not folded into the file when the last process ended: it was killed, or lost power. */
async function hasRows(wal: string): Promise<boolean> {
  const found = await stat(wal).catch(ifMissing);
  return found !== undefined && found.size > 0;
}

function ifMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
  throw error;
}

async function quickCheck(db: AnyDb): Promise<void> {
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db);
  const found = rows[0]?.quick_check ?? "no answer";
  if (found !== "ok") {
    throw new StoreError("STORE_CORRUPT", `checking the database after an unclean stop: ${found}`, {
      fix: "restore a backup; nothing is recreated by itself",
    });
  }
}

/** After these nothing can be trusted to be written: a failed sync may look well the second time. */
const FATAL: ReadonlySet<string> = new Set(["STORE_IO", "STORE_CORRUPT", "STORE_DOWN"]);

/** Whether the store works. Changed by the answers of its threads only. */
class State {
  private dead: StoreError | undefined;
  private full = false;

  saw(error: StoreError): void {
    if (FATAL.has(error.code)) this.dead ??= error;
    if (error.code === "STORE_FULL") this.full = true;
  }

  worked(): void {
    this.full = false;
  }

  close(): void {
    this.dead ??= new StoreError("STORE_DOWN", "using the store: it is closed");
  }

  check(): void {
    if (this.dead === undefined) return;
    throw new StoreError("STORE_DOWN", "using the store: it stopped working", { cause: this.dead });
  }

  health(): { readonly ok: boolean; readonly why: string } {
    if (this.dead !== undefined) return { ok: false, why: this.dead.message };
    return this.full ? { ok: false, why: "the disk is full" } : { ok: true, why: "ok" };
  }
}
