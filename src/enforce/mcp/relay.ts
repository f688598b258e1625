// SPDX-License-Identifier: Apache-2.0
// The MCP relay: Streamable HTTP of revision 2025-11-25 in front of a stdio upstream. Identity comes before the body is
// read; the body is read once, and what goes up is written from what was read (enforce E2). Methods that are not named here
// are refused: a relay that passes what it does not know enforces nothing.
import {
  CoreError,
  type IdentityId,
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseJson,
  type Recorder,
  type Refusal,
  type Standing,
  type Verb,
} from "../../core/index.ts";
import type { EnforceConfig } from "../config.ts";
import type { Gate, Passage } from "../passage.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import { carry, type Errand } from "./carry.ts";
import type { GateRequest, GateResponse } from "./http.ts";
import { INITIALIZE_UP, initializeDown, REVISION } from "./initialize.ts";
import { classify, isRequestId, type Message, notification, params, RPC, result, withMembers } from "./message.ts";
import { Progress, type Told, toldOf } from "./progress.ts";
import { readCall } from "./reading.ts";
import { type Session, type SessionPorts, Sessions } from "./sessions.ts";
import { answerAsEvents } from "./sse.ts";
import { filterTools, toolDigests } from "./tools.ts";
import { ACCEPTED, json, NO_ANSWER, refusal, refusalOfBody, scopeNeeded, unproved } from "./wire.ts";

export interface RelayPorts extends SessionPorts {
  readonly gate: Gate;
  readonly recorder: Recorder;
  /** A fresh DPoP nonce for the caller's next proof. */
  readonly nonce: () => string;
}

export interface Relay {
  handle(server: UpstreamServer, request: GateRequest): Promise<GateResponse>;
  /** Sessions open now. */
  readonly sessions: number;
  close(): Promise<void>;
}

export function createRelay(ports: RelayPorts, config: EnforceConfig): Relay {
  const relay = new McpRelay(ports, config);
  return {
    handle: (server, given) => relay.handle(server, given),
    get sessions() {
      return relay.sessions.count;
    },
    close: () => {
      relay.closing.abort();
      return relay.sessions.close();
    },
  };
}

type Asked = Extract<Message, { kind: "request" }>;
type No = Pick<Refusal, "code" | "why" | "order">;

/** Cursors that one session keeps. */
const CURSORS_MAX = 256;

/** One proven request on its way. */
interface Turn {
  readonly server: UpstreamServer;
  readonly standing: Standing;
  readonly headers: GateRequest["headers"];
  /** By the monotonic clock. */
  readonly arrived: number;
}

/** One request of a session. */
interface Asking {
  readonly turn: Turn;
  readonly session: Session;
  readonly message: Asked;
  readonly signal: AbortSignal;
  readonly told: Told | undefined;
}

class McpRelay {
  readonly sessions: Sessions;
  private readonly ports: RelayPorts;
  private readonly config: EnforceConfig;
  /** Ends every wait for a person when the gate closes. */
  readonly closing = new AbortController();
  /** Calls that wait now, by identity. */
  private readonly calls = new Map<IdentityId, number>();

  constructor(ports: RelayPorts, config: EnforceConfig) {
    this.ports = ports;
    this.config = config;
    this.sessions = new Sessions(ports, config);
  }

  async handle(server: UpstreamServer, given: GateRequest): Promise<GateResponse> {
    const { headers, method, dpop } = given;
    const arrived = this.ports.clock.monotonic();
    const proved = await this.ports.gate.identify({
      method,
      resource: server.resource,
      authorization: headers["authorization"],
      dpop,
    });
    if ("refusal" in proved) return this.stranger(server, given, proved.refusal);
    const response = await this.route({ server, standing: proved.standing, headers, arrived }, given);
    return { ...response, headers: { ...response.headers, "dpop-nonce": this.ports.nonce() } };
  }

