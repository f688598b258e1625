// SPDX-License-Identifier: Apache-2.0
// What a client is given: the rights it asks for, if its mandate, its step and the token it brings have them all. Nothing is
// cut silently; what does not fit is refused with the dimension that fails (identify I19, I22, I25).
import { hash } from "node:crypto";
import {
  type Clock,
  type Identity,
  type Instant,
  implies,
  instant,
  isEffect,
  isWithin,
  type Mandate,
  normalizeLocation,
  parseStepId,
  type Random,
  type StepGrant,
  type StepId,
  type Verb,
} from "../core/index.ts";
import { isSingleUse, type StepToken, stepOf } from "./access-token.ts";
import { CHILD, completeGrant, type StepWish } from "./details.ts";
import type { Feed } from "./feed/feed.ts";
import type { Step } from "./mandate/mandate-rows.ts";
import type { MandateDesk } from "./mandate/mandates.ts";
import type { StepDesk } from "./mandate/steps.ts";
import type { Instance } from "./rows.ts";
import { scopesOf } from "./scopes.ts";
import { no, type TokenNo } from "./token-request.ts";

export interface IssuerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly mandates: MandateDesk;
  readonly steps: StepDesk;
  readonly feed: Feed;
}

export interface IssuerSettings {
  readonly issuer: string;
  readonly kid: string;
  /** UNIT: ms. Tokens that only read. */
  readonly readTtlMs: number;
  /** UNIT: ms. Tokens with any other verb. */
  readonly effectTtlMs: number;
  /** UNIT: ms. Longest life of a step. */
  readonly stepMs: number;
}

/** Who asks, for which resource, with which key. */
export interface Asker {
  readonly instance: Instance;
  readonly identity: Identity;
  readonly jkt: string;
  readonly resource: string;
}

/** A token that may be signed, and the step that it opens. */
export interface Draft {
  readonly token: StepToken;
  readonly opens?: Step;
}

/** These are alone in their token: what reads never executes. */
const ALONE: readonly Verb[] = ["execute", "share", "train"];

/** What a new token stands on. */
interface Basis {
  readonly mandate: Mandate;
  /** The widest that it may be. */
  readonly wider: StepGrant;
  /** Where the token is bound; absent for a new first step. */
  readonly step?: Step;
  readonly parent?: StepToken;
}

type Bound = Basis & { readonly step: Step };

/** What a new step is set in. */
interface Frame {
  readonly above: readonly StepId[];
  readonly grant: StepGrant;
  readonly notAfter: Instant;
}

export class StepIssuer {
  private readonly ports: IssuerPorts;
  private readonly settings: IssuerSettings;

  constructor(ports: IssuerPorts, settings: IssuerSettings) {
    this.ports = ports;
    this.settings = settings;
  }

  /** `client_credentials`: a first step, or another token of an open one. */
  open(asker: Asker, wish: StepWish | undefined): Draft | TokenNo {
    if (wish?.step === CHILD) return no("invalid_authorization_details", "a child step comes from an exchange");
    const basis = wish?.step === undefined ? this.fromMandate(asker, wish) : this.fromStep(asker, wish, wish.step);
    if ("error" in basis) return basis;
    const grant = wish === undefined ? readsOf(basis.wider, asker.resource) : askedOf(wish, basis.wider);
    if ("error" in grant) return grant;
    const { mandate, wider } = basis;
    const step = basis.step ?? this.newStep(asker, mandate, { above: [], grant: wider, notAfter: mandate.deadline });
    const draft = this.draft(asker, { ...basis, step }, grant);
    return "error" in draft || basis.step !== undefined ? draft : { ...draft, opens: step };
  }

