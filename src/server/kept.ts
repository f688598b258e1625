// SPDX-License-Identifier: Apache-2.0
// The record and what lies beside it: whose keys it is under, what its answers rest on, the rows by which its entries are
// found, what is held, and what is erased.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Custody, IdentityId, Log, Store } from "../core/index.ts";
import type { Identify } from "../identify/index.ts";
import {
  Erasures,
  HoldRegister,
  type KeepNo,
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
  readonly cosigner: RecordPorts["cosigner"];
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
  readonly holds: HoldRegister;
  /** People are erased from here on. @param declared - people of the configuration, who would come back with it */
  erasures(identify: Identify, declared: ReadonlySet<IdentityId>): Promise<Erasures>;
}

const system = { clock: systemClock, timers: systemTimers, random: systemRandom } as const;

export async function openKept(given: KeptPorts, { config, publicUrl, tenant, opened }: KeptPlace): Promise<Kept> {
  const { dataDir, node } = config;
  const ports = { ...system, ...given };
  const domains = await openDomains(ports, tenant);
  const origin = originOf(config, publicUrl);
  const place = { dir: path.join(dataDir, "record"), origin, node, tenant };
  const record = opened.adopt(await openRecord({ ...ports, domains }, { ...config.record, ...place }), (r) =>
    r.close(),
  );
  await writeFile(path.join(dataDir, "trust.policy"), record.trustPolicy());
  const holds = new HoldRegister({ ...ports, recorder: record }, tenant);
  await holds.open();
  const slices = await openServerSlices({ ...ports, domains, holds, recorder: record }, config);
  opened.adopt(slices, (s) => s.close());
  const search = opened.adopt(await openSearch({ ...ports, entries: record }, origin), (s) => s.close());
  return {
    record,
    slices,
    search,
    holds,
    async erasures(identify, declared) {
      const around = { ...ports, recorder: record, domains, holds, ...erasing({ identify, slices, declared }) };
      const erasures = new Erasures(around, { tenant, ...config.record.erase });
      await erasures.open();
      return opened.adopt(erasures, (e) => e.close());
    },
  };
}

interface Erasing {
  readonly identify: Identify;
  readonly slices: SliceRoom;
  readonly declared: ReadonlySet<IdentityId>;
}

/** What erasing somebody means in the other rooms. */
function erasing({
  identify,
  slices,
  declared,
}: Erasing): Pick<ConstructorParameters<typeof Erasures>[0], "unfit" | "forget" | "forgotten"> {
  const { people, registry } = identify;
  return {
    unfit(person): KeepNo | undefined {
      if (registry.get(person)?.kind !== "human") return { no: "unknown", why: "there is no such person" };
      if (declared.has(person)) {
        const why = "bailiwick.yaml names them: the next start would register them again";
        return { no: "refused", why, fix: "take them out of `people` there, and start the server again" };
      }
      if (!people.isLastOwner(person)) return undefined;
      return { no: "refused", why: "the last owner stays: make somebody else owner first" };
    },
    forget: (person, act) => people.forget(person, act),
    forgotten: () => slices.forget(),
  };
}

/** The name of this server's log for everybody. */
export function originOf({ record }: Pick<Config, "record">, publicUrl: string): string {
  return `${new URL(publicUrl).hostname}/log/${record.name}`;
}
