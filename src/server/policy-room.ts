// SPDX-License-Identifier: Apache-2.0
// The rules of this server: what the folder holds, and over it what was published. Who is in the scope of a release is asked
// of the identities here.
import {
  type Clock,
  CoreError,
  type Decider,
  type Digest,
  type DomainId,
  type Identity,
  type IdentityId,
  type Log,
  type Modes,
  member,
  parseIdentityId,
  type Question,
  type Random,
  type Recorder,
  type Seals,
  type ServerId,
  type Standing,
  type Store,
  type Timers,
} from "../core/index.ts";
import {
  type Asker,
  type Bundle,
  createDecider,
  loadBundle,
  openShelf,
  type PolicyControl,
  type PolicyShelf,
  type Releases,
  turns,
} from "../decide/index.ts";
import type { Identify } from "../identify/index.ts";
import { whoIs } from "./access.ts";
import type { ApprovalQueue } from "./approvals.ts";
import type { Config } from "./config.ts";
import type { PolicyEdge } from "./http/policies.ts";
import { PoliciesInForce } from "./policies-in-force.ts";
import { type DeskPorts, PolicyDesk } from "./policy-desk.ts";

export interface PolicyRoom {
  readonly decider: Decider & PolicyControl;
  readonly policies: PoliciesInForce;
  readonly published: PolicyShelf;
}

export interface PolicyRoomPorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** What hides texts in what is kept of a decision. */
  readonly seals: Seals;
  readonly identify: Pick<Identify, "view" | "people">;
  readonly queue: Pick<ApprovalQueue, "approvals">;
}

/** The rules that were loaded are in force from here on, and over them whatever was released. */
export async function openPolicyRoom(
  ports: PolicyRoomPorts,
  bundle: Bundle,
  { domain, config }: { readonly domain: DomainId; readonly config: Config },
): Promise<PolicyRoom> {
  const { identify, clock, timers } = ports;
  const decider = createDecider({ ...ports, askerOf: (question) => askerOf(identify, question) });
  const keepPolicies = (inForce: ReadonlySet<Digest>): void => void ports.queue.approvals.keepPolicies(inForce);
  const opened: { shelf?: PolicyShelf } = {};
  const published = (): readonly Bundle[] => opened.shelf?.loaded() ?? [];
  const policies = new PoliciesInForce({ ...ports, decider, keepPolicies, published }, domain);
  // first what was released: were the folder alone put in force, the questions of released rules would be ended
  const shelf = await openShelf({
    ...ports,
    control: decider,
    domain,
    fourEyes: config.policies.fourEyes,
    base: () => policies.bundle ?? bundle,
    load: (texts) => loadBundle({ texts, timers, pause: turns(() => clock.monotonic()) }),
    changed: () => (policies.bundle === undefined ? undefined : policies.changed()),
  });
  opened.shelf = shelf;
  await policies.put(bundle, "loaded at start");
  return { decider, policies, published: shelf };
}

/** How a call is enforced: observed where its server is, or where the release that binds whoever calls observes. */
export function modesOf(
  releases: Releases,
  { decider, identify, clock }: Pick<PolicyRoom, "decider"> & Pick<PolicyRoomPorts, "identify" | "clock">,
  domain: DomainId,
): Modes {
  return {
    of(server, standing) {
      if (releases.of(server, standing.mandate.task) === "observe") return "observe";
      const stage = decider.staged(domain);
      if (stage.isBare) return "enforce";
      const mode = stage.binding(standingAsker(identify, server, standing), clock.now())?.release?.mode;
      return mode === "observe" ? "observe" : "enforce";
    },
  };
}

function standingAsker(identify: PolicyRoomPorts["identify"], server: ServerId, standing: Standing): Asker {
  const { identity: id, kind, blueprint, environment, jurisdiction, sponsor } = standing;
  return asker(identify, { id, kind, blueprint, environment, jurisdiction, sponsor }, server);
}

/** What is known of whoever a question is about; an id that is nobody's here fits releases for everybody alone. */
function askerOf(identify: PolicyRoomPorts["identify"], { principal, context }: Question): Asker {
  const server = member(context, "server");
  const place = typeof server === "string" ? server : undefined;
  const identity = identityOf(identify, principal.id);
  if (identity === undefined)
    return { id: principal.id, ...(place === undefined ? {} : { server: place }), isSponsoredBy: () => false };
  return asker(identify, identity, place);
}

type Known = Pick<Identity, "id" | "kind" | "environment" | "jurisdiction"> & {
  readonly blueprint?: Identity["blueprint"] | undefined;
  readonly sponsor?: IdentityId | undefined;
};

function asker(identify: PolicyRoomPorts["identify"], known: Known, server: string | undefined): Asker {
  const { id, kind, blueprint, environment, jurisdiction, sponsor } = known;
  return {
    id,
    kind,
    environment,
    jurisdiction,
    ...(blueprint === undefined ? {} : { blueprint: blueprint.id }),
    ...(server === undefined ? {} : { server }),
    isSponsoredBy: (group) => sponsor !== undefined && identify.people.holds(group, sponsor),
  };
}

function identityOf({ view }: PolicyRoomPorts["identify"], id: string): Identity | undefined {
  try {
    return view.get(parseIdentityId(id));
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

/** What the routes about policy sets stand on. */
export function policyEdge(
  rooms: PolicyRoom & { readonly identify: Identify; readonly owner: IdentityId | undefined },
  ports: Pick<DeskPorts, "gate" | "clock" | "timers" | "log">,
  { domain, config, demo }: { readonly domain: DomainId; readonly config: Config; readonly demo: boolean },
): Omit<PolicyEdge, "access"> {
  const { decider, policies, published } = rooms;
  const desk = new PolicyDesk({ ...rooms, ...ports, demo });
  const who: PolicyEdge["whoIs"] = ({ headers }) => whoIs(rooms, headers);
  return {
    decider,
    policies,
    published,
    desk,
    domain,
    fourEyes: config.policies.fourEyes,
    clock: ports.clock,
    whoIs: who,
  };
}
