// SPDX-License-Identifier: Apache-2.0
// One question in the queue: what is asked, on which terms, who agreed, and what came of it.
import {
  type ApprovalId,
  type ApproverRule,
  type Clock,
  type DeskItem,
  type DeskState,
  type DeskView,
  type Digest,
  digestOf,
  type EntryId,
  type Evidence,
  type Instant,
  type JsonObject,
} from "../../core/index.ts";
import type { SignedYes } from "./assertion.ts";
import { bindingOf } from "./binding.ts";

/** What a remedy asks for that names no approvers: the strictest of one person. */
const ANY_APPROVER: ApproverRule = { group: "approver", count: 1, notRequester: true };

/** What of a ticket is written down. */
export interface TicketParts {
  readonly id: ApprovalId;
  readonly state: DeskState;
  readonly item: DeskItem;
  readonly nonce: string;
  readonly opened: Instant;
  readonly expires: Instant;
  /** Size of the log when it was opened. */
  readonly since: number;
  readonly bound: readonly SignedYes[];
  readonly why?: string;
}

export class Ticket {
  readonly id: ApprovalId;
  readonly opened: Instant;
  readonly expires: Instant;
  readonly since: number;
  readonly nonce: string;
  readonly binding: JsonObject;
  readonly digest: Digest;
  readonly approvers: ApproverRule;
  /** Entries that used it up, or were about to. */
  readonly spent: Set<EntryId> = new Set();
  item: DeskItem;
  state: DeskState;
  bound: readonly SignedYes[];
  why: string | undefined;
  decided: DeskView["decided"];
  /** By the clock that never goes back: setting the wall clock back gives no more time. UNIT: ms. */
  private readonly deadline: number;

  constructor(parts: TicketParts, clock: Clock) {
    this.id = parts.id;
    this.item = parts.item;
    this.state = parts.state;
    this.nonce = parts.nonce;
    this.opened = parts.opened;
    this.expires = parts.expires;
    this.since = parts.since;
    this.bound = parts.bound;
    this.why = parts.why;
    this.binding = bindingOf(parts.item, parts);
    this.digest = digestOf(this.binding);
    this.approvers = parts.item.challenge.approvers ?? ANY_APPROVER;
    this.deadline = clock.monotonic() + (parts.expires - clock.now());
  }

  isOver(clock: Clock): boolean {
    return clock.now() >= this.expires || clock.monotonic() >= this.deadline;
  }

  /** Whether a use is left; `by` counts what that entry has claimed as unspent. */
  hasUse(by?: EntryId): boolean {
    const own = by !== undefined && this.spent.has(by) ? 1 : 0;
    return this.spent.size - own < this.item.challenge.uses;
  }

  parts(): TicketParts {
    const { id, state, item, nonce, opened, expires, since, bound, why } = this;
    const parts = { id, state, item, nonce, opened, expires, since, bound };
    return why === undefined ? parts : { ...parts, why };
  }

  /** Its last state. The arguments' text was for whoever decides, and is not kept longer. */
  settle(state: Exclude<DeskState, "pending">, decided: DeskView["decided"], why?: string): void {
    const { display: _, ...item } = this.item;
    this.item = item;
    this.state = state;
    this.decided = decided;
    this.why = why;
  }

  view(): DeskView {
    const { id, state, item, binding, digest, nonce, opened, expires, bound, why } = this;
    const agreed = bound.map(({ assertion }) => assertion.person);
    const { count: need, group } = this.approvers;
    const shown = { id, state, item, binding, digest, nonce, opened, expires, group, need, agreed };
    const ended = this.decided === undefined ? {} : { decided: this.decided };
    return { ...shown, ...ended, ...(why === undefined ? {} : { why }) };
  }

  evidence(): Evidence {
    const { id, expires, bound } = this;
    const { call, challenge, policyDigest: policy, binds } = this.item;
    const { principal, action, resource, argsDigest, mandate } = call;
    return {
      id,
      kind: "approval",
      policy,
      principal,
      action,
      resource,
      argsDigest,
      binds,
      ...(mandate === undefined ? {} : { mandate }),
      expires,
      uses: challenge.uses,
      bound: bound.map(({ assertion }) => assertion),
    };
  }
}
