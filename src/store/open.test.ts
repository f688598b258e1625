// SPDX-License-Identifier: Apache-2.0
import { cp, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import type { AnyDb, Migration, RoomSchema } from "../core/index.ts";
import { fakeClock, fakeLog } from "../core/testing/system.ts";
import { DATABASE_FILE as FILE } from "./claim-file.ts";
import { APPLICATION_ID, refuseOld } from "./connection.ts";
import { bind } from "./dialect.ts";
import { openStore } from "./open.ts";
import { planOf } from "./plan.ts";
import { type Opened, storeContract } from "./testing/contract.ts";
import { CONTRACT_SCHEMA } from "./testing/contract-schema.ts";
import { inlineStore } from "./testing/inline.ts";
import { WAITING_MAX } from "./transactions.ts";

const ports = () => ({ clock: fakeClock(), log: fakeLog() });
const dirs: string[] = [];
const temp = async (under = tmpdir()): Promise<string> => {
  const dir = await mkdtemp(path.join(under, "bailiwick-store-"));
  dirs.push(dir);
  return dir;
};

/** @param readers 0 for all connections in this thread */
function factory(under: string, readers: number): () => Promise<Opened> {
  const openAt = async (dir: string): Promise<Opened> => {
    const schemas = [CONTRACT_SCHEMA];
    const store = readers === 0 ? await inlineStore(dir, schemas) : await openStore({ dir, schemas, readers }, ports());
    return {
      store,
      async reopen() {
        await store.close();
        return openAt(dir);
      },
      async end() {
        await store.close();
        await rm(dir, { recursive: true });
      },
    };
  };
  return async () => openAt(await mkdtemp(path.join(under, "bailiwick-store-")));
}

storeContract("a file, two readers", factory(tmpdir(), 2));
storeContract("a file, all in one thread", factory(tmpdir(), 0));

afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
});

const step = (name: string, up: (db: AnyDb) => Promise<unknown>): Migration => ({
  name,
  up: async (db) => void (await up(db)),
});
const table = (name: string): Migration =>
  step(`try-0001-${name}`, (db) => sql`create table ${sql.table(name)} (a integer) strict`.execute(db));
const room = (...migrations: Migration[]): RoomSchema => ({ room: "try", migrations });
const openWith = (dir: string, ...schemas: RoomSchema[]) => inlineStore(dir, schemas);

