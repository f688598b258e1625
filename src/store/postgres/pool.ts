// SPDX-License-Identifier: Apache-2.0
// Connections to one server. A server that restarts is waited for, a little longer each time, and not for ever.
import { type ClientBase, Pool, type PoolClient } from "pg";
import type { Random, Timers } from "../../core/index.ts";
import { StoreError } from "../errors.ts";
import type { PostgresAddress } from "./address.ts";
import { type ConnectionRules, PgConnection } from "./connection.ts";
import { faultOf } from "./errors.ts";
import { VALUES } from "./types.ts";

/** UNIT: ms. How long a server that does not answer is asked again before the caller is told. */
export const PATIENCE_MS = 4000;
/** UNIT: ms. */
const FIRST_WAIT_MS = 25;
/** UNIT: ms. */
const CONNECT_MS = 5000;

export interface PoolOptions {
  readonly address: PostgresAddress;
  readonly max: number;
  /** UNIT: ms. Longest silence of the server within a statement; left out for work that takes its time. */
  readonly silentMs?: number;
  /** What is said first on each connection. */
  readonly hello?: string;
}

export interface PoolPorts {
  readonly timers: Timers;
  readonly random: Random;
}

/** The server could not be reached at all: nothing was asked of it. */
export class Unreachable extends StoreError {}

export class Connections {
  private readonly pool: Pool;
  private readonly ports: PoolPorts;

  constructor({ address, max, silentMs, hello }: PoolOptions, ports: PoolPorts) {
    this.ports = ports;
    this.pool = new Pool({
      ...address,
      max,
      types: VALUES,
      application_name: "bailiwick",
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      ...(silentMs === undefined ? {} : { query_timeout: silentMs }),
      ...(hello === undefined ? {} : { onConnect: greet(hello) }),
    });
    // a server that went away while nobody used a connection: the pool drops it, and unheard it would end the process
    this.pool.on("error", () => undefined);
  }

  /** @throws Unreachable when nobody answers for {@link PATIENCE_MS}, StoreError for an answer that will not change */
  async connection(rules?: ConnectionRules): Promise<PgConnection> {
    return new PgConnection(await this.take(), rules);
  }

  end(): Promise<void> {
    return this.pool.end();
  }

  private async take(): Promise<PoolClient> {
    if (this.pool.ending) throw new Unreachable("STORE_DOWN", "using the store: it is closed");
    for (let waited = 0, wait = FIRST_WAIT_MS; ; wait *= 2) {
      try {
        return await this.pool.connect();
      } catch (cause) {
        const fault = faultOf(cause, "connecting to the database");
        if (fault.code !== "STORE_DOWN") throw fault;
        if (waited >= PATIENCE_MS) throw new Unreachable("STORE_DOWN", fault.message, { cause });
      }
      const ms = jitter(wait, this.ports.random);
      waited += ms;
      await pause(ms, this.ports.timers);
    }
  }
}

/** The pool waits for what this returns, though its type says that it returns nothing. */
function greet(hello: string): (client: ClientBase) => void {
  return (client) => client.query(hello); // oxlint-disable-line typescript/no-misused-promises -- the pool does wait, whatever its type says
}

/** Between half of it and all of it. */
export function jitter(ms: number, random: Random): number {
  const [byte = 0] = random.bytes(1);
  return Math.ceil((ms * (1 + byte / 255)) / 2);
}

export function pause(ms: number, timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    timers.after(ms, resolve);
  });
}
