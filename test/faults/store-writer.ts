// SPDX-License-Identifier: Apache-2.0
// `store-writer.ts <folder> [database URL]`: a process that holds a data directory and writes rows 0, 1, 2 .. from where it finds them, until it is killed. It says on standard output what was
// acknowledged, and nothing before it was.
import { writeSync } from "node:fs";
import { sql } from "kysely";
import type { Clock, RoomSchema } from "../../src/core/index.ts";
import { instant } from "../../src/core/index.ts";
import { systemRandom, systemTimers } from "../../src/server/system.ts";
import { lockDirectory, openPostgres, openStore, parsePostgresUrl, StoreError } from "../../src/store/index.ts";

const [dir = "", url] = process.argv.slice(2);
/** Whoever listens may be slow: then its pipe is full for a moment. */
function say(line: string): void {
  for (;;) {
    try {
      return void writeSync(1, `${line}\n`);
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "EAGAIN")) throw cause;
    }
  }
}
const clock: Clock = { now: () => instant(Date.now()), monotonic: () => performance.now() };
const schema: RoomSchema = {
  room: "try",
  migrations: [
    {
      name: "try-0001-row",
      async up(db) {
        await db.schema
          .createTable("try_row")
          .addColumn("n", "integer", (c) => c.primaryKey().notNull())
          .addColumn("body", "blob", (c) => c.notNull())
          .modifyEnd(sql`strict`)
          .execute();
      },
    },
  ],
};

try {
  await lockDirectory(dir, { clock });
  const ports = { clock, log: { fault: () => undefined } };
  const store =
    url === undefined
      ? await openStore({ dir, schemas: [schema] }, ports)
      : await openPostgres(
          { dir, address: parsePostgresUrl(url), schemas: [schema] },
          {
            ...ports,
            timers: systemTimers,
            random: systemRandom,
            onLost(error) {
              say(`fault ${error.code} ${error.message}`);
              process.exit(75);
            },
          },
        );
  const { rows } = await sql<{ n: number }>`select n from try_row order by n`.execute(store.read);
  say(`found ${rows.map((r) => r.n).join(",")}`);
  for (let n = rows.length; ; n += 1) {
    try {
      await store.tx("write", (db) => sql`insert into try_row values (${n}, ${Buffer.alloc(1024, n)})`.execute(db));
      say(`wrote ${n}`);
    } catch (error) {
      // the server is away, and nothing of it was kept: the same row again, which would be refused if it were there
      if (!(url !== undefined && error instanceof StoreError && error.code === "STORE_DOWN")) throw error;
      say(`again ${n}`);
      n -= 1;
    }
  }
} catch (error) {
  say(`fault ${error instanceof StoreError ? error.code : "other"} ${String(error)}`);
  process.exit(1);
}
