// SPDX-License-Identifier: Apache-2.0
// People and agents that the configuration declares: registered once, and left alone afterwards. What was suspended or
// retired since stays so; a file on disk never brings anybody back.
import { readFile } from "node:fs/promises";
import {
  type Clock,
  type IdentityId,
  instant,
  type Json,
  parseIdentityId,
  parseInstanceId,
  parseJson,
  quote,
} from "../core/index.ts";
import type { Identify } from "../identify/index.ts";
import type { AgentConfig, Config } from "./config.ts";
import { ServerError } from "./errors.ts";

const ACT = { by: "system", because: "declared in the configuration" } as const;
const DAY_MS = 86_400_000;

/** The people by their handle. @throws ServerError SERVER_CONFIG_INVALID for what the registry refuses */
export async function registerDeclared(
  identify: Identify,
  config: Config,
  clock: Clock,
): Promise<ReadonlyMap<string, IdentityId>> {
  const people = new Map<string, IdentityId>();
  for (const [handle, person] of Object.entries(config.people)) {
    const known = await identify.registry.humanNamed(person.name);
    const id = known?.id ?? done(`people.${handle}`, await identify.registry.registerHuman(person, ACT)).id;
    // the first one is whose the host is, unless the file names an owner
    const isFirst = people.size === 0 && !hasOwner(config);
    identify.people.declare(id, isFirst ? ["owner", ...person.roles] : person.roles);
    people.set(handle, id);
  }
  for (const [name, agent] of Object.entries(config.agents)) {
    const sponsor = people.get(agent.sponsor);
    if (sponsor === undefined) throw refused(`agents.${name}`, `nobody in \`people\` is called ${agent.sponsor}`);
    await registerAgent(identify, { name, agent, sponsor, trustDomain: config.trustDomain }, clock);
  }
  return people;
}

function hasOwner({ people }: Config): boolean {
  return Object.values(people).some(({ roles }) => roles.includes("owner"));
}

interface Declared {
  readonly name: string;
  readonly agent: AgentConfig;
  readonly sponsor: IdentityId;
  readonly trustDomain: string;
}

async function registerAgent({ registry }: Identify, declared: Declared, clock: Clock): Promise<void> {
  const { name, agent, sponsor, trustDomain } = declared;
  const id = parseIdentityId(`spiffe://${trustDomain}/agent/${name}`);
  if (registry.get(id) === undefined) {
    const blueprint = { id: agent.blueprint, describes: agent.purpose };
    const { purpose, environment, jurisdiction, lifetimeDays } = agent;
    done(
      `agents.${name}`,
      await registry.registerAgent(
        {
          name,
          sponsor,
          purpose,
          environment,
          jurisdiction,
          expires: instant(clock.now() + lifetimeDays * DAY_MS),
          blueprint: done(`agents.${name}.blueprint`, await registry.registerBlueprint(blueprint, ACT)),
        },
        ACT,
      ),
    );
  }
  // who was stopped since gets nothing new from a file
  if (registry.get(id)?.status !== "active") return;
  for (const [instanceName, file] of Object.entries(agent.instances)) {
    if (registry.instance(parseInstanceId(`${id}/${instanceName}`)) !== undefined) continue;
    const jwk = await readKey(`agents.${name}.instances.${instanceName}`, file);
    done(
      `agents.${name}.instances.${instanceName}`,
      await registry.registerInstance({ identity: id, name: instanceName, jwk }, ACT),
    );
  }
}

async function readKey(where: string, file: string): Promise<Json> {
  try {
    return parseJson(await readFile(file));
  } catch (cause) {
    throw new ServerError("SERVER_CONFIG_INVALID", `reading ${where}: no public key at ${quote(file)}`, {
      cause,
      fix: "put the public JWK (P-256 or Ed25519) of this instance there",
    });
  }
}

function done<T>(where: string, outcome: { readonly done: T } | { readonly no: string; readonly why: string }): T {
  if ("done" in outcome) return outcome.done;
  throw refused(where, outcome.why);
}

function refused(where: string, why: string): ServerError {
  return new ServerError("SERVER_CONFIG_INVALID", `registering ${where}: ${why}`);
}
