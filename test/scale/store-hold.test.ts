// SPDX-License-Identifier: Apache-2.0
// One process, one data directory, one database: what is refused, who is followed at once, and that whoever lost the right
// to write writes nothing (store S10, S20, S21).
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import type { AnyDb } from "../../src/core/index.ts";
import type { StoreError } from "../../src/store/errors.ts";
import { parsePostgresUrl } from "../../src/store/postgres/address.ts";
import { CONTRACT_SCHEMA } from "../../src/store/testing/contract-schema.ts";
import { tables } from "../../src/store/testing/contract-world.ts";
import { openTestPostgres, testDatabase } from "../../src/store/testing/postgres.ts";
import type { OpenedStore } from "../../src/store/transactions.ts";
import { onPostgres } from "../support/postgres.ts";

/** A database, folders, and whoever else asks the server. */
class World implements AsyncDisposable {
  private readonly stack = new AsyncDisposableStack();
  private readonly root: string;
  readonly url: string;
  readonly lost: StoreError[] = [];

  private constructor(root: string, url: string) {
    this.root = root;
    this.url = url;
  }

  static async open(server: string): Promise<World> {
    const database = await testDatabase(server);
    const root = await mkdtemp(path.join(tmpdir(), "bailiwick-hold-"));
    const world = new World(root, database.url);
    world.stack.use(database);
    world.stack.defer(() => rm(root, { recursive: true }));
    return world;
  }

  dir(name: string): string {
    return path.join(this.root, name);
  }

  async store(name: string): Promise<OpenedStore> {
    const { mkdir } = await import("node:fs/promises");
    await mkdir(this.dir(name), { recursive: true });
    const opened = await openTestPostgres(this.dir(name), this.url, [CONTRACT_SCHEMA], (e) => void this.lost.push(e));
    return this.stack.use(opened);
  }

