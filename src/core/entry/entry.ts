// SPDX-License-Identifier: Apache-2.0
// Entries: the lines of the record. Names are closed: one outside these tables does not compile.
// Readers keep members and values they do not know (core K5); writers write only these.
import type { Answer, EvalError, PolicyHit, ReasonCode } from "../decision.ts";
import type { IdentityKind, IdentityStatus } from "../identity.ts";
import type { Commitment, Digest, EntryId, EntryRef, IdentityId, InstanceId, PointId, Ref, ServerId } from "../ids.ts";
import type { Destination, Via } from "../interaction.ts";
import type { JsonObject } from "../json.ts";
import type { Instant } from "../time.ts";
import type { Impact, Verb } from "../verb.ts";

/** What `record` puts before every entry (record L2). */
export interface EntryHeader {
  readonly v: 1;
  readonly id: EntryId;
  readonly log: string;
  readonly at: Instant;
  readonly node: string;
  readonly tenant: string;
  /** 16 random bytes, base64url: leaf hashes of guessable entries stay unguessable. */
  readonly nonce: string;
}

/** Who asked. A human is always an opaque id. */
export interface EntryWho {
  readonly identity: IdentityId;
  readonly kind: IdentityKind;
  readonly status: IdentityStatus;
  readonly instance: InstanceId;
  readonly blueprint?: string;
  readonly env: string;
  readonly token: { readonly jti: string; readonly jkt: string; readonly pop: string };
  readonly assurance: number;
  readonly sponsor?: IdentityId;
  readonly synthetic: boolean;
}

export interface EntryWhy {
  readonly policies: readonly Pick<PolicyHit, "id" | "effect" | "tier" | "digest" | "file" | "line">[];
  readonly set: Digest | null;
  readonly errors: readonly EvalError[];
  readonly reason: ReasonCode;
}

/** What came of an effect, or of a view. */
export interface EntryOutcome {
  readonly result: "completed" | "failed" | "refused" | "cut" | "cancelled" | "unknown";
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** UNIT: whole milliseconds, from the send to the last byte. */
  readonly ms: number;
  /** What the answer was, as a commitment; absent where none came. */
  readonly digest?: Commitment;
  readonly objects: readonly { readonly ref: Ref; readonly how: "read" | "wrote" | "sent" }[];
}

/**
 * One interaction: `intent` (an effect follows), `whole` (decision and outcome in one, for a plain allowed view),
 * `attempt` (it was refused, or nothing could be asked).
 */
export interface DecisionDraft {
  readonly type: "decision";
  readonly shape: "intent" | "whole" | "attempt";
  readonly interaction: {
    readonly id: EntryId;
    readonly via: Via;
    readonly point: PointId;
    readonly seq: number;
    readonly server: ServerId;
    readonly method: string;
    readonly name?: string;
  };
  /** Absent where nobody proved who they are. */
  readonly who?: EntryWho;
  readonly verb: Verb;
  readonly impact: Impact;
  /** The resource that decided. */
  readonly resource: Ref;
  /** Every resource of the act, where there is more than one; a list that would not fit is its count. */
  readonly resources?: readonly Ref[] | { readonly n: number };
  readonly destination: Destination;
  readonly disclose?: { readonly resource: Ref; readonly answer: Answer; readonly reason: ReasonCode };
  readonly tool?: { readonly server: ServerId; readonly name: string };
  readonly answer: Answer;
  readonly mode: "enforce";
  /** Absent where policy was not reached; then `refusal` says what stopped it. */
  readonly why?: EntryWhy;
  /** The gate's own reason where no policy spoke. */
  readonly refusal?: string;
  readonly digests: { readonly args?: Commitment; readonly input?: Digest };
  readonly outcome?: EntryOutcome;
}

/** What came of an intent. */
export interface OutcomeDraft extends EntryOutcome {
  readonly type: "outcome";
  readonly of: EntryRef;
}

/** Refusals that could not be written one by one. */
export interface GapDraft {
  readonly type: "gap";
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
}

export const EVENT_NAMES = ["credential.issued", "session.opened"] as const;
export const ADMIN_NAMES = [
  "identity.registered",
  "identity.changed",
  "key.created",
  "policy.activated",
  "log.opened",
  "clock.stepped",
  "process.started",
  "process.stopped",
] as const;
export type EventName = (typeof EVENT_NAMES)[number];
export type AdminName = (typeof ADMIN_NAMES)[number];

/** Something happened. */
export interface EventDraft {
  readonly type: "event";
  readonly name: EventName;
  readonly subject?: Ref;
  readonly by?: IdentityId;
  readonly data: JsonObject;
}

/** What governs was changed. */
export interface AdminDraft {
  readonly type: "admin";
  readonly name: AdminName;
  /** An identity, or `system` for what the process does by itself. */
  readonly by: IdentityId | "system";
  readonly because: string;
  readonly before?: Digest;
  readonly after?: Digest;
  readonly data: JsonObject;
}

export type EntryDraft = DecisionDraft | OutcomeDraft | GapDraft | EventDraft | AdminDraft;
export type EntryType = EntryDraft["type"];
