// SPDX-License-Identifier: Apache-2.0
// The tables of this room.
import { sql } from "kysely";
import type { AnyDb, RoomSchema } from "../core/index.ts";

export type DecideTables = {
  /** How far the rules are enforced at each server. */
  readonly decide_release: {
    readonly server: string;
    /** What the share of tasks is counted from. */
    readonly release: string;
    /** UNIT: percent of tasks. */
    readonly enforced: number;
    readonly since: number;
    /** Until when it may be observed; `null` for a server that never was. */
    readonly until: number | null;
    /** 1 once the end of observing is on the record. */
    readonly ended: number;
    readonly by: string;
    readonly because: string;
    readonly changed: number;
    /** Id of the entry that tells of the last change, until that is durable. */
    readonly entry: string | null;
  };
  /** Policy sets that were published, by the digest of what they mean. */
  readonly decide_bundle: {
    readonly digest: string;
    /** JSON: its files. */
    readonly source: string;
    /** JSON: who published it, what was wrong with it, who agreed. */
    readonly about: string;
    readonly entry: string | null;
  };
  /** Releases of policy sets: which rules bind whom. */
  readonly decide_set_release: {
    readonly id: string;
    /** JSON. */
    readonly about: string;
    readonly entry: string | null;
  };
};

/** The store's handle with this room's tables on it. */
export function tables(db: AnyDb): ReturnType<typeof db.$extendTables<DecideTables>> {
  return db.$extendTables<DecideTables>();
}

export const DECIDE_SCHEMA: RoomSchema = {
  room: "decide",
  migrations: [
    { name: "decide-0001-release", up: release },
    { name: "decide-0002-sets", up: sets },
  ],
};

async function release(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("decide_release")
    .addColumn("server", "text", (c) => c.notNull().primaryKey())
    .addColumn("release", "text", (c) => c.notNull())
    .addColumn("enforced", "integer", (c) => c.notNull())
    .addColumn("since", "integer", (c) => c.notNull())
    .addColumn("until", "integer")
    .addColumn("ended", "integer", (c) => c.notNull())
    .addColumn("by", "text", (c) => c.notNull())
    .addColumn("because", "text", (c) => c.notNull())
    .addColumn("changed", "integer", (c) => c.notNull())
    .addColumn("entry", "text")
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}

async function sets(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("decide_bundle")
    .addColumn("digest", "text", (c) => c.notNull().primaryKey())
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("about", "text", (c) => c.notNull())
    .addColumn("entry", "text")
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema
    .createTable("decide_set_release")
    .addColumn("id", "text", (c) => c.notNull().primaryKey())
    .addColumn("about", "text", (c) => c.notNull())
    .addColumn("entry", "text")
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}
