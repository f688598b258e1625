// SPDX-License-Identifier: Apache-2.0
// The tables of the store's contract: one of each kind of column and constraint.
import { type Generated, sql } from "kysely";
import type { RoomSchema } from "../../core/index.ts";

export type ContractTables = {
  readonly try_item: {
    readonly id: string;
    readonly n: Generated<number>;
    readonly on_hand: number | null;
    readonly note: string | null;
    readonly body: Uint8Array | null;
    readonly flag: Generated<number | boolean>;
  };
  readonly try_part: { readonly id: string; readonly item: string };
};

export const CONTRACT_SCHEMA: RoomSchema = {
  room: "try",
  migrations: [
    {
      name: "try-0001-item",
      async up(db) {
        await db.schema
          .createTable("try_item")
          .addColumn("id", "text", (c) => c.primaryKey().notNull())
          .addColumn("n", "integer", (c) => c.notNull().defaultTo(0))
          .addColumn("on_hand", "integer", (c) => c.check(sql`on_hand >= 0`))
          .addColumn("note", "text", (c) => c.unique())
          .addColumn("body", "blob")
          .addColumn("flag", "integer", (c) => c.notNull().defaultTo(0))
          .modifyEnd(sql`strict, without rowid`)
          .execute();
      },
    },
    {
      name: "try-0002-part",
      async up(db) {
        await db.schema
          .createTable("try_part")
          .addColumn("id", "text", (c) => c.primaryKey().notNull())
          .addColumn("item", "text", (c) => c.notNull().references("try_item.id"))
          .modifyEnd(sql`strict, without rowid`)
          .execute();
        await db.schema.createIndex("try_part_item").on("try_part").column("item").execute();
      },
    },
  ],
};
