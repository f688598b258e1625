// SPDX-License-Identifier: Apache-2.0
// What the operator of the host may ask of the server that runs.
import { type Custody, type IdentityId, jsonObject, parseIdentityId } from "../core/index.ts";
import type { Identify } from "../identify/index.ts";
import type { RecordRoom } from "../record/index.ts";
import type { OpenedStore } from "../store/index.ts";
import { backUp } from "./backups.ts";
import type { Config } from "./config.ts";
import type { SystemPorts } from "./http/system.ts";
import { goOn, readRestored } from "./restored.ts";

interface OperateRooms {
  readonly store: OpenedStore;
  readonly record: RecordRoom;
  readonly custody: Custody;
  readonly identify: Identify;
  /** Opens what the configuration declares for one identity. */
  readonly reopen: (id: IdentityId) => Promise<void>;
}

export function operatePorts(
  rooms: OperateRooms,
  about: { readonly config: Config; readonly version: string },
): Omit<SystemPorts, "access"> {
  const { record, reopen } = rooms;
  const { agents, trustDomain, dataDir } = about.config;
  return {
    backUp: (sets) => backUp(rooms, about, sets),
    async tested(manifest, ok) {
      await record.append({
        type: "admin",
        name: "restore.tested",
        by: "system",
        because: "restored to a scratch folder",
        data: jsonObject([
          ["manifest", `sha256:${manifest}`],
          ["ok", ok],
        ]),
      });
    },
    async goOn() {
      const restored = await readRestored(about.config);
      if (restored === undefined) return undefined;
      await goOn(dataDir, record, restored);
      const names = Object.keys(agents);
      for (const name of names) await reopen(parseIdentityId(`spiffe://${trustDomain}/agent/${name}`));
      return names.length;
    },
  };
}
