// SPDX-License-Identifier: Apache-2.0
// The queue after a restart. A row says what was asked, the record what was decided and used up: a yes that the record does
// not hold with its signatures is no yes, and a use that the record holds is spent (core K1, enforce E6).
import type { Clock, EntrySource, IdentityId, Instant, Log } from "../../core/index.ts";
import type { SignedYes } from "./assertion.ts";
import { type Recorded, readRecord, type Told } from "./entry.ts";
import { Ticket, type TicketParts } from "./ticket.ts";

export interface ResumePorts {
  readonly entries: EntrySource;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether this desk takes this signature for this ticket. */
  isSigned(ticket: Ticket, yes: SignedYes): boolean;
}

export async function resume(ports: ResumePorts, rows: readonly TicketParts[]): Promise<readonly Ticket[]> {
  if (rows.length === 0) return [];
  const from = rows.reduce((first, { since }) => Math.min(first, since), Number.MAX_SAFE_INTEGER);
  const recorded = await readRecord(ports.entries, from);
  return rows.map((parts) => {
    const ticket = new Ticket(parts, ports.clock);
    for (const by of recorded.spent.get(ticket.id) ?? []) ticket.spent.add(by);
    setState(ports, ticket, recorded);
    return ticket;
  });
}

/** A no stands, whether the row says it or the record: one of the two may have been lost in the crash. */
function setState(ports: ResumePorts, ticket: Ticket, { decided }: Recorded): void {
  const told = decided.get(ticket.id);
  if (told !== undefined && told.outcome !== "approved") return ticket.settle(told.outcome, endOf(told), told.why);
  if (ticket.state !== "pending" && ticket.state !== "approved") return undefined;
  if (told === undefined && ticket.state === "pending") {
    ticket.bound = ticket.bound.filter((yes) => ports.isSigned(ticket, yes));
    return undefined;
  }
  ticket.bound = told?.bound ?? [];
  const isProved = told?.digest === ticket.digest && ticket.bound.every((yes) => ports.isSigned(ticket, yes));
  if (isProved) return ticket.settle("approved", endOf(told));
  ports.log.fault("RESPOND_APPROVAL_UNPROVED", { approval: ticket.id });
  return ticket.settle("cancelled", undefined, "the record does not prove it");
}

function endOf({ at, by }: Told): { readonly at: Instant; readonly by?: IdentityId } {
  return by === undefined ? { at } : { at, by };
}
