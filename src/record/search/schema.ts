// SPDX-License-Identifier: Apache-2.0
// The rows by which entries are found. They hold nothing that is not in the log: rows that are lost are made again from it.
import { sql } from "kysely";
import type { AnyDb } from "../../core/index.ts";

export type SearchTables = {
  /** One row for each entry that was looked at. */
  readonly record_index: {
    readonly tenant: string;
    readonly log: string;
    readonly idx: number;
    readonly at: number;
    readonly id: string;
    readonly leaf: string;
    /** JSON: the members that a list shows. */
    readonly summary: string;
  };
  /** By what each entry is found: `kind:value`. */
  readonly record_term: {
    readonly tenant: string;
    readonly term: string;
    readonly log: string;
    readonly idx: number;
  };
  /** How much of a log is in the rows. */
  readonly record_cursor: {
    readonly log: string;
    readonly next: number;
    /** Leaf hash of the last entry that is in them: another one there is another history. */
    readonly leaf: string;
    /** Of the rows; those of another form are made again. */
    readonly form: number;
    /** `clearing` while rows are taken away, so that a killed process goes on with it. */
    readonly state: string;
  };
};

/** The store's handle with these tables on it. */
export function tables(db: AnyDb): ReturnType<typeof db.$extendTables<SearchTables>> {
  return db.$extendTables<SearchTables>();
}

const STRICT = sql`strict, without rowid`;

/** Step of the schema. */
export async function searchTables(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("record_index")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("log", "text", (c) => c.notNull())
    .addColumn("idx", "integer", (c) => c.notNull())
    .addColumn("at", "integer", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("leaf", "text", (c) => c.notNull())
    .addColumn("summary", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("record_index_pk", ["tenant", "log", "idx"])
    .modifyEnd(STRICT)
    .execute();
  await db.schema.createIndex("record_index_at").on("record_index").columns(["tenant", "log", "at"]).execute();
  await db.schema
    .createTable("record_term")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("term", "text", (c) => c.notNull())
    .addColumn("log", "text", (c) => c.notNull())
    .addColumn("idx", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("record_term_pk", ["tenant", "term", "log", "idx"])
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("record_cursor")
    .addColumn("log", "text", (c) => c.notNull().primaryKey())
    .addColumn("next", "integer", (c) => c.notNull())
    .addColumn("leaf", "text", (c) => c.notNull())
    .addColumn("form", "integer", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .modifyEnd(STRICT)
    .execute();
}
