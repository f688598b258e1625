// SPDX-License-Identifier: Apache-2.0
// Every fault by its word, the same on every engine.
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { type ContractWorld, fresh } from "./contract-world.ts";

export function faultCases({ store, read, tx, put }: ContractWorld): void {
  describe("faults", () => {
    it("S8: a second row with the same key is a conflict", async () => {
      const id = fresh();
      await put(id);
      await expect(put(id)).rejects.toMatchObject({ code: "STORE_CONFLICT" });
    });
    it("S8: a second row with the same unique value is a conflict", async () => {
      const note = fresh();
      await put(fresh(), { note });
      await expect(put(fresh(), { note })).rejects.toMatchObject({ code: "STORE_CONFLICT" });
    });
    it("S8: a row that points nowhere is refused", async () => {
      const orphan = tx((db) => db.insertInto("try_part").values({ id: fresh(), item: "nowhere" }).execute());
      await expect(orphan).rejects.toMatchObject({ code: "STORE_FOREIGN_KEY" });
    });
    it("S8: a row that others point at cannot go", async () => {
      const id = fresh();
      await put(id);
      await tx((db) => db.insertInto("try_part").values({ id: fresh(), item: id }).execute());
      const gone = tx((db) => db.deleteFrom("try_item").where("id", "=", id).execute());
      await expect(gone).rejects.toMatchObject({ code: "STORE_FOREIGN_KEY" });
    });
    it("S8: a broken check is a constraint", async () => {
      const broken = tx((db) => db.insertInto("try_item").values({ id: fresh(), on_hand: -1 }).execute());
      await expect(broken).rejects.toMatchObject({ code: "STORE_CONSTRAINT" });
    });
    it("S8: SQL that is none is a fault of the query, and the message holds no parameter", async () => {
      const query = sql`selec ${"hunter2"}`.execute(store().read);
      const error: unknown = await query.catch((e: unknown) => e);
      expect(error).toMatchObject({ code: "STORE_QUERY" });
      expect(String(error)).not.toContain("hunter2");
    });
    it("S6: a reader cannot write", async () => {
      const write = read().insertInto("try_item").values({ id: fresh() }).execute();
      await expect(write).rejects.toMatchObject({ code: "STORE_READONLY" });
    });
    it("S6: a reader begins no transaction", async () => {
      const begun = store()
        .read.transaction()
        .execute(() => Promise.resolve(1));
      await expect(begun).rejects.toMatchObject({ code: "STORE_READONLY" });
    });
    it("S6: after all of these the store is well", () => {
      expect(store().health()).toEqual({ ok: true, why: "ok" });
    });
  });
}
