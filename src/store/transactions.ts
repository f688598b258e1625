// SPDX-License-Identifier: Apache-2.0
// The port `Store` over an engine: transactions by name, one inside another refused, closing waits for what runs.
import { AsyncLocalStorage } from "node:async_hooks";
import type { AnyDb, Clock, Log, Store } from "../core/index.ts";
import { StoreError } from "./errors.ts";

/** What knows how to read and write. */
export interface Engine {
  /** Takes many statements at once, and no transaction. */
  readonly read: AnyDb;
  /** Takes one transaction at a time. */
  readonly write: AnyDb;
  /** @throws StoreError STORE_DOWN where nothing may be begun */
  check(): void;
  /** A transaction went well. */
  worked(): void;
  /** Whether beginning again may go better; waits a little where it may. `times` it was begun already. */
  again(error: unknown, times: number): Promise<boolean>;
  /** A transaction that sees one moment and changes nothing, beside everything else. */
  snapshot<T>(fn: (db: AnyDb) => Promise<T>): Promise<T>;
  /** Leaves nothing of deleted rows in any file. */
  scrub(): Promise<void>;
  health(): { readonly ok: boolean; readonly why: string };
  /** From here on nothing is begun. */
  stop(): void;
  /** Everything that ran has ended. */
  close(): Promise<void>;
}

/** What this room gives to `server` beyond the port. */
export interface OpenedStore extends Store, AsyncDisposable {
  /** Reads at one moment, beside everything that goes on: for copies of the whole (store S18). */
  snapshot<T>(fn: (db: AnyDb) => Promise<T>): Promise<T>;
}

/** Transactions that may wait for the writer; the next one is refused with STORE_BUSY. */
export const WAITING_MAX = 1000;

export interface TransactionOptions {
  /** UNIT: ms. A transaction that holds the writer longer is reported by its name. */
  readonly slowTxMs: number;
}

export function storeOver(
  engine: Engine,
  ports: { readonly clock: Clock; readonly log: Log },
  { slowTxMs }: TransactionOptions,
): OpenedStore {
  const inside = new AsyncLocalStorage<string>();
  const transact = transactions(engine, inside, ports, slowTxMs);
  const running = new Set<Promise<unknown>>();

  const tracked = async <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  };
  const close = async (): Promise<void> => {
    engine.stop();
    await Promise.allSettled(running);
    await engine.close();
  };
  return {
    read: engine.read,
    async tx(name, fn) {
      engine.check();
      if (inside.getStore() !== undefined) {
        throw new StoreError(
          "STORE_TX_NESTED",
          `beginning ${name} inside ${inside.getStore()}: use the handle it was given`,
        );
      }
      if (running.size >= WAITING_MAX) throw new StoreError("STORE_BUSY", `beginning ${name}: too many are waiting`);
      return tracked(transact(name, fn));
    },
    async snapshot(fn) {
      engine.check();
      return tracked(engine.snapshot(fn));
    },
    async scrub() {
      engine.check();
      return tracked(engine.scrub());
    },
    health: () => engine.health(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Transact = <T>(name: string, fn: (db: AnyDb) => Promise<T>) => Promise<T>;

/** Runs transactions, each again for as long as its engine thinks that this may help. */
function transactions(
  engine: Engine,
  inside: AsyncLocalStorage<string>,
  ports: { readonly clock: Clock; readonly log: Log },
  slowTxMs: number,
): Transact {
  const once: Transact = async (name, fn) => {
    let begun = 0;
    const value = await engine.write.transaction().execute((db) => {
      begun = ports.clock.monotonic();
      return inside.run(name, () => fn(db));
    });
    const ms = ports.clock.monotonic() - begun;
    if (ms > slowTxMs) ports.log.fault("STORE_TX_SLOW", { tx: name, ms });
    engine.worked();
    return value;
  };
  return async (name, fn) => {
    for (let times = 1; ; times++) {
      try {
        return await once(name, fn);
      } catch (error) {
        if (!(await engine.again(error, times))) throw error;
      }
    }
  };
}
