// SPDX-License-Identifier: Apache-2.0
// A process that holds a data directory and writes rows 0, 1, 2 .. from where it finds them, until it is killed. It says on standard output what was
// acknowledged, and nothing before it was.
import { writeSync } from "node:fs";
import { sql } from "kysely";
import type { Clock, RoomSchema } from "../../src/core/index.ts";
import { instant } from "../../src/core/index.ts";
import { lockDirectory, openStore, StoreError } from "../../src/store/index.ts";

const [dir = ""] = process.argv.slice(2);
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
        await sql`create table try_row (n integer primary key not null, body blob not null) strict`.execute(db);
      },
    },
  ],
};

try {
  await lockDirectory(dir, { clock });
  const store = await openStore({ dir, schemas: [schema] }, { clock, log: { fault: () => undefined } });
  const { rows } = await sql<{ n: number }>`select n from try_row order by n`.execute(store.read);
  say(`found ${rows.map((r) => r.n).join(",")}`);
  for (let n = rows.length; ; n += 1) {
    await store.tx("write", (db) => sql`insert into try_row values (${n}, ${Buffer.alloc(1024, n)})`.execute(db));
    say(`wrote ${n}`);
  }
} catch (error) {
  say(`fault ${error instanceof StoreError ? error.code : "other"} ${String(error)}`);
  process.exit(1);
}
