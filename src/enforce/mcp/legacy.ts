// SPDX-License-Identifier: Apache-2.0
// Clients of MCP 2025-03-26 to 2025-11-25: `initialize` opens a session, which belongs to the instance that opened it, and
// whoever stops reading has cancelled nothing (enforce E32, E33).
import { isJsonObject, type JsonObject, jsonObject, member, type Timers } from "../../core/index.ts";
import type { Asked, Exchange, No, RelayParts, Turn } from "./caller.ts";
import type { Opened } from "./channel.ts";
import type { ForwardPorts } from "./forward.ts";
import type { GateResponse } from "./http.ts";
import { initialized, initializeUp, legacyClient } from "./initialize.ts";
import { isRequestId, notification, params, type RequestId, result } from "./message.ts";
import { wayOf } from "./methods.ts";
import { toldOf } from "./progress.ts";
import { LEGACY_REVISIONS } from "./revision.ts";
import { type Session, type SessionPorts, Sessions } from "./sessions.ts";
import { answerAsEvents, eventStream } from "./sse.ts";
import { ACCEPTED, json, refusal } from "./wire.ts";

export interface LegacyPorts extends ForwardPorts, SessionPorts {
  readonly timers: Timers;
}

export class Legacy {
  readonly sessions: Sessions;
  private readonly ports: LegacyPorts;
  private readonly parts: RelayParts;

  constructor(ports: LegacyPorts, parts: RelayParts) {
    this.ports = ports;
    this.parts = parts;
    this.sessions = new Sessions(ports, parts.config, parts.links);
  }

  /** @param closing - aborts when the gate closes */
  asked(turn: Turn, message: Asked, closing: AbortSignal): Promise<GateResponse> | GateResponse {
    if (message.method === "initialize") {
      const opening = this.parts.slots.run(turn.standing.identity, () => this.initialize(turn, message, closing));
      return opening === "full" ? this.no(turn, message, BUSY) : opening;
    }
    const revision = turn.headers["mcp-protocol-version"];
    const isSpoken = revision === undefined || LEGACY_REVISIONS.includes(revision);
    if (!isSpoken) return this.malformed(turn, message, "another revision");
    const session = this.session(turn);
    if (session === undefined) return this.no(turn, message, NO_SESSION);
    if (session.inFlight.has(message.id)) return this.malformed(turn, message, "the id of a request that still waits");
    return this.within(session, turn, message, closing);
  }

  private within(
    session: Session,
    turn: Turn,
    message: Asked,
    closing: AbortSignal,
  ): Promise<GateResponse> | GateResponse {
    // taken before anything is awaited: two requests never share an id, whatever they wait for
    const own = new AbortController();
    session.inFlight.set(message.id, own);
    const told = toldOf(turn.headers, message);
    const { signal } = own;
    const end = (): void => own.abort();
    if (closing.aborted) end();
    closing.addEventListener("abort", end, { once: true });
    const { client, talk } = session;
    const isPrimed = client.revision >= PRIMED_SINCE;
    let opened: Opened | undefined;
    talk.seen(turn);
    const running = this.parts.slots.run(turn.standing.identity, () =>
      this.dispatch({
        turn,
        with: session,
        client,
        message,
        signal,
        told,
        hear: (heard, progress) => talk.during({ turn, told, signal }, heard, progress),
        shown: (waiting) => void talk.shown(waiting),
        stream: (what) => (what === "began" ? told?.lines.beat() : opened?.pause()),
      }),
    );
    const over = (): void => {
      closing.removeEventListener("abort", end);
      session.inFlight.delete(message.id);
    };
    if (running === "full") {
      over();
      return this.no(turn, message, BUSY);
    }
    const work = running.finally(over);
    if (told === undefined) return work;
    const { lines, before } = told;
    return answerAsEvents(
      this.ports.timers,
      lines,
      work.then((response) => ({ response, before })),
      {
        begun: (events) => {
          const stream = talk.streams.open(events, isPrimed);
          // only who was given an id at once can come back
          if (isPrimed) opened = stream;
          return stream.events;
        },
        ...(isPrimed ? { early: EARLY_MS } : {}),
      },
    );
  }

  private dispatch(exchange: Exchange): Promise<GateResponse> {
    const { message } = exchange;
    if (wayOf("legacy", message.method) === "ping")
      return Promise.resolve(json(200, result(message.id, jsonObject([]))));
    return this.parts.forwarder.forward(exchange);
  }

