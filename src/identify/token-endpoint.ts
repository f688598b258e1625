// SPDX-License-Identifier: Apache-2.0
// The token endpoint: `client_credentials` by `private_key_jwt`, for one resource, bound to the key of a DPoP proof.
// Nothing is given before the entry that tells of it is durable.
import { type Clock, type EventDraft, type Identity, identityOf, type Log, type Recorder } from "../core/index.ts";
import type { AccessToken, AccessTokens } from "./access-token.ts";
import { ASSERTION_LIFE_MAX_MS, type ClientAssertions } from "./assertion.ts";
import type { ProofFault, Proofs } from "./dpop.ts";
import { type HttpAnswer, type HttpRequest, jsonAnswer, RETRY_AFTER_S } from "./http.ts";
import type { Nonces } from "./nonce.ts";
import type { Registry } from "./registry.ts";
import type { Instance } from "./rows.ts";
import { Seen } from "./seen.ts";
import { Tally } from "./tally.ts";
import { no, readTokenRequest, type TokenError, type TokenNo } from "./token-request.ts";

export const TOKEN_PATH = "/oauth/token";
/** Assertions of the last minutes that are remembered; above it no token is given. */
export const ASSERTIONS_MAX = 100_000;

export interface TokenPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly registry: Registry;
  readonly tokens: AccessTokens;
  readonly proofs: Proofs;
  readonly nonces: Nonces;
  readonly assertions: ClientAssertions;
}

export interface TokenSettings {
  readonly issuer: string;
  readonly resources: readonly string[];
  readonly ttlMs: number;
  readonly skewMs: number;
}

/** RFC 6749 section 5.1: no cache keeps a credential. */
const NO_STORE = { "Cache-Control": "no-store", Pragma: "no-cache" };
const RETRY = { "Retry-After": String(RETRY_AFTER_S) };

export class TokenEndpoint {
  readonly refusals: Tally;
  private readonly ports: TokenPorts;
  private readonly settings: TokenSettings;
  private readonly used: Seen;

  constructor(ports: TokenPorts, settings: TokenSettings) {
    this.ports = ports;
    this.settings = settings;
    this.refusals = new Tally(ports.clock, ports.log);
    const keepMs = ASSERTION_LIFE_MAX_MS + 2 * settings.skewMs + 1000;
    this.used = new Seen(ports.clock, { keepMs, max: ASSERTIONS_MAX });
  }

  async handle(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.answer(request);
    return "error" in answer ? this.refuse(answer) : answer;
  }

  private async answer(request: HttpRequest): Promise<HttpAnswer | TokenNo> {
    const wish = readTokenRequest(request, this.settings.resources);
    if ("error" in wish) return wish;
    const url = `${this.settings.issuer}${TOKEN_PATH}`;
    const proof = await this.ports.proofs.verify(request.dpop, { method: request.method, url });
    if ("fault" in proof) return this.proofRefused(proof);
    const client = await this.ports.assertions.verify(wish.assertion, wish.clientId);
    if ("why" in client) return no("invalid_client", client.why);
    const identity = this.active(client.instance);
    if (identity === undefined) return no("invalid_grant", "the identity behind this client is not active");
    const use = this.used.use(client.instance.id, client.jti);
    if (use === "again") return no("invalid_client", "the client assertion was used before");
    if (use === "full") return no("temporarily_unavailable", "no more assertions can be remembered", RETRY);
    return this.give(client.instance, identity, wish.resource, proof.jkt);
  }

  private proofRefused({ fault, why }: ProofFault): TokenNo {
    const headers = fault === "full" ? RETRY : { "DPoP-Nonce": this.ports.nonces.fresh() };
    return no(PROOF_ERRORS[fault], why, headers);
  }

  /** The identity of an instance, if both may act now (identify I5: judged at use). */
  private active(instance: Instance): Identity | undefined {
    const identity = this.ports.registry.get(identityOf(instance.id));
    const fit = instance.status === "active" && identity?.status === "active";
    return fit && identity.expires > this.ports.clock.now() + 1000 ? identity : undefined;
  }

  private async give(
    instance: Instance,
    identity: Identity,
    resource: string,
    jkt: string,
  ): Promise<HttpAnswer | TokenNo> {
    const limits = { ttlMs: this.settings.ttlMs, notAfter: identity.expires };
    const token = this.ports.tokens.draft(instance.id, resource, jkt, limits);
    const text = await this.ports.tokens.sign(token);
    try {
      await this.ports.recorder.append(issued(token));
    } catch (error) {
      this.ports.log.fault("IDENTIFY_ISSUE_NOT_RECORDED", {
        error: error instanceof Error ? error.message : "unknown",
      });
      return no("temporarily_unavailable", "the record cannot be written", RETRY);
    }
    const body = { access_token: text, token_type: "DPoP", expires_in: (token.expires - token.issued) / 1000 };
    return jsonAnswer(200, body, { ...NO_STORE, "DPoP-Nonce": this.ports.nonces.fresh() });
  }

  private refuse({ error, why, headers }: TokenNo): HttpAnswer {
    this.refusals.count(error, why);
    const body = { error, error_description: why };
    return jsonAnswer(headers?.["Allow"] === undefined ? STATUS[error] : 405, body, { ...NO_STORE, ...headers });
  }
}

const PROOF_ERRORS: Readonly<Record<ProofFault["fault"], TokenError>> = {
  invalid: "invalid_dpop_proof",
  replayed: "invalid_dpop_proof",
  nonce: "use_dpop_nonce",
  full: "temporarily_unavailable",
};

const STATUS: Readonly<Record<TokenError, number>> = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_authorization_details: 400,
  unsupported_grant_type: 400,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  temporarily_unavailable: 503,
};

function issued(token: AccessToken): EventDraft {
  return {
    type: "event",
    name: "credential.issued",
    subject: { type: "Instance", id: token.instance },
    by: token.identity,
    data: { jti: token.jti, jkt: token.jkt, aud: token.audience, exp: token.expires },
  };
}
