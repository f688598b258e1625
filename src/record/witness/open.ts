// SPDX-License-Identifier: Apache-2.0
// Puts the witness together: its keys, whom this log asks, and whose logs are answered.
import type { Clock, Custody, Log, Outbound, Store, Timers } from "../../core/index.ts";
import { createNoteKey, type NoteKey } from "../index.ts";
import { WitnessClient } from "./client.ts";
import { Desk, type Fork } from "./desk.ts";
import { Rows } from "./rows.ts";
import { readTrustedLogs, readWitnessPolicy } from "./trust.ts";

export interface WitnessPorts {
  readonly store: Pick<Store, "read" | "tx">;
  readonly custody: Custody;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly outbound: Outbound;
  /** Reads a file that the configuration names. */
  readonly read: (file: string) => Promise<Uint8Array>;
}

export interface WitnessOptions {
  /** Of this server's own log. */
  readonly origin: string;
  readonly timeoutMs: number;
  readonly policy?: string | undefined;
  readonly server: { readonly on: boolean; readonly name: string; readonly logs: readonly string[] };
}

export interface Witness {
  /** Asks the witnesses of our log; absent where there are none. */
  readonly client: WitnessClient | undefined;
  /** Cosigns the logs of others; absent where it is not switched on. */
  readonly desk: Desk | undefined;
  /** Told once of each lie of a log. @returns ends it */
  watchForks(listener: (fork: Fork) => void): () => void;
}

/** @throws RecordError RECORD_CONFIG, StoreError */
export async function openWitness(ports: WitnessPorts, options: WitnessOptions): Promise<Witness> {
  const { origin, server, policy } = options;
  const keys = server.on ? await witnessKeys(ports.custody, server.name) : [];
  const own = keys.map(({ vkey }) => vkey);
  const trust = policy === undefined ? undefined : readWitnessPolicy(policy, await ports.read(policy), own);
  const files = new Map<string, Uint8Array>();
  for (const file of server.on ? server.logs : []) files.set(file, await ports.read(file));
  const listeners = new Set<(fork: Fork) => void>();
  const onFork = (fork: Fork): void => {
    for (const listener of listeners) listener(fork);
  };
  const logs = readTrustedLogs(files, origin);
  return {
    client: trust === undefined ? undefined : new WitnessClient(ports, trust, options.timeoutMs),
    desk: server.on ? new Desk({ rows: new Rows(ports.store), clock: ports.clock, keys, logs, onFork }) : undefined,
    watchForks(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Keys of their own, each under a name of its own: an Ed25519 cosignature does not say whose it is (tlog-cosignature). */
async function witnessKeys(custody: Custody, name: string): Promise<readonly NoteKey[]> {
  const ed25519 = createNoteKey("cosignature", `${name}/ed25519`, await custody.keyPair("witness", "Ed25519"));
  if (!custody.algorithms.has("ML-DSA-44")) return [ed25519];
  return [createNoteKey("subtree", name, await custody.keyPair("witness/ml-dsa-44", "ML-DSA-44")), ed25519];
}
