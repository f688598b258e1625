// SPDX-License-Identifier: Apache-2.0
// The tables of the witness: what it saw of the logs of others, and what showed that one of them lied.
import { sql } from "kysely";
import type { AnyDb, RoomSchema } from "../../core/index.ts";

export type WitnessTables = {
  /** The newest checkpoint that was cosigned, of each log. */
  readonly record_witness_state: {
    readonly origin: string;
    readonly size: number;
    /** Base64. */
    readonly root: string;
    /** With the log's signatures and ours. */
    readonly note: string;
    /** UNIT: seconds. What our cosignatures say. */
    readonly at: number;
  };
  /** Checkpoints that were seen, so that another one of the same size is noticed; the oldest of each log are dropped. */
  readonly record_witness_seen: {
    readonly origin: string;
    readonly size: number;
    readonly root: string;
    /** As the log signed it. */
    readonly note: string;
  };
  /** Two checkpoints of one size and two roots, both signed by the log. */
  readonly record_witness_fork: {
    readonly id: string;
    readonly origin: string;
    readonly size: number;
    readonly first: string;
    readonly second: string;
    /** UNIT: ms. */
    readonly found: number;
    /** Who said that the log may be cosigned again: nobody, one person, or two. */
    readonly cleared_by: string | null;
    readonly cleared_again: string | null;
  };
};

/** The store's handle with these tables on it. */
export function tables(db: AnyDb): ReturnType<typeof db.$extendTables<WitnessTables>> {
  return db.$extendTables<WitnessTables>();
}

const STRICT = sql`strict, without rowid`;

export const WITNESS_SCHEMA: RoomSchema = {
  room: "witness",
  migrations: [{ name: "witness-0001-state", up: state }],
};

async function state(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("record_witness_state")
    .addColumn("origin", "text", (c) => c.notNull().primaryKey())
    .addColumn("size", "integer", (c) => c.notNull())
    .addColumn("root", "text", (c) => c.notNull())
    .addColumn("note", "text", (c) => c.notNull())
    .addColumn("at", "integer", (c) => c.notNull())
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("record_witness_seen")
    .addColumn("origin", "text", (c) => c.notNull())
    .addColumn("size", "integer", (c) => c.notNull())
    .addColumn("root", "text", (c) => c.notNull())
    .addColumn("note", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("record_witness_seen_pk", ["origin", "size"])
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("record_witness_fork")
    .addColumn("id", "text", (c) => c.notNull().primaryKey())
    .addColumn("origin", "text", (c) => c.notNull())
    .addColumn("size", "integer", (c) => c.notNull())
    .addColumn("first", "text", (c) => c.notNull())
    .addColumn("second", "text", (c) => c.notNull())
    .addColumn("found", "integer", (c) => c.notNull())
    .addColumn("cleared_by", "text")
    .addColumn("cleared_again", "text")
    .modifyEnd(STRICT)
    .execute();
}
