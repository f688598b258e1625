// SPDX-License-Identifier: Apache-2.0
// What recorded decisions would be under another set, as the control API tells it.
import { flag, list, maybe, member, oneOf, type Part, text, whole } from "./parts.ts";

export type ReplayChange = "tightened" | "loosened" | "undecidable";

export interface ReplayCountView {
  readonly name: string;
  readonly tightened: number;
  readonly loosened: number;
  readonly undecidable: number;
}

/** Also where a replay goes on from. */
export interface ReplayView {
  readonly candidate: string;
  /** Index of the next entry to look at. */
  readonly next: number;
  readonly entries: number;
  readonly decisions: number;
  readonly answers: number;
  readonly changes: Readonly<Record<ReplayChange | "unchanged", number>>;
  readonly pairs: readonly { readonly from: string; readonly to: string; readonly count: number }[];
  readonly identities: readonly ReplayCountView[];
  readonly tools: readonly ReplayCountView[];
  readonly rules: readonly ReplayCountView[];
  readonly examples: readonly {
    readonly change: ReplayChange;
    readonly index: number;
    readonly reference: string;
    /** UNIT: epoch ms. */
    readonly at: number;
    readonly part: "call" | "release" | "question";
    readonly from: string;
    readonly to: string;
    readonly because: readonly string[];
    readonly identity: string;
    readonly tool: string;
  }[];
  readonly same: { readonly decisions: number; readonly differing: number };
}

/** One part of a replay; `complete`: nothing was left to look at. */
export interface ReplayPart {
  readonly summary: ReplayView;
  readonly complete: boolean;
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readReplayPart(part: Part): ReplayPart {
  return { summary: readReplay(member(part, "summary")), complete: flag(member(part, "complete")) };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readReplay(part: Part): ReplayView {
  const changes = member(part, "changes");
  const same = member(part, "same");
  return {
    candidate: text(member(part, "candidate")),
    next: whole(member(part, "next")),
    entries: whole(member(part, "entries")),
    decisions: whole(member(part, "decisions")),
    answers: whole(member(part, "answers")),
    changes: { ...readChanges(changes), unchanged: whole(member(changes, "unchanged")) },
    pairs: list(member(part, "pairs"), (pair) => ({
      from: text(member(pair, "from")),
      to: text(member(pair, "to")),
      count: whole(member(pair, "count")),
    })),
    identities: list(member(part, "identities"), readCount),
    tools: list(member(part, "tools"), readCount),
    rules: list(member(part, "rules"), readCount),
    examples: list(member(part, "examples"), readExample),
    same: { decisions: whole(member(same, "decisions")), differing: whole(member(same, "differing")) },
  };
}

function readChanges(part: Part): Readonly<Record<ReplayChange, number>> {
  return {
    tightened: whole(member(part, "tightened")),
    loosened: whole(member(part, "loosened")),
    undecidable: whole(member(part, "undecidable")),
  };
}

function readCount(part: Part): ReplayCountView {
  return { name: text(member(part, "name")), ...readChanges(part) };
}

function readExample(part: Part): ReplayView["examples"][number] {
  return {
    change: oneOf(member(part, "change"), ["tightened", "loosened", "undecidable"]),
    index: whole(member(part, "index")),
    reference: text(member(part, "reference")),
    at: whole(member(part, "at")),
    part: oneOf(member(part, "part"), ["call", "release", "question"]),
    from: text(member(part, "from")),
    to: text(member(part, "to")),
    because: list(member(part, "because"), text),
    identity: text(member(part, "identity")),
    tool: text(member(part, "tool")),
  };
}

/** One rule as a recorded question met it, in words. */
export interface RuleWhy {
  readonly id: string;
  readonly effect: string;
  readonly tier: string;
  readonly file: string;
  readonly line: number;
  readonly reason: string | undefined;
  readonly scope: string;
  readonly outside: string | undefined;
  readonly clauses: readonly {
    readonly words: string;
    readonly text: string;
    readonly outcome: string;
    readonly values: readonly { readonly name: string; readonly path: string; readonly value: string }[];
  }[];
}

/** Why one part of a decision came out as it did. */
export interface PartWhy {
  readonly part: string;
  readonly answer: string;
  readonly reason: string;
  readonly action: string;
  readonly resource: string;
  readonly rules: readonly RuleWhy[];
  readonly nearest: readonly RuleWhy[];
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readWhy(part: Part): readonly PartWhy[] {
  return list(member(part, "parts"), (one) => ({
    part: text(member(one, "part")),
    answer: text(member(one, "answer")),
    reason: text(member(one, "reason")),
    action: text(member(one, "action")),
    resource: text(member(one, "resource")),
    rules: list(member(one, "rules"), readRule),
    nearest: list(member(one, "nearest"), readRule),
  }));
}

function readRule(part: Part): RuleWhy {
  return {
    id: text(member(part, "id")),
    effect: text(member(part, "effect")),
    tier: text(member(part, "tier")),
    file: text(member(part, "file")),
    line: whole(member(part, "line")),
    reason: maybe(member(part, "reason"), text),
    scope: text(member(part, "scope")),
    outside: maybe(member(part, "outside"), text),
    clauses: list(member(part, "clauses"), (clause) => ({
      words: text(member(clause, "words")),
      text: text(member(clause, "text")),
      outcome: text(member(clause, "outcome")),
      values: list(member(clause, "values"), (value) => ({
        name: text(member(value, "name")),
        path: text(member(value, "path")),
        value: text(member(value, "value")),
      })),
    })),
  };
}
