// SPDX-License-Identifier: Apache-2.0
// What is done to a record that no server has open: each takes the lock of the data directory first.
import path from "node:path";
import { type Adopted, adoptLog, type Rebuilt, rebuildLog } from "../record/index.ts";
import { lockDirectory, rewrapSeal } from "../store/index.ts";
import { readConfig } from "./config.ts";
import { readEnvironment } from "./env.ts";
import { openServerStore } from "./store.ts";
import { lineLog, systemClock, systemRandom, systemTimers } from "./system.ts";
import { endProcess } from "./up.ts";

const ports = {
  clock: systemClock,
  timers: systemTimers,
  random: systemRandom,
  log: lineLog(() => undefined),
  exit: endProcess,
} as const;

/** Runs while no server can use the data directory. @throws StoreError STORE_LOCKED where one does */
export async function whileStopped<T>(dataDir: string, work: () => T | Promise<T>): Promise<T> {
  const lock = await lockDirectory(dataDir, { clock: systemClock });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Changes the seal of the keys; also while a server runs, which has opened them already. @throws StoreError STORE_SEAL_* */
export function rewrapKeys(dataDir: string): Promise<void> {
  return rewrapSeal({ dir: dataDir }, { random: systemRandom });
}

/** @param logs - folders of logs in this data directory @throws StoreError STORE_LOCKED, RecordError RECORD_CORRUPT */
export function rebuildRecord(dataDir: string, logs: readonly string[]): Promise<readonly Rebuilt[]> {
  return whileStopped(dataDir, async () => {
    const rebuilt: Rebuilt[] = [];
    for (const log of logs) rebuilt.push(await rebuildLog(log));
    return rebuilt;
  });
}

/** @throws StoreError STORE_LOCKED, RecordError RECORD_CONFIG, ServerError */
export async function adoptRecord(asked: {
  readonly cwd: string;
  readonly config: string;
  readonly data: string | undefined;
  readonly next: string;
}): Promise<Adopted> {
  const flags = asked.data === undefined ? {} : { dataDir: path.resolve(asked.cwd, asked.data) };
  const file = path.resolve(asked.cwd, asked.config);
  const config = await readConfig({ ...readEnvironment(), file, flags });
  const { dataDir, record } = config;
  return whileStopped(dataDir, async () => {
    await using opened = new AsyncDisposableStack();
    const { name, guard } = record;
    const store = guard === "sql" ? opened.use(await openServerStore(config, ports)) : undefined;
    const dir = path.join(dataDir, "record");
    return await adoptLog({ dir, name, guard, next: asked.next, ...(store === undefined ? {} : { store }) });
  });
}
