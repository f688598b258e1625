// SPDX-License-Identifier: Apache-2.0
// What an identity read and where it sent anything, by the record: a proposal for the incident that is about it. What the
// record does not say is not added up as nothing.
import {
  type EntrySource,
  type IdentityId,
  type IncidentFacts,
  isJsonArray,
  type Json,
  member,
} from "../core/index.ts";

export type Reach = Pick<IncidentFacts, "categories" | "destinations">;

/** Newest entries that are looked at. */
const ENTRIES_MAX = 100_000;

export async function reachOf(entries: EntrySource, identity: IdentityId): Promise<Reach> {
  const categories = new Set<string>();
  const destinations = new Map<string, { readonly operator: string; readonly jurisdiction: string }>();
  const to = entries.size();
  for await (const { entry } of entries.read({ from: Math.max(0, to - ENTRIES_MAX), to })) {
    if (member(member(entry, "who"), "identity") !== identity) continue;
    const outcome = member(entry, "outcome");
    for (const content of listOf(member(outcome, "content")))
      for (const category of listOf(member(member(content, "label"), "categories")))
        if (typeof category === "string") categories.add(category);
    const destination = member(entry, "destination");
    const [operator, jurisdiction] = [member(destination, "operator"), member(destination, "jurisdiction")];
    const isSent = member(entry, "answer") !== "deny" && member(entry, "verb") !== "view";
    if (isSent && typeof operator === "string" && typeof jurisdiction === "string")
      destinations.set(`${operator} ${jurisdiction}`, { operator, jurisdiction });
  }
  return { categories: [...categories].toSorted(), destinations: [...destinations.values()] };
}

function listOf(json: Json | undefined): readonly Json[] {
  return isJsonArray(json) ? json : [];
}
