// SPDX-License-Identifier: Apache-2.0
// Entries: the lines of the record. Names are closed: one outside these tables does not compile.
// Readers keep members and values they do not know (core K5); writers write only these.
import type { Answer, EvalError, Mode, PolicyHit, ReasonCode, ShadowHit } from "../decision.ts";
import type { IdentityKind, IdentityStatus } from "../identity.ts";
import type {
  Commitment,
  DecoyId,
  Digest,
  EntryId,
  EntryRef,
  ErasureDomainId,
  IdentityId,
  InstanceId,
  MandateId,
  OrderId,
  PointId,
  Ref,
  ServerId,
  StepId,
  TaskId,
} from "../ids.ts";
import type { Destination, Via } from "../interaction.ts";
import type { JsonObject } from "../json.ts";
import type { OnceScope } from "../ports/respond.ts";
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
  /** The release that bound it; absent where it was the set under all releases. */
  readonly release?: string;
  /** What sets in shadow would have answered, where that is something else. */
  readonly shadow?: readonly ShadowHit[];
  readonly errors: readonly EvalError[];
  readonly reason: ReasonCode;
  readonly transfer?: {
    readonly verdict: string;
    readonly crossing: boolean;
    readonly reviewed: boolean;
    readonly rules: readonly string[];
  };
}

/** What was found in data, and which checks that rests on; never the data. */
export interface EntryContent {
  readonly direction: "in" | "out";
  readonly label: EntryLabel;
  /** How many of each type. */
  readonly detections: Readonly<Record<string, number>>;
  /** How many were masked or dropped. */
  readonly redacted: number;
  /** How many would have been, where it was only observed. */
  readonly wouldRedact?: number;
}

export interface EntryLabel {
  readonly level: string;
  readonly categories: readonly string[];
  readonly jurisdictions: readonly string[];
  readonly trust: string;
  readonly complete: boolean;
}

/** The decision on what came back (phase `after`). */
export interface EntryRelease {
  readonly answer: Answer;
  /** What it would have answered, where it was only observed: then it was released whole. */
  readonly would?: Answer;
  readonly reason: ReasonCode;
  readonly policies: EntryWhy["policies"];
  /** What was carried out. */
  readonly obligations: readonly string[];
  /** What would have been. */
  readonly wouldOblige?: readonly string[];
  /** Why it would have been withheld, where no rule says so. */
  readonly objection?: string;
  /** Of the slice beside the entry of an outcome; where the decision is in the same entry, its digest is that of both. */
  readonly input?: Digest;
}

/** A planted value that was met: in what came back, or in what the caller sent. */
export interface EntryDecoy {
  readonly id: DecoyId;
  readonly how: "opened" | "used";
  /** It did not come from where it was planted. */
  readonly copy: boolean;
}

/** What a credential says of its holder where its signature held and something else did not. */
export interface EntryClaimed {
  readonly identity: IdentityId;
  readonly instance: InstanceId;
  readonly jti: string;
  readonly jkt: string;
  readonly task: TaskId;
  readonly step: StepId;
}

/** What came of an effect, or of a view. */
export interface EntryOutcome {
  readonly release?: EntryRelease;
  readonly content?: readonly EntryContent[];
  readonly decoys?: readonly EntryDecoy[];
  readonly result: "completed" | "failed" | "refused" | "cut" | "cancelled" | "unknown";
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** UNIT: whole milliseconds, from the send to the last byte. */
  readonly ms: number;
  /** What the answer was, as a commitment; absent where none came. */
  readonly digest?: Commitment;
  readonly objects: readonly { readonly ref: Ref; readonly how: "read" | "wrote" | "sent" }[];
}

/** An argument by what it decides, and where its value came from, in words. */
export interface ChosenBy {
  readonly role: string;
  readonly source: string;
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
  readonly disclose?: {
    readonly resource: Ref;
    readonly answer: Answer;
    readonly would?: Answer;
    readonly reason: ReasonCode;
  };
  readonly tool?: { readonly server: ServerId; readonly name: string };
  readonly mandate?: {
    readonly id: MandateId;
    readonly task: TaskId;
    readonly s256: string;
    readonly step: StepId;
    readonly depth: number;
    readonly purpose: string;
  };
  readonly labels?: { readonly flow: EntryLabel; readonly context: EntryLabel };
  /** Roles of arguments that nobody entitled chose, and where those came from. */
  readonly origin?: {
    readonly lowest: string;
    readonly broken: readonly ChosenBy[];
    /** The same for those that may stand; only arguments that decide something. */
    readonly met: readonly ChosenBy[];
  };
  /** What was done: in `observe`, a call that enforcing would stop is `log`, and `would` says what it would have been. */
  readonly answer: Answer;
  readonly mode: Mode;
  readonly would?: Answer;
  /** What the gate itself would have refused it for, where it was only observed: `code: why`. */
  readonly objections?: readonly string[];
  /** How many tools enforcing would not have shown. */
  readonly wouldHide?: number;
  /** Absent where policy was not reached; then `refusal` says what stopped it. */
  readonly why?: EntryWhy;
  /** The gate's own reason where no policy spoke. */
  readonly refusal?: string;
  /** The order that it was refused under. */
  readonly order?: OrderId;
  /** Whose credential was shown, where nobody proved to be its holder now. */
  readonly claimed?: EntryClaimed;
  /** Planted values among the arguments. */
  readonly decoys?: readonly EntryDecoy[];
  readonly digests: { readonly args?: Commitment; readonly input?: Digest };
  /** What this entry uses up (core K1): it is spent from this entry on, whatever came of it. */
  readonly uses?: readonly EntryUse[];
  /** Whose key its commitments, and what is kept beside it, are under. */
  readonly domain?: ErasureDomainId;
  readonly outcome?: EntryOutcome;
}

/** One use of something that can be used a limited number of times, as `Once.claim` was asked. */
export interface EntryUse {
  readonly scope: OnceScope;
  readonly key: string;
}

/** What came of an intent. */
export interface OutcomeDraft extends EntryOutcome {
  readonly type: "outcome";
  readonly of: EntryRef;
  /** As in its intent. */
  readonly domain?: ErasureDomainId;
}

/** Refusals that could not be written one by one. */
export interface GapDraft {
  readonly type: "gap";
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
}

export const EVENT_NAMES = [
  "credential.issued",
  "credential.revoked",
  "session.opened",
  "mandate.opened",
  "mandate.closed",
  "step.closed",
  "approval.decided",
  "pin.drifted",
  "finding.raised",
  "finding.updated",
  "identity.contained",
  "identity.released",
  "incident.opened",
  "incident.changed",
  "incident.closed",
  "case.changed",
  "question.answered",
  "pairing.decided",
  "signin.noticed",
  "witness.noticed",
] as const;
export const ADMIN_NAMES = [
  "identity.registered",
  "identity.changed",
  "key.created",
  "policy.published",
  "policy.approved",
  "policy.released",
  "policy.activated",
  "policy.paused",
  "policy.retired",
  "policy.rejected",
  "policy.unconfirmed",
  "server.changed",
  "log.opened",
  "log.erased",
  "hold.set",
  "hold.lifted",
  "log.read",
  "clock.stepped",
  "degraded.entered",
  "degraded.left",
  "decoy.planted",
  "server.added",
  "server.removed",
  "manifest.approved",
  "pin.accepted",
  "witness.cleared",
  "process.started",
  "process.stopped",
  "backup.made",
  "restore.tested",
  "backup.restored",
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
