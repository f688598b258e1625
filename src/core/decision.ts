// SPDX-License-Identifier: Apache-2.0
// The question a policy answers, and the answer.
import type { Challenge, Evidence } from "./approval.ts";
import type { ApprovalId, Commitment, Digest, DomainId, PointId, Ref } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { Category } from "./label.ts";
import type { Instant } from "./time.ts";

/** From loosest to strictest; the strictest that applies wins. */
export const ANSWERS = ["allow", "log", "limit", "challenge", "deny"] as const;
export type Answer = (typeof ANSWERS)[number];

/** The strictest of several answers; `deny` for none, since nothing was permitted. */
export function strictest(answers: readonly Answer[]): Answer {
  return ANSWERS[Math.max(...answers.map((a) => ANSWERS.indexOf(a)))] ?? "deny";
}

/** What a release does with its answers: carries them out, or only writes down what it would have done (decide D26). */
export const MODES = ["enforce", "observe"] as const;
export type Mode = (typeof MODES)[number];

/** How something is taken out of data, from loosest to strictest: leaving a mark in its place, or nothing. */
export const REDACT_STYLES = ["mask", "drop"] as const;

/** From least to most. */
export const CAPTURE_LEVELS = ["digest", "full"] as const;

/** What must be done with a call or its answer, or it does not happen (decide D33). Closed: an unknown type denies. */
export type Obligation =
  | {
      readonly type: "redact";
      /** Sorted, without repeats. */
      readonly categories: readonly Category[];
      readonly style: (typeof REDACT_STYLES)[number];
    }
  /** UNIT: bytes of what comes back, records of it, or seconds for which it may be kept. */
  | { readonly type: "max_bytes" | "max_rows" | "ttl"; readonly max: number }
  /** Decimal text without needless zeros. An empty currency is two that disagree: nothing fits it. */
  | { readonly type: "max_amount"; readonly amount: string; readonly currency: string }
  /** Where, or by which models, it may be worked on. Sorted; none at all is what two that disagree leave. */
  | { readonly type: "region" | "model"; readonly allow: readonly string[] }
  /** What comes back is marked as not to be trusted; nobody learns from it, keeps it, or changes anything by it. */
  | { readonly type: "mark_untrusted" | "no_train" | "no_retain" | "read_only" }
  /** Whom to tell, by name of a group; whose sessions end. Sorted. */
  | { readonly type: "notify" | "end_session"; readonly who: readonly string[] }
  /** Texts that a copy carries. Sorted, so that the order of rules does not show. */
  | { readonly type: "watermark"; readonly texts: readonly string[] }
  /** How much of the content is captured. */
  | { readonly type: "capture"; readonly level: (typeof CAPTURE_LEVELS)[number] }
  /** Conditions that what comes back is narrowed by, all of them. Sorted. */
  | { readonly type: "filter"; readonly all: readonly string[] }
  /** What may be treated as less than it is: the two duties that loosen, so less is stricter. Sorted. */
  | { readonly type: "declassify" | "reveal"; readonly categories: readonly Category[] };

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
  /** Over the arguments as they would be forwarded; without it no evidence fits, since evidence is for one exact call. */
  readonly argsDigest?: Commitment;
  /** What people agreed to; only what fits this exact question counts. */
  readonly evidence?: readonly Evidence[];
  /** Who asks, and the types of obligations that it can carry out; none where it does not say. */
  readonly pep: { readonly id: PointId; readonly obligations?: ReadonlySet<string> };
  readonly at: Instant;
  /** Enforce, where it does not say. */
  readonly mode?: Mode;
}

export const REASON_CODES = [
  "permitted",
  "logged",
  "discharged",
  "limited",
  "challenged",
  "obligation_unsupported",
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
  /** What it answers where it holds; a forbid below `deny` can be discharged (decide D29). */
  readonly tier: "permit" | "log" | "limit" | "challenge" | "deny";
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
  readonly code: "type" | "overflow" | "no_entity" | "no_attribute" | "no_tag" | "extension" | "depth" | "sealed";
}

export interface Decision {
  readonly at: Instant;
  readonly answer: Answer;
  readonly mode: Mode;
  /**
   * What it would have answered, where it observes and that is another answer. Then what stands below (duties, questions
   * for people) is what there would have been: nobody carries it out.
   */
  readonly would?: Answer;
  readonly reason: ReasonCode;
  /** The policies that made the answer, in bundle order. */
  readonly policies: readonly PolicyHit[];
  readonly errors: readonly EvalError[];
  /** For `limit`: what must be done, one of each type, joined over all policies. Empty for every other answer. */
  readonly obligations: readonly Obligation[];
  /** For `challenge`: what would lift it, one for each policy that stops the call. Empty for every other answer. */
  readonly challenges: readonly Challenge[];
  /** Evidence that the answer rests on: to be claimed before the effect (core K1). */
  readonly uses: readonly ApprovalId[];
  /** Digest of the policy set that decided, `null` where there was none. */
  readonly setDigest: Digest | null;
  /** The release that bound whoever asked; absent where it was the set under all releases. */
  readonly release?: string;
  /** Sets in shadow that would have answered otherwise; they bind nobody. */
  readonly shadow?: readonly ShadowHit[];
  /** What was asked, for whoever writes it down; absent where the question could not be read. */
  readonly asked?: Asked;
}

/** The question behind one decision. */
export interface Asked {
  readonly question: Question;
  /** Of those that were asked about together, the one that this decision is on. */
  readonly resource: Ref;
}

/** What an entry's answers rest on, as it is kept beside the entry (decide D44): enough to decide again. */
export interface Slice {
  /** Over the text: what the entry itself holds of it. */
  readonly digest: Digest;
  readonly text: string;
}

/** Answers that were given together: on a call before it, on what came back, or one by one to somebody else's gate. */
export interface SlicePart {
  readonly name: "call" | "release" | "question";
  /** The first of the strictest is the one that decided. */
  readonly decisions: readonly Decision[];
}

/** What a set in shadow would have answered (decide D24). */
export interface ShadowHit {
  readonly release: string;
  readonly set: Digest;
  readonly answer: Answer;
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
