// SPDX-License-Identifier: Apache-2.0
// What goes in comes out, or is refused.
import * as fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { type ContractWorld, fresh } from "./contract-world.ts";

export function valueCases({ store, read, tx, put, get }: ContractWorld): void {
  describe("values", () => {
    it("S3: a row comes back as a plain object with the values it was given", async () => {
      const id = fresh();
      await put(id, { note: `é\u{1f600}\u0001 ${id}`, n: -7 });
      const row = await get(id);
      expect(row).toEqual({ id, n: -7, on_hand: null, note: `é\u{1f600}\u0001 ${id}`, body: null, flag: 0 });
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    });
    it.each([0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
      "S3: the whole number %d keeps its value",
      async (n) => {
        const id = fresh();
        await put(id, { n });
        expect((await get(id))?.n).toBe(n);
      },
    );
    it("S3: a whole number stays one, and divides as one", async () => {
      const id = fresh();
      await put(id, { n: 7 });
      const half = sql<{ half: number }>`select n / 2 as half, n = 7 as same from try_item where id = ${id}`;
      expect((await half.execute(store().read)).rows).toEqual([{ half: 3, same: 1 }]);
    });
    it("S3: a number that no double holds exactly is refused on the way in", async () => {
      await expect(put(fresh(), { n: 2 ** 53 })).rejects.toMatchObject({ code: "STORE_VALUE" });
    });
    it("S3: a number that no double holds exactly is refused on the way out, not rounded", async () => {
      const wide = sql`select 9007199254740993 as n`.execute(store().read);
      await expect(wide).rejects.toMatchObject({ code: "STORE_VALUE" });
    });
    it.each([Number.NaN, Number.POSITIVE_INFINITY])("S3: %d is refused instead of becoming NULL", async (n) => {
      await expect(put(fresh(), { n })).rejects.toMatchObject({ code: "STORE_VALUE" });
    });
    it("S8: undefined is refused as a parameter", async () => {
      const query = sql`select ${undefined} as n`.execute(store().read);
      await expect(query).rejects.toMatchObject({ code: "STORE_VALUE" });
    });
    it("S8: an object is refused as a parameter", async () => {
      await expect(sql`select ${{}} as n`.execute(store().read)).rejects.toMatchObject({ code: "STORE_VALUE" });
    });
    it("S8: a boolean is kept as 0 or 1", async () => {
      const [yes, no] = [fresh(), fresh()];
      await tx((db) =>
        db
          .insertInto("try_item")
          .values([
            { id: yes, flag: true },
            { id: no, flag: false },
          ])
          .execute(),
      );
      expect([(await get(yes))?.flag, (await get(no))?.flag]).toEqual([1, 0]);
    });
    it("S3: bytes come back as the same bytes, also none", async () => {
      for (const body of [Uint8Array.from([0, 255, 10, 0]), new Uint8Array(0)]) {
        const id = fresh();
        await tx((db) => db.insertInto("try_item").values({ id, body }).execute());
        expect(Buffer.from((await get(id))?.body ?? [1])).toEqual(Buffer.from(body));
      }
    });
    it("S2: a strict column refuses text where a number belongs", async () => {
      const wrong = store().tx("test", (db) => sql`insert into try_item (id, n) values ('strict', 'x')`.execute(db));
      await expect(wrong).rejects.toMatchObject({ code: "STORE_CONSTRAINT" });
    });
    it("S3: text sorts bytewise", async () => {
      const names = ["a", "B", "é", "_"].map((x) => `sort-${x}`);
      for (const id of names) await put(id);
      const rows = await read()
        .selectFrom("try_item")
        .select("id")
        .where("id", "like", "sort-%")
        .orderBy("id")
        .execute();
      expect(rows.map((r) => r.id)).toEqual(["sort-B", "sort-_", "sort-a", "sort-é"]);
    });
    it("S3: any text, whole number and bytes come back as they went in", async () => {
      const text = fc.string({ unit: "binary", maxLength: 40 });
      const row = fc.record({ note: text, n: fc.maxSafeInteger(), body: fc.uint8Array({ maxLength: 40 }) });
      const rows = fc.sample(fc.array(row, { minLength: 20, maxLength: 20 }), 10).flat();
      const given = rows.map((r) => ({ ...r, id: fresh(), note: `${fresh()} ${r.note.replaceAll("\0", "")}` }));
      await tx((db) => db.insertInto("try_item").values(given).execute());
      for (const { id, note, n, body } of given) {
        const back = await get(id);
        expect({ note: back?.note, n: back?.n, body: Uint8Array.from(back?.body ?? []) }).toEqual({ note, n, body });
      }
    });
    it("S3: a lone surrogate is refused, since UTF-8 cannot hold it", async () => {
      await expect(put(fresh(), { note: "\ud800" })).rejects.toMatchObject({ code: "STORE_VALUE" });
    });
    it("S3: a zero character is refused, since PostgreSQL has no text with one", async () => {
      await expect(put(fresh(), { note: "a\0b" })).rejects.toMatchObject({ code: "STORE_VALUE" });
    });
    it("S8: text that looks like SQL stays text", async () => {
      const note = `'); drop table try_item; -- ${fresh()}`;
      await put(fresh(), { note });
      expect(await read().selectFrom("try_item").select("note").where("note", "=", note).execute()).toEqual([{ note }]);
    });
  });
}
