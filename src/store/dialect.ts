// SPDX-License-Identifier: Apache-2.0
// Kysely on our threads: queries are compiled here and run over there. Readers take many queries at once and begin no
// transaction; the writer takes one transaction at a time (Kysely queues for a dialect with one connection).
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Row, SqlValue } from "./connection.ts";
import { StoreError } from "./errors.ts";
import type { DatabaseThread } from "./protocol.ts";

export function sqliteDialect(driver: Driver, { shared }: { readonly shared: boolean }): Dialect {
  return {
    createAdapter: () => new Adapter(shared),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** Kysely's own says that SQLite has no transactional DDL; it has. */
class Adapter extends SqliteAdapter {
  private readonly shared: boolean;
  constructor(shared: boolean) {
    super();
    this.shared = shared;
  }
  override get supportsMultipleConnections(): boolean {
    return this.shared;
  }
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Of every driver that only reads. */
export const refuseTransaction = (): Promise<void> =>
  Promise.reject(new StoreError("STORE_READONLY", "beginning a transaction on a reader: use the store's tx"));

/** Queries that change nothing, on whichever reader has the least to do. */
export function readerDriver(threads: readonly DatabaseThread[]): Driver {
  return {
    init: () => Promise.resolve(),
    acquireConnection() {
      const [first, ...rest] = threads;
      if (first === undefined) throw new StoreError("STORE_DOWN", "reading: the store has no reader");
      const idlest = rest.reduce((least, thread) => (thread.load < least.load ? thread : least), first);
      return Promise.resolve(new SqlConnection(idlest));
    },
    beginTransaction: refuseTransaction,
    commitTransaction: refuseTransaction,
    rollbackTransaction: refuseTransaction,
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
}

/**
 * Transactions on the writer. A handle works between `begin` and `commit` only, so that a query which comes too late
 * fails instead of standing outside every transaction; `autocommit` is for migrations, which run alone.
 */
export function writerDriver(thread: DatabaseThread, { autocommit }: { readonly autocommit: boolean }): Driver {
  const open = new WeakSet<DatabaseConnection>();
  const failed = new WeakMap<DatabaseConnection, StoreError>();
  return {
    init: () => Promise.resolve(),
    acquireConnection() {
      const connection: SqlConnection = new SqlConnection(thread, {
        usable: () => autocommit || open.has(connection),
        failed: () => failed.get(connection),
        onFault(error) {
          if (open.has(connection) && !failed.has(connection)) failed.set(connection, error);
        },
      });
      return Promise.resolve(connection);
    },
    async beginTransaction(connection) {
      open.add(connection);
      await connection.executeQuery(CompiledQuery.raw("begin immediate"));
    },
    async commitTransaction(connection) {
      const before = failed.get(connection);
      if (before !== undefined) throw failedBefore(before);
      const done = connection.executeQuery(CompiledQuery.raw("commit")); // posted before the handle closes: messages keep their order
      open.delete(connection);
      await done;
    },
    async rollbackTransaction(connection) {
      open.delete(connection);
      failed.delete(connection);
      await thread.call({ op: "rollback" });
    },
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
}

interface Rules {
  readonly usable: () => boolean;
  /** The first fault of the open transaction: nothing of it is kept, on either engine. */
  readonly failed: () => StoreError | undefined;
  readonly onFault: (error: StoreError) => void;
}

const READER: Rules = { usable: () => true, failed: () => undefined, onFault: () => undefined };

class SqlConnection implements DatabaseConnection {
  private readonly thread: DatabaseThread;
  private readonly rules: Rules;

  constructor(thread: DatabaseThread, rules: Rules = READER) {
    this.thread = thread;
    this.rules = rules;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.check();
    const values = bind(query.parameters);
    const { rows, changes } = await this.told(this.thread.call({ op: "query", sql: query.sql, values }));
    return { rows: typed<R>(rows), numAffectedRows: BigInt(changes) };
  }

  async *streamQuery<R>(query: CompiledQuery, count: number): AsyncIterableIterator<QueryResult<R>> {
    this.check();
    const { id } = await this.thread.call({ op: "stream", sql: query.sql, values: bind(query.parameters) });
    let done = false;
    try {
      while (!done) {
        const answer = await this.told(this.thread.call({ op: "next", cursor: id, count }));
        done = answer.done === true;
        if (answer.rows.length > 0) yield { rows: typed<R>(answer.rows) };
      }
    } finally {
      if (!done) await this.thread.call({ op: "drop", cursor: id });
    }
  }

  private check(): void {
    if (!this.rules.usable()) {
      throw new StoreError("STORE_TX_OVER", "querying after the transaction ended: await every call");
    }
    const before = this.rules.failed();
    if (before !== undefined) throw failedBefore(before);
  }

  private async told<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof StoreError) this.rules.onFault(error);
      throw error;
    }
  }
}

/** What is said to whoever goes on in a transaction that cannot be kept. */
export function failedBefore(cause: StoreError): StoreError {
  return new StoreError("STORE_TX_FAILED", "going on in a transaction that failed: nothing of it is kept", { cause });
}

/** Kysely types rows by the query that it compiled; what crosses the thread has no type. */
export function typed<R>(rows: readonly Row[]): R[] {
  return rows as R[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the query's own promise, as in every Kysely driver
}

/** Booleans are 0 and 1; what SQLite would round, or silently turn into NULL, is refused (store S3). */
export function bind(parameters: readonly unknown[]): SqlValue[] {
  return parameters.map((value) => {
    if (typeof value === "boolean") return value ? 1 : 0;
    if (value === null || typeof value === "bigint" || isText(value)) return value;
    if (value instanceof Uint8Array) return value;
    if (
      typeof value === "number" &&
      Number.isFinite(value) &&
      (!Number.isInteger(value) || Number.isSafeInteger(value))
    )
      return value;
    throw new StoreError("STORE_VALUE", `binding a parameter: ${describe(value)} is no SQL value`);
  });
}

/** What both engines keep as it is: PostgreSQL has no text with a zero character (8.3). */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed() && !value.includes("\0");
}

function describe(value: unknown): string {
  return typeof value === "number" ? `the number ${value}` : typeof value;
}
