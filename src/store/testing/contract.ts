// SPDX-License-Identifier: Apache-2.0
// What every implementation of the port `Store` must do, whatever engine is behind it. A suite for one engine gives the
// factory; the cases know the port, Kysely and the words of StoreError only.
import * as fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnyDb, Store } from "../../core/index.ts";
import type { ContractTables } from "./contract-schema.ts";

export interface Opened {
  readonly store: Store;
  /** Closes it, and opens the same data again. */
  reopen(): Promise<Opened>;
  end(): Promise<void>;
}

const tables = (db: AnyDb) => db.$extendTables<ContractTables>();
let last = 0;
const fresh = (): string => `item-${String((last += 1)).padStart(6, "0")}`;

/** Does `work` after some turns of the microtask queue. */
async function later<T>(turns: number, work: () => Promise<T>): Promise<T> {
  for (let i = 0; i < turns; i++) await Promise.resolve();
  return work();
}

/** Runs the contract against one engine. */
export function storeContract(label: string, open: () => Promise<Opened>): void {
  describe(`the store's contract on ${label}`, () => {
    let opened: Opened;
    const store = (): Store => opened.store;
    const read = () => tables(store().read);
    const tx = <T>(fn: (db: ReturnType<typeof tables>) => Promise<T>): Promise<T> =>
      store().tx("test", (db) => fn(tables(db)));
    const put = async (id: string, more: { note?: string; n?: number } = {}): Promise<void> => {
      await tx((db) =>
        db
          .insertInto("try_item")
          .values({ id, ...more })
          .execute(),
      );
    };
    const get = (id: string) => read().selectFrom("try_item").selectAll().where("id", "=", id).executeTakeFirst();

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened.end();
    });

    describe("values", () => {
      it("S3: a row comes back as a plain object with the values it was given", async () => {
        const id = fresh();
        await put(id, { note: `é\u{1f600}\u0000 ${id}`, n: -7 });
        const row = await get(id);
        expect(row).toEqual({ id, n: -7, on_hand: null, note: `é\u{1f600}\u0000 ${id}`, body: null, flag: 0 });
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
      it("S3: a whole number stays one, so that a strict column takes it", async () => {
        await put(fresh(), { n: 1 });
        const { rows } = await sql<{ t: string }>`select typeof(n) as t from try_item limit 1`.execute(store().read);
        expect(rows).toEqual([{ t: "integer" }]);
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
        const given = rows.map((r) => ({ ...r, id: fresh(), note: `${fresh()} ${r.note}` }));
        await tx((db) => db.insertInto("try_item").values(given).execute());
        for (const { id, note, n, body } of given) {
          const back = await get(id);
          expect({ note: back?.note, n: back?.n, body: Uint8Array.from(back?.body ?? []) }).toEqual({ note, n, body });
        }
      });
      it("S3: a lone surrogate is refused, since UTF-8 cannot hold it", async () => {
        await expect(put(fresh(), { note: "\ud800" })).rejects.toMatchObject({ code: "STORE_VALUE" });
      });
      it("S8: text that looks like SQL stays text", async () => {
        const note = `'); drop table try_item; -- ${fresh()}`;
        await put(fresh(), { note });
        expect(await read().selectFrom("try_item").select("note").where("note", "=", note).execute()).toEqual([
          { note },
        ]);
      });
    });

    describe("statements", () => {
      it("S8: an update says how many rows it changed", async () => {
        const [a, b] = [fresh(), fresh()];
        await put(a);
        await put(b);
        const done = await tx((db) =>
          db.updateTable("try_item").set({ n: 5 }).where("id", "in", [a, b]).executeTakeFirst(),
        );
        expect(done.numUpdatedRows).toBe(2n);
      });
      it("S1: an update under an old row version changes nothing", async () => {
        const id = fresh();
        await put(id, { n: 2 });
        const update = tx((db) =>
          db.updateTable("try_item").set({ n: 3 }).where("id", "=", id).where("n", "=", 1).executeTakeFirst(),
        );
        expect((await update).numUpdatedRows).toBe(0n);
      });
      it("S4: returning gives rows of a write", async () => {
        const id = fresh();
        const rows = await tx((db) => db.insertInto("try_item").values({ id, n: 9 }).returning(["id", "n"]).execute());
        expect(rows).toEqual([{ id, n: 9 }]);
      });
      it("S4: on conflict do nothing leaves the first row", async () => {
        const id = fresh();
        await put(id, { n: 1 });
        await tx((db) =>
          db
            .insertInto("try_item")
            .values({ id, n: 2 })
            .onConflict((c) => c.doNothing())
            .execute(),
        );
        expect((await get(id))?.n).toBe(1);
      });
      it("S4: on conflict do update writes the second", async () => {
        const id = fresh();
        await put(id, { n: 1 });
        await tx((db) =>
          db
            .insertInto("try_item")
            .values({ id, n: 2 })
            .onConflict((c) => c.column("id").doUpdateSet({ n: (eb) => eb.ref("excluded.n") }))
            .execute(),
        );
        expect((await get(id))?.n).toBe(2);
      });
      it("S4: a window function and a common table expression work", async () => {
        const { rows } = await sql<{ n: number; r: number }>`with v(n) as (values (3), (1), (2))
          select n, row_number() over (order by n) as r from v order by n`.execute(store().read);
        expect(rows).toEqual([
          { n: 1, r: 1 },
          { n: 2, r: 2 },
          { n: 3, r: 3 },
        ]);
      });
      it("S8: a stream gives every row, in chunks", async () => {
        const query = sql<{
          n: number;
        }>`with recursive c(n) as (values (1) union all select n + 1 from c where n < 1000)
          select n from c`.compile(store().read);
        const seen: number[] = [];
        const connection = store().read.getExecutor().stream<{ n: number }>(query, 64);
        for await (const { rows } of connection) seen.push(...rows.map((r) => r.n));
        expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
      });
      it("S8: a stream that is left early frees its statement", async () => {
        for await (const row of read().selectFrom("try_item").select("id").stream(1)) {
          expect(row.id).toBeTypeOf("string");
          break;
        }
        expect(store().health()).toEqual({ ok: true, why: "ok" });
      });
      it("S6: many reads at once are all answered", async () => {
        const answers = await Promise.all(
          Array.from({ length: 200 }, (_, i) => sql<{ i: number }>`select ${i} as i`.execute(store().read)),
        );
        expect(answers.map((a) => a.rows[0]?.i)).toEqual(Array.from({ length: 200 }, (_, i) => i));
      });
    });

    describe("transactions", () => {
      it("S6: what a transaction wrote is there for every reader once it resolved", async () => {
        const id = fresh();
        await put(id);
        const seen = await Promise.all(Array.from({ length: 8 }, () => get(id)));
        expect(seen.every((row) => row?.id === id)).toBe(true);
      });
      it("S6: a transaction reads its own writes, and readers do not before it ends", async () => {
        const id = fresh();
        const both = await tx(async (db) => {
          await db.insertInto("try_item").values({ id }).execute();
          const own = await db.selectFrom("try_item").select("id").where("id", "=", id).execute();
          return { own: own.length, others: (await get(id)) === undefined };
        });
        expect(both).toEqual({ own: 1, others: true });
      });
      it("S6: the value of the function is the value of the transaction", async () => {
        expect(await tx(() => Promise.resolve("value"))).toBe("value");
      });
      it("S6: an exception takes back everything, and comes out unchanged", async () => {
        const id = fresh();
        const failure = new Error("no further");
        const work = tx(async (db) => {
          await db.insertInto("try_item").values({ id }).execute();
          throw failure;
        });
        await expect(work).rejects.toBe(failure);
        expect(await get(id)).toBeUndefined();
      });
      it("S6: a failed statement takes back the whole transaction", async () => {
        const id = fresh();
        const work = tx(async (db) => {
          await db.insertInto("try_item").values({ id }).execute();
          await db.insertInto("try_item").values({ id }).execute();
        });
        await expect(work).rejects.toMatchObject({ code: "STORE_CONFLICT" });
        expect(await get(id)).toBeUndefined();
      });
      it("S6: a transaction after a failed one works", async () => {
        await expect(
          tx((db) => db.insertInto("try_part").values({ id: fresh(), item: "none" }).execute()),
        ).rejects.toMatchObject({ code: "STORE_FOREIGN_KEY" });
        const id = fresh();
        await put(id);
        expect((await get(id))?.id).toBe(id);
      });
      it("S10: concurrent transactions are serialised: no increment is lost", async () => {
        const id = fresh();
        await put(id);
        const add = () =>
          tx(async (db) => {
            const row = await db.selectFrom("try_item").select("n").where("id", "=", id).executeTakeFirstOrThrow();
            await db
              .updateTable("try_item")
              .set({ n: row.n + 1 })
              .where("id", "=", id)
              .execute();
          });
        await Promise.all(Array.from({ length: 25 }, add));
        expect((await get(id))?.n).toBe(25);
      });
      it("S8: a transaction inside a transaction is refused, since it would wait for itself", async () => {
        const nested = tx(() => store().tx("inner", () => Promise.resolve(1)));
        await expect(nested).rejects.toMatchObject({ code: "STORE_TX_NESTED" });
      });
      it("S8: the handle of an ended transaction is refused", async () => {
        let kept: ReturnType<typeof tables> | undefined;
        await tx((db) => {
          kept = db;
          return Promise.resolve();
        });
        const late = kept?.selectFrom("try_item").selectAll().execute();
        await expect(late).rejects.toThrow("already committed");
      });
      it("S8: a statement that nobody awaited cannot slip out of a failed transaction", async () => {
        const ids = Array.from({ length: 40 }, fresh);
        for (const [turns, id] of ids.entries()) {
          let stray: Promise<unknown> = Promise.resolve();
          const work = tx(async (db) => {
            await db.insertInto("try_item").values({ id: fresh() }).execute();
            stray = Promise.allSettled([later(turns, () => db.insertInto("try_item").values({ id }).execute())]);
            throw new Error("no further");
          });
          await expect(work).rejects.toThrow("no further");
          await stray;
        }
        expect(await read().selectFrom("try_item").select("id").where("id", "in", ids).execute()).toEqual([]);
      });
    });

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

    describe("life", () => {
      it("S11: opening again runs no step twice and keeps the rows", async () => {
        const once = await open();
        const id = fresh();
        await once.store.tx("test", (db) => tables(db).insertInto("try_item").values({ id }).execute());
        const twice = await once.reopen();
        const rows = await tables(twice.store.read).selectFrom("try_item").select("id").execute();
        expect(rows).toEqual([{ id }]);
        await twice.end();
      });
      it("S6: closing waits for what runs, and refuses what comes after", async () => {
        const once = await open();
        const id = fresh();
        const running = once.store.tx("test", (db) => tables(db).insertInto("try_item").values({ id }).execute());
        const again = await once.reopen();
        await running;
        expect(await tables(again.store.read).selectFrom("try_item").select("id").execute()).toEqual([{ id }]);
        await again.end();
        await expect(again.store.tx("late", () => Promise.resolve())).rejects.toMatchObject({ code: "STORE_DOWN" });
        await expect(tables(again.store.read).selectFrom("try_item").execute()).rejects.toMatchObject({
          code: "STORE_DOWN",
        });
        expect(again.store.health().ok).toBe(false);
      });
    });
  });
}
