// SPDX-License-Identifier: Apache-2.0
// Separation of duties (respond R33): whose yes counts for this question. Asked when a person agrees, and again whenever
// the answer is about to be used, since a person can lose what made the yes count.
import type { IdentityId } from "../../core/index.ts";
import type { Ticket } from "./ticket.ts";

/** What the desk asks about people. Synchronous, from memory. */
export interface DeskPeople {
  isActiveHuman(id: IdentityId): boolean;
  holds(group: string, id: IdentityId): boolean;
}

/** The same, and whether the person for whom something is asked may ever be the one who agrees to it. */
export interface Duties {
  readonly people: DeskPeople;
  /** On, nobody agrees to what is asked for them, whatever a remedy says. */
  readonly fourEyes: boolean;
}

export type DutyRefusal =
  | "approver_not_human"
  | "approver_is_requester"
  | "approver_in_chain"
  | "approver_is_sponsor"
  | "approver_not_in_group";

/** Why this person's yes does not count; `undefined` where it does. */
export function barredFrom(ticket: Ticket, person: IdentityId, { people, fourEyes }: Duties): DutyRefusal | undefined {
  const { item, approvers } = ticket;
  if (person === item.call.principal) return "approver_is_requester";
  if (!people.isActiveHuman(person)) return "approver_not_human";
  if ((fourEyes || approvers.notRequester) && person === item.onBehalfOf) return "approver_is_requester";
  if (item.actors.includes(person)) return "approver_in_chain";
  if (approvers.count > 1 && person === item.sponsor) return "approver_is_sponsor";
  return people.holds(approvers.group, person) ? undefined : "approver_not_in_group";
}

/** Whether enough people agreed whose yes counts now. */
export function isAgreed(ticket: Ticket, duties: Duties): boolean {
  const persons = new Set(ticket.bound.map(({ assertion }) => assertion.person));
  const credentials = new Set(ticket.bound.map(({ assertion }) => assertion.credential));
  const different = Math.min(persons.size, credentials.size);
  return different >= ticket.approvers.count && [...persons].every((p) => barredFrom(ticket, p, duties) === undefined);
}
