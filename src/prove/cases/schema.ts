// SPDX-License-Identifier: Apache-2.0
// What people said of cases. The record has the same; this is what is read at the next start.
import { sql } from "kysely";
import type { AnyDb, RoomSchema } from "../../core/index.ts";

export type ProveTables = {
  readonly prove_case_change: {
    readonly incident: string;
    /** From 1, without gaps. */
    readonly v: number;
    readonly at: number;
    readonly said_by: string;
    readonly note: string;
    /** The change, JSON. */
    readonly change_json: string;
  };
};

export function tables(db: AnyDb): ReturnType<typeof db.$extendTables<ProveTables>> {
  return db.$extendTables<ProveTables>();
}

export const PROVE_SCHEMA: RoomSchema = {
  room: "prove",
  migrations: [{ name: "prove-0001-case-change", up: caseChange }],
};

async function caseChange(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("prove_case_change")
    .addColumn("incident", "text", (c) => c.notNull())
    .addColumn("v", "integer", (c) => c.notNull())
    .addColumn("at", "integer", (c) => c.notNull())
    .addColumn("said_by", "text", (c) => c.notNull())
    .addColumn("note", "text", (c) => c.notNull())
    .addColumn("change_json", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("prove_case_change_pk", ["incident", "v"])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}