  private stranger(server: UpstreamServer, given: GateRequest, refused: Refusal): GateResponse {
    // a client's first steps, with no credential or no nonce yet, are how it learns what to show (RFC 9728, RFC 9449 8)
    const { authorization: credential } = given.headers;
    if (refused.code === "contained") return this.contained(server, given, refused);
    const learning = refused.code === "nonce_required" || credential === undefined;
    if (!learning) this.ports.gate.refuse({ server, method: given.method, refusal: refused, credential });
    return unproved(refused);
  }

  /** Who is contained is told as the protocol tells it, and learns no more than any other who is refused (enforce E27). */
  private contained(server: UpstreamServer, given: GateRequest, refused: Refusal): GateResponse {
    const body = given.method === "POST" ? readBody(given) : undefined;
    const message = body !== undefined && "json" in body ? classify(body.json) : undefined;
    const method = message?.kind === "request" ? message.method : given.method;
    const reference = this.ports.gate.refuse({ server, method, refusal: refused });
    return message?.kind === "request" ? refusal(message, "contained", reference) : unproved(refused);
  }

  private async route(turn: Turn, given: GateRequest): Promise<GateResponse> {
    if (given.method === "POST") return this.post(turn, given);
    // no message of an upstream reaches the client but as an answer, so there is no stream to open
    if (given.method !== "DELETE") return { status: 405, headers: { allow: "POST, DELETE" } };
    const session = this.session(turn);
    if (session === undefined) return { status: 404, headers: {} };
    await this.sessions.end(session);
    return { status: 204, headers: {} };
  }

  private async post(turn: Turn, given: GateRequest): Promise<GateResponse> {
    if (mediaType(given.headers["content-type"]) !== "application/json") return { status: 415, headers: {} };
    const body = readBody(given);
    if ("no" in body) return this.noBody(turn, RPC.parse, body.no);
    const message = classify(body.json);
    if (message.kind === "request") return this.asked(turn, message);
    if (message.kind === "notification") return this.notified(turn, message.method, message.tree);
    if (message.kind === "response") return ACCEPTED; // nothing was asked of the client
    return this.noBody(turn, RPC.invalidRequest, { code: "input_malformed", why: message.why });
  }

  private notified(turn: Turn, method: string, tree: JsonObject): GateResponse {
    const session = this.session(turn);
    if (session === undefined) return { status: 404, headers: {} };
    if (method === "notifications/initialized") session.child.tell(notification(method, jsonObject([])));
    const cancelled = member(params({ tree }), "requestId");
    if (method === "notifications/cancelled" && isRequestId(cancelled)) session.inFlight.get(cancelled)?.abort();
    // everything else stops here; above all roots/list_changed, which would have the upstream ask for new folders
    return ACCEPTED;
  }

  private async asked(turn: Turn, message: Asked): Promise<GateResponse> {
    if (turn.standing.token.once && message.method !== "tools/call") {
      return this.no(turn, message, { code: "policy_denied", why: "the token is for one call of a tool" });
    }
    const lacking = this.lacking(turn, message);
    if (lacking !== undefined) return scopeNeeded(turn.server.resource, lacking);
    if (message.method === "initialize") return this.counted(turn, message, () => this.initialize(turn, message));
    const revision = turn.headers["mcp-protocol-version"];
    if (revision !== undefined && revision !== REVISION) return this.malformed(turn, message, "another revision");
    const session = this.session(turn);
    if (session === undefined)
      return this.no(turn, message, { code: "session_unknown", why: "not a session of this instance" });
    if (session.inFlight.has(message.id)) return this.malformed(turn, message, "the id of a request that still waits");
    // taken before anything is awaited: two requests never share an id, whatever they wait for
    const own = new AbortController();
    session.inFlight.set(message.id, own);
    const told = toldOf(turn.headers, message);
    const signal = AbortSignal.any([own.signal, this.closing.signal]);
    const work = this.dispatch({ turn, session, message, signal, told }).finally(() => {
      session.inFlight.delete(message.id);
    });
    if (told === undefined) return work;
    const { lines, before } = told;
    return answerAsEvents(
      this.ports.timers,
      lines,
      work.then((response) => ({ response, before })),
    );
  }

