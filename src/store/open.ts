// SPDX-License-Identifier: Apache-2.0
// The store on one machine: one writer and some readers over one SQLite file, all of them off the main thread.
import { AsyncLocalStorage } from "node:async_hooks";
import { open, stat } from "node:fs/promises";
import path from "node:path";
import { type Driver, Kysely, sql } from "kysely";
import type { AnyDb, Clock, Log, RoomSchema, Store } from "../core/index.ts";
import type { ConnectionOptions } from "./connection.ts";
import { readerDriver, sqliteDialect, writerDriver } from "./dialect.ts";
import { StoreError } from "./errors.ts";
import { ensureDirectory } from "./files.ts";
import { migrate } from "./migrate.ts";
import type { DatabaseThread } from "./protocol.ts";
import { Thread } from "./thread.ts";

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

export const FILE = "bailiwick.db";
/** Transactions that may wait for the writer; the next one is refused with STORE_BUSY. */
export const WAITING_MAX = 1000;

/**
 * Opens the database of a data directory, checks it after an unclean stop, and migrates it.
 * @throws StoreError when the file, its settings, its schema or the directory is not fit to be used
 */
export function openStore(options: StoreOptions, ports: StorePorts): Promise<Store & AsyncDisposable> {
  return openStoreOn((start, onFault) => new Thread(start, onFault), options, ports);
}

/**
 * Opens the database of a data directory to look at it, whether or not a server has it open; nothing where there is none.
 * @throws StoreError when the file is not fit to be used
 */
export async function readStore(dir: string): Promise<(Pick<Store, "read"> & AsyncDisposable) | undefined> {
  const file = path.join(dir, FILE);
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
): Promise<Store & AsyncDisposable> {
  await ensureDirectory(options.dir);
  const file = path.join(options.dir, FILE);
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
    await migrate(alone, options.schemas);
    const readers = Array.from({ length: options.readers ?? 2 }, () => thread("reader"));
    threads.unshift(...readers);
    await Promise.all(readers.map((reader) => reader.call({ op: "query", sql: "select 1", values: [] })));
    return assemble(kysely(readerDriver(readers), true), {
      writer,
      threads,
      state,
      ports,
      slowTxMs: options.slowTxMs ?? 50,
    });
  } catch (error) {
    await Promise.allSettled(threads.map((each) => each.close())); // the first fault is the one to tell
    throw error;
  }
}

interface Parts {
  readonly writer: DatabaseThread;
  /** Readers first: the last connection that closes folds the WAL into the file. */
  readonly threads: readonly DatabaseThread[];
  readonly state: State;
  readonly ports: StorePorts;
  readonly slowTxMs: number;
}

function assemble(read: AnyDb, { writer, threads, state, ports, slowTxMs }: Parts): Store & AsyncDisposable {
  const write = kysely(writerDriver(writer, { autocommit: false }), false);
  const inside = new AsyncLocalStorage<string>();
  const running = new Set<Promise<unknown>>();

  const transact = async <T>(name: string, fn: (db: AnyDb) => Promise<T>): Promise<T> => {
    let begun = 0;
    const value = await write.transaction().execute((db) => {
      begun = ports.clock.monotonic();
      return inside.run(name, () => fn(db));
    });
    const ms = ports.clock.monotonic() - begun;
    if (ms > slowTxMs) ports.log.fault("STORE_TX_SLOW", { tx: name, ms });
    state.worked();
    return value;
  };
  const close = async (): Promise<void> => {
    state.close();
    await Promise.allSettled(running);
    for (const thread of threads) await thread.close();
  };
  return {
    read,
    async tx(name, fn) {
      state.check();
      if (inside.getStore() !== undefined) {
        throw new StoreError(
          "STORE_TX_NESTED",
          `beginning ${name} inside ${inside.getStore()}: use the handle it was given`,
        );
      }
      if (running.size >= WAITING_MAX) throw new StoreError("STORE_BUSY", `beginning ${name}: too many are waiting`);
      const work = transact(name, fn);
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    health: () => state.health(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function kysely(driver: Driver, shared: boolean): AnyDb {
  return new Kysely({ dialect: sqliteDialect(driver, { shared }) });
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
