// SPDX-License-Identifier: Apache-2.0
// The store on PostgreSQL: looks at the server before it trusts it, takes the one right to write, migrates, and reads beside.
import { rm } from "node:fs/promises";
import path from "node:path";
import { type Driver, Kysely } from "kysely";
import type { AnyDb, Clock, Log, Random, RoomSchema, Timers } from "../../core/index.ts";
import { writeTable } from "../backup/rows.ts";
import { StoreError } from "../errors.ts";
import { backupsFolder, dropOldCopies, ensurePrivateDirectory } from "../files.ts";
import { migrate } from "../migrate.ts";
import { SLOW_TX_MS } from "../open.ts";
import { type Engine, type OpenedStore, storeOver } from "../transactions.ts";
import type { PostgresAddress } from "./address.ts";
import { claimantOf, noteUsed } from "./claim.ts";
import { postgresDialect, readerDriver, snapshotDriver, writerDriver } from "./driver.ts";
import { HOLD_MS, Hold, onOne } from "./hold.ts";
import { type LimitOptions, limitsOf } from "./limits.ts";
import { Connections, jitter, pause, Unreachable } from "./pool.ts";
import { checkServer } from "./server.ts";
import { State } from "./state.ts";

export interface PostgresOptions extends LimitOptions {
  /** The data directory, which is locked: one directory and one database belong together. */
  readonly dir: string;
  readonly address: PostgresAddress;
  readonly schemas: readonly RoomSchema[];
  /** Connections for queries that change nothing. */
  readonly readers?: number;
}

export interface PostgresPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Nothing may go on: another process writes, or nobody knows what was written. */
  readonly onLost: (error: StoreError) => void;
}

/** A transaction that the server could not serialise is begun again so often. */
const BEGIN_AGAIN_MAX = 5;
/** UNIT: ms. A lease that nobody prolonged meanwhile is prolonged by itself. */
const PROLONG_MS = HOLD_MS / 3;

/**
 * Opens the database for this process alone.
 * @throws StoreError STORE_SERVER_UNFIT, STORE_LOCKED, STORE_FILE_FOREIGN, STORE_ADDRESS, STORE_DOWN and what a migration throws
 */
export async function openPostgres(options: PostgresOptions, ports: PostgresPorts): Promise<OpenedStore> {
  const limits = limitsOf(options);
  const { address, schemas } = options;
  await using opened = new AsyncDisposableStack();
  // two: the writer's, and one to ask what became of a commit
  const writer = opened.adopt(new Connections({ address, max: 2, silentMs: limits.silentMs }, ports), (c) => c.end());
  await onOne(writer, checkServer);
  await dropOldCopies(options.dir, ports.clock.now());
  const claimant = await claimantOf(options.dir, writer, ports);
  const state = new State(ports);
  const hold = await Hold.take(claimant, writer, { ...ports, onLost: (error) => state.lost(error) });
  opened.defer(() => hold.release());
  await noteUsed(options.dir, claimant);
  {
    await using alone = new AsyncDisposableStack();
    const patient = alone.adopt(new Connections({ address, max: 1 }, ports), (c) => c.end());
    const db = kysely(writerDriver(patient, { autocommit: true, hold, limits: limits.none }), false);
    await migrate(db, schemas, (steps) => copyBefore(patient, { dir: options.dir, now: ports.clock.now() }, steps));
  }
  const reader = opened.adopt(
    new Connections({ address, max: options.readers ?? 8, silentMs: limits.silentMs, hello: limits.reader }, ports),
    (c) => c.end(),
  );
  const write = kysely(writerDriver(writer, { autocommit: false, hold, limits: limits.writer }), false);
  opened.defer(ports.timers.every(PROLONG_MS, () => prolong(write, hold)));
  const engine = { read: kysely(readerDriver(reader), true), write, state, hold, ports, reader, writer };
  const ended = opened.move();
  return storeOver(
    engineOf(engine, () => ended.disposeAsync()),
    ports,
    { slowTxMs: SLOW_TX_MS },
  );
}

/** Every row as it is before the first of these steps, one file a table (store S12). */
async function copyBefore(
  pool: Connections,
  { dir, now }: { readonly dir: string; readonly now: number },
  [first = ""]: readonly string[],
): Promise<void> {
  const folder = path.join(await backupsFolder(dir, now), `pre-${first}`);
  await rm(folder, { recursive: true, force: true }); // of a start that did not get so far
  await ensurePrivateDirectory(folder);
  await kysely(snapshotDriver(pool), true)
    .transaction()
    .execute(async (db) => {
      for (const { name } of await db.introspection.getTables()) {
        if (!name.startsWith("sys_")) await writeTable(db, name, folder, `${name}.jsonl`);
      }
    });
}

/** Reads a database that a server may have open; changes nothing, and takes nothing. */
export function readPostgres(
  address: PostgresAddress,
  ports: Pick<PostgresPorts, "timers" | "random">,
): { readonly read: AnyDb } & AsyncDisposable {
  const { reader: hello, silentMs } = limitsOf({});
  const pool = new Connections({ address, max: 1, silentMs, hello }, ports);
  return { read: kysely(readerDriver(pool), true), [Symbol.asyncDispose]: () => pool.end() };
}

function kysely(driver: Driver, shared: boolean): AnyDb {
  return new Kysely({ dialect: postgresDialect(driver, { shared }) });
}

/** An empty transaction: to begin one is to prolong the lease. */
function prolong(write: AnyDb, hold: Hold): void {
  if (hold.unsureMs() < PROLONG_MS) return;
  write
    .transaction()
    .execute(() => Promise.resolve())
    .catch(() => undefined); // what it found out is kept by `state` and `hold`; the next turn tries again
}

interface Parts {
  readonly read: AnyDb;
  readonly write: AnyDb;
  readonly reader: Connections;
  readonly writer: Connections;
  readonly state: State;
  readonly hold: Hold;
  readonly ports: PostgresPorts;
}

function engineOf({ read, write, reader, writer, state, hold, ports }: Parts, close: () => Promise<void>): Engine {
  return {
    read,
    write,
    check: () => state.check(),
    worked: () => state.worked(),
    async again(error, times) {
      state.saw(error);
      if (times > BEGIN_AGAIN_MAX || !mayBeginAgain(error) || state.isOver()) return false;
      await pause(jitter(2 ** times, ports.random), ports.timers);
      return true;
    },
    snapshot: (fn) =>
      kysely(snapshotDriver(reader), true)
        .transaction()
        .execute((db) => fn(db)),
    // the second connection of the writer: no transaction may be around it
    scrub: () => onOne(writer, (connection) => connection.send("vacuum")).then(() => undefined),
    health() {
      if (hold.unsureMs() < HOLD_MS) return state.health();
      return { ok: false, why: "the database has not answered for longer than another process waits for it" };
    },
    stop: () => state.close(),
    close,
  };
}

/** Nothing of it was kept: the server could not serialise it, or the connection broke before it was asked to commit. */
function mayBeginAgain(error: unknown): boolean {
  if (!(error instanceof StoreError) || error instanceof Unreachable) return false;
  return error.code === "STORE_BUSY" || error.code === "STORE_DOWN";
}
