// SPDX-License-Identifier: Apache-2.0
// A record in memory that a test writes line by line.
import {
  type EntrySource,
  instant,
  type JsonObject,
  jsonObject,
  parseEntryIndex,
  type RecordedEntry,
} from "../../core/index.ts";

export interface FakeEntries extends EntrySource {
  /** Adds one entry; whoever follows is called. */
  add(entry: JsonObject): void;
}

export function fakeEntries(): FakeEntries {
  const all: RecordedEntry[] = [];
  const followers = new Set<(entry: RecordedEntry) => void>();
  return {
    add(entry) {
      const ref = { log: "localhost/log/main-1", index: parseEntryIndex(all.length), leaf: "A".repeat(43) };
      const recorded = { ref, entry };
      all.push(recorded);
      for (const follower of followers) follower(recorded);
    },
    size: () => all.length,
    async *read({ from, to = all.length }) {
      for (const entry of all.slice(from, to)) {
        await Promise.resolve();
        yield entry;
      }
    },
    live(callback) {
      followers.add(callback);
      return () => void followers.delete(callback);
    },
  };
}

function hit(id: string, effect: string): JsonObject {
  return jsonObject([
    ["id", id],
    ["effect", effect],
  ]);
}

/** A decision of this answer; `released` is the answer to its result. */
export function decisionEntry(at: number, answer: string, released?: string): JsonObject {
  const release = jsonObject([
    ["answer", released ?? "allow"],
    ["policies", [hit("masks", "forbid")]],
  ]);
  return jsonObject([
    ["type", "decision"],
    ["id", "0190b5a2-0000-7000-8000-000000000000"],
    ["at", instant(at)],
    ["answer", answer],
    ["verb", "view"],
    ["resource", jsonObject([["id", "files/a.txt"]])],
    ["why", jsonObject([["policies", [hit("reads-in-team", "permit")]]])],
    ...(released === undefined
      ? []
      : [
          [
            "outcome",
            jsonObject([
              ["ms", 3],
              ["release", release],
            ]),
          ] as const,
        ]),
  ]);
}
