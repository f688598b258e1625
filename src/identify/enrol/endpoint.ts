// SPDX-License-Identifier: Apache-2.0
// `POST /oauth/enrol`: a key becomes an instance, by a ticket or because a person confirmed it, and renews its lease. The key
// is the one that signs the DPoP proof of the request: nobody enrols a key that they do not hold (identify I15).
import {
  type Clock,
  CoreError,
  formatInstant,
  identityOf,
  instant,
  isJsonObject,
  type JsonObject,
  type Log,
  member,
  parseJson,
} from "../../core/index.ts";
import type { Proofs } from "../dpop.ts";
import { type HttpAnswer, type HttpRequest, jsonAnswer, RETRY_AFTER_S } from "../http.ts";
import type { CallerKey } from "../keys.ts";
import type { Nonces } from "../nonce.ts";
import type { Registry } from "../registry.ts";
import { type Outcome, TEXT_MAX_BYTES } from "../registry-rules.ts";
import type { Resources } from "../resources.ts";
import type { Instance } from "../rows.ts";
import { Tally } from "../tally.ts";
import type { PairingSays, Pairings } from "./pairings.ts";
import type { Tickets } from "./tickets.ts";

export const ENROL_PATH = "/oauth/enrol";

export interface EnrolPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly proofs: Proofs;
  readonly nonces: Nonces;
  readonly tickets: Tickets;
  readonly pairings: Pairings;
  /** The servers that may be asked for, by name. */
  readonly resources: Pick<Resources, "list">;
}

export interface EnrolSettings {
  readonly issuer: string;
  /** UNIT: ms. */
  readonly leaseMs: number;
  /** Whether a program on another machine may ask. */
  readonly remotePairing: boolean;
}

/** UNIT: s. How often a program asks whether somebody confirmed it. */
const INTERVAL_S = 2;
/** UNIT: bytes. */
const BODY_MAX_BYTES = 16 * 1024;
const NO_STORE = { "Cache-Control": "no-store" };
/** What a name of a machine or an account may hold: nothing that looks like something else on a screen. */
const NAME = /^[\p{L}\p{N} ._@-]{1,64}$/u;
const WORD = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** RFC 6749 section 5.2, RFC 8628 section 3.5, RFC 9449 section 5. */
type EnrolError =
  | "invalid_request"
  | "invalid_dpop_proof"
  | "use_dpop_nonce"
  | "invalid_grant"
  | "invalid_target"
  | "access_denied"
  | "temporarily_unavailable";

const STATUS: Readonly<Record<EnrolError, number>> = {
  invalid_request: 400,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  invalid_grant: 400,
  invalid_target: 400,
  access_denied: 403,
  temporarily_unavailable: 503,
};

interface No {
  readonly error: EnrolError;
  readonly why: string;
}

const no = (error: EnrolError, why: string): No => ({ error, why });

export class EnrolEndpoint {
  private readonly ports: EnrolPorts;
  private readonly settings: EnrolSettings;
  private readonly refusals: Tally;

  constructor(ports: EnrolPorts, settings: EnrolSettings) {
    this.ports = ports;
    this.settings = settings;
    this.refusals = new Tally(ports.clock, ports.log);
  }

  async handle(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.answer(request);
    const nonce = { "DPoP-Nonce": this.ports.nonces.fresh() };
    if (!("error" in answer)) return { ...answer, headers: { ...answer.headers, ...nonce } };
    const { error, why } = answer;
    if (error !== "use_dpop_nonce") this.refusals.count(`enrol ${error}`, why);
    const retry = error === "temporarily_unavailable" ? { "Retry-After": String(RETRY_AFTER_S) } : {};
    return jsonAnswer(STATUS[error], { error, error_description: why }, { ...NO_STORE, ...nonce, ...retry });
  }

  private async answer(request: HttpRequest): Promise<HttpAnswer | No> {
    const body = request.method === "POST" ? readBody(request.body) : undefined;
    if (body === undefined) return no("invalid_request", "POST a JSON object");
    const url = `${this.settings.issuer}${ENROL_PATH}`;
    const proof = await this.ports.proofs.verify(request.dpop, { method: request.method, url });
    if ("fault" in proof) {
      if (proof.fault === "full") return no("temporarily_unavailable", proof.why);
      return no(proof.fault === "nonce" ? "use_dpop_nonce" : "invalid_dpop_proof", proof.why);
    }
    const known = this.ports.registry.instanceOf(proof.jkt);
    if (known !== undefined) return this.renew(known);
    const ticket = textOf(body, "ticket");
    return ticket === undefined ? this.pair(request, body, proof.key) : this.redeem(ticket, proof.key);
  }

