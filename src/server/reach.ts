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
  const reach = new Gathered();
  /** Intents of it, by index: their outcomes come in entries of their own. */
  const intents = new Set<number>();
  const to = entries.size();
  for await (const { entry, ref } of entries.read({ from: Math.max(0, to - ENTRIES_MAX), to })) {
    const of = member(member(entry, "of"), "index");
    if (typeof of === "number" && intents.has(of)) reach.outcome(entry);
    if (member(member(entry, "who"), "identity") !== identity) continue;
    if (member(entry, "shape") === "intent") intents.add(ref.index);
    reach.outcome(member(entry, "outcome"));
    reach.sent(entry);
  }
  return reach.all();
}

class Gathered {
  private readonly touched = { read: new Set<string>(), wrote: new Set<string>() };
  private readonly categories = new Set<string>();
  private readonly destinations = new Map<string, Reach["destinations"][number]>();

  outcome(outcome: Json | undefined): void {
    for (const object of listOf(member(outcome, "objects"))) {
      const id = member(member(object, "ref"), "id");
      const how = member(object, "how");
      if (typeof id === "string" && (how === "read" || how === "wrote")) this.touched[how].add(id);
    }
    for (const content of listOf(member(outcome, "content")))
      for (const category of listOf(member(member(content, "label"), "categories")))
        if (typeof category === "string") this.categories.add(category);
  }

  sent(entry: Json): void {
    const destination = member(entry, "destination");
    const [operator, jurisdiction] = [member(destination, "operator"), member(destination, "jurisdiction")];
    const isOutside = member(destination, "kind") !== "internal" && member(entry, "answer") !== "deny";
    if (isOutside && typeof operator === "string" && typeof jurisdiction === "string")
      this.destinations.set(`${operator} ${jurisdiction}`, { operator, jurisdiction });
  }

  all(): Reach {
    return {
      categories: [...this.categories].toSorted(),
      destinations: [...this.destinations.values()],
      read: this.touched.read.size,
      wrote: this.touched.wrote.size,
    };
  }
}

function listOf(json: Json | undefined): readonly Json[] {
  return isJsonArray(json) ? json : [];
}
