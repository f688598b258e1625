// SPDX-License-Identifier: Apache-2.0
// Kysely on PostgreSQL: readers take many statements at once, the writer takes one transaction at a time, as SQLite does.
// Each transaction begins by prolonging the lease that lets this process write, so whoever lost it writes nothing.
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  type QueryResult,
  sql,
} from "kysely";
import { failedBefore, refuseTransaction } from "../dialect.ts";
import { StoreError } from "../errors.ts";
import { PostgresCompiler } from "./compiler.ts";
import { PgConnection } from "./connection.ts";
import { type Hold, onOne } from "./hold.ts";
import { type Connections, Unreachable } from "./pool.ts";

export function postgresDialect(driver: Driver, { shared }: { readonly shared: boolean }): Dialect {
  return {
    createAdapter: () => new Adapter(shared),
    createDriver: () => driver,
    createIntrospector: tablesOf,
    createQueryCompiler: () => new PostgresCompiler(),
  };
}

/** Which tables there are: all that migrations ask. */
function tablesOf<T>(db: Kysely<T>): DatabaseIntrospector {
  return {
    getSchemas: () => Promise.resolve([]),
    async getTables() {
      const { rows } = await sql<{ readonly name: string; readonly schema: string }>`
        select tablename as name, schemaname as schema from pg_tables where schemaname = current_schema()`.execute(db);
      return rows.map((row) => ({ ...row, isView: false, isForeign: false, columns: [] }));
    },
  };
}

class Adapter extends PostgresAdapter {
  private readonly shared: boolean;
  constructor(shared: boolean) {
    super();
    this.shared = shared;
  }
  override get supportsMultipleConnections(): boolean {
    return this.shared;
  }
  // the lease is held by then; a lock of the session would not outlive a pooled one
  override acquireMigrationLock(): Promise<void> {
    return Promise.resolve();
  }
  override releaseMigrationLock(): Promise<void> {
    return Promise.resolve();
  }
}

const nothing = (): Promise<void> => Promise.resolve();

/** Statements that change nothing, each on a connection of its own. */
export function readerDriver(pool: Connections): Driver {
  return {
    init: nothing,
    acquireConnection: () => Promise.resolve(new Reader(pool)),
    beginTransaction: refuseTransaction,
    commitTransaction: refuseTransaction,
    rollbackTransaction: refuseTransaction,
    releaseConnection: nothing,
    destroy: nothing,
  };
}

class Reader implements DatabaseConnection {
  private readonly pool: Connections;
  constructor(pool: Connections) {
    this.pool = pool;
  }

  /** Asks once more where the connection broke under it: to read twice changes nothing. */
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const ask = (): Promise<QueryResult<R>> => onOne(this.pool, (connection) => connection.executeQuery<R>(query));
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Unreachable || !(error instanceof StoreError) || error.code !== "STORE_DOWN") throw error;
      return ask();
    }
  }

  async *streamQuery<R>(query: CompiledQuery, count: number): AsyncIterableIterator<QueryResult<R>> {
    const connection = await this.pool.connection();
    try {
      yield* connection.streamQuery<R>(query, count);
    } finally {
      connection.release();
    }
  }
}

/** Where it cannot be sent the server has taken everything back with the connection. */
async function takeBack(connection: DatabaseConnection): Promise<void> {
  await mine(connection)
    .send("rollback")
    .catch(() => undefined);
}

/** One transaction that sees one moment and changes nothing. */
export function snapshotDriver(pool: Connections): Driver {
  return {
    init: nothing,
    acquireConnection: () => pool.connection({ usable: () => true, alone: false }),
    async beginTransaction(connection) {
      await mine(connection).send("begin isolation level repeatable read read only");
    },
    commitTransaction: takeBack,
    rollbackTransaction: takeBack,
    releaseConnection: give,
    destroy: nothing,
  };
}

export interface WriterOptions {
  /** For migrations, which run alone: statements outside a transaction are taken, and may take their time. */
  readonly autocommit: boolean;
  readonly hold: Hold;
  /** What a transaction is told of time: nothing for migrations. */
  readonly limits: string;
}

/** Transactions, one after the other. A handle works between `begin` and `commit` only. */
export function writerDriver(pool: Connections, { autocommit, hold, limits }: WriterOptions): Driver {
  const open = new Map<DatabaseConnection, string>();
  const take = (): Promise<PgConnection> =>
    pool.connection({ usable: (connection) => autocommit || open.has(connection), alone: false });
  return {
    init: nothing,
    acquireConnection: take,
    async beginTransaction(connection) {
      const ours = mine(connection);
      ours.failed = undefined;
      open.set(connection, await hold.begin(ours, limits));
    },
    async commitTransaction(connection) {
      const ours = mine(connection);
      const transaction = open.get(connection) ?? "";
      if (ours.failed !== undefined) throw failedBefore(ours.failed);
      const done = ours.send("commit"); // posted before the handle closes: statements keep their order
      open.delete(connection);
      await done.catch((cause: unknown) => hold.settle(transaction, cause));
    },
    async rollbackTransaction(connection) {
      open.delete(connection);
      await takeBack(connection);
      mine(connection).failed = undefined;
    },
    releaseConnection: give,
    destroy: nothing,
  };
}

function give(connection: DatabaseConnection): Promise<void> {
  mine(connection).release();
  return Promise.resolve();
}

function mine(connection: DatabaseConnection): PgConnection {
  if (connection instanceof PgConnection) return connection;
  throw new StoreError("STORE_DOWN", "using the database: a connection of somebody else");
}
