// SPDX-License-Identifier: Apache-2.0
// What is plugged into what: opens every room over one data directory, mounts their edges on the one listener, and closes
// them in the reverse order. Whatever cannot be opened ends the start; nothing runs half.
import type { KeyObject } from "node:crypto";
import path from "node:path";
import {
  type Custody,
  type EntrySource,
  type IdentityId,
  type Log,
  type Mac,
  parseDomainId,
  parsePointId,
  parseTenantId,
} from "../core/index.ts";
import type { Bundle, Releases } from "../decide/index.ts";
import {
  createGate,
  createRelay,
  type Gate,
  type ManifestShelf,
  Tasks,
  type UpstreamServer,
} from "../enforce/index.ts";
import type { Identify, People } from "../identify/index.ts";
import type { Inspector } from "../protect/index.ts";
import type { Cases, Transfers } from "../prove/index.ts";
import type { RecordRoom } from "../record/index.ts";
import type { Witness } from "../record/witness/index.ts";
import { lockDirectory, type OpenedStore, openCustody } from "../store/index.ts";
import { openWatch, type Watch } from "../watch/index.ts";
import { accessTo, type Credentials, roleTable, whoIs } from "./access.ts";
import { admit } from "./admit.ts";
import { openAftermath } from "./aftermath.ts";
import { approvalPages } from "./approval-pages.ts";
import { type ApprovalQueue, createQueue, type QueuePorts } from "./approvals.ts";
import type { Config } from "./config.ts";
import { openManifests } from "./connections/manifests.ts";
import { ServerRegister } from "./connections/register.ts";
import { serverPorts } from "./connections/wiring.ts";
import { createPoints, type PointRegister, readSigns } from "./containment.ts";
import { openData } from "./data.ts";
import { openDecisionViews } from "./decision-views.ts";
import { ServerError } from "./errors.ts";
import { proofsOf } from "./find-entries.ts";
import { mountApi } from "./http/api.ts";
import { openAuthzenEdge } from "./http/authzen.ts";
import { type Bound, bind } from "./http/bind.ts";
import { mountConsole, readConsole } from "./http/console.ts";
import { mountHealth } from "./http/health.ts";
import { mountIdentity } from "./http/identity.ts";
import { createListener } from "./http/listener.ts";
import { mountMcp } from "./http/mcp.ts";
import { identityEdge } from "./identity-edge.ts";
import { type KeepingRooms, keepingEdge } from "./keep-desk.ts";
import { type Kept, openKept } from "./kept.ts";
import { openIdentities } from "./open-identities.ts";
import { operatePorts } from "./operate.ts";
import { openOutbound } from "./outbound/client.ts";
import { firstLink, setupAddress } from "./owner.ts";
import { loadPolicies } from "./policies.ts";
import type { PoliciesInForce, PolicyNews } from "./policies-in-force.ts";
import { modesOf, openPolicyRoom, type PolicyRoom, policyEdge } from "./policy-room.ts";
import type { Previews } from "./previews.ts";
import { observePorts, openServerReleases } from "./releases.ts";
import { replayEdges } from "./replay.ts";
import { readRestored } from "./restored.ts";
import { noticeSigns } from "./signs.ts";
import { readiness, rollbackWarnings, statusNow } from "./status.ts";
import { openServerStore } from "./store.ts";
import { systemClock, systemRandom, systemTimers } from "./system.ts";
import { openUpstreams } from "./upstreams.ts";
import { watchPolicies } from "./watch-policies.ts";
import { noticeWitness, openServerWitness, witnessEdge } from "./witness.ts";

/** A server that runs. */
export interface Running extends AsyncDisposable {
  readonly publicUrl: string;
  readonly config: Config;
  readonly bundle: Bundle;
  readonly entries: EntrySource;
  readonly record: RecordRoom;
  readonly queue: ApprovalQueue;
  /** The first person of the configuration: whose the token of the command line is. */
  readonly owner: IdentityId | undefined;
  readonly people: People;
  readonly watch: Watch;
  readonly cases: Cases;
  /** What a partner would be told of an incident. */
  readonly preview: Previews;
  /** The keyed digest of a value, for planting it. */
  macOf(value: string): Mac;
  readonly servers: ReadonlyMap<string, UpstreamServer>;
  /** What of them is observed. */
  readonly releases: Releases;
  /** File with the public key that a verifier of this record needs to be told. */
  readonly trustFile: string;
  /** Signs the first declared person in, once; `undefined` where nobody is declared. A secret until it is used. */
  readonly setupLink: string | undefined;
}

