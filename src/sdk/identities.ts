// SPDX-License-Identifier: Apache-2.0
// Identities, mandates and live credentials in the answers of the control API.
import { flag, list, maybe, member, type Part, text, whole } from "./parts.ts";

export interface InstanceView {
  readonly id: string;
  /** Last part of the id. */
  readonly name: string;
  readonly identity: string;
  /** `active` or `retired`. */
  readonly status: string;
  /** RFC 7638 thumbprint of its key. */
  readonly jkt: string;
  /** When it proved itself last, since the server started. RFC 3339, UTC. */
  readonly lastProof: string | undefined;
}

export interface IdentityView {
  readonly id: string;
  /** `human`, `agent`, `model`, `workload` or `service`. */
  readonly kind: string;
  /** Last part of the id: for a person a pseudonym. */
  readonly name: string;
  /** `active`, `suspended`, `isolated` or `retired`. */
  readonly status: string;
  /** `undefined` for people. */
  readonly sponsor: string | undefined;
  /** `invoice-helper@1`. */
  readonly blueprint: string | undefined;
  readonly purpose: string;
  readonly environment: string;
  readonly jurisdiction: string;
  /** RFC 3339, UTC; `undefined` for people. */
  readonly expires: string | undefined;
  /** When it ceased to be active last. */
  readonly left: string | undefined;
  readonly synthetic: boolean;
  readonly instances: readonly InstanceView[];
  /** Ids of its open mandates. */
  readonly mandates: readonly string[];
}

export interface IdentityList {
  /** False where there are more than are listed; the same in the lists below. */
  readonly complete: boolean;
  readonly identities: readonly IdentityView[];
}

export interface MandateView {
  readonly id: string;
  readonly task: string;
  /** Who lets. */
  readonly grantor: string;
  /** Who may. */
  readonly holder: string;
  /** `open`, `closed`, `exhausted`, `revoked` or `expired`. */
  readonly state: string;
  readonly verbs: readonly string[];
  readonly locations: readonly string[];
  readonly labelMax: string;
  readonly jurisdictions: readonly string[];
  readonly purpose: string;
  /** How many constraints on arguments it has. */
  readonly constraints: number;
  /** RFC 3339, UTC. */
  readonly deadline: string;
}

export interface MandateListing {
  readonly complete: boolean;
  readonly mandates: readonly MandateView[];
}

/** A token that is good now. */
export interface LiveSession {
  readonly jti: string;
  readonly identity: string;
  readonly instance: string;
  readonly onBehalfOf: string;
  /** The one resource that it is good for. */
  readonly audience: string;
  readonly jkt: string;
  readonly task: string;
  readonly mandate: string;
  readonly step: string;
  readonly verbs: readonly string[];
  /** RFC 3339, UTC. */
  readonly issued: string;
  readonly expires: string;
}

export interface LiveSessionList {
  /** False also in the first minutes of a server, which knows only what it gave itself. */
  readonly complete: boolean;
  /** Newest last. */
  readonly sessions: readonly LiveSession[];
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readIdentities(answer: Part): IdentityList {
  return { complete: flag(member(answer, "complete")), identities: list(member(answer, "identities"), readIdentity) };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readIdentity(identity: Part): IdentityView {
  return {
    id: text(member(identity, "id")),
    kind: text(member(identity, "kind")),
    name: text(member(identity, "name")),
    status: text(member(identity, "status")),
    purpose: text(member(identity, "purpose")),
    environment: text(member(identity, "environment")),
    jurisdiction: text(member(identity, "jurisdiction")),
    sponsor: maybe(member(identity, "sponsor"), text),
    blueprint: maybe(member(identity, "blueprint"), text),
    expires: maybe(member(identity, "expires"), text),
    left: maybe(member(identity, "left"), text),
    synthetic: flag(member(identity, "synthetic")),
    instances: list(member(identity, "instances"), readInstance),
    mandates: list(member(identity, "mandates"), text),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readInstance(instance: Part): InstanceView {
  return {
    id: text(member(instance, "id")),
    name: text(member(instance, "name")),
    identity: text(member(instance, "identity")),
    status: text(member(instance, "status")),
    jkt: text(member(instance, "jkt")),
    lastProof: maybe(member(instance, "lastProof"), text),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readMandates(answer: Part): MandateListing {
  return { complete: flag(member(answer, "complete")), mandates: list(member(answer, "mandates"), readMandate) };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readMandate(mandate: Part): MandateView {
  return {
    id: text(member(mandate, "id")),
    task: text(member(mandate, "task")),
    grantor: text(member(mandate, "grantor")),
    holder: text(member(mandate, "holder")),
    state: text(member(mandate, "state")),
    labelMax: text(member(mandate, "labelMax")),
    purpose: text(member(mandate, "purpose")),
    deadline: text(member(mandate, "deadline")),
    verbs: list(member(mandate, "verbs"), text),
    locations: list(member(mandate, "locations"), text),
    jurisdictions: list(member(mandate, "jurisdictions"), text),
    constraints: whole(member(mandate, "constraints")),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readLiveSessions(answer: Part): LiveSessionList {
  return { complete: flag(member(answer, "complete")), sessions: list(member(answer, "sessions"), readLiveSession) };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readLiveSession(session: Part): LiveSession {
  return {
    jti: text(member(session, "jti")),
    identity: text(member(session, "identity")),
    instance: text(member(session, "instance")),
    onBehalfOf: text(member(session, "onBehalfOf")),
    audience: text(member(session, "audience")),
    jkt: text(member(session, "jkt")),
    task: text(member(session, "task")),
    mandate: text(member(session, "mandate")),
    step: text(member(session, "step")),
    issued: text(member(session, "issued")),
    expires: text(member(session, "expires")),
    verbs: list(member(session, "verbs"), text),
  };
}
