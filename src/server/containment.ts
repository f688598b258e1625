// SPDX-License-Identifier: Apache-2.0
// What containment needs of the other rooms: who is meant by a scope, the enforcement points of this process, and the files
// that say what is done about which sign.
import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  CoreError,
  type Effect,
  type Identity,
  type IdentityId,
  type PointId,
  type Points,
  parseIdentityId,
  parseMandateId,
  type ScopeKey,
  type ScopeKind,
} from "../core/index.ts";
import type { UpstreamServer } from "../enforce/index.ts";
import type { Identify } from "../identify/index.ts";
import { type ContainedIdentities, type ResponseRules, readResponseRules } from "../respond/index.ts";
import { readWeights, type Weights } from "../watch/index.ts";

/** The enforcement points of this process; each registers once it can refuse. */
export interface PointRegister extends Points {
  register(point: PointId, probe: (scope: ScopeKey, effect: Effect) => boolean): void;
}

export function createPoints(): PointRegister {
  const points = new Map<PointId, (scope: ScopeKey, effect: Effect) => boolean>();
  return {
    register: (point, probe) => void points.set(point, probe),
    list: () => [...points.keys()],
    probe: (point, scope, effect) => Promise.resolve(points.get(point)?.(scope, effect) ?? false),
  };
}

/** @param root - the package: where `policies/` is @throws RespondError, WatchError for a file that cannot be used */
export async function readSigns(root: string): Promise<{ readonly rules: ResponseRules; readonly weights: Weights }> {
  const read = async (...place: readonly string[]): Promise<[string, string]> => {
    const file = path.join(root, "policies", ...place);
    return [path.posix.join("policies", ...place), await readFile(file, "utf8")];
  };
  const rules = readResponseRules(...(await read("respond", "certain.yaml")));
  return { rules, weights: readWeights(...(await read("watch", "detectors.yaml"))) };
}

export interface Surroundings {
  /** Opens what the configuration declares for an identity that was resumed: mandates are given anew, never revived. */
  readonly reopen: (id: IdentityId) => Promise<void>;
  readonly servers: ReadonlyMap<string, UpstreamServer>;
}

/** Identities as containment sees them. */
export function containedIdentities(identify: Identify, { reopen, servers }: Surroundings): ContainedIdentities {
  const { registry, mandates } = identify;
  const inside = (scope: ScopeKey): readonly Identity[] =>
    registry.list().filter((identity) => identity.kind !== "human" && isInside(identity, scope));
  const why = (outcome: Awaited<ReturnType<typeof registry.isolate>>): string | undefined =>
    "done" in outcome ? undefined : outcome.why;
  return {
    knows(scope) {
      const { kind, id } = scope;
      if (kind === "instance") return registry.instance(id) !== undefined;
      if (kind === "identity") return identityOf(registry.list(), id) !== undefined;
      if (kind === "mandate") return parsed(parseMandateId, id, (known) => mandates.get(known)) !== undefined;
      if (kind === "jkt") return registry.list().some((one) => keysOf(identify, one.id).includes(id));
      if (kind === "server") return servers.has(id);
      if (kind === "tool") return hasTool(servers, id);
      return inside(scope).length > 0;
    },
    count: (scope) => inside(scope).length,
    instances: (scope) =>
      inside(scope).flatMap(({ id }) =>
        registry
          .instances(id)
          .filter(({ status }) => status === "active")
          .map((instance) => instance.id),
      ),
    isolate: async (id, act) => {
      const status = registry.get(id)?.status;
      // it may have got there before: by another order, or by this one before a restart
      const isThere = status === "isolated" || status === "retired";
      const refused = isThere ? undefined : why(await registry.isolate(id, act));
      // what it was sent to do ends with it: mandates are given anew, never resumed (respond R41)
      for (const mandate of mandates.openFor(id)) await mandates.close(mandate.id, act);
      return refused;
    },
    release: async (id, act) =>
      registry.get(id)?.status === "isolated" ? why(await registry.release(id, act)) : undefined,
    resume: async (id, act) => {
      const refused = why(await registry.resume(id, act));
      if (refused === undefined) await reopen(id);
      return refused;
    },
  };
}

/** @param name `server/tool` */
function hasTool(servers: Surroundings["servers"], name: string): boolean {
  const [server = "", ...tool] = name.split("/");
  return servers.get(server)?.tools.has(tool.join("/")) ?? false;
}

function isInside(identity: Identity, { kind, id }: ScopeKey): boolean {
  const { sponsor, blueprint, jurisdiction, tenant } = identity;
  const named: Partial<Record<ScopeKind, boolean>> = {
    all: true,
    identity: identity.id === id,
    instance: id.startsWith(`${identity.id}/`),
    sponsor: sponsor === id,
    blueprint: blueprint !== undefined && `${blueprint.id}@${blueprint.version}` === id,
    jurisdiction: jurisdiction === id,
    tenant: tenant === id,
  };
  return named[kind] ?? false;
}

function identityOf(all: readonly Identity[], id: string): Identity | undefined {
  return parsed(parseIdentityId, id, (known) => all.find((one) => one.id === known));
}

function keysOf({ registry }: Identify, id: IdentityId): readonly string[] {
  return registry.instances(id).map(({ key }) => key.jkt);
}

/** What a text names, or nothing where it is no such name at all. */
function parsed<I, T>(parse: (text: string) => I, text: string, find: (id: I) => T): T | undefined {
  try {
    return find(parse(text));
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}
