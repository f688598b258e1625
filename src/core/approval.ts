// SPDX-License-Identifier: Apache-2.0
// What a challenge asks for, and what answers it: a person's signed yes to one exact call.
import type { ApprovalId, Commitment, Digest, IdentityId, InstanceId, MandateId, Ref, StepId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { Instant } from "./time.ts";

export const CHALLENGE_KINDS = ["approval", "step_up", "acknowledge"] as const;

/** Whose yes counts. */
export interface ApproverRule {
  /** Name of the group that approvers belong to. */
  readonly group: string;
  /** How many different people must agree; at least 1. */
  readonly count: number;
  /** Also excludes the person on whose behalf it is asked; the asking identity itself never approves. */
  readonly notRequester: boolean;
}

/** What would lift one policy's stop: the policy's remedy profile (decide D36). */
export interface Challenge {
  /** Id of the policy that stops the call. */
  readonly policy: string;
  /** Name of the remedy profile in the bundle. */
  readonly profile: string;
  readonly kind: (typeof CHALLENGE_KINDS)[number];
  readonly approvers?: ApproverRule;
  /** UNIT: ms. How long the question is open and, once answered, the answer can be used; absent: the desk's own. */
  readonly ttlMs?: number;
  /** How many calls one answer lets through. */
  readonly uses: number;
  /** Names of the context members that the answer is bound to. */
  readonly binds: readonly string[];
}

/** The exact call that is asked about (respond R30). */
export interface ApprovalCall {
  /** Digest of what the gate knows of the call besides the members here, the traces of its arguments among it; no id, no time. */
  readonly interaction: Digest;
  readonly principal: IdentityId;
  readonly instance: InstanceId;
  readonly action: string;
  readonly resource: Ref;
  /** Over the arguments as they would be forwarded. */
  readonly argsDigest: Commitment;
  readonly mandate?: MandateId;
  readonly step?: StepId;
}

/** A person's signature under one digest (identify I53, respond R25). */
export interface BoundAssertion {
  /** What the signature is for, `approval`. */
  readonly purpose: string;
  /** Digest of the thing; what is signed is SHA-256 of `bailiwick-bound-v1`, a zero byte and this text. */
  readonly digest: Digest;
  readonly answer: string;
  readonly nonce: string;
  readonly exp: Instant;
  readonly person: IdentityId;
  /** Id of the key that signed. */
  readonly credential: string;
  /** base64url. */
  readonly signature: string;
  /** `demo` is a key in software, not a person's passkey, and has neither of the two members below. */
  readonly acr: "phr" | "phrh" | "demo";
  /** base64url; WebAuthn level 3 section 5.8.1. */
  readonly clientDataJSON?: string;
  /** base64url; WebAuthn level 3 section 6.1. */
  readonly authenticatorData?: string;
}

/** A granted answer, as policy sees it: it discharges this policy's challenge for this call, and no other. */
export interface Evidence {
  readonly id: ApprovalId;
  readonly kind: "approval" | "step_up";
  /** Digest of the policy that asked. */
  readonly policy: Digest;
  readonly principal: IdentityId;
  readonly action: string;
  readonly resource: Ref;
  readonly argsDigest: Commitment;
  /** The context members that the remedy names, as they were when it was asked. */
  readonly binds: JsonObject;
  readonly mandate?: MandateId;
  readonly expires: Instant;
  readonly uses: number;
  readonly bound: readonly BoundAssertion[];
}
