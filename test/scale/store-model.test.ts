// SPDX-License-Identifier: Apache-2.0
// Random transactions on both engines: the same rows, the same counts, the same faults (store S5).
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoreError } from "../../src/store/errors.ts";
import { CONTRACT_SCHEMA } from "../../src/store/testing/contract-schema.ts";
import { tables } from "../../src/store/testing/contract-world.ts";
import { inlineStore } from "../../src/store/testing/inline.ts";
import { openTestPostgres, type TestDatabase, testDatabase } from "../../src/store/testing/postgres.ts";
import type { OpenedStore } from "../../src/store/transactions.ts";
import { onPostgres } from "../support/postgres.ts";

type Db = ReturnType<typeof tables>;
interface Step {
  readonly what: string;
  readonly run: (db: Db) => Promise<unknown>;
}

/** Few keys, so that rows meet; bytes and characters of every plane, so that order and equality are put to the test. */
const key = fc.constantFrom("a", "B", "b", "é", "e\u0301", "_", "\u{10fffd}", "ﬀ", "aa", "");
const note = fc.option(fc.oneof(key, fc.string({ unit: "binary", maxLength: 3 })));
const whole = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.maxSafeInteger());
const count = (rows: readonly { numUpdatedRows?: bigint; numDeletedRows?: bigint }[]): number =>
  Number(rows[0]?.numUpdatedRows ?? rows[0]?.numDeletedRows ?? 0n);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ id: key, n: whole, on_hand: fc.option(whole), note }).map((row) => ({
    what: `insert ${JSON.stringify(row)}`,
    run: (db: Db) => db.insertInto("try_item").values(row).returningAll().execute(),
  })),
  fc.record({ id: key, n: whole }).map((row) => ({
    what: `upsert ${JSON.stringify(row)}`,
    run: (db: Db) =>
      db
        .insertInto("try_item")
        .values(row)
        .onConflict((c) => c.column("id").doUpdateSet({ n: row.n }))
        .returning(["id", "n"])
        .execute(),
  })),
  fc.record({ id: key, item: key }).map((row) => ({
    what: `part ${JSON.stringify(row)}`,
    run: (db: Db) => db.insertInto("try_part").values(row).returningAll().execute(),
  })),
  fc.record({ id: key, note, on_hand: fc.option(whole) }).map(({ id, ...set }) => ({
    what: `update ${id} ${JSON.stringify(set)}`,
    run: async (db: Db) => count(await db.updateTable("try_item").set(set).where("id", "=", id).execute()),
  })),
  fc.record({ from: key, by: fc.integer({ min: -3, max: 3 }) }).map(({ from, by }) => ({
    what: `add ${by} from ${from}`,
    run: async (db: Db) =>
      count(
        await db
          .updateTable("try_item")
          .set((eb) => ({ n: eb("n", "+", by) }))
          .where("id", ">=", from)
          .execute(),
      ),
  })),
  key.map((id) => ({
    what: `delete ${id}`,
    run: async (db: Db) => count(await db.deleteFrom("try_item").where("id", "=", id).execute()),
  })),
  fc.record({ from: key, limit: fc.integer({ min: 0, max: 3 }) }).map(({ from, limit }) => ({
    what: `page ${from} ${limit}`,
    run: (db: Db) =>
      db
        .selectFrom("try_item")
        .select(["id", "note", "on_hand"])
        .where("id", ">", from)
        .orderBy("note", (o) => o.asc().nullsFirst())
        .orderBy("id")
        .limit(limit)
        .execute(),
  })),
  key.map((id) => ({
    what: `join ${id}`,
    run: (db: Db) =>
      db
        .selectFrom("try_item as i")
        .leftJoin("try_part as p", "p.item", "i.id")
        .select(({ fn }) => ["i.id", fn.count<number>("p.id").as("parts"), fn.sum<number>("i.on_hand").as("sum")])
        .where("i.id", "!=", id)
        .groupBy("i.id")
        .orderBy("i.id", "desc")
        .execute(),
  })),
);

/** What a transaction gave, or the word of its fault and where it came. */
async function outcome(store: OpenedStore, steps: readonly Step[]): Promise<unknown> {
  const seen: unknown[] = [];
  try {
    await store.tx("model", async (db) => {
      for (const { run } of steps) seen.push(await run(tables(db)));
    });
    return seen;
  } catch (error) {
    return { after: seen, code: error instanceof StoreError ? error.code : String(error) };
  }
}

async function everything(store: OpenedStore): Promise<unknown> {
  const db = tables(store.read);
  return {
    items: await db.selectFrom("try_item").selectAll().orderBy("id").execute(),
    parts: await db.selectFrom("try_part").selectAll().orderBy("id").execute(),
  };
}

onPostgres("the same on both engines", (server) => {
  describe("the same on both engines", () => {
    let dir = "";
    let database: TestDatabase;
    let engines: readonly OpenedStore[] = [];
    beforeAll(async () => {
      dir = await mkdtemp(path.join(tmpdir(), "bailiwick-model-"));
      database = await testDatabase(server);
      engines = [
        await inlineStore(path.join(dir, "sqlite"), [CONTRACT_SCHEMA]),
        await openTestPostgres(dir, database.url, [CONTRACT_SCHEMA]),
      ];
    });
    afterAll(async () => {
      for (const engine of engines) await engine.close();
      await database[Symbol.asyncDispose]();
      await rm(dir, { recursive: true });
    });
    it("S5: random transactions give equal rows, counts and faults", async () => {
      const transactions = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(transactions, async (run) => {
          for (const steps of run) {
            const said = steps.map(({ what }) => what).join("; ");
            const [sqlite, postgres] = await Promise.all(engines.map((engine) => outcome(engine, steps)));
            expect(postgres, said).toEqual(sqlite);
          }
          const [sqlite, postgres] = await Promise.all(engines.map(everything));
          expect(postgres).toEqual(sqlite);
          for (const engine of engines) {
            await engine.tx("clear", async (db) => {
              await tables(db).deleteFrom("try_part").execute();
              await tables(db).deleteFrom("try_item").execute();
            });
          }
        }),
        { numRuns: 40 },
      );
    });
  });
});
