// SPDX-License-Identifier: Apache-2.0
// Every ticket that can still matter, in memory, by id and by the call it is about.
import type { ApprovalCall } from "../../core/index.ts";
import { callKey } from "./binding.ts";
import type { Ticket } from "./ticket.ts";

export class Tickets {
  private readonly byId = new Map<string, Ticket>();
  private readonly byCall = new Map<string, Set<Ticket>>();

  add(ticket: Ticket): void {
    this.byId.set(ticket.id, ticket);
    const key = callKey(ticket.item.call);
    this.byCall.set(key, (this.byCall.get(key) ?? new Set()).add(ticket));
  }

  forget(ticket: Ticket): void {
    this.byId.delete(ticket.id);
    const key = callKey(ticket.item.call);
    const same = this.byCall.get(key);
    same?.delete(ticket);
    if (same?.size === 0) this.byCall.delete(key);
  }

  get(id: string): Ticket | undefined {
    return this.byId.get(id);
  }

  /** In the order in which they were opened. */
  all(): readonly Ticket[] {
    return [...this.byId.values()];
  }

  /** Those about exactly this call. */
  of(call: ApprovalCall): readonly Ticket[] {
    if (this.byId.size === 0) return [];
    return [...(this.byCall.get(callKey(call)) ?? [])];
  }
}
