// SPDX-License-Identifier: Apache-2.0
// The answers of the control API: their shapes, and how each is read. Members that are not named here are ignored, so
// that an older client reads a newer server (core K5).
import {
  type ApprovalUse,
  type DecisionFacts,
  type OutcomeView,
  readApprovalUse,
  readFacts,
  readOutcome,
} from "./decision.ts";
import { flag, list, type Members, maybe, member, members, type Part, text, whole } from "./parts.ts";

/** What is true of a server now. */
export interface Status {
  readonly version: string;
  /** `observe`, `enforce`, or `mixed`. */
  readonly mode: string;
  readonly demo: boolean;
  readonly dataDir: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly publicUrl: string;
  readonly servers: readonly UpstreamStatus[];
  readonly record: RecordStatus;
  /** `undefined` where no policies are in force. */
  readonly policies: PolicyStatus | undefined;
  readonly identities: { readonly active: number; readonly total: number };
  readonly warnings: readonly string[];
}

export interface UpstreamStatus {
  readonly id: string;
  readonly url: string;
  readonly operator: string;
  readonly jurisdiction: string;
  /** Tools that its manifest names. */
  readonly tools: number;
  /** Tools that the asker would be shown. */
  readonly shown: number | undefined;
  /** `ready`, `starting` or `failed`. */
  readonly state: string;
  readonly why: string | undefined;
  /** `observe`, `enforce`, or `mixed`: some of its tasks are enforced and others observed. */
  readonly mode: string | undefined;
  /** UNIT: percent of its tasks that are enforced, where not all are. */
  readonly enforced: number | undefined;
  /** RFC 3339, UTC. */
  readonly observedUntil: string | undefined;
}

export interface RecordStatus {
  readonly log: string;
  readonly origin: string;
  /** Durable entries. */
  readonly size: number;
  /** Entries under the newest published checkpoint. */
  readonly published: number;
  /** Entries before this index can be searched; a server that tells nothing of it has no search. */
  readonly indexedThrough: number | undefined;
  readonly state: string;
}

export interface PolicyStatus {
  readonly domain: string;
  readonly name: string;
  readonly digest: string;
  readonly policies: number;
  /** RFC 3339, UTC. */
  readonly since: string;
}

/** One entry of the record, as it was written. */
export interface EntryRow {
  /** `<origin>#<index>:<leaf>`. */
  readonly ref: string;
  /** `BW-` and seven characters. */
  readonly reference: string;
  readonly entry: Members;
}

export interface EntryPage {
  /** Durable entries of the log. */
  readonly size: number;
  /** Newest last. */
  readonly entries: readonly EntryRow[];
}

/** One decision in words that a person reads. */
export interface DecisionView {
  /** Id of its entry. */
  readonly id: string;
  /** Index of its entry in the log. */
  readonly index: number;
  readonly reference: string;
  readonly ref: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** `undefined` where nobody proved who they are. */
  readonly who: string | undefined;
  readonly verb: string;
  /** Id of what the verb was to be done to. */
  readonly resource: string;
  readonly answer: string;
  /** What the caller got in the end: the stricter of the answers to the call and to its result. */
  readonly shown: string;
  /** `enforce`, or `observe` where nothing was held back. */
  readonly mode: string;
  /** What the answer would have been, had it been enforced. */
  readonly would: string | undefined;
  /** What the gate itself would have refused it for. */
  readonly objections: readonly string[];
  /** `undefined` where no policy was reached; then `refusal` says what stopped it. */
  readonly reason: string | undefined;
  /** The gate's own reason. */
  readonly refusal: string | undefined;
  readonly policies: readonly DecidingPolicy[];
  /** The rules that decided what of the result was given on. */
  readonly released: readonly DecidingPolicy[];
  readonly errors: readonly PolicyFault[];
  /** Who chose the arguments that decide something. */
  readonly origins: readonly ArgumentOrigin[];
  /** How the call ended, as its entry has it; `undefined` where none was made, or none ended yet. */
  readonly outcome: Members | undefined;
  /** The same, read. */
  readonly ended: OutcomeView | undefined;
  readonly facts: DecisionFacts;
  readonly approvals: readonly ApprovalUse[];
  /** The entry as it was written: labels and digests, never content. */
  readonly entry: Members;
  /** Ids of other decisions that have this reference too. */
  readonly same: readonly string[];
}

export interface DecidingPolicy {
  readonly id: string;
  readonly effect: string;
  readonly file: string;
  readonly line: number;
  readonly reason: string | undefined;
  /** The policy as it is written. */
  readonly text: string | undefined;
}

/** One argument of a call and where its value came from. */
export interface ArgumentOrigin {
  /** What the argument decides, such as `target`. */
  readonly role: string;
  readonly source: string;
  /** False where whoever chose it may not decide this. */
  readonly allowed: boolean;
}