  /** What an operator types. */
  async ask(text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({ ...parsePostgresUrl(this.url) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stack.disposeAsync();
  }
}

const put = (store: OpenedStore, id: string): Promise<unknown> =>
  store.tx("put", (db) => tables(db).insertInto("try_item").values({ id }).execute());
const ids = async (store: OpenedStore): Promise<string[]> =>
  (await tables(store.read).selectFrom("try_item").select("id").orderBy("id").execute()).map(({ id }) => id);

onPostgres("the right to write to a database", (server) => {
  describe("the right to write to a database", () => {
    it("S10: another data directory is refused, whether or not a server runs", async () => {
      await using world = await World.open(server);
      const first = await world.store("one");
      await expect(world.store("two")).rejects.toMatchObject({ code: "STORE_FILE_FOREIGN" });
      await first.close();
      await expect(world.store("two")).rejects.toMatchObject({ code: "STORE_FILE_FOREIGN" });
      await expect(world.store("one")).resolves.toBeDefined();
    });
    it("S20: a copy of the directory is refused while the first holds it, and told who does", async () => {
      await using world = await World.open(server);
      const first = await world.store("one");
      await cp(world.dir("one"), world.dir("copy"), { recursive: true });
      await expect(world.store("copy")).rejects.toMatchObject({
        code: "STORE_LOCKED",
        message: expect.stringMatching(/process \d+ on .+ has held it since \d{4}-/) as string,
      });
      await first.close();
      await expect(world.store("copy")).resolves.toBeDefined();
    });
    it("S21: whoever fell silent and was followed writes nothing more, and ends", async () => {
      await using world = await World.open(server);
      const first = await world.store("one");
      await put(first, "before");
      await cp(world.dir("one"), world.dir("copy"), { recursive: true });
      await world.ask("update sys_lease set until = 0");
      const second = await world.store("copy");
      await expect(put(first, "late")).rejects.toMatchObject({ code: "STORE_LOCKED" });
      expect(world.lost.map(({ code }) => code)).toEqual(["STORE_LOCKED"]);
      await expect(put(first, "later")).rejects.toMatchObject({ code: "STORE_DOWN" });
      expect(first.health().ok).toBe(false);
      await put(second, "after");
      expect(await ids(second)).toEqual(["after", "before"]);
    });
    it("S21: a transaction that is open when somebody wants to follow is waited for", async () => {
      await using world = await World.open(server);
      const first = await world.store("one");
      await cp(world.dir("one"), world.dir("copy"), { recursive: true });
      await world.ask("update sys_lease set until = 0");
      const order: string[] = [];
      const inside = Promise.withResolvers<undefined>();
      const writing = first.tx("slow", async (db) => {
        inside.resolve(undefined);
        // until the other one waits for this row
        for (let waits = false; !waits; ) {
          const rows = await world.ask(`select pid from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`);
          waits = rows.length === 1;
        }
        await tables(db).insertInto("try_item").values({ id: "kept" }).execute();
        order.push("written");
      });
      await inside.promise;
      // the first has prolonged its lease by then, so the other is refused once it has seen the row
      await expect(world.store("copy").finally(() => order.push("answered"))).rejects.toMatchObject({
        code: "STORE_LOCKED",
      });
      await writing;
      expect(order).toEqual(["written", "answered"]);
    });
    it("S20: a process that was killed is followed at once in its own directory, and cannot come back", async () => {
      await using world = await World.open(server);
      const killed = await world.store("one");
      const next = await world.store("one");
      await put(next, "next");
      await expect(put(killed, "ghost")).rejects.toMatchObject({ code: "STORE_LOCKED" });
      expect(await ids(next)).toEqual(["next"]);
    });
    it("S12: before steps run on what is there, every row is copied", async () => {
      await using world = await World.open(server);
      const first = await world.store("one");
      await put(first, "kept");
      await first.close();
      const more = { name: "try-0003-more", up: (db: AnyDb) => db.schema.dropTable("try_part").execute() };
      const schema = { ...CONTRACT_SCHEMA, migrations: [...CONTRACT_SCHEMA.migrations, more] };
      await using second = await openTestPostgres(world.dir("one"), world.url, [schema]);
      const copy = path.join(world.dir("one"), "backups", "pre-try-0003-more");
      expect((await readdir(copy)).toSorted()).toEqual(["try_item.jsonl", "try_part.jsonl"]);
      expect(await readFile(path.join(copy, "try_item.jsonl"), "utf8")).toContain('"kept"');
      expect(second.health().ok).toBe(true);
    });
    it("S7: an empty database in place of the one that was used is refused, not filled", async () => {
      await using world = await World.open(server);
      await (await world.store("one")).close();
      await world.ask("drop schema public cascade; create schema public");
      await expect(world.store("one")).rejects.toMatchObject({ code: "STORE_FILE_FOREIGN" });
      expect(await world.ask("select tablename from pg_tables where schemaname = 'public'")).toEqual([]);
    });
    it("S7: the database of another program is refused, and left as it is", async () => {
      await using world = await World.open(server);
      await world.ask("create table theirs (a int)");
      await expect(world.store("one")).rejects.toMatchObject({ code: "STORE_FILE_FOREIGN" });
      expect(await world.ask("select tablename from pg_tables where schemaname = 'public'")).toEqual([
        { tablename: "theirs" },
      ]);
    });
    it("S10: a database that answers before it has written is refused", async () => {
      await using world = await World.open(server);
      const [{ name } = {}] = await world.ask("select current_database() as name");
      await world.ask(`alter database ${String(name)} set synchronous_commit = off`);
      await expect(world.store("one")).rejects.toMatchObject({
        code: "STORE_SERVER_UNFIT",
        fix: "set synchronous_commit to on",
      });
    });
    it("S10: a connection that the server ended is replaced, and its transaction begun again", async () => {
      await using world = await World.open(server);
      const store = await world.store("one");
      let times = 0;
      await store.tx("cut", async (db) => {
        times += 1;
        await tables(db).insertInto("try_item").values({ id: "whole" }).execute();
        if (times === 1) {
          const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
          await world.ask(`select pg_terminate_backend(${rows[0]?.pid})`);
        }
        await tables(db).insertInto("try_part").values({ id: "part", item: "whole" }).execute();
      });
      expect(times).toBe(2);
      expect(await ids(store)).toEqual(["whole"]);
      expect(store.health()).toEqual({ ok: true, why: "ok" });
    });
    it("S10: a transaction that was not serialisable is begun again", async () => {
      await using world = await World.open(server);
      const store = await world.store("one");
      await put(store, "counter");
      let times = 0;
      await store.tx("count", async (db) => {
        times += 1;
        const row = await tables(db).selectFrom("try_item").select("n").executeTakeFirstOrThrow();
        if (times === 1) await world.ask("update try_item set n = n + 10");
        await tables(db)
          .updateTable("try_item")
          .set({ n: row.n + 1 })
          .execute();
      });
      expect(times).toBe(2);
      expect(await tables(store.read).selectFrom("try_item").select("n").execute()).toEqual([{ n: 11 }]);
    });
    it("S10: a statement that runs too long ends by name, and the store goes on", async () => {
      await using world = await World.open(server);
      const store = await world.store("one");
      await expect(sql`select pg_sleep(30)`.execute(store.read)).rejects.toMatchObject({ code: "STORE_TIMEOUT" });
      await put(store, "after");
      expect(await ids(store)).toEqual(["after"]);
    });
  });
});