  /** What another token of the same mandate would let through. */
  private lacking({ standing, server }: Turn, message: Asked): Verb | undefined {
    const name = member(params(message), "name");
    if (message.method !== "tools/call" || typeof name !== "string") return undefined;
    return this.ports.gate.lacking(standing, { server, name });
  }

  private dispatch(asking: Asking): Promise<GateResponse> {
    const { turn, message } = asking;
    switch (message.method) {
      case "ping":
        return Promise.resolve(json(200, result(message.id, jsonObject([]))));
      case "tools/list":
        return this.counted(turn, message, () => this.list(asking));
      case "tools/call":
        return this.counted(turn, message, () => this.call(asking));
      default:
        return Promise.resolve(this.no(turn, message, { code: "method_unknown", why: "a method that is not relayed" }));
    }
  }

  /** At most so many requests of one identity wait at once (E35). */
  private async counted(turn: Turn, message: Asked, work: () => Promise<GateResponse>): Promise<GateResponse> {
    const { identity } = turn.standing;
    const running = this.calls.get(identity) ?? 0;
    if (running >= this.config.callsPerIdentity)
      return this.no(turn, message, { code: "busy", why: "too many calls at once" });
    this.calls.set(identity, running + 1);
    try {
      return await work();
    } finally {
      const left = (this.calls.get(identity) ?? 1) - 1;
      if (left === 0) this.calls.delete(identity);
      else this.calls.set(identity, left);
    }
  }

  private async initialize(turn: Turn, message: Asked): Promise<GateResponse> {
    const stopped = this.ports.gate.stopped(turn.standing, turn.server);
    if (stopped !== undefined) return this.no(turn, message, stopped);
    const session = await this.sessions.start(turn.standing, turn.server).catch(() => undefined);
    if (session === "full") return this.no(turn, message, { code: "busy", why: "too many sessions" });
    if (session === undefined)
      return this.no(turn, message, { code: "upstream_failed", why: "the upstream did not start" });
    const opened = await this.open(turn, session, message);
    if ("status" in opened) return opened;
    await this.sessions.end(session);
    return this.no(turn, message, opened);
  }

  private async open(turn: Turn, session: Session, message: Asked): Promise<GateResponse | No> {
    const wait = { ms: this.config.upstreamWaitMs, signal: this.closing.signal };
    const asked = session.child.ask("initialize", INITIALIZE_UP, wait);
    const answer = await asked.catch(() => undefined);
    const down = answer === undefined ? undefined : initializeDown(answer.body);
    if (down === undefined) return { code: "upstream_failed", why: `the upstream did not initialize in ${REVISION}` };
    const { identity, instance } = turn.standing;
    const recorded = await this.ports.recorder
      .append({
        type: "event",
        name: "session.opened",
        subject: { type: "Server", id: turn.server.id },
        by: identity,
        data: jsonObject([
          ["instance", instance],
          ["revision", REVISION],
        ]),
      })
      .catch(() => undefined);
    if (recorded === undefined) return { code: "record_unavailable", why: "the session could not be recorded" };
    return json(200, result(message.id, down), { "mcp-session-id": session.id });
  }

  private async list({ turn, session, message, signal }: Asking): Promise<GateResponse> {
    const cursor = member(params(message), "cursor");
    if (cursor !== undefined && !(typeof cursor === "string" && session.cursors.has(cursor))) {
      return this.no(turn, message, { code: "arguments_unreadable", why: "a cursor that this session was not given" });
    }
    const { method } = message;
    const up = jsonObject(cursor === undefined ? [] : [["cursor", cursor]]);
    const passage = await this.ports.gate.list(turn.standing, {
      server: turn.server,
      method,
      arrived: turn.arrived,
      fetch: (shown, cut) =>
        this.carry(turn, session, {
          method,
          params: up,
          signal: AbortSignal.any([signal, cut]),
          change: (got) => this.listed(turn.server, got, shown),
        }),
    });
    const next =
      passage.passed && "body" in passage.value
        ? member(member(passage.value.body, "result"), "nextCursor")
        : undefined;
    if (typeof next === "string" && session.cursors.size < CURSORS_MAX) session.cursors.add(next);
    return this.answer(message, passage);
  }

