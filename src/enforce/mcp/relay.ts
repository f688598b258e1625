// SPDX-License-Identifier: Apache-2.0
// The MCP relay: Streamable HTTP in front of any upstream, in every revision since 2025-03-26. Identity comes before the body
// is read; the body is read once, and what goes up is written from what was read (enforce E2).
import { CoreError, type Json, member, parseJson, type Refusal, type Verb } from "../../core/index.ts";
import type { EnforceConfig } from "../config.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import type { Asked, No, Turn } from "./caller.ts";
import { Forwarder } from "./forward.ts";
import type { GateRequest, GateResponse } from "./http.ts";
import { Legacy, type LegacyPorts } from "./legacy.ts";
import { classify, type Message, params, RPC } from "./message.ts";
import { Modern, type ModernPorts } from "./modern.ts";
import { eraOf } from "./revision.ts";
import { Slots } from "./slots.ts";
import { Links } from "./upstream/links.ts";
import { ACCEPTED, refusal, refusalOfBody, scopeNeeded, unproved } from "./wire.ts";

export interface RelayPorts extends LegacyPorts, ModernPorts {
  /** A fresh DPoP nonce for the caller's next proof. */
  readonly nonce: () => string;
}

export interface Relay {
  handle(server: UpstreamServer, request: GateRequest): Promise<GateResponse>;
  /** Sessions that are open now. */
  readonly sessions: number;
  /** Ends every session with a server that is gone; what waits for its answer learns that nobody knows what was done. */
  end(server: UpstreamServer): Promise<void>;
  close(): Promise<void>;
}

export function createRelay(ports: RelayPorts, config: EnforceConfig): Relay {
  const relay = new McpRelay(ports, config);
  return {
    handle: (server, given) => relay.handle(server, given),
    get sessions() {
      return relay.open;
    },
    end: (server) => relay.end(server),
    close: () => relay.close(),
  };
}

class McpRelay {
  private readonly ports: RelayPorts;
  private readonly legacy: Legacy;
  private readonly modern: Modern;
  private readonly links: Links;
  /** Ends every wait when the gate closes. */
  private readonly closing = new AbortController();

  constructor(ports: RelayPorts, config: EnforceConfig) {
    this.ports = ports;
    this.links = new Links(ports, config);
    const { links } = this;
    const parts = { config, links, forwarder: new Forwarder(ports, config), slots: new Slots(config.callsPerIdentity) };
    this.legacy = new Legacy(ports, parts);
    this.modern = new Modern(ports, parts);
  }

  get open(): number {
    return this.legacy.sessions.count;
  }

  end(server: UpstreamServer): Promise<void> {
    return this.links.drop(server);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.legacy.sessions.close();
    await this.links.close();
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
    if (message?.kind !== "request") return unproved(refused);
    return refusal({ ...message, era: eraOf(message, given.headers) }, "contained", reference);
  }

  private async route(turn: Turn, given: GateRequest): Promise<GateResponse> {
    if (given.method === "POST") return this.post(turn, given);
    // a client without a session has none to end or to listen to (MCP 2026-07-28, earlier revisions)
    if (given.headers["mcp-session-id"] === undefined) return { status: 405, headers: { allow: "POST" } };
    return given.method === "DELETE" ? this.legacy.deleted(turn) : this.legacy.listened(turn);
  }

  private async post(turn: Turn, given: GateRequest): Promise<GateResponse> {
    if (mediaType(given.headers["content-type"]) !== "application/json") return { status: 415, headers: {} };
    const body = readBody(given);
    if ("no" in body) return this.noBody(turn, RPC.parse, body.no);
    const message = classify(body.json);
    if (message.kind === "invalid")
      return this.noBody(turn, RPC.invalidRequest, { code: "input_malformed", why: message.why });
    if (message.kind === "request") return this.asked(turn, message, given);
    return this.told(turn, message);
  }

  private told(turn: Turn, message: Exclude<Message, { kind: "invalid" | "request" }>): GateResponse {
    // no revision without sessions has a client say anything of its own accord
    if (eraOf(message, turn.headers) === "modern") return ACCEPTED;
    if (message.kind === "response") return this.legacy.answered(turn, message.id, message.tree);
    return this.legacy.notified(turn, message.method, message.tree);
  }

  private async asked(turn: Turn, message: Asked, given: GateRequest): Promise<GateResponse> {
    const era = eraOf(message, turn.headers);
    if (turn.standing.token.once && message.method !== "tools/call") {
      return this.no(turn, { ...message, era }, { code: "policy_denied", why: "the token is for one call of a tool" });
    }
    const lacking = this.lacking(turn, message);
    if (lacking !== undefined) return scopeNeeded(turn.server.resource, lacking);
    const { signal } = this.closing;
    return era === "modern"
      ? this.modern.asked(turn, message, AbortSignal.any([signal, ...(given.gone === undefined ? [] : [given.gone])]))
      : this.legacy.asked(turn, message, signal);
  }

  /** What another token of the same mandate would let through. */
  private lacking({ standing, server }: Turn, message: Asked): Verb | undefined {
    const name = member(params(message), "name");
    if (message.method !== "tools/call" || typeof name !== "string") return undefined;
    return this.ports.gate.lacking(standing, { server, name });
  }

  private no(turn: Turn, message: Parameters<typeof refusal>[0], no: No): GateResponse {
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
