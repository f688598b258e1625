// SPDX-License-Identifier: Apache-2.0
// The hot path: who is asking, from a step token and a proof that it is the caller's own (RFC 9449 section 7). The signature of
// a token is checked once; the proof, the time, the registry, the mandate and the control feed on every call (identify I33).
import {
  type Clock,
  type EntryClaimed,
  type Identity,
  implies,
  JWT_MAX_BYTES,
  type Log,
  type Mandate,
  type OrderId,
  ownScopes,
  type ProofInput,
  type Prover,
  type Refusal,
  type RefusalCode,
  type Standing,
} from "../core/index.ts";
import { type AccessTokens, isSingleUse, type StepToken, stepOf, tokenHash } from "./access-token.ts";
import type { ProofFault, Proofs } from "./dpop.ts";
import type { Feed } from "./feed/feed.ts";
import { RETRY_AFTER_S } from "./http.ts";
import { CALLER_ALGORITHMS } from "./keys.ts";
import type { LiveTokens } from "./live-tokens.ts";
import type { MandateDesk } from "./mandate/mandates.ts";
import type { Nonces } from "./nonce.ts";
import type { Registry } from "./registry.ts";
import { scopesOf } from "./scopes.ts";
import type { SingleUse } from "./single-use.ts";

export interface ProverPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly tokens: AccessTokens;
  readonly proofs: Proofs;
  readonly nonces: Nonces;
  readonly mandates: MandateDesk;
  readonly feed: Feed;
  readonly singleUse: SingleUse;
  readonly live: LiveTokens;
}

export interface ProverSettings {
  readonly issuer: string;
  readonly skewMs: number;
  /** Resource URL to the URL of its metadata (RFC 9728 section 5.1). */
  readonly metadataOf: (url: string) => string | undefined;
}

type Result = Awaited<ReturnType<Prover["prove"]>>;
/** What the token stood on is gone. */
type Over = Pick<Refusal, "code" | "why" | "order">;
/** RFC 6750 section 3.1, RFC 9449 section 7.1; absent where no credential came. */
type WireError = "invalid_request" | "invalid_token" | "invalid_dpop_proof" | "use_dpop_nonce";

const PROOF_FAULTS: Readonly<Record<Exclude<ProofFault["fault"], "full">, readonly [RefusalCode, WireError]>> = {
  nonce: ["nonce_required", "use_dpop_nonce"],
  invalid: ["proof_invalid", "invalid_dpop_proof"],
  replayed: ["credential_replayed", "invalid_dpop_proof"],
};

const CREDENTIALS = /^([A-Za-z]+) +([A-Za-z0-9._~+/-]+=*)$/;

export class TokenProver implements Prover {
  private readonly ports: ProverPorts;
  private readonly settings: ProverSettings;
  /** What follows from two values that never change, for as long as somebody holds them. */
  private readonly scopes = new WeakMap<StepToken, { readonly of: Identity; readonly scopes: Standing["scopes"] }>();
  private readonly within = new WeakMap<StepToken["grant"], Mandate["grant"]>();

  constructor(ports: ProverPorts, settings: ProverSettings) {
    this.ports = ports;
    this.settings = settings;
  }

  nonce(): string {
    return this.ports.nonces.fresh();
  }

  async prove(input: ProofInput): Promise<Result> {
    try {
      return await this.judge(input);
    } catch (error) {
      // INVARIANT: a fault of ours lets nobody in
      this.ports.log.fault("IDENTIFY_PROVE_FAILED", { error: error instanceof Error ? error.message : "unknown" });
      return this.unavailable("proving failed");
    }
  }

