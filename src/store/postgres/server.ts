// SPDX-License-Identifier: Apache-2.0
// A server that may forget what it said it kept is refused at the start (store S10).
import { StoreError } from "../errors.ts";
import type { PgConnection } from "./connection.ts";

/** As `server_version_num` writes it. */
const VERSION_MIN = 150_000;

interface Setting {
  readonly name: string;
  readonly fits: (value: string) => boolean;
  readonly wanted: string;
}

const SETTINGS: readonly Setting[] = [
  { name: "server_version_num", fits: (v) => Number(v) >= VERSION_MIN, wanted: "15 or newer" },
  { name: "server_encoding", fits: (v) => v === "UTF8", wanted: "UTF8" },
  { name: "fsync", fits: (v) => v === "on", wanted: "on" },
  { name: "full_page_writes", fits: (v) => v === "on", wanted: "on" },
  // weaker ones answer before it is on this server's disk, or on that of its standby
  { name: "synchronous_commit", fits: (v) => v === "on" || v === "remote_apply", wanted: "on" },
];

/** @throws StoreError STORE_SERVER_UNFIT with the setting and what it has to be */
export async function checkServer(connection: PgConnection): Promise<void> {
  const columns = SETTINGS.map(({ name }) => `current_setting('${name}') as ${name}`);
  const text = `select pg_is_in_recovery() as recovery, ${columns.join(", ")}`;
  const { rows } = await connection.send(text);
  const found = rows[0] ?? {};
  if (found["recovery"] !== 0) throw unfit("it is a standby", "name the server that takes writes");
  for (const { name, fits, wanted } of SETTINGS) {
    const value = String(found[name]);
    if (!fits(value)) throw unfit(`${name} is ${value}`, `set ${name} to ${wanted}`);
  }
}

function unfit(why: string, fix: string): StoreError {
  return new StoreError("STORE_SERVER_UNFIT", `opening the database: ${why}`, { fix });
}