describe("opening", () => {
  it("S7: the settings hold on the writer and on every reader", async () => {
    await using store = await openWith(await temp(), room());
    const names = [
      "journal_mode",
      "synchronous",
      "foreign_keys",
      "trusted_schema",
      "secure_delete",
      "application_id",
      "query_only",
    ];
    const values = async (db: AnyDb) => {
      const found: unknown[] = [];
      for (const name of names) {
        const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(db);
        found.push(rows[0]?.[name]);
      }
      return found;
    };
    expect(await values(store.read)).toEqual(["wal", 2, 1, 0, 1, APPLICATION_ID, 1]);
    expect(await store.tx("settings", values)).toEqual(["wal", 2, 1, 0, 1, APPLICATION_ID, 0]);
  });
  it("S7: defensive mode refuses a write to the schema itself", async () => {
    await using store = await openWith(await temp(), room());
    const forge = store.tx("forge", async (db) => {
      await sql`pragma writable_schema = on`.execute(db);
      await sql`delete from sqlite_schema`.execute(db);
    });
    await expect(forge).rejects.toMatchObject({ code: "STORE_QUERY" });
  });
  it("S17: the directory is made 0700 and the file 0600", async () => {
    const dir = path.join(await temp(), "new");
    await using store = await openWith(dir, room());
    expect(store.health().ok).toBe(true);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(dir, FILE))).mode & 0o777).toBe(0o600);
  });
  it.each([0o777, 0o720, 0o702])("S9: a directory that others may write to is refused (mode %o)", async (mode) => {
    const dir = await temp();
    const { chmod } = await import("node:fs/promises");
    await chmod(dir, mode);
    await expect(openWith(dir, room())).rejects.toMatchObject({
      code: "STORE_DIRECTORY_OPEN",
      fix: `chmod go-w ${dir}`,
    });
  });
  it("S7: a file of another program is refused and left as it is", async () => {
    const dir = await temp();
    const other = new DatabaseSync(path.join(dir, FILE));
    other.exec("create table theirs (a)");
    other.close();
    const before = await readFile(path.join(dir, FILE));
    await expect(openWith(dir, room())).rejects.toMatchObject({ code: "STORE_FILE_FOREIGN" });
    expect(await readFile(path.join(dir, FILE))).toEqual(before);
  });
  it("S7: a file that is no database is refused, not recreated", async () => {
    const dir = await temp();
    await writeFile(path.join(dir, FILE), "not a database, but long enough to be taken for one".repeat(40));
    await expect(openWith(dir, room())).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  });
  it.each(["3.51.2", "3.50.9", "2.99.99"])("S7: SQLite %s is refused", (version) => {
    expect(() => refuseOld(version)).toThrow("can lose committed rows");
  });
  it.each(["3.51.3", "3.53.4", "3.60.0", "4.0.0"])("S7: SQLite %s is taken", (version) => {
    expect(() => refuseOld(version)).not.toThrow();
  });
  it("S7: after an unclean stop the file is checked, and damage is found before anything is served", async () => {
    const dir = await temp();
    const store = await openWith(dir, room(table("rows")));
    await store.tx("fill", async (db) => {
      await sql`with recursive c(n) as (values (1) union all select n + 1 from c where n < 20000)
        insert into rows select n from c`.execute(db);
    });
    // a copy of the files of a running store is what a power cut leaves behind
    const crashed = await temp();
    await cp(dir, crashed, { recursive: true });
    await store.close();
    await (await openWith(crashed, room(table("rows")))).close();
    const damaged = await temp();
    await cp(dir, damaged, { recursive: true });
    const file = await readFile(path.join(damaged, FILE));
    file.fill(0x5a, 4096 * 3, 4096 * 6);
    await writeFile(path.join(damaged, FILE), file);
    await writeFile(path.join(damaged, `${FILE}-wal`), "left over");
    await expect(openWith(damaged, room(table("rows")))).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  });
  it("S6: a transaction that holds the writer too long is reported by its name", async () => {
    const machine = ports();
    await using store = await openStore({ dir: await temp(), schemas: [], readers: 1 }, machine);
    await store.tx("quick", () => Promise.resolve());
    await store.tx("slow", () => {
      machine.clock.advance(51);
      return Promise.resolve();
    });
    expect(machine.log.faults).toEqual([{ code: "STORE_TX_SLOW", fields: { tx: "slow", ms: 51 } }]);
  });
  it("S6: transactions that wait are counted, and one too many is refused", async () => {
    await using store = await openWith(await temp(), room());
    const done: Promise<unknown>[] = [];
    for (let i = 0; i < WAITING_MAX; i++) done.push(store.tx("waits", () => Promise.resolve(i)));
    await expect(store.tx("refused", () => Promise.resolve())).rejects.toMatchObject({ code: "STORE_BUSY" });
    await Promise.all(done);
    await store.tx("taken", () => Promise.resolve());
  });
  it("S7: a full disk fails the write, leaves reads, and is over when there is room again", async () => {
    await using store = await openWith(await temp(), room(table("rows")));
    const fill = (pages: number) =>
      store.tx("fill", async (db) => {
        await sql`pragma max_page_count = ${sql.raw(String(pages))}`.execute(db);
        await sql`with recursive c(n) as (values (1) union all select n + 1 from c where n < 20000)
          insert into rows select n from c`.execute(db);
      });
    await expect(fill(20)).rejects.toMatchObject({ code: "STORE_FULL" });
    expect(store.health()).toEqual({ ok: false, why: "the disk is full" });
    const { rows } = await sql`select count(*) as n from rows`.execute(store.read);
    expect(rows).toEqual([{ n: 0 }]);
    await fill(100_000);
    expect(store.health()).toEqual({ ok: true, why: "ok" });
  });
});

