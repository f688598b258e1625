// SPDX-License-Identifier: Apache-2.0
import type { Decision, Mode, Question, Slice, SlicePart } from "../decision.ts";
import type { Standing } from "../identity.ts";
import type { Digest, DomainId, Ref, ServerId } from "../ids.ts";
import type { Instant } from "../time.ts";

/** Only `enforce` asks, so that nothing is judged outside the pipeline. */
export interface Decider {
  /** Synchronous, from memory, never throws. */
  decide(question: Question): Decision;
  /** One question about many resources, under one policy set; order kept. */
  decideMany(question: Question, resources: readonly Ref[]): readonly Decision[];
  /** What these answers rest on, with every text that is nobody's vocabulary sealed. Never throws. */
  slice(parts: readonly SlicePart[]): Slice;
  current(domain: DomainId): { readonly digest: Digest; readonly policies: number; readonly since: Instant } | null;
}

/** Which release binds (decide D25, D26): one answer for all that one task does at one server. */
export interface Modes {
  /** From memory, never throws. A server that nobody speaks of is enforced, unless a release observes whoever calls. */
  of(server: ServerId, standing: Standing): Mode;
}
