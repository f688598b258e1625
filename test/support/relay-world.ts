// SPDX-License-Identifier: Apache-2.0
// A relay in front of a real child process, with the rooms around it in memory: for tests of the relay alone.
import { createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import {
  type ApprovalDesk,
  type EntryWatch,
  type FeedView,
  type InFlight,
  type Json,
  type Mode,
  type Once,
  parseDomainId,
  parseJson,
  parsePointId,
  parseServerId,
  type Standing,
  type ToolManifest,
  type ToolPins,
} from "../../src/core/index.ts";
import {
  domestic,
  type FakeRecorder,
  fakeDecider,
  fakeDesk,
  fakeEntryWatch,
  fakeFeed,
  fakeIdentityView,
  fakeInFlight,
  fakeModes,
  fakeOnce,
  fakeRecorder,
  fakeStanding,
  NO_DECOYS,
  NO_PINS,
  NO_SLICES,
} from "../../src/core/testing/ports.ts";
import { fakeLog } from "../../src/core/testing/system.ts";
import {
  createGate,
  createRelay,
  type GateResponse,
  type Relay,
  RequestStates,
  Tasks,
  type Transport,
  type UpstreamServer,
} from "../../src/enforce/index.ts";
import { createInspector, readLabelRules } from "../../src/protect/index.ts";
import { openOutbound } from "../../src/server/outbound/client.ts";
import { systemClock, systemRandom, systemTimers } from "../../src/server/system.ts";

export interface RelayWorld extends AsyncDisposable {
  readonly relay: Relay;
  readonly recorder: FakeRecorder;
  readonly log: ReturnType<typeof fakeLog>;
  readonly server: UpstreamServer;
  /** Who the next requests come from. */
  standing: Standing;
  /** Sends one body, or listens where there is none, and gives the events as they come. */
  send(
    body: string | object | undefined,
    headers?: Record<string, string | undefined>,
  ): Promise<GateResponse & { readonly events: AsyncIterable<string> }>;
  /** Sends one JSON-RPC body; the session header is kept from `initialize`. */
  post(body: string | object, headers?: Record<string, string | undefined>): Promise<Answered>;
  /** initialize and notifications/initialized, as a client that can do everything unless told otherwise. */
  connect(capabilities?: object): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly headers: GateResponse["headers"];
  readonly json: Json | undefined;
  /** Every message of an answer that came as server-sent events. */
  readonly events: readonly Json[];
}

const FILE = path.join(import.meta.dirname, "..", "..", "policies", "labels.yaml");
const LABELS = readLabelRules("labels.yaml", readFileSync(FILE, "utf8"));
const id = parseServerId("odd");
const act = { server: id, tool: "act", verb: "execute", effect: "irreversible", args: [] } as const;
const look = { server: id, tool: "look", verb: "view", effect: "none", args: [] } as const;

export interface RelayWorldOptions {
  readonly upstreamWaitMs?: number;
  readonly callsPerIdentity?: number;
  readonly sessionsPerIdentity?: number;
  readonly sessionIdleMs?: number;
  readonly rule?: Parameters<typeof fakeDecider>[0];
  readonly feed?: FeedView;
  readonly inFlight?: InFlight;
  readonly watch?: EntryWatch;
  readonly pins?: ToolPins;
  readonly mode?: Mode;
  readonly desk?: ApprovalDesk & Once;
  /** `auto` unless given, which asks the upstream first. */
  readonly era?: UpstreamServer["era"];
  /** UNIT: ms. */
  readonly holdMs?: number;
  /** What the arguments of `act` mean. */
  readonly args?: ToolManifest["args"];
  /** Given the gate once it stands. */
  readonly onGate?: (gate: ReturnType<typeof createGate>) => void;
}

type Given = readonly [string, ...string[]] | Extract<Transport, { kind: "http" }>;

/** An upstream is a command, or where one is reached. */
export function relayWorld(upstream: Given, options: RelayWorldOptions = {}): RelayWorld {
  const recorder = fakeRecorder();
  const log = fakeLog();
  const server: UpstreamServer = {
    id,
    resource: "http://localhost:7400/mcp/odd",
    transport:
      "kind" in upstream ? upstream : { kind: "stdio", command: upstream, env: {}, cwd: "/", isolate: "identity" },
    era: options.era ?? "auto",
    trust: "tool",
    destination: { kind: "internal", operator: "us", jurisdiction: "FR", listed: true },
    tools: new Map<string, ToolManifest>([
      ["act", { ...act, args: options.args ?? [] }],
      ["look", look],
    ]),
  };
  const outbound = openOutbound();
  const system = { outbound, clock: systemClock, timers: systemTimers, random: systemRandom, log };
  let session: string | undefined;
  const gate = createGate(
    {
      ...system,
      prover: { prove: () => Promise.resolve({ standing: world.standing }), nonce: () => "nonce" },
      identities: fakeIdentityView(),
      decider: fakeDecider(options.rule ?? (() => "allow")),
      modes: fakeModes(options.mode),
      recorder,
      slices: NO_SLICES,
      desk: options.desk ?? fakeDesk(),
      tokens: fakeOnce(),
      tasks: new Tasks(createSecretKey(Buffer.alloc(32, 2))),
      feed: options.feed ?? fakeFeed(),
      inFlight: options.inFlight ?? fakeInFlight(),
      watch: options.watch ?? fakeEntryWatch(),
      decoys: NO_DECOYS,
      pins: options.pins ?? NO_PINS,
      inspector: createInspector({ key: createSecretKey(Buffer.alloc(32, 1)), labels: LABELS }),
      transfers: domestic,
    },
    { domain: parseDomainId("main"), point: parsePointId("n1/mcp"), holdMs: options.holdMs ?? 1000 },
  );
  const {
    rule: _rule,
    feed: _feed,
    inFlight: _inFlight,
    watch: _watch,
    pins: _pins,
    mode: _mode,
    desk: _desk,
    era: _era,
    args: _args,
    onGate,
    ...limits
  } = options;
  const config = {
    holdMs: 1000,
    upstreamWaitMs: 5000,
    callsPerIdentity: 8,
    sessionsPerIdentity: 4,
    sessionIdleMs: 60_000,
    ...limits,
  };
  onGate?.(gate);
  const approvals = {
    states: new RequestStates(createSecretKey(Buffer.alloc(32, 3)), system),
    page: (approval: string) => `http://localhost:7400/approve/${approval}`,
  };
  const relay = createRelay({ ...system, gate, recorder, approvals, nonce: () => "nonce" }, config);
  const world: RelayWorld = {
    relay,
    recorder,
    log,
    server,
    standing: fakeStanding(),
    async send(body, headers = {}) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const response = await relay.handle(server, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          "content-type": "application/json",
          ...(session === undefined ? {} : { "mcp-session-id": session }),
          ...headers,
        },
        dpop: [],
        body: Buffer.from(text ?? ""),
      });
      session = response.headers["mcp-session-id"] ?? session;
      const events = response.events ?? [
        response.body === undefined ? "" : `event: message\ndata: ${response.body}\n\n`,
      ];
      return { ...response, events: Symbol.asyncIterator in events ? events : Readable.from(events) };
    },
    async post(body, headers = {}) {
      const response = await world.send(body, headers);
      const messages: Json[] = [];
      for await (const event of response.events) messages.push(...messageIn(event));
      const { status, body: plain } = response;
      const events = plain === undefined || plain === "" ? messages : [];
      return { status, headers: response.headers, json: messages.at(-1), events };
    },
    async connect(capabilities: object = { roots: { listChanged: true }, sampling: {}, elicitation: {} }) {
      const params = { protocolVersion: "2025-11-25", capabilities, clientInfo: { name: "t", version: "1" } };
      const opened = await world.post({ jsonrpc: "2.0", id: 1, method: "initialize", params });
      await world.post({ jsonrpc: "2.0", method: "notifications/initialized" });
      return opened;
    },
    async [Symbol.asyncDispose]() {
      await relay.close();
      await outbound[Symbol.asyncDispose]();
    },
  };
  return world;
}

/** The message of one event; none where it is a comment or only an id. */
export function messageIn(event: string): readonly Json[] {
  const [, data = ""] = /^(?:id: [^\n]*\n)?event: message\ndata: (.+)\n\n$/s.exec(event) ?? [];
  return data === "" ? [] : [parseJson(data)];
}