describe("schema changes", () => {
  it("S11: steps run in the order of their numbers, each once, and what ran is noted", async () => {
    const dir = await temp();
    const ran: string[] = [];
    const noting = (name: string) =>
      step(name, (db) => {
        ran.push(name);
        return sql`create table ${sql.table(name.replaceAll("-", "_"))} (a integer) strict`.execute(db);
      });
    await (await openWith(dir, room(noting("try-0001-a")))).close();
    ran.length = 0;
    const more = room(noting("try-0001-a"), noting("try-0002-b"), noting("try-0003-c"));
    await using store = await openWith(dir, { room: "aa", migrations: [noting("aa-0001-first")] }, more);
    const { rows } = await sql<{ name: string }>`select name from sys_migration_digest order by name`.execute(
      store.read,
    );
    expect(rows.map((r) => r.name)).toEqual(["aa-0001-first", "try-0001-a", "try-0002-b", "try-0003-c"]);
    // each step runs once to be read, and the new ones once more to be done
    expect(ran.slice(4)).toEqual(["aa-0001-first", "try-0002-b", "try-0003-c"]);
  });
  it("S12: before steps run on what is there, it is copied, and the version before starts on the copy", async () => {
    const dir = await temp();
    const first = await openWith(dir, room(table("one")));
    await first.tx("fill", (db) => sql`insert into one values (7)`.execute(db));
    await first.close();
    const second = step("try-0002-more", (db) => sql`alter table one add column b integer`.execute(db));
    await (await openWith(dir, room(table("one"), second))).close();
    const copy = path.join(dir, "backups", "pre-try-0002-more.db");
    expect((await stat(copy)).mode & 0o777).toBe(0o600);
    const back = await temp();
    await cp(copy, path.join(back, FILE));
    {
      await using store = await openWith(back, room(table("one")));
      expect((await sql`select * from one`.execute(store.read)).rows).toEqual([{ a: 7 }]);
    }
    await utimes(copy, 0, 0);
    await (await openWith(dir, room(table("one"), second))).close();
    await expect(stat(copy)).rejects.toThrow("ENOENT");
  });
  it("S12: nothing is copied where nothing was there, or where nothing changes", async () => {
    const dir = await temp();
    await (await openWith(dir, room(table("one")))).close();
    await (await openWith(dir, room(table("one")))).close();
    await expect(stat(path.join(dir, "backups"))).rejects.toThrow("ENOENT");
  });
  it("S11: a plan has the steps that are still to run, in the words of each engine, and runs none", async () => {
    const dir = await temp();
    const second = step("try-0002-more", (db) =>
      db.schema.createTable("two").addColumn("n", "integer").modifyEnd(sql`strict`).execute(),
    );
    await using store = await openWith(dir, room(table("one")));
    const schemas = [room(table("one"), second)];
    expect(await planOf(store.read, schemas, "sqlite")).toEqual([
      { name: "try-0002-more", sql: ['create table "two" ("n" integer) strict'] },
    ]);
    expect(await planOf(store.read, schemas, "postgres")).toEqual([
      { name: "try-0002-more", sql: ['create table "two" ("n" bigint)'] },
    ]);
    expect((await planOf(undefined, schemas, "sqlite")).map(({ name }) => name)).toEqual([
      "try-0001-one",
      "try-0002-more",
    ]);
  });
  it("S11: a step that was changed after it ran is refused", async () => {
    const dir = await temp();
    await (await openWith(dir, room(table("one")))).close();
    const changed = room(step("try-0001-one", (db) => sql`create table one (a integer, b integer) strict`.execute(db)));
    await expect(openWith(dir, changed)).rejects.toMatchObject({ code: "STORE_SCHEMA_CHANGED" });
  });
  it("S7: a file of a newer schema is refused", async () => {
    const dir = await temp();
    const second = step("try-0002-more", (db) => sql`alter table one add column b integer`.execute(db));
    await (await openWith(dir, room(table("one"), second))).close();
    await expect(openWith(dir, room(table("one")))).rejects.toMatchObject({ code: "STORE_SCHEMA_NEWER" });
  });
  it("S11: a step that fails half way leaves nothing of itself, and the steps before it stay", async () => {
    const dir = await temp();
    const broken = step("try-0002-broken", async (db) => {
      await sql`create table two (a integer) strict`.execute(db);
      await sql`create table two (a integer) strict`.execute(db);
    });
    await expect(openWith(dir, room(table("one"), broken))).rejects.toMatchObject({ code: "STORE_MIGRATION_FAILED" });
    await using store = await openWith(dir, room(table("one")));
    const { rows } = await sql<{ name: string }>`select name from sqlite_schema where name in ('one', 'two')`.execute(
      store.read,
    );
    expect(rows).toEqual([{ name: "one" }]);
  });
  it.each([
    ["try-0002-late", "a number is left out"],
    ["try-1-one", "the number is short"],
    ["other-0001-one", "the name of another room"],
    ["try-0001-", "nothing said"],
    ["try-0001-One", "a capital letter"],
  ])("S11: the name %s is refused: %s", async (name) => {
    const bad = room(step(name, (db) => sql`select 1`.execute(db)));
    await expect(openWith(await temp(), bad)).rejects.toMatchObject({ code: "STORE_SCHEMA_MALFORMED" });
  });
  it("S11: two rooms of one name are refused", async () => {
    await expect(openWith(await temp(), room(), room())).rejects.toMatchObject({ code: "STORE_SCHEMA_MALFORMED" });
  });
});

describe("binding", () => {
  it("S3: what binds is what was given, or it is refused", () => {
    expect(bind([true, false, null, "x", 1.5, 10n])).toEqual([1, 0, null, "x", 1.5, 10n]);
    for (const value of [undefined, {}, [], () => 1, Symbol("x"), 2 ** 53, Number.NaN]) {
      expect(() => bind([value])).toThrow("is no SQL value");
    }
  });
});