  private async judge(input: ProofInput): Promise<Result> {
    const refuse = (code: RefusalCode, why: string, error?: WireError): Result => this.refuse(input, code, why, error);
    if (input.authorization === undefined) return refuse("credential_missing", "there is no Authorization header");
    const [, scheme = "", token = ""] = CREDENTIALS.exec(input.authorization.trim()) ?? [];
    if (scheme === "")
      return refuse(
        "credential_malformed",
        "the Authorization header is not one scheme and one token",
        "invalid_request",
      );
    // SOURCE: RFC 9449 section 7.2: a bound token is worth nothing as a bearer
    if (scheme.toLowerCase() !== "dpop")
      return refuse("credential_unbound", `the scheme is ${scheme}, not DPoP`, "invalid_token");
    if (token.length > JWT_MAX_BYTES) return refuse("credential_malformed", "the token is too large", "invalid_token");
    const ath = tokenHash(token);
    const access = this.ports.tokens.read(token, ath);
    if (access === undefined) return refuse("credential_malformed", "the token is none of ours", "invalid_token");
    const now = this.ports.clock.now();
    const misused = (code: RefusalCode, why: string): Result => this.misused(input, access, { code, why });
    if (access.audience !== input.resource)
      return misused("credential_wrong_audience", `the token is for ${access.audience}`);
    if (access.expires + this.settings.skewMs <= now)
      return refuse("credential_expired", "the token has expired", "invalid_token");
    if (access.issued > now + this.settings.skewMs)
      return refuse("credential_malformed", "the token is from the future", "invalid_token");
    const proof = await this.ports.proofs.verify(input.dpop, { method: input.method, url: input.resource, ath });
    if ("fault" in proof) return this.proofRefused(input, proof, access);
    if (proof.jkt !== access.jkt) return misused("credential_wrong_key", "the proof was signed with another key");
    return this.standing(input, access);
  }

  private standing(input: ProofInput, access: StepToken): Result {
    const refuse = (code: RefusalCode, why: string): Result => this.refuse(input, code, why, "invalid_token");
    const now = this.ports.clock.now();
    const identity = this.ports.registry.get(access.identity);
    const instance = this.ports.registry.instance(access.instance);
    if (identity === undefined || instance === undefined)
      return refuse("identity_unknown", "the registry does not know it");
    const stopped = this.contained(identity, access);
    if (stopped !== undefined) return this.misused(input, access, stopped);
    if (identity.status !== "active" || instance.status !== "active") {
      return refuse("identity_not_active", `the identity is ${identity.status}, its instance ${instance.status}`);
    }
    if (identity.expires <= now) return refuse("identity_expired", "the identity has expired");
    // SOURCE: identify I4: coming back revives no credential; a token's time is whole seconds, so its second counts
    if (access.issued <= (this.ports.registry.left(access.identity) ?? -1))
      return refuse("credential_expired", "the token was given before the identity was suspended");
    if (access.environment !== identity.environment) {
      const why = "the token is for another environment";
      return this.misused(input, access, { code: "credential_wrong_environment", why });
    }
    const granted = this.granted(identity, access);
    if ("why" in granted) {
      return granted.code === "credential_revoked"
        ? this.misused(input, access, granted)
        : refuse(granted.code, granted.why);
    }
    this.ports.live.proved(access.instance, now);
    return { standing: standingOf(identity, access, granted, now) };
  }

  /** An order holds it, or everything that it stood on: the caller is told as one who is contained (enforce E27). */
  private contained(identity: Identity, access: StepToken): Over | undefined {
    const scopes = this.scopesOf(access, identity);
    const { effect, order } = this.ports.feed.effect(scopes, access.issued);
    const isHeld = effect === "isolate" && order !== undefined;
    if (!isHeld && identity.status !== "isolated") return undefined;
    const why = order === undefined ? "the identity is isolated" : `isolate by order ${order}`;
    // an order on everybody, or on one token, is nothing that this caller goes on against
    const own = feedOrder(this.ports.feed.effect(ownScopes(scopes), access.issued));
    return { code: "contained", why, ...(own === undefined ? {} : { order: own }) };
  }

  /** The signature alone is not trusted: the mandate that we hold must still say so, and nothing of it may be dead. */
  private granted(identity: Identity, access: StepToken): Granted | Over {
    const { mandates, feed, singleUse } = this.ports;
    const mandate = mandates.get(access.mandate);
    if (mandate?.state !== "open") return over(`its mandate is ${mandate?.state ?? "not held here"}`);
    const isSame = mandate.s256 === access.s256 && mandate.holder === identity.id && mandate.task === access.task;
    if (!isSame || mandate.grantor !== access.onBehalfOf) return over("its mandate has other terms now");
    if (!this.isWithin(access, mandate)) return over("its grant is wider than its mandate");
    const scopes = this.scopesOf(access, identity);
    const own = [{ kind: "jti", id: access.jti }] as const;
    if (feed.effect(own, access.issued).effect === "isolate")
      return { code: "credential_revoked", why: "its client gave it up" };
    if (feed.effect(scopes, access.issued).effect === "isolate") return over("its step or its mandate was closed");
    if (isSingleUse(access.grant) && !singleUse.isUnused(access.jti))
      return {
        code: "credential_replayed",
        why: "the token is for one call and was used, or is from before the start",
      };
    const person = mandates.starter(mandate.task);
    return { mandate, scopes, ...(person === undefined ? {} : { person }) };
  }

