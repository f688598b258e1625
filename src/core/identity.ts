// SPDX-License-Identifier: Apache-2.0
// Who may ask: governed identities, and what is known of one after it proved itself.
import type { EntryClaimed } from "./entry/entry.ts";
import type { ScopeKey } from "./feed.ts";
import type { IdentityId, InstanceId, OrderId, Reference, StepId, TenantId } from "./ids.ts";
import type { Mandate, StepGrant } from "./mandate.ts";
import type { Instant } from "./time.ts";

export const IDENTITY_KINDS = ["human", "agent", "model", "workload", "service"] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

export const IDENTITY_STATUSES = ["active", "suspended", "isolated", "retired"] as const;
export type IdentityStatus = (typeof IDENTITY_STATUSES)[number];

/** What people may be; which rights that gives is one table, `policies/roles.yaml` (identify I55). */
export const PERSON_ROLES = [
  "owner",
  "operator",
  "responder",
  "approver",
  "sponsor",
  "auditor",
  "platform",
  "counsel",
  "break-glass",
] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

/** What an agent is; its instances are the running copies. */
export interface BlueprintRef {
  readonly id: string;
  readonly version: number;
}

/** A governed identity. Every one that is no human has a human sponsor, a purpose, an environment, a jurisdiction, an end. */
export interface Identity {
  readonly id: IdentityId;
  readonly kind: IdentityKind;
  readonly tenant: TenantId;
  readonly status: IdentityStatus;
  readonly sponsor?: IdentityId;
  readonly purpose: string;
  readonly environment: string;
  readonly jurisdiction: string;
  readonly expires: Instant;
  readonly synthetic: boolean;
  readonly blueprint?: BlueprintRef;
  /** Row version. */
  readonly v: number;
}

/** What the gate knows of a caller that proved itself. */
export interface Standing {
  readonly identity: IdentityId;
  readonly instance: InstanceId;
  readonly kind: IdentityKind;
  readonly tenant: TenantId;
  readonly status: IdentityStatus;
  readonly sponsor?: IdentityId;
  readonly blueprint?: BlueprintRef;
  readonly purpose: string;
  readonly environment: string;
  readonly jurisdiction: string;
  readonly synthetic: boolean;
  /** When the identity itself ends. */
  readonly expires: Instant;
  /** How the caller proved that the token is its own. */
  readonly auth: { readonly pop: "none" | "software" | "hardware"; readonly ageMs: number };
  /** 1 bearer, 2 key in software, 3 hardware or attested. */
  readonly assurance: 1 | 2 | 3;
  /** For whom it acts; absent where it acts on its own authority. */
  readonly onBehalfOf?: IdentityId;
  /** Who opened the task, at whatever distance: whose data is under one key with it (record L7). Absent where nobody did. */
  readonly person?: IdentityId;
  readonly ownAuthority: boolean;
  /** As it is now: open, and what the token was given under. */
  readonly mandate: Mandate;
  readonly step: StepId;
  /** Steps from the first to this one, which is the last. */
  readonly path: readonly StepId[];
  /** How many steps lie above this one. */
  readonly hop: number;
  /** What the token lets through: ask `covers`. */
  readonly grant: StepGrant;
  /** Every scope of the control feed that it falls under. */
  readonly scopes: readonly ScopeKey[];
  readonly token: {
    readonly jti: string;
    readonly jkt: string;
    /** Whole seconds, as tokens have it. */
    readonly issued: Instant;
    readonly exp: Instant;
    /** It is good for one call: claim it (`Once`, scope `token`, key `jti`) before the intent is written. */
    readonly once: boolean;
  };
}

export const REFUSAL_CODES = [
  "credential_missing",
  "credential_malformed",
  "credential_unbound",
  "credential_expired",
  "credential_replayed",
  "credential_wrong_audience",
  "credential_wrong_key",
  "credential_wrong_environment",
  "credential_revoked",
  "nonce_required",
  "proof_invalid",
  "identity_unknown",
  "identity_not_active",
  "identity_expired",
  "input_malformed",
  "input_too_large",
  "method_unknown",
  "session_unknown",
  "tool_unknown",
  "arguments_unreadable",
  "resource_outside",
  "policy_denied",
  "policy_unavailable",
  "record_unavailable",
  "busy",
  "mandate_exceeded",
  "approval_pending",
  "approval_refused",
  "token_spent",
  "result_withheld",
  "upstream_failed",
  "outcome_not_recorded",
  "contained",
  "decoy_used",
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** A *no* from the gate: a value, with what a caller on HTTP is told. */
export interface Refusal {
  readonly by: "identity" | "gate" | "decision";
  readonly code: RefusalCode;
  /** What a person reads in the log of the gate; never sent to the caller. */
  readonly why: string;
  readonly ref?: Reference;
  /** Under which order, for `contained`. */
  readonly order?: OrderId;
  /** Whose credential it was, where its signature held and something else did not: watched, never trusted. */
  readonly claimed?: EntryClaimed;
  readonly wire?: { readonly status: 400 | 401 | 403 | 429 | 503; readonly headers: Readonly<Record<string, string>> };
}
