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

export interface Reach extends Pick<IncidentFacts, "categories" | "destinations"> {
  /** Different things that it read, and that it wrote. */
  readonly read: number;
  readonly wrote: number;
}

/** Newest entries that are looked at. */
const ENTRIES_MAX = 100_000;

export async function reachOf(entries: EntrySource, identity: IdentityId): Promise<Reach> {
  const categories = new Set<string>();
  const destinations = new Map<string, { readonly operator: string; readonly jurisdiction: string }>();
  const touched = { read: new Set<string>(), wrote: new Set<string>() };
  /** Intents of it, by index: their outcomes come in entries of their own. */
  const intents = new Set<number>();
  const to = entries.size();
  for await (const { entry, ref } of entries.read({ from: Math.max(0, to - ENTRIES_MAX), to })) {
    const of = member(member(entry, "of"), "index");
    const isOutcome = typeof of === "number" && intents.has(of);
    if (member(member(entry, "who"), "identity") !== identity && !isOutcome) continue;
    if (member(entry, "shape") === "intent") intents.add(ref.index);
    const outcome = isOutcome ? entry : member(entry, "outcome");
    for (const object of listOf(member(outcome, "objects"))) {
      const id = member(member(object, "ref"), "id");
      const how = member(object, "how");
      if (typeof id === "string" && (how === "read" || how === "wrote")) touched[how].add(id);
    }
    for (const content of listOf(member(outcome, "content")))
      for (const category of listOf(member(member(content, "label"), "categories")))
        if (typeof category === "string") categories.add(category);
    const destination = member(entry, "destination");
    const [operator, jurisdiction] = [member(destination, "operator"), member(destination, "jurisdiction")];
    const isOutside = member(destination, "kind") !== "internal" && member(entry, "answer") !== "deny";
    if (isOutside && typeof operator === "string" && typeof jurisdiction === "string")
      destinations.set(`${operator} ${jurisdiction}`, { operator, jurisdiction });
  }
  return {
    categories: [...categories].toSorted(),
    destinations: [...destinations.values()],
    read: touched.read.size,
    wrote: touched.wrote.size,
  };
}

function listOf(json: Json | undefined): readonly Json[] {
  return isJsonArray(json) ? json : [];
}
