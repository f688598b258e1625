// SPDX-License-Identifier: Apache-2.0
// Schema changes: forward only, numbered per room, one transaction each, and never changed afterwards. What is compared
// is the SQL a step compiles to, not its source: that stays the same when types are stripped or the code is bundled.
import { hash } from "node:crypto";
import { type CompiledQuery, type DatabaseConnection, type Driver, Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import type { AnyDb, Migration, RoomSchema } from "../core/index.ts";
import { sqliteDialect } from "./dialect.ts";
import { StoreError } from "./errors.ts";

export type Digests = { readonly sys_migration_digest: { readonly name: string; readonly sha256: string } };

const ROOM = /^[a-z]{2,16}$/;
const WHAT = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Brings the database to the newest schema.
 * @param db the writer, outside any transaction
 * @param before is told of the steps that will run on what is there already, and awaited: a copy can be made (store S12)
 * @throws StoreError STORE_SCHEMA_MALFORMED, STORE_SCHEMA_NEWER, STORE_SCHEMA_CHANGED, STORE_MIGRATION_FAILED
 */
export async function migrate(
  db: AnyDb,
  schemas: readonly RoomSchema[],
  before: (steps: readonly string[]) => Promise<void>,
): Promise<void> {
  const steps = checkNames(schemas);
  const digests = new Map<string, string>();
  for (const step of steps) digests.set(step.name, digest(await heard(step)));
  await createDigests(db);
  const ran = await compare(db, digests);
  const next = steps.map(({ name }) => name).filter((name) => !ran.has(name));
  if (ran.size > 0 && next.length > 0) await before(next);
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: () => Promise.resolve(Object.fromEntries(steps.map((s) => [s.name, noted(s, digests)]))),
    },
    migrationTableName: "sys_migration",
    migrationLockTableName: "sys_migration_lock",
    // rooms are numbered apart, so a step of one room may sort before a newer one of another
    allowUnorderedMigrations: true,
  });
  for (;;) {
    const { error, results } = await migrator.migrateUp();
    const failed = results?.find((r) => r.status === "Error")?.migrationName;
    if (error !== undefined || failed !== undefined) {
      throw new StoreError("STORE_MIGRATION_FAILED", `migrating: ${failed ?? "no step"} failed and was rolled back`, {
        cause: error,
      });
    }
    if (results === undefined || results.length === 0) return;
  }
}

async function createDigests(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("sys_migration_digest")
    .ifNotExists()
    .addColumn("name", "text", (c) => c.notNull().primaryKey())
    .addColumn("sha256", "text", (c) => c.notNull())
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}

/** Names are `<room>-0001-what`, from 1 without a hole, so that two builds can never number differently. */
export function checkNames(schemas: readonly RoomSchema[]): readonly Migration[] {
  const rooms = new Set<string>();
  for (const { room, migrations } of schemas) {
    if (!ROOM.test(room) || rooms.has(room)) throw malformed(room, "a room is named once, in lower-case letters");
    rooms.add(room);
    migrations.forEach(({ name }, i) => {
      const prefix = `${room}-${String(i + 1).padStart(4, "0")}-`;
      if (!name.startsWith(prefix) || !WHAT.test(name.slice(prefix.length))) {
        throw malformed(name, `the name starts with ${prefix} and says what it does`);
      }
    });
  }
  return schemas.flatMap((s) => s.migrations);
}

function malformed(name: string, rule: string): StoreError {
  return new StoreError("STORE_SCHEMA_MALFORMED", `reading the schema of ${name}: ${rule}`);
}

/** @returns the steps that were run */
async function compare(db: AnyDb, digests: ReadonlyMap<string, string>): Promise<ReadonlySet<string>> {
  const stored = await db.$extendTables<Digests>().selectFrom("sys_migration_digest").selectAll().execute();
  for (const { name, sha256 } of stored) {
    const ours = digests.get(name);
    if (ours === undefined) {
      throw new StoreError(
        "STORE_SCHEMA_NEWER",
        `opening the database: it already has ${name}, which is not known here`,
        {
          fix: "start the version that last wrote this data directory, or a newer one",
        },
      );
    }
    if (ours !== sha256) {
      throw new StoreError("STORE_SCHEMA_CHANGED", `opening the database: ${name} is not what was run on it`, {
        fix: "restore the step as it was released, and put the change into a new one",
      });
    }
  }
  return new Set(stored.map(({ name }) => name));
}

function noted(step: Migration, digests: ReadonlyMap<string, string>): Migration {
  return {
    name: step.name,
    async up(db) {
      await step.up(db);
      await db
        .$extendTables<Digests>()
        .insertInto("sys_migration_digest")
        .values({ name: step.name, sha256: digests.get(step.name) ?? "" })
        .execute();
    },
  };
}

const nothing = (): Promise<void> => Promise.resolve();

/** What the steps of all rooms come to. */
export interface Schema {
  /** Tables that are there at the end, in the order in which they were made. */
  readonly tables: readonly string[];
  /** Those of them whose rows are keys. */
  readonly keys: ReadonlySet<string>;
  readonly steps: readonly { readonly name: string; readonly sha256: string }[];
}

/** Reads the steps without a database. @throws StoreError STORE_SCHEMA_MALFORMED */
export async function schemaOf(schemas: readonly RoomSchema[]): Promise<Schema> {
  const tables = new Set<string>();
  const steps: { name: string; sha256: string }[] = [];
  for (const step of checkNames(schemas)) {
    const seen = await heard(step);
    for (const { query } of seen) {
      if (query.kind === "CreateTableNode") tables.add(query.table.table.identifier.name);
      if (query.kind === "DropTableNode") tables.delete(query.table.table.identifier.name);
    }
    steps.push({ name: step.name, sha256: digest(seen) });
  }
  return { tables: [...tables], keys: new Set(schemas.flatMap(({ keys = [] }) => keys)), steps };
}

/** SHA-256 of the SQL of a step. */
function digest(seen: readonly CompiledQuery[]): string {
  return hash("sha256", seen.map((query) => [query.sql, ...query.parameters.map(String)].join("\n")).join("\n"), "hex");
}

/** What a step says, taken by running it against a database that only listens. */
export async function heard(step: Migration): Promise<readonly CompiledQuery[]> {
  const seen: CompiledQuery[] = [];
  const connection: DatabaseConnection = {
    executeQuery(query: CompiledQuery) {
      seen.push(query);
      return Promise.resolve({ rows: [] });
    },
    streamQuery() {
      throw malformed(step.name, "a migration does not stream");
    },
  };
  const listener: Driver = {
    init: nothing,
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: nothing,
    commitTransaction: nothing,
    rollbackTransaction: nothing,
    releaseConnection: nothing,
    destroy: nothing,
  };
  const db: AnyDb = new Kysely({ dialect: sqliteDialect(listener, { shared: true }) });
  await step.up(db);
  return seen;
}