  /** The lease of a key that is enrolled already: nothing is written while more than half of it is left. */
  private async renew(instance: Instance): Promise<HttpAnswer | No> {
    if (instance.status !== "active")
      return no("access_denied", "this key's instance is retired: pair with another key");
    const { clock, registry } = this.ports;
    const { leaseMs } = this.settings;
    const half = clock.now() + leaseMs / 2;
    if (instance.lease === undefined || instance.lease > half) return this.enrolled(instance);
    const because = "its lease was renewed under the same key";
    const act = { by: identityOf(instance.id), because };
    return this.told(await registry.renewInstance(instance.id, instant(clock.now() + leaseMs), act));
  }

  private async redeem(ticket: string, key: CallerKey): Promise<HttpAnswer | No> {
    const identity = await this.ports.tickets.take(ticket);
    if (identity === undefined) return no("invalid_grant", "the ticket is unknown, spent or too old");
    const lease = instant(this.ports.clock.now() + this.settings.leaseMs);
    const act = { by: identity, because: "enrolled by a ticket" };
    return this.told(await this.ports.registry.registerInstance({ identity, jwk: key.jwk, lease }, act));
  }

  private pair(request: HttpRequest, body: JsonObject, key: CallerKey): HttpAnswer | No {
    const says = this.readSays(body);
    if ("error" in says) return says;
    const remote = isRemote(request, this.settings.issuer);
    if (remote && !this.settings.remotePairing) {
      return no("access_denied", "pairing is for programs on this machine: elsewhere use a ticket");
    }
    const pairing = this.ports.pairings.ask(key, says, { peer: request.peer ?? "unknown", remote });
    if (pairing === "full") return no("temporarily_unavailable", "too many programs ask at once");
    if (pairing.state === "refused") return no("access_denied", "somebody refused this pairing");
    const { ref, expires, fingerprint } = pairing;
    const answer = {
      state: "authorization_pending",
      pairing: ref,
      uri: `${this.settings.issuer}/pair/${ref}`,
      fingerprint,
      expires: formatInstant(expires),
      interval: INTERVAL_S,
    };
    return jsonAnswer(202, answer, NO_STORE);
  }

  private readSays(body: JsonObject): PairingSays | No {
    const [host = "", user = ""] = [textOf(body, "host"), textOf(body, "user")];
    const [blueprint = "", server = ""] = [textOf(body, "blueprint"), textOf(body, "server")];
    if (!NAME.test(host) || !NAME.test(user)) return no("invalid_request", "host and user are plain names");
    if (!WORD.test(blueprint)) return no("invalid_request", "the blueprint is a lower-case word");
    if (!this.ports.resources.list().some(({ name }) => name === server))
      return no("invalid_target", "this gate has no server of that name");
    return { host, user, blueprint, server };
  }

  private told(outcome: Outcome<Instance>): HttpAnswer | No {
    if ("done" in outcome) return this.enrolled(outcome.done);
    return no(outcome.no === "full" ? "temporarily_unavailable" : "access_denied", outcome.why);
  }

  private enrolled({ id, lease }: Instance): HttpAnswer {
    const end = lease === undefined ? {} : { lease: formatInstant(lease) };
    return jsonAnswer(200, { state: "enrolled", instance: id, identity: identityOf(id), ...end }, NO_STORE);
  }
}

const LOCAL = /^(?:localhost|(?:::ffff:)?127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether it came from elsewhere, or may have: behind a proxy every peer looks like this machine. */
function isRemote({ headers, peer }: HttpRequest, issuer: string): boolean {
  const forwarded = ["forwarded", "x-forwarded-for", "x-real-ip"].some((name) => headers[name] !== undefined);
  const { hostname } = new URL(issuer);
  return forwarded || ![hostname, peer ?? ""].every((name) => LOCAL.test(name));
}

function readBody(text: string): JsonObject | undefined {
  try {
    const body = parseJson(text, { maxBytes: BODY_MAX_BYTES, maxDepth: 4 });
    return isJsonObject(body) ? body : undefined;
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

function textOf(body: JsonObject, name: string): string | undefined {
  const value = member(body, name);
  return typeof value === "string" && value.length <= TEXT_MAX_BYTES ? value : undefined;
}
