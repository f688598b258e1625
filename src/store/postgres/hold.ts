// SPDX-License-Identifier: Apache-2.0
// One process per database. A row says who may write, until when, and in which term; each transaction prolongs it and is
// nothing where the term is another (store S20, S21). Nothing of it rests on a session, so a pooled one is as good.
import type { Clock, Random, Timers } from "../../core/index.ts";
import { StoreError } from "../errors.ts";
import type { PgConnection } from "./connection.ts";
import { type Connections, jitter, pause } from "./pool.ts";

/** UNIT: ms, on the database's clock. How long a holder that fell silent still keeps everybody else out. */
export const HOLD_MS = 15_000;
/** UNIT: ms. How long is asked what became of a commit that nobody answered. */
const SETTLE_MS = 30_000;
const NAME_BYTES = 12;

/** Who wants to write. Both go into SQL as they are, so both are hexadecimal. */
export interface Claimant {
  /** The data directory, for ever. */
  readonly owner: string;
  /** The data directory where it lies now: no two processes have one, for it is locked. */
  readonly holder: string;
  /** For whoever is refused. */
  readonly told: string;
}

export interface HoldPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Nothing may go on: another process writes, or nobody knows what was written. */
  readonly onLost: (error: StoreError) => void;
}

/** `$key` is the only row: one store in one database. */
const KEY = "store";
const NOW = "(extract(epoch from clock_timestamp()) * 1000)::bigint";
const CREATE = `create table if not exists sys_lease (key text collate "C" primary key, owner text collate "C" not null,
  holder text collate "C" not null, term bigint not null, until bigint not null, told text not null,
  last text collate "C")`;
const TAKE = `insert into sys_lease as l (key, owner, holder, term, until, told)
  values ('${KEY}', $1, $2, 1, ${NOW} + ${HOLD_MS}, $3)
  on conflict (key) do update set holder = $2, term = l.term + 1, until = ${NOW} + ${HOLD_MS}, told = $3
  where l.owner = $1 and (l.holder = $2 or l.until < ${NOW}) returning term`;

/** Whether somebody has ever written here, and who. @returns `undefined` for a database with nothing in it */
export async function ownerOf(connection: PgConnection): Promise<string | undefined> {
  const { rows: tables } = await connection.send(
    "select tablename from pg_tables where schemaname = current_schema() order by tablename limit 100",
  );
  if (tables.length === 0) return undefined;
  if (!tables.some(({ tablename }) => tablename === "sys_lease")) {
    throw new StoreError("STORE_FILE_FOREIGN", "opening the database: it holds the tables of another program", {
      fix: "make a database for this program alone",
    });
  }
  const { rows } = await connection.send(`select owner from sys_lease where key = '${KEY}'`);
  return rows[0] === undefined ? undefined : String(rows[0]["owner"]);
}

/** The right to write, held until it is released or lost. */
export class Hold {
  private readonly claimant: Claimant;
  private readonly term: number;
  private readonly ports: HoldPorts;
  private readonly pool: Connections;
  /** By the monotonic clock: when it was last sure. */
  private sure: number;

  private constructor(parts: { claimant: Claimant; term: number; ports: HoldPorts; pool: Connections }) {
    this.claimant = parts.claimant;
    this.term = parts.term;
    this.ports = parts.ports;
    this.pool = parts.pool;
    this.sure = parts.ports.clock.monotonic();
  }

  /** @throws StoreError STORE_LOCKED with who holds it */
  static async take(claimant: Claimant, pool: Connections, ports: HoldPorts): Promise<Hold> {
    const term = await onOne(pool, async (connection) => {
      await connection.send(CREATE);
      const { rows } = await connection.send(TAKE, [claimant.owner, claimant.holder, claimant.told]);
      if (rows[0] !== undefined) return Number(rows[0]["term"]);
      const held = await connection.send(`select told from sys_lease where key = '${KEY}'`);
      throw new StoreError("STORE_LOCKED", `opening the database: ${String(held.rows[0]?.["told"])}`, {
        fix: `stop that process; if it was killed, wait ${HOLD_MS / 1000} seconds`,
      });
    });
    return new Hold({ claimant, term, ports, pool });
  }

  /** UNIT: ms. For how long nobody has confirmed it. */
  unsureMs(): number {
    return this.ports.clock.monotonic() - this.sure;
  }

  /** Begins a transaction. @returns its name, by which its end can be asked for @throws StoreError STORE_LOCKED */
  async begin(connection: PgConnection, limits: string): Promise<string> {
    const asked = this.ports.clock.monotonic();
    const name = Buffer.from(this.ports.random.bytes(NAME_BYTES)).toString("hex");
    const { rows } = await connection.send(
      `begin isolation level serializable read write; ${limits}
       update sys_lease set until = ${NOW} + ${HOLD_MS}, last = '${name}' where ${this.mine} returning term`,
    );
    if (rows[0] === undefined) throw this.lost("another process has taken the database");
    this.sure = asked;
    return name;
  }

  /**
   * Finds out what became of a commit whose answer did not come: each transaction leaves its name in the row of the holder,
   * and whoever asks for that row waits for the end of a transaction that has changed it. Returns where it was kept.
   * @throws the cause as something that may be begun again where it was not
   */
  async settle(name: string, cause: unknown): Promise<void> {
    if (!(cause instanceof StoreError) || cause.code !== "STORE_DOWN") throw cause;
    const until = this.ports.clock.monotonic() + SETTLE_MS;
    for (let wait = 25; this.ports.clock.monotonic() < until; wait = Math.min(wait * 2, 1000)) {
      const last = await this.lastKept();
      if (last === name) return;
      if (last !== undefined) throw new StoreError("STORE_BUSY", "committing: the server took it back", { cause });
      await pause(jitter(wait, this.ports.random), this.ports.timers);
    }
    throw this.lost("a commit was sent, and nobody can say whether it was kept");
  }

  /** Lets the next process in at once. */
  async release(): Promise<void> {
    const { holder } = this.claimant;
    await onOne(this.pool, (connection) =>
      connection.send("update sys_lease set until = 0 where key = $1 and holder = $2 and term = $3::int8", [
        KEY,
        holder,
        this.term,
      ]),
    ).catch(() => undefined); // a server that is gone keeps nobody out for longer than the lease
  }

  /** The name of the last transaction that was kept (empty: none), once none is under way; nothing while the server is away. */
  private async lastKept(): Promise<string | undefined> {
    const asked = `update sys_lease set until = ${NOW} + ${HOLD_MS} where ${this.mine} returning last`;
    const found = await onOne(this.pool, (connection) => connection.send(asked)).catch(() => undefined);
    if (found !== undefined && found.rows[0] === undefined) throw this.lost("another process has taken the database");
    if (found === undefined) return undefined;
    const last = found.rows[0]?.["last"];
    return typeof last === "string" ? last : "";
  }

  private get mine(): string {
    return `key = '${KEY}' and holder = '${this.claimant.holder}' and term = ${this.term}`;
  }

  private lost(why: string): StoreError {
    const error = new StoreError("STORE_LOCKED", `writing to the database: ${why}`, {
      fix: "find the other process; this one reads everything again when it is started again",
    });
    this.ports.onLost(error);
    return error;
  }
}

/** One connection for as long as `work` takes. */
export async function onOne<T>(pool: Connections, work: (connection: PgConnection) => Promise<T>): Promise<T> {
  const connection = await pool.connection();
  try {
    return await work(connection);
  } finally {
    connection.release();
  }
}
