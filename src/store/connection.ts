// SPDX-License-Identifier: Apache-2.0
// One SQLite connection with the settings that durability and safety rest on, each read back. Runs in a worker thread
// only: a synchronous commit must never stand in the way of a decision.
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { StoreError } from "./errors.ts";

/** What can be bound to a parameter. */
export type SqlValue = null | number | bigint | string | Uint8Array;
export type Row = Readonly<Record<string, unknown>>;

export interface Result {
  readonly rows: readonly Row[];
  /** Rows changed; 0 for a query. */
  readonly changes: number;
}

export interface Connection {
  query(sql: string, values: readonly SqlValue[]): Result;
  /** Rows one by one, on a statement of its own. */
  iterate(sql: string, values: readonly SqlValue[]): Iterator<Row>;
  /** Ends the open transaction, if SQLite has not ended it already (a full disk does). */
  rollback(): void;
  close(): void;
}

export interface ConnectionOptions {
  readonly file: string;
  readonly role: "writer" | "reader";
  /** UNIT: ms. How long a statement waits for a lock. */
  readonly busyMs: number;
}

/** "BWLK": what stands in the header of our files, so that nobody opens somebody else's. */
export const APPLICATION_ID = 0x42_57_4c_4b;
/** Prepared statements kept by one connection. */
export const STATEMENT_CACHE_MAX = 256;
/** Before this, several connections to one WAL file could lose committed rows (the WAL-reset race). */
const SQLITE_MIN: readonly number[] = [3, 51, 3];
/** UNIT: bytes. */
const JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024;

/** Name, value to set, value read back. */
const SETTINGS: readonly (readonly [string, string, string | number])[] = [
  ["journal_mode", "wal", "wal"],
  ["synchronous", "full", 2],
  ["foreign_keys", "on", 1],
  ["trusted_schema", "off", 0],
  ["secure_delete", "on", 1],
  ["wal_autocheckpoint", "1000", 1000],
  ["journal_size_limit", String(JOURNAL_SIZE_LIMIT), JOURNAL_SIZE_LIMIT],
];

/** @throws StoreError STORE_SQLITE_OLD, STORE_FILE_FOREIGN, STORE_SETTING; node:sqlite's own for a file it cannot open */
export function openConnection({ file, role, busyMs }: ConnectionOptions): Connection {
  const db = new DatabaseSync(file, { timeout: busyMs, enableForeignKeyConstraints: true, defensive: true });
  try {
    refuseOld(String(pragma(db, "select sqlite_version()")));
    claim(db);
    for (const [name, value, expected] of SETTINGS) set(db, name, value, expected);
    if (role === "reader") set(db, "query_only", "on", 1);
  } catch (error) {
    db.close();
    throw error;
  }
  const statements = new Map<string, StatementSync>();
  return {
    query: (sql, values) => run(statement(db, statements, sql), values),
    iterate: (sql, values) => db.prepare(sql).iterate(...values),
    rollback() {
      if (db.isTransaction) db.exec("rollback");
    },
    close: () => db.close(),
  };
}

/** Refuses an SQLite older than 3.51.3. @throws StoreError STORE_SQLITE_OLD */
export function refuseOld(version: string): void {
  const have = version.split(".").map(Number);
  const at = SQLITE_MIN.findIndex((least, i) => (have[i] ?? 0) !== least);
  if (at !== -1 && (have[at] ?? 0) < (SQLITE_MIN[at] ?? 0)) {
    throw new StoreError("STORE_SQLITE_OLD", `opening the database: SQLite ${version} can lose committed rows`, {
      fix: `run a Node.js whose SQLite is ${SQLITE_MIN.join(".")} or newer`,
    });
  }
}

function claim(db: DatabaseSync): void {
  const id = pragma(db, "pragma application_id");
  if (id === APPLICATION_ID) return;
  if (id !== 0 || pragma(db, "select count(*) from sqlite_schema") !== 0) {
    throw new StoreError("STORE_FILE_FOREIGN", "opening the database: the file belongs to another program", {
      fix: "point the data directory somewhere else",
    });
  }
  db.exec(`pragma application_id = ${APPLICATION_ID}`);
}

function set(db: DatabaseSync, name: string, value: string, expected: string | number): void {
  db.exec(`pragma ${name} = ${value}`);
  const now = pragma(db, `pragma ${name}`);
  if (now !== expected) {
    throw new StoreError("STORE_SETTING", `opening the database: ${name} is ${String(now)}, not ${value}`);
  }
}

/** The first column of the first row. */
function pragma(db: DatabaseSync, sql: string): unknown {
  return Object.values(db.prepare(sql).get() ?? {})[0];
}

function statement(db: DatabaseSync, cache: Map<string, StatementSync>, sql: string): StatementSync {
  const cached = cache.get(sql);
  if (cached !== undefined) {
    cache.delete(sql);
    cache.set(sql, cached);
    return cached;
  }
  const fresh = db.prepare(sql);
  cache.set(sql, fresh);
  const oldest = cache.keys().next();
  if (cache.size > STATEMENT_CACHE_MAX && oldest.done !== true) cache.delete(oldest.value);
  return fresh;
}

function run(prepared: StatementSync, values: readonly SQLInputValue[]): Result {
  // `returning` makes rows of a write: the statement's columns tell, not its first word
  if (prepared.columns().length > 0) return { rows: prepared.all(...values), changes: 0 };
  return { rows: [], changes: Number(prepared.run(...values).changes) };
}
