// SPDX-License-Identifier: Apache-2.0
// What an incident may be about, by what its identity touched since it began to exist here: a proposal for people to confirm.
import { type EntrySource, type IdentityId, type IncidentFacts, instant } from "../core/index.ts";
import { type Blast, blastOf } from "../respond/index.ts";

/** All that one identity touched, as far back as the record is looked at. */
export function everTouched(entries: EntrySource, from: IdentityId): Promise<Blast> {
  return blastOf(entries, { from, since: instant(0) });
}

/** Categories of the data, and whom it was sent to, as the record has them. */
export function proposalOf({ touched }: Blast): Pick<IncidentFacts, "categories" | "destinations"> {
  const categories = new Set(touched.flatMap((one) => one.categories));
  const sent = touched.filter(({ how }) => how === "sent").map(({ id }) => id);
  return { categories: [...categories].toSorted(), destinations: sent.map(destinationOf) };
}

/** `operator, country`, as the blast names what was sent to. */
function destinationOf(id: string): { readonly operator: string; readonly jurisdiction: string } {
  const [, operator = id, jurisdiction = ""] = /^(.*), ([^,]*)$/.exec(id) ?? [];
  return { operator, jurisdiction };
}
