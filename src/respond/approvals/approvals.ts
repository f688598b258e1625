// SPDX-License-Identifier: Apache-2.0
// The desk as the server's routes see it: the port of core for the gate, and the queue for people.
import type {
  ApprovalDesk,
  ApprovalId,
  BoundAssertion,
  DeskState,
  DeskView,
  Digest,
  IdentityId,
  Once,
  ScopeKey,
} from "../../core/index.ts";
import type { DutyRefusal } from "./duties.ts";

export type AnswerRefusal =
  | DutyRefusal
  | "approval_unknown"
  | "approval_decided"
  | "approval_expired"
  | "approval_unverifiable"
  | "approver_twice"
  | "demo_signature"
  | "approvals_unavailable";

/** What became of a person's answer. `pending` after a yes means that others must agree too. */
export type Answered = { readonly state: DeskState } | { readonly refused: AnswerRefusal };

/** The desk as the server's routes see it. */
export interface Approvals extends ApprovalDesk, Once {
  /** Oldest first. */
  list(filter: { readonly pending: boolean }): readonly DeskView[];
  /** Why this person's answer does not count; `undefined` where it does. */
  barred(id: ApprovalId, person: IdentityId): DutyRefusal | undefined;
  /** A yes, signed. Final, and usable, once its entry is durable. */
  approve(id: ApprovalId, assertion: BoundAssertion): Promise<Answered>;
  /** A no: at once, and it needs no signature. */
  refuse(id: ApprovalId, by: IdentityId, why: string): Answered;
  /**
   * Ends every open question and every unused yes of what was contained or closed, and every yes that a contained person
   * gave (respond R32); the number of them.
   */
  voidFor(keys: readonly ScopeKey[], why: string): number;
  /** Ends what was asked by policies that are not among those in force now; the number of them. */
  keepPolicies(inForce: ReadonlySet<Digest>): number;
  /** Calls back each time a question comes, is agreed to or ends; the returned function stops it. */
  watch(changed: () => void): () => void;
}
