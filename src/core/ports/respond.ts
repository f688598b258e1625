// SPDX-License-Identifier: Apache-2.0
import type { ApprovalCall, Challenge, Evidence } from "../approval.ts";
import type { ScopeKey } from "../feed.ts";
import type { ApprovalId, Digest, EntryId, IdentityId, Reference } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { Role } from "../manifest.ts";
import type { Instant } from "../time.ts";

/** `approved` or one of three ways of no; each is final. */
export const DESK_STATES = ["pending", "approved", "denied", "expired", "cancelled"] as const;
export type DeskState = (typeof DESK_STATES)[number];

/** An argument whose source a person should know of before saying yes (enforce E53). */
export interface AskedArgument {
  /** Where it stands in the arguments. */
  readonly path: string;
  readonly role: Role;
  /** Where the value came from, in a few words. */
  readonly source: string;
}

/** One question for people: one challenge of one policy to one call. */
export interface DeskItem {
  readonly challenge: Challenge;
  /** Digest of the policy that the challenge names. */
  readonly policyDigest: Digest;
  readonly call: ApprovalCall;
  /** Values of the context members that the challenge's `binds` name. */
  readonly binds: JsonObject;
  /** The person for whom the caller acts. */
  readonly onBehalfOf?: IdentityId;
  readonly sponsor?: IdentityId;
  /** Identities that handed the task on, first to last. */
  readonly actors: readonly IdentityId[];
  /** Every scope of the control feed that the caller falls under: what stops one of them ends the question. */
  readonly scopes: readonly ScopeKey[];
  /** What the caller was shown for the interaction that asks. */
  readonly reference: Reference;
  readonly asks: readonly AskedArgument[];
  /** The arguments as text for the approver. Outside text: whoever shows it escapes it. */
  readonly display?: string;
}

/** One question as people see it. */
export interface DeskView {
  readonly id: ApprovalId;
  readonly state: DeskState;
  /** Without `display` once it is decided. */
  readonly item: DeskItem;
  /** Exactly what is signed: `digest` is the digest of its canonical form (RFC 8785). */
  readonly binding: JsonObject;
  readonly digest: Digest;
  readonly nonce: string;
  readonly opened: Instant;
  readonly expires: Instant;
  /** Whose yes counts: the group that the policy names. */
  readonly group: string;
  readonly need: number;
  /** Who has agreed so far. */
  readonly agreed: readonly IdentityId[];
  /** When it came to its end, and by whom where a person ended it. */
  readonly decided?: { readonly at: Instant; readonly by?: IdentityId };
  /** Why it was refused or cancelled. */
  readonly why?: string;
}

export type DeskRefusal =
  | "approvals_flooded"
  | "approvals_unavailable"
  | "approval_too_large"
  | "challenge_unsupported"
  | "challenge_malformed";

export interface EvidenceQuery extends ApprovalCall {
  /** Counts what this entry has claimed as unspent: for judging its call again before the effect (enforce E5). */
  readonly claimedBy?: EntryId;
}

/** The queue of what needs a person (respond R29). */
export interface ApprovalDesk {
  /** Asks people. The same call asked again finds its own question, while it is pending or refused. Never throws. */
  open(item: DeskItem): Promise<{ readonly id: ApprovalId } | { readonly refused: DeskRefusal }>;
  /** From memory; a question that ended is forgotten an hour after its time. */
  read(id: ApprovalId): DeskView | undefined;
  /** The state as soon as it is final; `pending` after `ms`, or when `signal` aborts. `cancelled` for an unknown id. */
  wait(id: ApprovalId, ms: number, signal: AbortSignal): Promise<DeskState>;
  /** Withdraws a question or an answer that was not used; at once. */
  cancel(id: ApprovalId, why: string): void;
  /** What people agreed to that covers exactly this call now. Synchronous, from memory, never throws. */
  evidence(query: EvidenceQuery): readonly Evidence[];
}

/** Each has one implementer, which answers `taken` to every other. */
export type OnceScope = "approval" | "token";

/** Nothing is spent twice, by one rule (core K1). */
export interface Once {
  /**
   * Claims one use for the intent entry of this id, before that entry is written. `taken`: nothing is left, or it may not be
   * used any more. A claim whose entry never came counts as spent until the process ends.
   */
  claim(scope: OnceScope, key: string, by: EntryId): Promise<"first" | "taken">;
}