  private scopesOf(access: StepToken, identity: Identity): Standing["scopes"] {
    const known = this.scopes.get(access);
    if (known?.of === identity) return known.scopes;
    const scopes = scopesOf(access, identity, this.ports.tokens.kid, this.settings.issuer);
    this.scopes.set(access, { of: identity, scopes });
    return scopes;
  }

  private isWithin({ grant }: StepToken, mandate: Mandate): boolean {
    if (this.within.get(grant) === mandate.grant) return true;
    const { ok } = implies(grant, mandate.grant);
    if (ok) this.within.set(grant, mandate.grant);
    return ok;
  }

  private proofRefused(input: ProofInput, { fault, why }: ProofFault, access: StepToken): Result {
    if (fault === "full") return this.unavailable(why);
    const [code, error] = PROOF_FAULTS[fault];
    const refused = this.refuse(input, code, why, error);
    return fault === "replayed" && "refusal" in refused ? claimedBy(refused.refusal, access) : refused;
  }

  /** Refused as any other; whose it was is for whoever watches. */
  private misused(input: ProofInput, access: StepToken, { code, why, order }: Over): Result {
    const refused = this.refuse(input, code, why, "invalid_token");
    if (!("refusal" in refused)) return refused;
    return claimedBy({ ...refused.refusal, ...(order === undefined ? {} : { order }) }, access);
  }

  /** The caller learns which step failed, not why: a token's holder knows, and nobody else should. */
  private refuse(input: ProofInput, code: RefusalCode, why: string, error?: WireError): Result {
    const metadata = this.settings.metadataOf(input.resource);
    const parameters = [
      `realm="${this.settings.issuer}"`,
      ...(error === undefined ? [] : [`error="${error}"`]),
      `algs="${CALLER_ALGORITHMS.join(" ")}"`,
      ...(metadata === undefined ? [] : [`resource_metadata="${metadata}"`]),
    ];
    const headers = { "WWW-Authenticate": `DPoP ${parameters.join(", ")}`, "DPoP-Nonce": this.nonce() };
    const refusal: Refusal = {
      by: "identity",
      code,
      why,
      wire: { status: error === "invalid_request" ? 400 : 401, headers },
    };
    return { refusal };
  }

  private unavailable(why: string): Result {
    const headers = { "Retry-After": String(RETRY_AFTER_S) };
    return { refusal: { by: "identity", code: "busy", why, wire: { status: 503, headers } } };
  }
}

/** The signature of the token held, so it is known whose it is, and not who shows it. */
function claimedBy(refusal: Refusal, access: StepToken): { readonly refusal: Refusal } {
  const { identity, instance, jti, jkt, task } = access;
  const claimed: EntryClaimed = { identity, instance, jti, jkt, task, step: stepOf(access) };
  return { refusal: { ...refusal, claimed } };
}

function feedOrder({ effect, order }: { effect: string; order?: OrderId }): OrderId | undefined {
  return effect === "isolate" ? order : undefined;
}

function over(why: string): Over {
  return { code: "credential_expired", why };
}

type Granted = Pick<Standing, "scopes" | "person"> & { readonly mandate: Mandate };

function standingOf(
  identity: Identity,
  access: StepToken,
  { mandate, scopes, person }: Granted,
  now: number,
): Standing {
  return {
    identity: identity.id,
    instance: access.instance,
    kind: identity.kind,
    tenant: identity.tenant,
    status: identity.status,
    ...(identity.sponsor === undefined ? {} : { sponsor: identity.sponsor }),
    ...(identity.blueprint === undefined ? {} : { blueprint: identity.blueprint }),
    purpose: identity.purpose,
    environment: identity.environment,
    jurisdiction: identity.jurisdiction,
    synthetic: identity.synthetic,
    expires: identity.expires,
    auth: { pop: "software", ageMs: Math.max(0, now - access.issued) },
    assurance: 2,
    onBehalfOf: access.onBehalfOf,
    ...(person === undefined ? {} : { person }),
    ownAuthority: false,
    mandate,
    step: stepOf(access),
    path: access.path,
    hop: access.path.length - 1,
    grant: access.grant,
    scopes,
    token: {
      jti: access.jti,
      jkt: access.jkt,
      issued: access.issued,
      exp: access.expires,
      once: isSingleUse(access.grant),
    },
  };
}