export interface ServerIo {
  readonly log: Log;
  /** `PATH` of upstream programs. */
  readonly path: string;
  /** Folder of the configuration: where upstream programs run. */
  readonly cwd: string;
  /** `bailiwick.yaml`, where servers that are added are written down; left out where there is none to write into. */
  readonly configFile?: string;
  readonly demo: boolean;
  /** The package: where `policies/labels.yaml` is. */
  readonly root: string;
  /** Of the package. */
  readonly version: string;
  /** Told when a watched policy folder changed. */
  readonly policyNews?: (news: PolicyNews) => void;
  /** Ends the process at once, with this code. */
  readonly exit: (code: number) => void;
}

const system = { clock: systemClock, timers: systemTimers, random: systemRandom } as const;
const TENANT = parseTenantId("main");
const DOMAIN = parseDomainId("main");

/** Starts everything. @throws the error of the first room that cannot be opened */
export async function startServer(config: Config, io: ServerIo): Promise<Running> {
  refuseToWatch(config, io);
  await using opened = new AsyncDisposableStack();
  const bound = opened.adopt(await bind(config.port), (b) => b.close());
  const publicUrl = config.publicUrl ?? `http://localhost:${bound.port}`;
  opened.use(await lockDirectory(config.dataDir, system));
  const rooms = await openRooms({ config, io, publicUrl, opened });
  await mountEdges(rooms, bound, { config, io, publicUrl, opened });
  const ended = opened.move();
  const { record, bundle, servers, queue, watch, inspector, owner, setupLink } = rooms;
  const trustFile = path.join(config.dataDir, "trust.policy");
  return {
    publicUrl,
    config,
    bundle,
    entries: record,
    record,
    queue,
    owner,
    people: rooms.identify.people,
    watch,
    cases: rooms.cases,
    preview: rooms.previews,
    macOf: (value) => inspector.scanner.mac(value),
    servers,
    releases: rooms.releases,
    trustFile,
    setupLink,
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

/** A saved file that is in force at once has nobody's second pair of eyes. */
function refuseToWatch(config: Config, io: ServerIo): void {
  if (!config.policies.watch || io.demo) return;
  throw new ServerError("SERVER_CONFIG_INVALID", "starting: `policies.watch` is for the demo only", {
    fix: "take it out of bailiwick.yaml, and restart to put other rules in force",
  });
}

interface Opening {
  readonly config: Config;
  readonly io: ServerIo;
  readonly publicUrl: string;
  /** Closes what was opened, last first. */
  readonly opened: AsyncDisposableStack;
}

interface Rooms extends PolicyRoom, Kept {
  readonly queue: ApprovalQueue;
  readonly watch: Watch;
  readonly cases: Cases;
  readonly previews: Previews;
  readonly points: PointRegister;
  /** The first person of the configuration: whose the token of the command line is. */
  readonly owner: IdentityId | undefined;
  readonly inspector: Inspector;
  readonly transfers: Transfers;
  readonly tasks: Tasks;
  readonly store: OpenedStore;
  readonly custody: Custody;
  /** Opens what the configuration declares for an identity. */
  readonly reopen: (id: IdentityId) => Promise<void>;
  /** What of the record is held, and what is erased. */
  readonly keeping: KeepingRooms;
  readonly witness: Witness;
  readonly identify: Identify;
  readonly releases: Releases;
  /** The set that was loaded at start. */
  readonly bundle: Bundle;
  readonly servers: ReadonlyMap<string, UpstreamServer>;
  readonly register: ServerRegister;
  readonly shelf: ManifestShelf;
  readonly setupLink: string | undefined;
  /** Makes page tokens of searches ours. */
  readonly pageKey: KeyObject;
  /** Of the states that clients of waiting calls carry. */
  readonly stateKey: KeyObject;
}

async function openRooms({ config, io, publicUrl, opened }: Opening): Promise<Rooms> {
  const { dataDir } = config;
  const ports = { ...system, log: io.log };
  // before the record is opened: under its old name it would go on beside what others know of it
  const restored = await readRestored(config);
  const bundle = await loadPolicies(config.policies.dir);
  const register = new ServerRegister(await openUpstreams(config, { ...io, publicUrl }));
  const { servers } = register;
  const custody = await openCustody({ dir: dataDir }, system);
  const store = opened.use(await openServerStore(config, { ...ports, exit: io.exit }));
  const about = { config, publicUrl, tenant: TENANT, opened };
  const witness = await openServerWitness({ ...ports, custody, store }, about);
  const kept = await openKept({ ...ports, custody, store, onFatal: io.exit, cosigner: witness.client }, about);
  const { record, slices, holds } = kept;
  opened.defer(noticeWitness(witness, record));
  const releases = opened.use(await openServerReleases({ ...ports, store, recorder: record }, config));
  const tasks = new Tasks(custody.derive("origins"));
  const shelf = await openManifests(register, { ...ports, store, recorder: record });
  const known = await openIdentities(
    { ...ports, store, recorder: record, custody },
    { ...about, servers, tasks, restored },
  );
  opened.use(known.identify);
  const { identify, people, reopen } = known;
  const keeping = { holds, erasures: await kept.erasures(identify, new Set(people.values())) };
  const shared = { ...ports, store, record, identify, custody, people, config, root: io.root };
  const answers = await openAnswers({ ...shared, demo: io.demo, opened, servers, reopen });
  const { inspector, transfers } = await openData(config, io, custody.derive("value"));
  const aftermath = await openAftermath({ ...shared, ...answers, inspector });
  const [owner] = people.values();
  const setupLink = await firstLink(identify.people, { owner, publicUrl, demo: io.demo });
  const rules = await openPolicyRoom({ ...shared, ...answers, recorder: record, seals: slices }, bundle, {
    domain: DOMAIN,
    config,
  });
  opened.use(rules.published);
  return {
    store,
    custody,
    reopen,
    ...kept,
    keeping,
    witness,
    identify,
    ...rules,
    releases,
    bundle,
    servers,
    register,
    shelf,
    inspector,
    transfers,
    tasks,
    owner,
    setupLink,
    pageKey: custody.derive("search pages"),
    stateKey: custody.derive("request states"),
    ...aftermath,
    ...answers,
  };
}

type AnswerPorts = Omit<QueuePorts, "points" | "rules"> & {
  readonly opened: AsyncDisposableStack;
  readonly root: string;
};

/** What is done about it: the queue for people, orders, and the signs that lead to them. */
async function openAnswers(ports: AnswerPorts): Promise<Pick<Rooms, "queue" | "watch" | "points">> {
  const { opened, record } = ports;
  const points = createPoints();
  const { rules, weights } = await readSigns(ports.root);
  const queue = opened.use(await createQueue({ ...ports, points, rules }));
  const entries = { recorder: record, entries: record, sink: queue.sink };
  const watch = opened.use(await openWatch({ ...ports, ...entries }, weights));
  opened.defer(noticeSigns({ ...ports, people: ports.identify.people, watch }));
  return { queue, watch, points };
}

type GatePorts = Pick<Parameters<typeof createGate>[0], "clock" | "random" | "log" | "recorder">;

/** The one gate of this process, which is an enforcement point from here on. */
function openGate(rooms: Rooms, ports: GatePorts, config: Config): ReturnType<typeof createGate> {
  const { identify, decider } = rooms;
  const point = parsePointId(`${config.node}/mcp`);
  const gate = createGate(
    {
      ...ports,
      prover: identify.prover,
      identities: identify.view,
      decider,
      slices: rooms.slices,
      modes: modesOf(rooms.releases, { ...rooms, clock: systemClock }, DOMAIN),
      desk: rooms.queue.approvals,
      tokens: identify.once,
      inspector: rooms.inspector,
      transfers: rooms.transfers,
      tasks: rooms.tasks,
      feed: identify.feed,
      inFlight: rooms.queue.containments.flights,
      watch: rooms.watch,
      decoys: rooms.watch.decoys,
      pins: rooms.watch.pins,
    },
    { domain: DOMAIN, point, holdMs: config.enforce.holdMs },
  );
  rooms.points.register(point, (scope, effect) => gate.probe(scope, effect));
  return gate;
}

async function mountEdges(rooms: Rooms, bound: Bound, opening: Opening): Promise<void> {
  const { record, identify, servers } = rooms;
  const { config, io, publicUrl, opened } = opening;
  const ports = { ...system, log: io.log, recorder: record, outbound: opened.use(openOutbound()) };
  const gate = openGate(rooms, ports, config);
  opened.defer(() => gate.close());
  if (config.policies.watch) opened.defer(watched(rooms, gate, { config, io }));
  // what the last process saw and did not act on is acted on before anybody is let in (respond R17)
  await rooms.watch.catchUp();
  const approvals = approvalPages(rooms.stateKey, publicUrl);
  const relay = createRelay({ ...ports, gate, approvals, nonce: () => identify.prover.nonce() }, config.enforce);
  opened.adopt(relay, (r) => r.close());
  const app = createListener(publicUrl, io.log);
  const startedAt = systemClock.now();
  mountMcp(app, servers, relay);
  const direct = await openAuthzenEdge({ ...rooms, ...ports }, { ...opening, log: io.log });
  mountIdentity(app, identify);
  mountHealth(
    app,
    () => readiness(record, rooms.store),
    () => rollbackWarnings(record.status().rollback, config),
  );
  const api = {
    entries: record,
    witness: witnessEdge(app, rooms, opening),
    ...proofsOf(record),
    recordEdge: { record, search: rooms.search, tenant: TENANT },
    status: () => statusNow(rooms, { ...opening, startedAt, domain: DOMAIN, clock: systemClock }),
    policies: rooms.policies.texts,
    queue: rooms.queue,
    containment: {
      containments: rooms.queue.containments,
      entries: record,
      findings: () => rooms.watch.list(),
      accept: (tool: string) => rooms.watch.accept(tool),
      whoIs: ({ headers }: { readonly headers: Credentials }) => whoIs(rooms, headers),
      ...(rooms.queue.demoKey === undefined ? {} : { demoKey: rooms.queue.demoKey }),
    },
    incidents: {
      incidents: rooms.queue.incidents,
      cases: rooms.cases,
      preview: rooms.previews,
      whoIs: ({ headers }: { readonly headers: Credentials }) => whoIs(rooms, headers),
    },
    identities: identityEdge(rooms, opening, systemClock),
    ...accessTo(identify, io.demo),
    observe: observePorts(rooms),
    policySets: policyEdge(rooms, { ...ports, gate }, { domain: DOMAIN, config, demo: io.demo }),
    ...replayEdges(rooms, { ...ports, whoIs: ({ headers }) => whoIs(rooms, headers) }),
    keeping: keepingEdge(rooms, { demo: io.demo, whoIs: ({ headers }) => whoIs(rooms, headers) }),
    servers: serverPorts(rooms, { ...ports, gate, relay }, { ...io, publicUrl, mode: config.mcp.mode }),
    ...(await roleTable(rooms, config, io.root)),
    system: operatePorts(rooms, { config, version: io.version }),
    address: setupAddress(publicUrl),
    clock: systemClock,
    ...opened.adopt(await openDecisionViews(record, systemClock), (views) => views.close()),
  };
  mountApi(app, api, systemTimers);
  mountConsole(app, await readConsole(path.join(io.root, "console", "dist")));
  await admit({ ...opening, app, bound, direct, record, dataDir: config.dataDir });
}

function watched({ policies }: Rooms, gate: Gate, { config, io }: Pick<Opening, "config" | "io">): () => void {
  const { dir } = config.policies;
  const reload = (): ReturnType<PoliciesInForce["reload"]> => policies.reload(dir, gate);
  return watchPolicies({ dir, timers: systemTimers, log: io.log, reload, tell: io.policyNews ?? (() => undefined) });
}
