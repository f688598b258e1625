// SPDX-License-Identifier: Apache-2.0
// Answers that say what goes on now: decisions as lines, counts by minute, what is contained, which clocks run, and whether
// one is signed in.
import type { OrderView, PointView } from "./containment.ts";
import { flag, list, maybe, member, members, type Part, text, whole } from "./parts.ts";

/** One decision as a line of a list. */
export interface DecisionLine {
  /** Index of its entry. */
  readonly index: number;
  /** Id of its entry. */
  readonly id: string;
  /** `BW-` and seven characters. */
  readonly reference: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** `undefined` where nobody proved who they are. */
  readonly who: string | undefined;
  /** The person it was done for, or who answers for it. */
  readonly behalf: string | undefined;
  readonly server: string | undefined;
  readonly verb: string;
  readonly resource: string;
  /** What the caller got: the stricter of the answers to the call and to its result. */
  readonly answer: string;
  /** The rules behind it, or the gate's own reason. */
  readonly why: string;
  /** UNIT: ms; `undefined` where no call was made, or none ended yet. */
  readonly ms: number | undefined;
  /** `enforce`, or `observe` where nothing was held back. */
  readonly mode: string;
  /** What the answer would have been, had it been enforced. */
  readonly would: string | undefined;
  /** Levels, categories and jurisdictions of the data. */
  readonly labels: readonly string[];
  /** Ids of the rules that decided, on the call and on its result. */
  readonly policies: readonly string[];
}

/** By what a list of decisions is narrowed; every member that is given has to hold. */
export interface DecisionQuery {
  /** What the caller got, or would have got: one of these. */
  readonly answer?: readonly string[];
  /** An identity or a person that it acts for: the id, or its last part. */
  readonly who?: string;
  readonly verb?: readonly string[];
  readonly server?: string;
  /** A level, a category or a jurisdiction of the data. */
  readonly label?: string;
  /** Id of a rule that decided. */
  readonly policy?: string;
  /** From this instant on, RFC 3339 in UTC. */
  readonly after?: string;
  /** Before this instant, RFC 3339 in UTC. */
  readonly before?: string;
  /** `next` of a page: only older ones. */
  readonly cursor?: number;
  /** Rows at most. */
  readonly limit?: number;
}

export interface DecisionList {
  /** Durable entries of the log when it was read. */
  readonly size: number;
  /** False where there may be more than are listed. */
  readonly complete: boolean;
  /** False where the server stopped looking before the page was full: older ones may be there all the same. */
  readonly exact: boolean;
  /** Where to go on to older ones. */
  readonly next: number | undefined;
  /** Newest first. */
  readonly decisions: readonly DecisionLine[];
}

export interface MinuteList {
  /** False where the early minutes are "at least". */
  readonly complete: boolean;
  /** The last hour, oldest first; the last one still runs. */
  readonly minutes: readonly MinuteView[];
}

export interface MinuteView {
  /** Start of the minute, RFC 3339 in UTC. */
  readonly at: string;
  /** By answer. */
  readonly counts: ReadonlyMap<string, number>;
}

/** An order that stops something, as far as a screen shows it. */
export interface ContainmentView
  extends Pick<OrderView, "id" | "effect" | "scope" | "because" | "state" | "orderedAt" | "automatic"> {
  readonly points: readonly Pick<PointView, "point" | "ms" | "state">[];
}

export interface SessionView {
  readonly signedIn: boolean;
  /** Lists that this server keeps: `approvals`, `containments`, `clocks`. */
  readonly lists: readonly string[];
  /** Whether a first owner is still missing. */
  readonly isOpen: boolean;
  /** Who is signed in; `undefined` for the command line and for nobody. */
  readonly person: string | undefined;
  readonly roles: readonly string[];
  /** Whether that person has a passkey to sign with. */
  readonly hasPasskey: boolean;
}

/** What a one-use link opens. */
export interface LinkView {
  /** `sign-in` at once, `enrol` a passkey for a known person, `join` as a new one. */
  readonly kind: string;
  readonly roles: readonly string[];
  /** RFC 3339, UTC. */
  readonly expires: string;
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readDecisions(answer: Part): DecisionList {
  return {
    size: whole(member(answer, "size")),
    complete: flag(member(answer, "complete")),
    exact: maybe(member(answer, "exact"), flag) ?? true,
    next: maybe(member(answer, "next"), whole),
    decisions: list(member(answer, "decisions"), readLine),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readLine(line: Part): DecisionLine {
  return {
    index: whole(member(line, "index")),
    id: text(member(line, "id")),
    reference: text(member(line, "reference")),
    at: text(member(line, "at")),
    who: given(line, "who"),
    behalf: given(line, "for"),
    server: given(line, "server"),
    verb: text(member(line, "verb")),
    resource: text(member(line, "resource")),
    answer: text(member(line, "answer")),
    why: text(member(line, "why")),
    ms: maybe(member(line, "ms"), whole),
    mode: given(line, "mode") ?? "enforce",
    would: given(line, "would"),
    labels: maybe(member(line, "labels"), (words) => list(words, text)) ?? [],
    policies: maybe(member(line, "policies"), (words) => list(words, text)) ?? [],
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readMinutes(answer: Part): MinuteList {
  return { complete: flag(member(answer, "complete")), minutes: list(member(answer, "minutes"), readMinute) };
}

function readMinute(minute: Part): MinuteView {
  const counts = member(minute, "counts");
  const named = Object.keys(members(counts)).map((name) => [name, whole(member(counts, name))] as const);
  return { at: text(member(minute, "at")), counts: new Map(named) };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readSession(answer: Part): SessionView {
  return {
    signedIn: flag(member(answer, "signedIn")),
    lists: list(member(answer, "lists"), text),
    isOpen: maybe(member(answer, "setup"), text) === "open",
    person: maybe(member(answer, "person"), text),
    roles: maybe(member(answer, "roles"), (roles) => list(roles, text)) ?? [],
    hasPasskey: maybe(member(answer, "hasPasskey"), flag) ?? false,
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readLink(answer: Part): LinkView {
  return {
    kind: text(member(answer, "kind")),
    roles: list(member(answer, "roles"), text),
    expires: text(member(answer, "expires")),
  };
}

/** Text that may be left out or `null`. */
function given(part: Part, name: string): string | undefined {
  const found = member(part, name);
  return found.value === null ? undefined : maybe(found, text);
}
