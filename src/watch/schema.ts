// SPDX-License-Identifier: Apache-2.0
// The tables of this room. What was found survives; what the detectors count is read again from the record.
import { sql } from "kysely";
import type { AnyDb, RoomSchema } from "../core/index.ts";

export type WatchTables = {
  readonly watch_finding: {
    readonly id: string;
    readonly v: number;
    readonly status: string;
    readonly last_at: number;
    /** JSON. */
    readonly finding: string;
  };
  /** Keyed digests only: nobody can read a planted value here. */
  readonly watch_decoy: {
    readonly id: string;
    readonly kind: string;
    readonly mac: string;
    readonly place_type: string;
    readonly place_id: string;
    readonly planted: number;
  };
  /** What tools said of themselves when they were first seen, or accepted. */
  readonly watch_pin: {
    readonly server: string;
    readonly tool: string;
    readonly digest: string;
    /** JSON; `null` where it was pinned before definitions were kept. */
    readonly said: string | null;
  };
  /** How much of the record was looked at. */
  readonly watch_checkpoint: { readonly one: number; readonly size: number };
};

/** The store's handle with this room's tables on it. */
export function tables(db: AnyDb): ReturnType<typeof db.$extendTables<WatchTables>> {
  return db.$extendTables<WatchTables>();
}

const STRICT = sql`strict, without rowid`;

export const WATCH_SCHEMA: RoomSchema = {
  room: "watch",
  migrations: [
    { name: "watch-0001-findings", up: findings },
    { name: "watch-0002-definitions", up: definitions },
  ],
};

/** What is pinned is kept as it was said, so that a change can be read. */
async function definitions(db: AnyDb): Promise<void> {
  await db.schema.alterTable("watch_pin").addColumn("said", "text").execute();
}

async function findings(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("watch_finding")
    .addColumn("id", "text", (c) => c.notNull().primaryKey())
    .addColumn("v", "integer", (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("last_at", "integer", (c) => c.notNull())
    .addColumn("finding", "text", (c) => c.notNull())
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("watch_decoy")
    .addColumn("id", "text", (c) => c.notNull().primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("mac", "text", (c) => c.notNull().unique())
    .addColumn("place_type", "text", (c) => c.notNull())
    .addColumn("place_id", "text", (c) => c.notNull())
    .addColumn("planted", "integer", (c) => c.notNull())
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("watch_pin")
    .addColumn("server", "text", (c) => c.notNull())
    .addColumn("tool", "text", (c) => c.notNull())
    .addColumn("digest", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("watch_pin_pk", ["server", "tool"])
    .modifyEnd(STRICT)
    .execute();
  await db.schema
    .createTable("watch_checkpoint")
    .addColumn("one", "integer", (c) => c.notNull().primaryKey())
    .addColumn("size", "integer", (c) => c.notNull())
    .modifyEnd(STRICT)
    .execute();
}
