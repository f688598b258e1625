// SPDX-License-Identifier: Apache-2.0
// The token endpoint: step tokens for `client_credentials` by `private_key_jwt`, and for the exchange of such a token, each
// for one resource and bound to the key of a DPoP proof. Nothing is given before step and entry are durable.
import { type Clock, type EventDraft, type Identity, identityOf, type Log, type Recorder } from "../core/index.ts";
import { type AccessTokens, isSingleUse, type StepToken, stepOf, tokenHash } from "./access-token.ts";
import type { ClientAssertions } from "./assertion.ts";
import { detailsOf } from "./details.ts";
import type { ProofFault, Proofs } from "./dpop.ts";
import { type HttpAnswer, type HttpRequest, jsonAnswer, RETRY_AFTER_S } from "./http.ts";
import type { LiveTokens } from "./live-tokens.ts";
import type { StepDesk } from "./mandate/steps.ts";
import type { Nonces } from "./nonce.ts";
import type { Registry } from "./registry.ts";
import type { Resources } from "./resources.ts";
import type { Instance } from "./rows.ts";
import type { SingleUse } from "./single-use.ts";
import type { Asker, Draft, StepIssuer } from "./step-issuer.ts";
import { Tally } from "./tally.ts";
import {
  ACCESS_TOKEN_TYPE,
  no,
  readTokenRequest,
  type TokenError,
  type TokenNo,
  type TokenWish,
} from "./token-request.ts";

export const TOKEN_PATH = "/oauth/token";

export interface TokenPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly registry: Registry;
  readonly tokens: AccessTokens;
  readonly proofs: Proofs;
  readonly nonces: Nonces;
  readonly assertions: ClientAssertions;
  readonly issuer: StepIssuer;
  readonly steps: StepDesk;
  readonly singleUse: SingleUse;
  readonly live: LiveTokens;
}

export interface TokenSettings {
  readonly issuer: string;
  readonly resources: Pick<Resources, "has">;
}

/** RFC 6749 section 5.1: no cache keeps a credential. */
const NO_STORE = { "Cache-Control": "no-store", Pragma: "no-cache" };
const RETRY = { "Retry-After": String(RETRY_AFTER_S) };

export class TokenEndpoint {
  readonly refusals: Tally;
  private readonly ports: TokenPorts;
  private readonly settings: TokenSettings;

  constructor(ports: TokenPorts, settings: TokenSettings) {
    this.ports = ports;
    this.settings = settings;
    this.refusals = new Tally(ports.clock, ports.log);
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
    const use = this.ports.assertions.use(client);
    if (use === "again") return no("invalid_client", "the client assertion was used before");
    if (use === "full") return no("temporarily_unavailable", "no more assertions can be remembered", RETRY);
    const asker = { instance: client.instance, identity, jkt: proof.jkt, resource: wish.resource };
    const draft = await this.draft(asker, wish);
    return "error" in draft ? draft : this.give(asker, draft, wish.subject !== undefined);
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

  private async draft(asker: Asker, { details, subject }: TokenWish): Promise<Draft | TokenNo> {
    if (subject === undefined || details === undefined) return this.ports.issuer.open(asker, details);
    const parent = this.ports.tokens.read(subject, tokenHash(subject));
    const isOver = parent === undefined || parent.expires <= this.ports.clock.now();
    // SOURCE: RFC 8693 section 2.2.2: whatever is wrong with the subject token is `invalid_request`
    if (isOver) return no("invalid_request", "the subject token is none of ours, or it has expired");
    return this.ports.issuer.exchange(asker, details, parent);
  }

  private async give(asker: Asker, { token, opens }: Draft, exchanged: boolean): Promise<HttpAnswer | TokenNo> {
    const { issuer, steps, singleUse, recorder, tokens, log, nonces } = this.ports;
    if (opens !== undefined && steps.isFull) return no("temporarily_unavailable", "too many steps are open", RETRY);
    const text = await tokens.sign(token);
    try {
      const opened = opens === undefined ? undefined : steps.open(opens);
      await Promise.all([opened, recorder.append(issued(token))]);
    } catch (error) {
      log.fault("IDENTIFY_ISSUE_NOT_RECORDED", { error: error instanceof Error ? error.message : "unknown" });
      return no("temporarily_unavailable", "the step or the record cannot be written", RETRY);
    }
    if (!issuer.isLive(token, asker.identity)) return no("invalid_grant", "the mandate or the step ended meanwhile");
    if (isSingleUse(token.grant) && !singleUse.register(token.jti, token.expires)) {
      return no("temporarily_unavailable", "too many tokens wait to be used", RETRY);
    }
    this.ports.live.note(token);
    const body = {
      access_token: text,
      token_type: "DPoP",
      expires_in: (token.expires - token.issued) / 1000,
      scope: token.grant.verbs.join(" "),
      authorization_details: [detailsOf(token.grant, token.mandate, stepOf(token))],
      ...(exchanged ? { issued_token_type: ACCESS_TOKEN_TYPE } : {}),
    };
    return jsonAnswer(200, body, { ...NO_STORE, "DPoP-Nonce": nonces.fresh() });
  }

  private refuse({ error, why, headers }: TokenNo): HttpAnswer {
    // the first step of every client that has no nonce yet (RFC 9449 section 8): an answer, not a refusal
    if (error !== "use_dpop_nonce") this.refusals.count(error, why);
    const body = { error, error_description: plain(why) };
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

/** What RFC 6749 section 5.2 lets a description hold, and not more than a client can use. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "?").slice(0, 300);
}

function issued(token: StepToken): EventDraft {
  const { jti, jkt, audience: aud, expires: exp, mandate, s256, task, path, grant } = token;
  return {
    type: "event",
    name: "credential.issued",
    subject: { type: "Instance", id: token.instance },
    by: token.identity,
    data: { jti, jkt, aud, exp, mandate, s256, task, path, verbs: grant.verbs, purpose: grant.purpose },
  };
}