  /** What changed since it was accepted is shown to nobody, from this list on. */
  private listed(server: UpstreamServer, got: JsonObject, shown: ReadonlySet<string>): JsonObject {
    const changed = this.ports.gate.pinned(server, toolDigests(got), member(got, "nextCursor") === undefined);
    return filterTools(got, new Set([...shown].filter((name) => !changed.has(name))));
  }

  private async call({ turn, session, message, signal, told }: Asking): Promise<GateResponse> {
    const progress = told === undefined ? {} : { progress: new Progress((event) => told.say(event)) };
    const given = params(message);
    const name = member(given, "name");
    const { method } = message;
    const passage = await this.ports.gate.call(turn.standing, {
      server: turn.server,
      method,
      // a name that no manifest has is anybody's text, and has no place in an entry
      ...(typeof name === "string" && turn.server.tools.has(name) ? { name } : {}),
      signal,
      arrived: turn.arrived,
      entered: (flight) => {
        if (told !== undefined) told.lines.flight = flight;
      },
      read: () => readCall(this.ports.recorder, turn.standing, turn.server, given),
      effect: ({ forward, objects }, orEnded) =>
        this.carry(turn, session, { method, params: forward, objects, signal: orEnded, ...progress }),
    });
    return this.answer(message, passage, told);
  }

  private carry(
    turn: Turn,
    session: Session,
    { signal, ...errand }: Pick<Errand, "method" | "params"> & Partial<Errand> & { readonly signal: AbortSignal },
  ): ReturnType<typeof carry> {
    const wait = { ms: this.config.upstreamWaitMs, signal };
    return carry(this.ports, {
      child: session.child,
      standing: turn.standing,
      wait,
      objects: [],
      change: (got) => got,
      ...errand,
    });
  }

  private answer(message: Asked, passage: Passage, told?: Told): GateResponse {
    if (!passage.passed) return refusal(message, passage.refusal.code, passage.reference);
    const { value } = passage;
    if ("body" in value) {
      const { progress, ...body } = value.body;
      if (isJsonArray(progress)) told?.sayBefore(progress);
      return json(
        200,
        withMembers(
          jsonObject([
            ["jsonrpc", "2.0"],
            ["id", message.id],
          ]),
          Object.entries(body),
        ),
      );
    }
    const cancelled = "lost" in value && value.lost === "cancelled";
    return cancelled ? NO_ANSWER : refusal(message, "upstream_failed", passage.reference);
  }

  private session(turn: Turn): Session | undefined {
    const id = turn.headers["mcp-session-id"];
    return id === undefined ? undefined : this.sessions.find(id, turn.standing, turn.server);
  }

  private malformed(turn: Turn, message: Asked, why: string): GateResponse {
    return this.no(turn, message, { code: "input_malformed", why });
  }

  private no(turn: Turn, message: Asked, no: No): GateResponse {
    return refusal(message, no.code, this.ports.gate.refuse({ ...turn, method: message.method, refusal: no }));
  }

  private noBody(turn: Turn, rpcCode: number, no: No): GateResponse {
    return refusalOfBody(no.code, rpcCode, this.ports.gate.refuse({ ...turn, method: "", refusal: no }));
  }
}

function readBody(given: GateRequest): { readonly json: Json } | { readonly no: No } {
  try {
    return { json: parseJson(given.body) };
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    const code = cause.code === "CORE_JSON_TOO_LARGE" ? "input_too_large" : "input_malformed";
    return { no: { code, why: cause.message } };
  }
}

/** The media type without its parameters (RFC 9110 section 8.3.1). */
function mediaType(header: string | undefined): string | undefined {
  return header?.split(";")[0]?.trim().toLowerCase();
}