  /** Token exchange (RFC 8693) of the client's own step token: less of the same step, or a child step. */
  exchange(asker: Asker, wish: StepWish, parent: StepToken): Draft | TokenNo {
    const basis = this.fromToken(asker, parent);
    if ("error" in basis) return basis;
    const { mandate, step } = basis;
    if ((wish.mandate ?? mandate.id) !== mandate.id || ![undefined, CHILD, step.id].includes(wish.step)) {
      return no("invalid_authorization_details", "the mandate or the step is not the subject token's");
    }
    const grant = askedOf(wish, parent.grant);
    if ("error" in grant) return grant;
    if (wish.step !== CHILD) return this.draft(asker, basis, grant);
    if (step.path.length > mandate.depth) return no("invalid_request", "no step may hang deeper under this mandate");
    const child = this.newStep(asker, mandate, { above: step.path, grant, notAfter: step.expires });
    const draft = this.draft(asker, { ...basis, step: child }, grant);
    return "error" in draft ? draft : { ...draft, opens: child };
  }

  /** Whether what was drafted is still worth giving: mandate and steps are read again after the waiting was done. */
  isLive(token: StepToken, identity: Identity): boolean {
    const mandate = this.ports.mandates.get(token.mandate);
    return mandate?.state === "open" && mandate.s256 === token.s256 && !this.isDead(token, identity);
  }

  private fromMandate(asker: Asker, wish: StepWish | undefined): Basis | TokenNo {
    const mandate = wish?.mandate === undefined ? this.onlyMandate(asker) : this.ports.mandates.get(wish.mandate);
    if (mandate !== undefined && "error" in mandate) return mandate;
    if (mandate?.state !== "open" || mandate.holder !== asker.identity.id) {
      return no("invalid_grant", "there is no such open mandate of this client");
    }
    return { mandate, wider: mandate.grant };
  }

  /** The one open mandate that has to do with the resource; two would be a guess. */
  private onlyMandate({ identity, resource }: Asker): Mandate | TokenNo {
    const open = this.ports.mandates.openFor(identity.id).filter(({ grant }) => readsAt(grant, resource).length > 0);
    const [mandate, ...others] = open;
    if (mandate === undefined) return no("invalid_grant", "a mandate is needed: no open one covers this resource");
    if (others.length > 0) return no("invalid_grant", "more than one open mandate covers this resource: name one");
    return mandate;
  }

  private fromStep(asker: Asker, wish: StepWish, id: StepId): Basis | TokenNo {
    const step = this.ports.steps.get(id);
    const mandate = step === undefined ? undefined : this.ports.mandates.get(step.mandate);
    const own = step?.instance === asker.instance.id && step.jkt === asker.jkt;
    if (step === undefined || mandate?.state !== "open" || !own || (wish.mandate ?? mandate.id) !== mandate.id) {
      return no("invalid_grant", "there is no such open step of this client and key");
    }
    return { mandate, wider: step.grant, step };
  }

  /** SOURCE: RFC 8693 section 2.2.2: a subject token that is not good, for whatever reason, is `invalid_request`. */
  private fromToken(asker: Asker, parent: StepToken): Bound | TokenNo {
    const mandate = this.ports.mandates.get(parent.mandate);
    const step = this.ports.steps.get(stepOf(parent));
    const own = parent.instance === asker.instance.id && parent.jkt === asker.jkt;
    const isLive = mandate?.state === "open" && mandate.s256 === parent.s256 && step !== undefined;
    if (!own || !isLive || this.isDead(parent, asker.identity)) {
      return no("invalid_request", "the subject token is not this client's, or no longer good");
    }
    if (isSingleUse(parent.grant)) return no("invalid_request", "a token for one call is used, not exchanged");
    if (parent.audience !== asker.resource) return no("invalid_target", "the subject token is for another resource");
    return { mandate, wider: parent.grant, step, parent };
  }

  private newStep({ instance, jkt }: Asker, mandate: Mandate, { above, grant, notAfter }: Frame): Step {
    const id = parseStepId(this.ports.random.id());
    const expires = instant(Math.min(this.ports.clock.now() + this.settings.stepMs, notAfter));
    return { id, mandate: mandate.id, path: [...above, id], instance: instance.id, jkt, grant, expires };
  }

