// SPDX-License-Identifier: Apache-2.0
// Who there is at a start, and what the configuration lets them do; after a restore nothing before a person says so.
import type { IdentityId, TenantId } from "../core/index.ts";
import type { Tasks, UpstreamServer } from "../enforce/index.ts";
import { type Identify, openIdentify } from "../identify/index.ts";
import type { Config } from "./config.ts";
import { registerDeclared } from "./declared.ts";
import { type MandateSources, openMandates, openMandatesOf } from "./mandates.ts";
import { endIssued, type Restored } from "./restored.ts";
import { systemClock } from "./system.ts";

export interface Declared {
  readonly config: Config;
  readonly publicUrl: string;
  readonly tenant: TenantId;
  readonly servers: ReadonlyMap<string, UpstreamServer>;
  readonly tasks: Tasks;
  readonly restored: Restored | undefined;
}

export interface Identities {
  readonly identify: Identify;
  readonly people: ReadonlyMap<string, IdentityId>;
  /** Opens what the configuration declares for an identity that was resumed. */
  readonly reopen: (id: IdentityId) => Promise<void>;
}

/** Who there is, and what the configuration lets them do. */
export async function openIdentities(
  ports: Parameters<typeof openIdentify>[0],
  { config, publicUrl, tenant, servers, tasks, restored }: Declared,
): Promise<Identities> {
  const { dataDir, trustDomain, identify: settings } = config;
  const resources = [...servers.values()].map(({ resource: url, id: name }) => ({ url, name }));
  const about = { issuer: publicUrl, trustDomain, tenant, resources, dataDir, settings };
  const identify = await openIdentify(ports, about);
  const people = await registerDeclared(identify, config, systemClock);
  const seed: MandateSources["seed"] = (task, text) => tasks.seed(task, text);
  const sources: MandateSources = { config, people, publicUrl, clock: systemClock, seed };
  // what was restored is let go on by a person, not by the configuration
  if (restored === undefined) await openMandates(identify, sources);
  else await endIssued(identify, systemClock);
  return { identify, people, reopen: (id) => openMandatesOf(identify, sources, id) };
}
