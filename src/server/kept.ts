// SPDX-License-Identifier: Apache-2.0
// The record and what lies beside it: whose keys it is under, what its answers rest on, and the rows
// by which its entries are found.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Custody, Log, Store } from "../core/index.ts";
import {
  openDomains,
  openRecord,
  openSearch,
  type RecordPorts,
  type RecordRoom,
  type SearchRoom,
  type SliceRoom,
} from "../record/index.ts";
import type { Config } from "./config.ts";
import { openServerSlices } from "./slices.ts";
import { systemClock, systemRandom, systemTimers } from "./system.ts";

export interface KeptPorts {
  readonly store: Store;
  readonly custody: Custody;
  readonly log: Log;
  readonly onFatal: RecordPorts["onFatal"];
}

export interface KeptPlace {
  readonly config: Config;
  readonly publicUrl: string;
  readonly tenant: string;
  /** Closes what was opened, last first. */
  readonly opened: AsyncDisposableStack;
}

export interface Kept {
  readonly record: RecordRoom;
  /** What its answers rest on. */
  readonly slices: SliceRoom;
  /** What is found in it. */
  readonly search: SearchRoom;
}

export async function openKept(given: KeptPorts, { config, publicUrl, tenant, opened }: KeptPlace): Promise<Kept> {
  const { dataDir, node } = config;
  const ports = { clock: systemClock, timers: systemTimers, random: systemRandom, ...given };
  const domains = await openDomains(ports, tenant);
  const origin = `${new URL(publicUrl).hostname}/log/${config.record.name}`;
  const place = { dir: path.join(dataDir, "record"), origin, node, tenant };
  const record = opened.adopt(await openRecord({ ...ports, domains }, { ...config.record, ...place }), (r) =>
    r.close(),
  );
  await writeFile(path.join(dataDir, "trust.policy"), record.trustPolicy());
  const slices = await openServerSlices({ ...ports, domains, recorder: record }, config);
  opened.adopt(slices, (s) => s.close());
  const search = opened.adopt(await openSearch({ ...ports, entries: record }, origin), (s) => s.close());
  return { record, slices, search };
}