export interface PolicyFault {
  readonly policy: string;
  readonly code: string;
}

/** What waits for a person, oldest first. */
export interface ApprovalList {
  readonly approvals: readonly ApprovalView[];
  /** What signs a yes: `passkey`, or `demo` where a key in software does it in a person's place. */
  readonly signer: string;
  /** How many wait for others than who asks. */
  readonly others: number;
}

/** One question on its own page: all of it, or that it waits and for whom. */
export interface ApprovalPage {
  readonly id: string;
  readonly state: string;
  /** Whose yes counts. */
  readonly group: string;
  readonly need: number;
  /** RFC 3339, UTC. */
  readonly expires: string;
  readonly signer: string;
  /** Why the yes of whoever asks does not count; empty where it does. */
  readonly barred: string;
  /** `undefined` for whom the policy does not name. */
  readonly seen: SeenApproval | undefined;
}

export interface SeenApproval {
  readonly call: ApprovalView;
  /** For whom the caller acts; empty where for nobody. */
  readonly onBehalfOf: string;
  /** Who agreed so far. */
  readonly agreed: readonly string[];
  /** What people said lately to the same caller under the same rule, newest first. */
  readonly before: readonly { readonly state: string; readonly at: string; readonly resource: string }[];
  /** `undefined` while it waits; `by` is empty where nobody ended it. */
  readonly decided: { readonly at: string; readonly by: string; readonly why: string } | undefined;
}

/** One exact call that waits for a person's yes. */
export interface ApprovalView {
  readonly id: string;
  /** `BW-` and seven characters: what the caller was shown. */
  readonly reference: string;
  readonly state: string;
  readonly who: string;
  readonly verb: string;
  /** Id of what the verb is to be done to. */
  readonly resource: string;
  /** Id of the policy that asks. */
  readonly rule: string;
  /** The sentence of that policy; empty where it has none. */
  readonly reason: string;
  /** The call as it would be made; empty where the server does not show it. */
  readonly call: string;
  /** The arguments that do not come from where they should. */
  readonly asks: readonly AskedArgument[];
  /** Digest of the whole question; a yes repeats it. */
  readonly digest: string;
  /** RFC 3339, UTC. */
  readonly expires: string;
  /** How many different people must agree. */
  readonly need: number;
  /** How many did. */
  readonly agreed: number;
}

