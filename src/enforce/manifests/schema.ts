// SPDX-License-Identifier: Apache-2.0
// The table of this room: which manifests were approved, by whom, and what they state. The files stay what people edit.
import { sql } from "kysely";
import type { AnyDb, RoomSchema } from "../../core/index.ts";

export type EnforceTables = {
  /** Every version that was approved, and every draft that was seen: a server that is here is not new. */
  readonly enforce_manifest: {
    readonly server: string;
    readonly v: number;
    readonly state: string;
    readonly digest: string;
    /** JSON. */
    readonly stated: string;
    readonly by: string;
    readonly at: number;
    readonly because: string;
  };
};

/** The store's handle with this room's table on it. */
export function tables(db: AnyDb): ReturnType<typeof db.$extendTables<EnforceTables>> {
  return db.$extendTables<EnforceTables>();
}

export const ENFORCE_SCHEMA: RoomSchema = {
  room: "enforce",
  migrations: [{ name: "enforce-0001-manifests", up: manifests }],
};

async function manifests(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("enforce_manifest")
    .addColumn("server", "text", (c) => c.notNull())
    .addColumn("v", "integer", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("digest", "text", (c) => c.notNull())
    .addColumn("stated", "text", (c) => c.notNull())
    .addColumn("by", "text", (c) => c.notNull())
    .addColumn("at", "integer", (c) => c.notNull())
    .addColumn("because", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("enforce_manifest_pk", ["server", "v"])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}
