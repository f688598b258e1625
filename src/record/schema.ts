// SPDX-License-Identifier: Apache-2.0
// The tables of this room. The log itself is no table: what stands here is beside it, or made from it.
import { sql } from "kysely";
import type { AnyDb, RoomSchema } from "../core/index.ts";
import { domainKeys, keeping } from "./keep/tables.ts";
import { searchTables } from "./search/schema.ts";

export type RecordTables = {
  /** The newest signed head of each log: the guard `sql`. */
  readonly record_head: { readonly origin: string; readonly size: number; readonly note: string };
};

const STRICT = sql`strict, without rowid`;

export const RECORD_SCHEMA: RoomSchema = {
  room: "record",
  keys: ["record_domain_key"],
  migrations: [
    { name: "record-0001-head", up: head },
    { name: "record-0002-domain-keys", up: domainKeys },
    { name: "record-0003-index", up: searchTables },
    { name: "record-0004-keeping", up: keeping },
  ],
};

async function head(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("record_head")
    .addColumn("origin", "text", (c) => c.notNull().primaryKey())
    .addColumn("size", "integer", (c) => c.notNull())
    .addColumn("note", "text", (c) => c.notNull())
    .modifyEnd(STRICT)
    .execute();
}