export interface AskedArgument {
  readonly path: string;
  readonly role: string;
  /** Where its value came from. */
  readonly source: string;
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readStatus(answer: Part): Status {
  return {
    version: text(member(answer, "version")),
    mode: text(member(answer, "mode")),
    demo: flag(member(answer, "demo")),
    dataDir: text(member(answer, "dataDir")),
    startedAt: time(member(answer, "startedAt")),
    publicUrl: text(member(answer, "publicUrl")),
    servers: list(member(answer, "servers"), readUpstream),
    record: readRecord(member(answer, "record")),
    policies: orNull(member(answer, "policies"), readPolicies),
    identities: readCounts(member(answer, "identities")),
    warnings: list(member(answer, "warnings"), text),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readPage(answer: Part): EntryPage {
  return { size: whole(member(answer, "size")), entries: readEntries(answer) };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readEntries(answer: Part): readonly EntryRow[] {
  return list(member(answer, "entries"), readRow);
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readRow(row: Part): EntryRow {
  return {
    ref: text(member(row, "ref")),
    reference: text(member(row, "reference")),
    entry: members(member(row, "entry")),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readDecision(answer: Part): DecisionView {
  return {
    id: text(member(answer, "id")),
    index: whole(member(answer, "index")),
    reference: text(member(answer, "reference")),
    ref: text(member(answer, "ref")),
    at: time(member(answer, "at")),
    who: orNull(member(answer, "who"), text),
    verb: text(member(answer, "verb")),
    resource: text(member(answer, "resource")),
    answer: text(member(answer, "answer")),
    shown: text(member(answer, "shown")),
    mode: maybe(member(answer, "mode"), text) ?? "enforce",
    would: maybe(member(answer, "would"), text),
    objections: maybe(member(answer, "objections"), (all) => list(all, text)) ?? [],
    reason: maybe(member(answer, "reason"), text),
    refusal: maybe(member(answer, "refusal"), text),
    policies: list(member(answer, "policies"), readDeciding),
    released: maybe(member(answer, "released"), (all) => list(all, readDeciding)) ?? [],
    errors: list(member(answer, "errors"), readFault),
    origins: maybe(member(answer, "origin"), readOrigins) ?? [],
    outcome: maybe(member(answer, "outcome"), members),
    ended: maybe(member(answer, "outcome"), readOutcome),
    facts: readFacts(member(answer, "entry")),
    approvals: list(member(answer, "approvals"), readApprovalUse),
    entry: members(member(answer, "entry")),
    same: list(member(answer, "same"), text),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readApprovals(answer: Part): ApprovalList {
  return {
    approvals: list(member(answer, "approvals"), readApproval),
    signer: text(member(answer, "signer")),
    others: maybe(member(answer, "others"), whole) ?? 0,
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readApprovalPage(answer: Part): ApprovalPage {
  return {
    id: text(member(answer, "id")),
    state: text(member(answer, "state")),
    group: text(member(answer, "group")),
    need: whole(member(answer, "need")),
    expires: time(member(answer, "expires")),
    signer: text(member(answer, "signer")),
    barred: text(member(answer, "barred")),
    seen: maybe(member(answer, "call"), () => readSeen(answer)),
  };
}

function readSeen(answer: Part): SeenApproval {
  return {
    call: readApproval(member(answer, "call")),
    onBehalfOf: text(member(answer, "onBehalfOf")),
    agreed: list(member(answer, "agreed"), text),
    before: list(member(answer, "before"), (one) => ({
      state: text(member(one, "state")),
      at: time(member(one, "at")),
      resource: text(member(one, "resource")),
    })),
    decided: maybe(member(answer, "decided"), (end) => ({
      at: time(member(end, "at")),
      by: text(member(end, "by")),
      why: text(member(end, "why")),
    })),
  };
}

/** The state of an approval after an answer. @throws SdkError SDK_ANSWER_MALFORMED */
export function readState(answer: Part): string {
  return text(member(answer, "state"));
}

function readOrigins(origin: Part): readonly ArgumentOrigin[] {
  const of = (name: string, allowed: boolean): readonly ArgumentOrigin[] =>
    list(member(origin, name), (chosen) => ({
      role: text(member(chosen, "role")),
      source: text(member(chosen, "source")),
      allowed,
    }));
  return [...of("broken", false), ...of("met", true)];
}

function readApproval(approval: Part): ApprovalView {
  return {
    id: text(member(approval, "id")),
    reference: text(member(approval, "reference")),
    state: text(member(approval, "state")),
    who: text(member(approval, "who")),
    verb: text(member(approval, "verb")),
    resource: text(member(approval, "resource")),
    rule: text(member(approval, "rule")),
    reason: maybe(member(approval, "reason"), text) ?? "",
    call: text(member(approval, "call")),
    asks: list(member(approval, "asks"), readAsked),
    digest: text(member(approval, "digest")),
    expires: time(member(approval, "expires")),
    need: whole(member(approval, "need")),
    agreed: whole(member(approval, "agreed")),
  };
}

function readAsked(argument: Part): AskedArgument {
  return {
    path: text(member(argument, "path")),
    role: text(member(argument, "role")),
    source: text(member(argument, "source")),
  };
}

function readUpstream(server: Part): UpstreamStatus {
  return {
    id: text(member(server, "id")),
    url: text(member(server, "url")),
    operator: text(member(server, "operator")),
    jurisdiction: text(member(server, "jurisdiction")),
    tools: whole(member(server, "tools")),
    shown: maybe(member(server, "shown"), whole),
    state: text(member(server, "state")),
    why: maybe(member(server, "why"), text),
    mode: maybe(member(server, "mode"), text),
    enforced: maybe(member(server, "enforced"), whole),
    observedUntil: maybe(member(server, "observedUntil"), time),
  };
}

function readRecord(record: Part): RecordStatus {
  return {
    log: text(member(record, "log")),
    origin: text(member(record, "origin")),
    size: whole(member(record, "size")),
    published: whole(member(record, "published")),
    indexedThrough: maybe(member(record, "indexedThrough"), whole),
    state: text(member(record, "state")),
  };
}

function readPolicies(policies: Part): PolicyStatus {
  return {
    domain: text(member(policies, "domain")),
    name: text(member(policies, "name")),
    digest: text(member(policies, "digest")),
    policies: whole(member(policies, "policies")),
    since: time(member(policies, "since")),
  };
}

function readCounts(counts: Part): Status["identities"] {
  return { active: whole(member(counts, "active")), total: whole(member(counts, "total")) };
}

function readDeciding(policy: Part): DecidingPolicy {
  return {
    id: text(member(policy, "id")),
    effect: text(member(policy, "effect")),
    file: text(member(policy, "file")),
    line: whole(member(policy, "line")),
    reason: maybe(member(policy, "reason"), text),
    text: maybe(member(policy, "text"), text),
  };
}

function readFault(fault: Part): PolicyFault {
  return { policy: text(member(fault, "policy")), code: text(member(fault, "code")) };
}

/** An instant as RFC 3339 text; entries of the record carry epoch milliseconds. */
function time(part: Part): string {
  return typeof part.value === "number" ? new Date(whole(part)).toISOString() : text(part);
}

function orNull<T>(part: Part, read: (part: Part) => T): T | undefined {
  return part.value === null ? undefined : maybe(part, read);
}
