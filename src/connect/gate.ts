// SPDX-License-Identifier: Apache-2.0
// The gate in front of one server: where it is, and how a request gets to it with the token that it needs. A gate that went
// away is looked for again; nothing that may have had an effect is sent twice.
import type { AgentKey } from "./agent-key.ts";
import { Enrolment, type Program } from "./enrol.ts";
import { ConnectError } from "./errors.ts";
import { type GateAnswer, GateHttp, type Outgoing, readObject } from "./http.ts";
import type { ToolCall } from "./message.ts";
import type { ConnectPorts } from "./ports.ts";
import { type GateNames, type Token, Tokens } from "./tokens.ts";

/** Who is connected to what. */
export interface Connection {
  readonly key: AgentKey;
  /** Id of the instance that the key is registered for, or what becomes one. */
  readonly instance: string | Program;
  /** The server behind the gate. */
  readonly server: string;
  /** Base URL of the gate, as it is known now; asked again when the gate does not answer. @throws ConnectError */
  readonly locate: () => string;
}

/** One request of the client, as it is passed on. */
export interface Passing {
  readonly method: "POST" | "GET" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** What it calls, where it calls a tool. */
  readonly call?: ToolCall | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Tools whose verb is remembered. */
const TOOLS_MAX = 1000;

export class Gate {
  private readonly connection: Connection;
  private readonly http: GateHttp;
  /** Absent where the key is registered already. */
  private readonly enrolment?: Enrolment;
  private readonly instance: () => Promise<string>;
  private readonly ports: ConnectPorts;
  /** Where it was found last. */
  private found: Promise<Found> | undefined;
  /** What the gate said that a call of a tool needs beyond reading. */
  private readonly verbs = new Map<string, string>();

  constructor(ports: ConnectPorts, connection: Connection) {
    this.ports = ports;
    this.connection = connection;
    this.http = new GateHttp(connection.key, ports.clock);
    const { instance, locate } = connection;
    if (typeof instance === "string") {
      this.instance = () => Promise.resolve(instance);
      return;
    }
    const enrolment = new Enrolment({ ...ports, http: this.http }, instance, locate);
    this.enrolment = enrolment;
    this.instance = () => enrolment.instance();
  }

  /** @throws ConnectError CONNECT_GATE_*, CONNECT_REFUSED, CONNECT_ANSWER_MALFORMED */
  async send(passing: Passing): Promise<GateAnswer> {
    await this.instance(); // while a person is waited for, nothing is sent
    try {
      return await this.pass(await this.find(), passing);
    } catch (cause) {
      const isAway = cause instanceof ConnectError && cause.code === "CONNECT_GATE_UNREACHABLE";
      const before = isAway ? await this.base() : undefined;
      if (isAway) this.found = undefined;
      // it was started again at another address, and has seen nothing of this
      if (!isAway || before === undefined || before === this.connection.locate()) throw cause;
      return this.pass(await this.find(), passing);
    }
  }

  /** Gives back what was asked for. */
  async close(signal: AbortSignal): Promise<void> {
    this.enrolment?.stop();
    const found = await this.found?.catch(() => undefined); // nothing was asked for
    await found?.tokens.giveUp(signal);
  }

  private async pass({ names, tokens }: Found, passing: Passing): Promise<GateAnswer> {
    const { call } = passing;
    const verb = call === undefined ? undefined : this.verbs.get(call.name);
    const token = call === undefined || verb === undefined ? tokens.reading() : tokens.forCall(verb, call.argsS256());
    const answer = await this.carry(names, passing, await token);
    const needed = call === undefined ? undefined : scopeOf(answer);
    if (call !== undefined && needed !== undefined) {
      answer.drop();
      if (this.verbs.size < TOOLS_MAX || this.verbs.has(call.name)) this.verbs.set(call.name, needed);
      return this.carry(names, passing, await tokens.forCall(needed, call.argsS256()));
    }
    if (verb !== undefined || !isTokenOver(answer)) return answer;
    answer.drop();
    tokens.drop();
    return this.carry(names, passing, await tokens.reading());
  }

  private carry({ resource }: GateNames, passing: Passing, token: Token): Promise<GateAnswer> {
    const { method, headers, body, signal } = passing;
    const out: Outgoing = {
      method,
      url: resource,
      headers: { ...headers, authorization: `DPoP ${token.text}` },
      signal,
      ...(body === undefined ? {} : { body }),
    };
    return this.http.prove(out, token.ath);
  }

  private find(): Promise<Found> {
    const found = this.found ?? this.look(this.connection.locate());
    this.found = found;
    found.catch(() => {
      if (this.found === found) this.found = undefined;
    });
    return found;
  }

  private async base(): Promise<string | undefined> {
    const found = await this.found?.catch(() => undefined); // it was never found
    return found?.names.issuer;
  }

  /** Asks the gate for its own name: tokens are asked for under it, byte for byte (RFC 8414 section 3.3). */
  private async look(base: string): Promise<Found> {
    const { key, server } = this.connection;
    const instance = await this.instance();
    const url = `${base}/.well-known/oauth-authorization-server`;
    const metadata = await readObject(await this.http.plain({ method: "GET", url, headers: {} }));
    const { issuer, token_endpoint: tokenUrl, revocation_endpoint: revokeUrl } = metadata;
    if (issuer !== base) {
      const named = typeof issuer === "string" ? issuer : "nothing";
      throw new ConnectError("CONNECT_GATE_MISMATCH", `finding the gate: at ${base} it calls itself ${named}`, {
        fix: `write --gate ${named}`,
      });
    }
    if (!isBelow(base, tokenUrl) || !isBelow(base, revokeUrl)) {
      throw new ConnectError("CONNECT_ANSWER_MALFORMED", "finding the gate: its token endpoint is elsewhere");
    }
    const names: GateNames = { issuer, tokenUrl, revokeUrl, resource: `${base}/mcp/${server}` };
    return { names, tokens: new Tokens({ clock: this.ports.clock, http: this.http, key }, instance, names) };
  }
}

interface Found {
  readonly names: GateNames;
  readonly tokens: Tokens;
}

/** A credential goes to the gate alone. */
function isBelow(base: string, url: unknown): url is string {
  return typeof url === "string" && url.startsWith(`${base}/`);
}

/** RFC 6750 section 3.1: the token is good, and lets too little through. */
function scopeOf(answer: GateAnswer): string | undefined {
  const challenge = answer.status === 403 ? (answer.header("www-authenticate") ?? "") : "";
  if (!challenge.includes('error="insufficient_scope"')) return undefined;
  return /scope="([a-z]{1,32})"/.exec(challenge)?.[1];
}

function isTokenOver(answer: GateAnswer): boolean {
  return answer.status === 401 && (answer.header("www-authenticate") ?? "").includes('error="invalid_token"');
}
