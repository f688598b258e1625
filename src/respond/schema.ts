// SPDX-License-Identifier: Apache-2.0
// The tables of this room. A row holds what is asked; what was decided is believed only from the record.
import { sql } from "kysely";
import type { AnyDb, RoomSchema } from "../core/index.ts";

export type RespondTables = {
  readonly respond_approval: {
    readonly id: string;
    readonly state: string;
    /** What is asked, JSON. */
    readonly item: string;
    /** Context members the answer is bound to, JSON with numbers as they were read. */
    readonly binds: string;
    readonly nonce: string;
    readonly opened: number;
    readonly expires: number;
    /** Size of the log when it was opened: nothing about it is in an earlier entry. */
    readonly since: number;
    /** Signatures so far, JSON. */
    readonly bound: string;
    readonly why: string | null;
  };
  readonly respond_order: {
    readonly id: string;
    readonly state: string;
    readonly ordered_at: number;
    /** The order, JSON. */
    readonly order_json: string;
  };
  readonly respond_incident: {
    readonly id: string;
    readonly number: number;
    readonly v: number;
    readonly state: string;
    /** The facts of the newest version, JSON. */
    readonly facts: string;
  };
};

/** The store's handle with this room's tables on it. */
export function tables(db: AnyDb): ReturnType<typeof db.$extendTables<RespondTables>> {
  return db.$extendTables<RespondTables>();
}

export const RESPOND_SCHEMA: RoomSchema = {
  room: "respond",
  migrations: [
    { name: "respond-0001-approval", up: approval },
    { name: "respond-0002-order", up: order },
    { name: "respond-0003-incident", up: incident },
  ],
};

async function approval(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("respond_approval")
    .addColumn("id", "text", (c) => c.notNull().primaryKey())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("item", "text", (c) => c.notNull())
    .addColumn("binds", "text", (c) => c.notNull())
    .addColumn("nonce", "text", (c) => c.notNull())
    .addColumn("opened", "integer", (c) => c.notNull())
    .addColumn("expires", "integer", (c) => c.notNull())
    .addColumn("since", "integer", (c) => c.notNull())
    .addColumn("bound", "text", (c) => c.notNull())
    .addColumn("why", "text")
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}

async function order(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("respond_order")
    .addColumn("id", "text", (c) => c.notNull().primaryKey())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("ordered_at", "integer", (c) => c.notNull())
    .addColumn("order_json", "text", (c) => c.notNull())
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}

async function incident(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("respond_incident")
    .addColumn("id", "text", (c) => c.notNull().primaryKey())
    .addColumn("number", "integer", (c) => c.notNull().unique())
    .addColumn("v", "integer", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("facts", "text", (c) => c.notNull())
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}