  private draft(asker: Asker, basis: Bound, grant: StepGrant): Draft | TokenNo {
    const { mandate, wider, step, parent } = basis;
    const refused = misfit(grant, asker.resource) ?? within(grant, wider) ?? within(grant, mandate.grant);
    if (refused !== undefined) return no("invalid_authorization_details", refused);
    const ttl = grant.verbs.some(isEffect) ? this.settings.effectTtlMs : this.settings.readTtlMs;
    const issued = Math.floor(this.ports.clock.now() / 1000) * 1000;
    const ends = [
      issued + ttl,
      asker.identity.expires,
      mandate.deadline,
      step.expires,
      parent?.expires ?? step.expires,
    ];
    const expires = Math.floor(Math.min(...ends) / 1000) * 1000;
    const [first, ...rest] = step.path;
    if (expires <= issued || first === undefined) return no("invalid_grant", "there is no time left for a token");
    const token: StepToken = {
      jti: this.ports.random.id(),
      identity: asker.identity.id,
      instance: asker.instance.id,
      onBehalfOf: mandate.grantor,
      audience: asker.resource,
      jkt: asker.jkt,
      issued: instant(issued),
      expires: instant(expires),
      task: mandate.task,
      mandate: mandate.id,
      s256: mandate.s256,
      path: [first, ...rest],
      maxHop: mandate.depth,
      ...(parent === undefined ? {} : { parent: hash("sha256", parent.jti, "base64url") }),
      environment: asker.identity.environment,
      grant,
    };
    return this.isDead(token, asker.identity)
      ? no("invalid_grant", "this client, or what it acts for, is stopped")
      : { token };
  }

  private isDead(token: StepToken, identity: Identity): boolean {
    const scopes = scopesOf(token, identity, this.settings.kid, this.settings.issuer);
    return this.ports.feed.effect(scopes, token.issued).effect === "isolate";
  }
}

function askedOf(wish: StepWish, wider: StepGrant): StepGrant | TokenNo {
  const grant = completeGrant(wish, wider);
  return "why" in grant ? no("invalid_authorization_details", grant.why) : grant;
}

function within(grant: StepGrant, wider: StepGrant): string | undefined {
  const verdict = implies(grant, wider);
  return verdict.ok ? undefined : `${verdict.dimension}: ${verdict.why}`;
}

/** What no token may be, whatever the mandate says. */
function misfit({ verbs, locations, argsS256 }: StepGrant, resource: string): string | undefined {
  const alone = ALONE.find((verb) => verbs.includes(verb));
  if (alone !== undefined && verbs.length > 1) return `actions: ${alone} stands alone in a token`;
  if (alone === "execute" && argsS256 === undefined) return "args_s256: a token for execute names its arguments";
  const place = normalizeLocation(resource, { area: true });
  const isBelow = place !== undefined && locations.every((location) => isWithin(location, place));
  return isBelow ? undefined : "locations: a location is not below the resource";
}

/** The locations of a grant, as far as they lie below a resource. */
function readsAt({ locations }: StepGrant, resource: string): readonly string[] {
  const place = normalizeLocation(resource, { area: true });
  if (place === undefined) return [];
  return locations.flatMap((location) => {
    if (isWithin(location, place)) return [location];
    return isWithin(place, location) ? [place] : [];
  });
}

/** For a client that asks for nothing in particular: what reads. */
function readsOf(grant: StepGrant, resource: string): StepGrant | TokenNo {
  const verbs = grant.verbs.filter((verb) => !isEffect(verb));
  const locations = [...new Set(readsAt(grant, resource))];
  if (verbs.length === 0 || locations.length === 0) {
    return no("invalid_grant", "a mandate is needed: the open one lets nothing be read here");
  }
  return { ...grant, verbs, locations };
}