  notified(turn: Turn, method: string, tree: JsonObject): GateResponse {
    const session = this.session(turn);
    if (session === undefined) return { status: 404, headers: {} };
    if (method === "notifications/initialized") session.link.tell(notification(method, jsonObject([])));
    const cancelled = member(params({ tree }), "requestId");
    if (method === "notifications/cancelled" && isRequestId(cancelled)) session.inFlight.get(cancelled)?.abort();
    // where the operator named the folder, the upstream does not ask for new ones
    const isRoots = method === "notifications/roots/list_changed" && session.client.capabilities["roots"] !== undefined;
    if (isRoots) session.link.tell(notification(method, jsonObject([])));
    return ACCEPTED;
  }

  /** The client's answer to something that the upstream asked of it. */
  answered(turn: Turn, id: RequestId, tree: JsonObject): GateResponse {
    const session = this.session(turn);
    if (session === undefined) return { status: 404, headers: {} };
    session.talk.seen(turn);
    session.talk.answered(id, tree);
    return ACCEPTED;
  }

  /** The stream on which the server speaks of its own accord, or one that is taken up again (enforce E34). */
  listened(turn: Turn): GateResponse {
    const session = this.session(turn);
    if (session === undefined) return { status: 404, headers: {} };
    if (!/\btext\/event-stream\b/i.test(turn.headers["accept"] ?? "")) return { status: 406, headers: {} };
    const { talk, client } = session;
    talk.seen(turn);
    const last = turn.headers["last-event-id"];
    const resumed = last === undefined ? undefined : talk.streams.resume(last);
    // an event that is kept no more is no reason to hear nothing from here on
    return eventStream(resumed ?? talk.streams.open(talk.listen(), client.revision >= PRIMED_SINCE).events);
  }

  async deleted(turn: Turn): Promise<GateResponse> {
    const session = this.session(turn);
    if (session === undefined) return { status: 404, headers: {} };
    await this.sessions.end(session);
    return { status: 204, headers: {} };
  }

  private async initialize(turn: Turn, message: Asked, closing: AbortSignal): Promise<GateResponse> {
    const stopped = this.ports.gate.stopped(turn.standing, turn.server);
    if (stopped !== undefined) return this.no(turn, message, stopped);
    const client = legacyClient(turn.server, params(message));
    const session = await this.sessions.start(turn, client).catch(() => undefined);
    if (session === "full") return this.no(turn, message, { code: "busy", why: "too many sessions" });
    if (session === undefined)
      return this.no(turn, message, { code: "upstream_failed", why: "the upstream did not start" });
    const opened = await this.open(turn, session, message, closing);
    if ("status" in opened) return opened;
    await this.sessions.end(session);
    return this.no(turn, message, opened);
  }

  private async open(turn: Turn, session: Session, message: Asked, closing: AbortSignal): Promise<GateResponse | No> {
    const wait = { ms: this.parts.config.upstreamWaitMs, signal: closing };
    const asked = session.link.ask("initialize", initializeUp(turn.server, params(message)), wait);
    const answer = await asked.catch(() => undefined);
    const said = answer === undefined ? undefined : initialized(answer.body);
    if (said === undefined) return { code: "upstream_failed", why: "the upstream did not initialize" };
    const shown = await this.ports.gate.hear(turn.standing, turn.server, said);
    if (shown === undefined)
      return { code: "result_withheld", why: "not all that the server says of itself could be looked at" };
    const { identity, instance } = turn.standing;
    const recorded = await this.ports.recorder
      .append({
        type: "event",
        name: "session.opened",
        subject: { type: "Server", id: turn.server.id },
        by: identity,
        data: jsonObject([
          ["instance", instance],
          ["revision", session.client.revision],
        ]),
      })
      .catch(() => undefined);
    if (recorded === undefined) return { code: "record_unavailable", why: "the session could not be recorded" };
    return json(200, result(message.id, withoutOurs(shown)), { "mcp-session-id": session.id });
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
}

/** The first revision whose clients know an event without data. SOURCE: MCP 2025-11-25, sending messages, 6. */
const PRIMED_SINCE = "2025-11-25";

/** UNIT: ms. An answer that takes longer is one that a client can come back for, should its connection break. */
const EARLY_MS = 250;

const BUSY: No = { code: "busy", why: "too many calls at once" };
const NO_SESSION: No = { code: "session_unknown", why: "not a session of this instance" };

/** `bailiwick/…` in `_meta` is the gate's to say. */
function withoutOurs(result_: JsonObject): JsonObject {
  const meta = member(result_, "_meta");
  if (!isJsonObject(meta)) return result_;
  return { ...result_, _meta: jsonObject(Object.entries(meta).filter(([name]) => !name.startsWith("bailiwick/"))) };
}
