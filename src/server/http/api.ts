// SPDX-License-Identifier: Apache-2.0
// The control API: read what is true now and what was recorded. Everything but `/api/session` needs the token of the
// command line or a signed-in session, and a browser's request must come from this server's own pages.
import type { FastifyInstance } from "fastify";
import { type Clock, type EntrySource, type Json, jsonObject, PAGE_MAX_ROWS, type Timers } from "../../core/index.ts";
import type { Access } from "../access.ts";
import type { ApprovalQueue } from "../approvals.ts";
import type { KeepingEdge } from "../keep-desk.ts";
import { createPairing, type PairingPorts } from "../pairing.ts";
import { mountApprovals } from "./approvals.ts";
import { type ContainmentPorts, mountContainments } from "./containments.ts";
import { type DecisionPorts, mountDecisions } from "./decisions.ts";
import { entryRow } from "./entry-row.ts";
import { type IdentityPorts, mountIdentities } from "./identities.ts";
import { mountMakers } from "./identity-makers.ts";
import { type IncidentPorts, mountIncidents } from "./incidents.ts";
import { sendJson } from "./json.ts";
import { mountKeeping } from "./keeping.ts";
import { mountLive } from "./live.ts";
import { type LogRoutePorts, mountLog } from "./log.ts";
import { mountManifests } from "./manifests.ts";
import { mountObserve, type ObservePorts } from "./observe.ts";
import { mountOpenings, type OpeningEdge } from "./openings.ts";
import { mountPairings } from "./pairings.ts";
import { mountPeople, type PeoplePorts } from "./people.ts";
import { mountPolicies, type PolicyEdge } from "./policies.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";
import { mountRecord, type RecordEdge } from "./record.ts";
import { type ExportEdge, mountExports } from "./record-exports.ts";
import { mountReplay, type ReplayEdgePorts } from "./replay.ts";
import { guardRoutes, hasRight } from "./rights.ts";
import { mountServers, type ServerPorts } from "./servers.ts";
import { mountSessions } from "./sessions.ts";
import { mountSystem, type SystemPorts } from "./system.ts";
import { mountWhy, type WhyPorts } from "./why.ts";
import { mountWitnessDesk, type WitnessRoutePorts } from "./witness.ts";

export interface ApiPorts extends Access, DecisionPorts, Omit<PeoplePorts, "access"> {
  readonly entries: EntrySource;
  status(): Json;
  readonly incidents: IncidentPorts;
  readonly identities: IdentityPorts & PairingPorts;
  readonly queue: ApprovalQueue;
  readonly containment: ContainmentPorts;
  readonly servers: ServerPorts;
  readonly observe: ObservePorts;
  readonly policySets: Omit<PolicyEdge, "access">;
  readonly replay: ReplayEdgePorts;
  readonly why: WhyPorts;
  readonly recordEdge: Omit<RecordEdge, "access" | "rights"> & Pick<ExportEdge, "record">;
  readonly keeping: KeepingEdge & Pick<OpeningEdge, "opener" | "slices" | "recorder">;
  readonly witness: WitnessRoutePorts & { readonly log: LogRoutePorts };
  readonly system: Omit<SystemPorts, "access">;
  readonly clock: Clock;
}

/** Rows of a page where none are asked for. */
const PAGE_ROWS = 100;

export function mountApi(app: FastifyInstance, ports: ApiPorts, timers: Timers): void {
  guardRoutes(app, ports, ports.rights);
  mountSystem(app, { ...ports.system, access: ports });
  mountSessions(app, { ...ports, askerOf: ({ headers }) => ports.askerOf(headers) });
  app.get("/api/status", (_request, reply) => sendJson(reply, ports.status()));
  app.get<{ Querystring: { from?: string; limit?: string } }>("/api/record/entries", async (request, reply) => {
    const range = pageOf(ports.entries.size(), request.query);
    if (range === undefined)
      return sendProblem(reply, { ...PROBLEMS.malformed, detail: "`from` and `limit` are whole numbers" });
    const entries: Json[] = [];
    for await (const entry of ports.entries.read(range)) entries.push(entryRow(entry));
    return sendJson(
      reply,
      jsonObject([
        ["size", ports.entries.size()],
        ["entries", entries],
      ]),
    );
  });
  app.get<{ Params: { key: string } }>("/api/record/entries/:key", async (request, reply) => {
    const found = await ports.find(request.params.key);
    if (found.length === 0) return sendProblem(reply, PROBLEMS.notFound);
    return sendJson(reply, jsonObject([["entries", found.map(entryRow)]]));
  });
  mountRecord(app, { ...ports.recordEdge, access: ports, rights: ports.rights });
  mountExports(app, { record: ports.recordEdge.record, whoIs: ports.whoIs });
  mountDecisions(app, ports);
  mountApprovals(app, { queue: ports.queue, access: ports, texts: ports.policies });
  mountIdentities(app, ports.identities);
  mountMakers(app, ports.identities);
  mountPairings(app, { ...ports, desk: createPairing(ports.identities) });
  mountIncidents(app, ports.incidents);
  mountPeople(app, { access: ports, ...ports });
  mountContainments(app, ports.containment);
  mountServers(app, ports.servers);
  mountObserve(app, ports.observe);
  mountPolicies(app, { ...ports.policySets, access: ports });
  mountReplay(app, ports.replay);
  mountWhy(app, ports.why);
  mountKeeping(app, { ...ports.keeping, access: ports });
  mountOpenings(app, { ...ports.keeping, find: (key) => ports.find(key) });
  mountWitnessDesk(app, ports.witness);
  mountLog(app, { ...ports.witness.log, mayRead: (headers) => hasRight("record.read", ports, headers) });
  mountManifests(app, ports.servers);
  mountLive(app, {
    ...ports,
    timers,
    watchApprovals: (changed) => ports.queue.approvals.watch(changed),
    mayRead: ({ headers }) => ports.isStillKnown(headers),
  });
}

/** `from` counts from the end where it is negative. */
function pageOf(
  size: number,
  query: { readonly from?: string; readonly limit?: string },
): { from: number; to: number } | undefined {
  const limit = whole(query.limit) ?? PAGE_ROWS;
  const asked = query.from === undefined ? -limit : whole(query.from);
  if (asked === undefined || (query.limit !== undefined && whole(query.limit) === undefined) || limit < 1)
    return undefined;
  const from = Math.max(0, asked < 0 ? size + asked : asked);
  return { from, to: Math.min(size, from + Math.min(limit, PAGE_MAX_ROWS)) };
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^-?[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
