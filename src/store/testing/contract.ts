// SPDX-License-Identifier: Apache-2.0
// What every implementation of the port `Store` must do, whatever engine is behind it. A suite for one engine gives the
// factory; the cases know the port, Kysely and the words of StoreError only.
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenedStore } from "../transactions.ts";
import { faultCases } from "./contract-faults.ts";
import { valueCases } from "./contract-values.ts";
import { contractWorld, fresh, tables } from "./contract-world.ts";

export interface Opened {
  readonly store: OpenedStore;
  /** Closes it, and opens the same data again. */
  reopen(): Promise<Opened>;
  end(): Promise<void>;
}

/** Does `work` after some turns of the microtask queue. */
async function later<T>(turns: number, work: () => Promise<T>): Promise<T> {
  for (let i = 0; i < turns; i++) await Promise.resolve();
  return work();
}

/** Runs the contract against one engine. */
export function storeContract(label: string, open: () => Promise<Opened>): void {
  describe(`the store's contract on ${label}`, () => {
    let opened: Opened;
    const world = contractWorld(() => opened.store);
    const { store, read, tx, put, get } = world;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened.end();
    });

    valueCases(world);

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
      it("L42: what was deleted can be cleaned out of the files, between two transactions", async () => {
        const [id, other] = [fresh(), fresh()];
        await put(id);
        await tx((db) => db.deleteFrom("try_item").where("id", "=", id).execute());
        await Promise.all([put(other), opened.store.scrub(), get(id)]);
        expect([await get(id), (await get(other))?.id]).toEqual([undefined, other]);
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
      it("S8: after a failed statement nothing more is taken, and nothing is kept, also where nobody looked", async () => {
        const [id, late] = [fresh(), fresh()];
        await put(id);
        let second: unknown;
        const work = tx(async (db) => {
          await db
            .insertInto("try_item")
            .values({ id })
            .execute()
            .catch(() => undefined);
          second = await db
            .insertInto("try_item")
            .values({ id: late })
            .execute()
            .catch((error: unknown) => error);
        });
        await expect(work).rejects.toMatchObject({ code: "STORE_TX_FAILED" });
        expect(second).toMatchObject({ code: "STORE_TX_FAILED" });
        expect(await get(late)).toBeUndefined();
      });
      it("S18: a snapshot sees one moment, while others write, and changes nothing", async () => {
        const [before, after] = [fresh(), fresh()];
        await put(before);
        const seen = await store().snapshot(async (db) => {
          const ids = () => tables(db).selectFrom("try_item").select("id").where("id", "in", [before, after]).execute();
          const first = await ids();
          await put(after);
          return { first, second: await ids() };
        });
        expect(seen).toEqual({ first: [{ id: before }], second: [{ id: before }] });
        const write = store().snapshot((db) => tables(db).insertInto("try_item").values({ id: fresh() }).execute());
        await expect(write).rejects.toMatchObject({ code: "STORE_READONLY" });
        expect((await get(after))?.id).toBe(after);
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

    faultCases(world);

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
