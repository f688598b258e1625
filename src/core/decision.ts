// SPDX-License-Identifier: Apache-2.0
// The question a policy answers, and the answer.
import type { Digest, DomainId, PointId, Ref } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { Instant } from "./time.ts";

/** From loosest to strictest; the strictest that applies wins. */
export const ANSWERS = ["allow", "log", "limit", "challenge", "deny"] as const;
export type Answer = (typeof ANSWERS)[number];

/** The strictest of several answers; `deny` for none, since nothing was permitted. */
export function strictest(answers: readonly Answer[]): Answer {
  return ANSWERS[Math.max(...answers.map((a) => ANSWERS.indexOf(a)))] ?? "deny";
}

/** An entity as Cedar's JSON has it; attribute values use Cedar's JSON escapes. */
export interface EntityJson {
  readonly uid: Ref;
  readonly attrs: JsonObject;
  readonly parents: readonly Ref[];
}

export interface Question {
  readonly domain: DomainId;
  readonly principal: Ref;
  /** A verb, the id of an `Action` entity. */
  readonly action: string;
  readonly resource: Ref;
  readonly context: JsonObject;
  /** The principal, the resource and their ancestors, as the gate knows them. */
  readonly entities: readonly EntityJson[];
  readonly pep: { readonly id: PointId };
  readonly at: Instant;
}

export const REASON_CODES = [
  "permitted",
  "logged",
  "no_permit",
  "forbidden",
  "forbid_error",
  "identity_unknown",
  "identity_not_active",
  "identity_expired",
  "policy_unavailable",
  "unknown_action",
  "unknown_type",
  "input_context",
  "input_entity",
  "input_limits",
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** A policy that decided, and where a person finds it. */
export interface PolicyHit {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly tier: "permit" | "log" | "deny";
  /** Path inside the bundle. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Its `@reason`, a sentence for people. */
  readonly reason?: string;
  readonly digest: Digest;
}

/** An error in one policy's evaluation: a value from a closed list (decide D9). */
export interface EvalError {
  readonly policy: string;
  readonly code: "type" | "overflow" | "no_entity" | "no_attribute" | "no_tag" | "extension" | "depth";
}

export interface Decision {
  readonly at: Instant;
  readonly answer: Answer;
  readonly mode: "enforce";
  readonly reason: ReasonCode;
  /** The policies that made the answer, in bundle order. */
  readonly policies: readonly PolicyHit[];
  readonly errors: readonly EvalError[];
  /** Digest of the policy set that decided, `null` where there was none. */
  readonly setDigest: Digest | null;
  /** Digest of what was asked. */
  readonly inputDigest: Digest;
}

/** What is wrong with a policy, manifest or configuration file. */
export interface Problem {
  readonly code: string;
  readonly file: string;
  /** From 1; 0 where the whole file is meant. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly fix?: string;
  readonly blocking: boolean;
}
