// SPDX-License-Identifier: Apache-2.0
// A guard in a database: one row for each origin, changed by one conditional statement. It detects what is restored
// without the database: a log's folder always, a whole data directory only where the database is not in it.
import type { Store } from "../../core/index.ts";
import { readHead } from "../publish/head.ts";
import type { RecordTables } from "../schema.ts";
import type { Guard } from "./guard.ts";

export function sqlGuard(store: Pick<Store, "read" | "tx">, origin: string): Guard {
  return {
    async read() {
      const row = await store.read
        .$extendTables<RecordTables>()
        .selectFrom("record_head")
        .select("note")
        .where("origin", "=", origin)
        .executeTakeFirst();
      return row === undefined ? undefined : readHead(Buffer.from(row.note), origin, "the guard");
    },
    swap: (from, to) =>
      store.tx("record.guard", async (db) => {
        const heads = db.$extendTables<RecordTables>();
        if (from === undefined) {
          const { numInsertedOrUpdatedRows } = await heads
            .insertInto("record_head")
            .values({ origin, size: to.size, note: to.note })
            .onConflict((conflict) => conflict.column("origin").doNothing())
            .executeTakeFirstOrThrow();
          return numInsertedOrUpdatedRows === 1n;
        }
        const { numUpdatedRows } = await heads
          .updateTable("record_head")
          .set({ size: to.size, note: to.note })
          .where("origin", "=", origin)
          .where("note", "=", from.note)
          .executeTakeFirstOrThrow();
        return numUpdatedRows === 1n;
      }),
  };
}
