// SPDX-License-Identifier: Apache-2.0
// Every room's tables on both engines: the same migrations, the same columns, the same things refused.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { SCHEMAS } from "../../src/server/store.ts";
import { inlineStore } from "../../src/store/testing/inline.ts";
import { openTestPostgres, testDatabase } from "../../src/store/testing/postgres.ts";
import type { OpenedStore } from "../../src/store/transactions.ts";
import { onPostgres } from "../support/postgres.ts";

interface Column {
  readonly name: string;
  readonly kind: string;
  readonly required: number;
}

/** Type of SQLite, by the type that PostgreSQL has in its place. */
const KINDS: Readonly<Record<string, string>> = {
  bigint: "INTEGER",
  text: "TEXT",
  bytea: "BLOB",
  "double precision": "REAL",
};

async function sqliteColumns(store: OpenedStore): Promise<ReadonlyMap<string, readonly Column[]>> {
  const { rows: tables } = await sql<{ name: string }>`select name from sqlite_schema where type = 'table'
    and name not like 'sys_%' order by name`.execute(store.read);
  const found = new Map<string, readonly Column[]>();
  for (const { name } of tables) {
    const { rows } = await sql<Column>`select name, type as kind, "notnull" as required
      from pragma_table_info(${name}) order by name`.execute(store.read);
    found.set(name, rows);
  }
  return found;
}

async function postgresColumns(store: OpenedStore): Promise<ReadonlyMap<string, readonly Column[]>> {
  const { rows } = await sql<Column & { table: string }>`select table_name as table, column_name as name,
    data_type as kind, is_nullable = 'NO' as required from information_schema.columns
    where table_schema = current_schema() and table_name not like 'sys_%'
    order by table_name collate "C", column_name collate "C"`.execute(store.read);
  const found = new Map<string, Column[]>();
  for (const { table, name, kind, required } of rows) {
    found.set(table, [...(found.get(table) ?? []), { name, kind: KINDS[kind] ?? kind, required }]);
  }
  return found;
}

onPostgres("the rooms' tables on both engines", (server) => {
  describe("the rooms' tables on both engines", () => {
    it("S2: every migration makes the same tables with the same columns", async () => {
      const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-store-"));
      try {
        await using database = await testDatabase(server);
        await using postgres = await openTestPostgres(path.join(dir), database.url, SCHEMAS);
        await using sqlite = await inlineStore(path.join(dir, "sqlite"), SCHEMAS);
        const expected = await sqliteColumns(sqlite);
        expect(expected.size).toBeGreaterThan(20);
        expect(await postgresColumns(postgres)).toEqual(expected);
      } finally {
        await rm(dir, { recursive: true });
      }
    });
    it("S3: every text column sorts bytewise", async () => {
      const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-store-"));
      try {
        await using database = await testDatabase(server);
        await using store = await openTestPostgres(dir, database.url, SCHEMAS);
        const { rows } = await sql`select table_name, column_name from information_schema.columns
          where table_schema = current_schema() and data_type = 'text' and collation_name is distinct from 'C'
          and not (table_name = 'sys_lease' and column_name = 'told')`.execute(store.read);
        expect(rows).toEqual([]);
      } finally {
        await rm(dir, { recursive: true });
      }
    });
  });
});
