// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL for tests: the one that `BAILIWICK_TEST_POSTGRES` names, or one that runs on this machine. Every test has a
// database of its own, which goes when the test is over.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { RoomSchema } from "../../core/index.ts";
import { instant } from "../../core/index.ts";
import type { StoreError } from "../errors.ts";
import { parsePostgresUrl } from "../postgres/address.ts";
import { openPostgres } from "../postgres/open.ts";
import type { OpenedStore } from "../transactions.ts";

/** A database that nobody else has. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/** URL of a server whose databases may be made and dropped, or why there is none. */
export async function findPostgres(): Promise<{ readonly url: string } | { readonly why: string }> {
  const named = process.env["BAILIWICK_TEST_POSTGRES"]; // oxlint-disable-line node/no-process-env -- which server may be used is the caller's to say
  const user = encodeURIComponent(userInfo().username);
  const socket = "/var/run/postgresql";
  const candidates =
    named === undefined
      ? [
          ...(existsSync(socket) ? [`postgresql://${user}@/postgres?host=${socket}`] : []),
          `postgresql://${user}@127.0.0.1:5432/postgres`,
        ].map((url) => url.replace("@/", "@localhost/"))
      : [named];
  let why = "";
  for (const url of candidates) {
    try {
      await onServer(url, "select 1");
      return { url };
    } catch (cause) {
      why = cause instanceof Error ? `${cause.message} ${"code" in cause ? String(cause.code) : ""}` : "no answer";
    }
  }
  return { why };
}

export async function testDatabase(server: string): Promise<TestDatabase> {
  const name = `bailiwick_test_${randomBytes(8).toString("hex")}`;
  await onServer(server, `create database ${name} template template0 encoding 'UTF8'`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => onServer(server, `drop database if exists ${name} with (force)`),
  };
}

/** The store on a database, with the machine's own clock. */
export function openTestPostgres(
  dir: string,
  url: string,
  schemas: readonly RoomSchema[],
  onLost: (error: StoreError) => void = () => undefined,
): Promise<OpenedStore> {
  return openPostgres(
    { dir, address: parsePostgresUrl(url), schemas, readers: 4 },
    {
      clock: { now: () => instant(Date.now()), monotonic: () => performance.now() },
      timers: {
        after(ms, work) {
          const waiting = new AbortController();
          sleep(ms, undefined, { signal: waiting.signal }).then(work, () => undefined);
          return () => waiting.abort();
        },
        every(ms, work) {
          const timer = setInterval(work, ms);
          timer.unref();
          return () => clearInterval(timer);
        },
      },
      random: { bytes: (count) => randomBytes(count), id: () => randomBytes(16).toString("hex") },
      log: { fault: () => undefined },
      onLost,
    },
  );
}

async function onServer(url: string, text: string): Promise<void> {
  const client = new Client({ ...parsePostgresUrl(url), connectionTimeoutMillis: 3000 });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
