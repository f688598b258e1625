// SPDX-License-Identifier: Apache-2.0
// Mandates that the configuration declares: opened anew at each start, and those of the last start closed, because they
// name places under the address of that start.
import {
  type Clock,
  type IdentityId,
  instant,
  type JsonObject,
  jsonObject,
  parseIdentityId,
  type TaskId,
} from "../core/index.ts";
import type { Identify } from "../identify/index.ts";
import type { Config, MandateConfig } from "./config.ts";
import { ServerError } from "./errors.ts";

const ACT = { by: "system", because: "declared in the configuration" } as const;
const HOUR_MS = 3_600_000;

export interface MandateSources {
  readonly config: Config;
  readonly people: ReadonlyMap<string, IdentityId>;
  readonly publicUrl: string;
  readonly clock: Clock;
  /** Tells the gate what a person asked for. */
  readonly seed: (task: TaskId, text: string) => void;
}

/** @throws ServerError SERVER_CONFIG_INVALID for a mandate that is refused */
export async function openMandates(identify: Identify, sources: MandateSources): Promise<void> {
  // of every identity, not only of those that are still declared; what a person opened for a program stays, unless the
  // address that it names is no longer ours
  for (const { id } of identify.registry.list()) {
    const isEnrolled = identify.registry.instances(id).some(({ lease }) => lease !== undefined);
    for (const old of identify.mandates.openFor(id)) {
      const isOurs = old.grant.locations.every((place) => place.startsWith(`${sources.publicUrl}/mcp/`));
      if (!isEnrolled || !isOurs) await identify.mandates.close(old.id, ACT);
    }
  }
  for (const name of Object.keys(sources.config.agents)) {
    await openMandatesOf(identify, sources, parseIdentityId(`spiffe://${sources.config.trustDomain}/agent/${name}`));
  }
}

/**
 * Opens what the configuration declares for one identity. One that is suspended, isolated or retired gets none: a file on disk
 * brings nobody back.
 * @throws ServerError SERVER_CONFIG_INVALID for a mandate that is refused
 */
export async function openMandatesOf(identify: Identify, sources: MandateSources, holder: IdentityId): Promise<void> {
  const { config, people } = sources;
  const name = holder.slice(holder.lastIndexOf("/") + 1);
  const agent = new Map(Object.entries(config.agents)).get(name);
  const grantor = agent === undefined ? undefined : people.get(agent.sponsor);
  if (agent?.mandate === undefined || grantor === undefined) return;
  if (identify.registry.get(holder)?.status !== "active") return;
  await openOne(identify, sources, { name, holder, grantor, mandate: agent.mandate });
}

/** The grant of a mandate that a person wrote down. */
export function grantOf(mandate: MandateConfig, publicUrl: string): JsonObject {
  const { verbs, locations, labelMax, jurisdictions, purpose } = mandate;
  return jsonObject([
    ["verbs", [...verbs]],
    ["locations", locations.map((place) => `${publicUrl}/mcp/${place}`)],
    ["datatypes", []],
    ["constraints", []],
    ["labelMax", labelMax],
    ["jurisdictions", [...jurisdictions]],
    ["purpose", purpose],
    ["budget", jsonObject([])],
  ]);
}

interface Wanted {
  readonly name: string;
  readonly holder: IdentityId;
  readonly grantor: IdentityId;
  readonly mandate: MandateConfig;
}

async function openOne(
  identify: Identify,
  sources: MandateSources,
  { name, holder, grantor, mandate }: Wanted,
): Promise<void> {
  const { hours, request } = mandate;
  const opened = await identify.mandates.open(
    {
      grantor,
      holder,
      grant: grantOf(mandate, sources.publicUrl),
      deadline: instant(sources.clock.now() + Math.round(hours * HOUR_MS)),
      request,
    },
    { by: grantor, because: "declared in the configuration" },
  );
  if ("no" in opened) throw new ServerError("SERVER_CONFIG_INVALID", `opening agents.${name}.mandate: ${opened.why}`);
  sources.seed(opened.done.task, request);
}
