// SPDX-License-Identifier: Apache-2.0
// Enrolment as the rest of the house sees it.
import type { Identity, IdentityId } from "../../core/index.ts";
import type { Registry } from "../registry.ts";
import { type Act, checkAct, no, type Outcome } from "../registry-rules.ts";
import type { Pairing, Pairings } from "./pairings.ts";
import type { Ticket, Tickets } from "./tickets.ts";

export interface Enrolment {
  /** A ticket for one more instance of an active identity: a secret, to be handed over once. */
  ticket(identity: IdentityId, act: Act): Promise<Outcome<Ticket>>;
  /** What waits for a person, and what was decided lately; oldest first. */
  pairings(): readonly Pairing[];
  pairing(ref: string): Pairing | undefined;
  /** @returns false where it does not wait any more */
  decide(ref: string, state: "confirmed" | "refused"): boolean;
  /** Waits again: what a confirmation began could not be done. */
  reopen(ref: string): void;
}

export function enrolmentOf(registry: Registry, tickets: Tickets, pairings: Pairings): Enrolment {
  return {
    async ticket(identity, act) {
      const known: Identity | undefined = registry.get(identity);
      const unfit = known === undefined || known.kind === "human" || known.status !== "active";
      const refused = checkAct(act) ?? (unfit ? no("unknown", "there is no such active agent") : undefined);
      return refused ?? { done: await tickets.make(identity) };
    },
    pairings: () => pairings.list(),
    pairing: (ref) => pairings.get(ref),
    decide: (ref, state) => pairings.decide(ref, state),
    reopen: (ref) => pairings.reopen(ref),
  };
}
