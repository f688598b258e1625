// SPDX-License-Identifier: Apache-2.0
// A recorded decision as one line of a list: small enough to be sent as it happens. The whole is in explain.ts.
import {
  ANSWERS,
  type Answer,
  type EntrySource,
  formatInstant,
  instant,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseEntryId,
  type RecordedEntry,
  referenceOf,
  strictest,
} from "../core/index.ts";

/** The line of a decision; `undefined` for every other entry. */
export function decisionRow({ ref, entry }: RecordedEntry): JsonObject | undefined {
  const answer = shownAnswer(entry);
  if (answer === undefined) return undefined;
  const id = member(entry, "id");
  const at = member(entry, "at");
  const ms = member(member(entry, "outcome"), "ms");
  const members: (readonly [string, Json | undefined])[] = [
    ["index", ref.index],
    ["reference", typeof id === "string" ? referenceOf(parseEntryId(id)) : undefined],
    ["at", typeof at === "number" ? formatInstant(instant(at)) : undefined],
    ["who", member(member(entry, "who"), "identity")],
    ["verb", member(member(entry, "disclose"), "answer") === "deny" ? "share" : member(entry, "verb")],
    ["resource", member(member(entry, "resource"), "id")],
    ["answer", answer],
    ["why", whyOf(entry)],
    ["ms", ms],
  ];
  return jsonObject(members.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

/**
 * What the caller got: the stricter of the answer to the call and the answer to the release of its result.
 * `undefined` for an entry that is no decision.
 */
export function shownAnswer(entry: JsonObject): Answer | undefined {
  if (member(entry, "type") !== "decision") return undefined;
  const given = [member(entry, "answer"), member(member(member(entry, "outcome"), "release"), "answer")];
  return strictest(given.flatMap((text) => ANSWERS.filter((answer) => answer === text)));
}

/** The rules that spoke last and loudest, by name; the gate's own reason where no rule was reached. */
function whyOf(entry: JsonObject): string {
  const release = member(member(entry, "outcome"), "release");
  const stopped = rulesOf(release, "forbid");
  const told = stopped.length > 0 ? stopped : rulesOf(member(entry, "why"), "forbid");
  const named = told.length > 0 ? told : rulesOf(member(entry, "why"), "permit");
  const refusal = member(entry, "refusal");
  if (named.length > 0) return named.join(", ");
  return typeof refusal === "string" ? refusal : "";
}

function rulesOf(why: Json | undefined, effect: "forbid" | "permit"): readonly string[] {
  const policies = member(why, "policies");
  const hits = isJsonArray(policies) ? policies.filter(isJsonObject) : [];
  return hits.flatMap((hit) => {
    const id = member(hit, "id");
    return member(hit, "effect") === effect && typeof id === "string" ? [id] : [];
  });
}

/** UNIT: entries. How far back a list of decisions looks. */
const LOOK_BACK_ENTRIES = 5000;
/** UNIT: entries, read at a time. */
const CHUNK_ENTRIES = 250;

export interface DecisionList {
  /** Newest first. */
  readonly rows: readonly JsonObject[];
  /** False where there may be more, further back than this list looks. */
  readonly complete: boolean;
  /** Number of durable entries when it was read. */
  readonly size: number;
}

/** The newest decisions. @param limit - rows at most */
export async function latestDecisions(entries: EntrySource, limit: number): Promise<DecisionList> {
  const size = entries.size();
  const floor = Math.max(0, size - LOOK_BACK_ENTRIES);
  const rows: JsonObject[] = [];
  let to = size;
  while (to > floor && rows.length < limit) {
    const from = Math.max(floor, to - CHUNK_ENTRIES);
    const chunk: JsonObject[] = [];
    for await (const entry of entries.read({ from, to })) {
      const row = decisionRow(entry);
      if (row !== undefined) chunk.push(row);
    }
    rows.push(...chunk.toReversed());
    to = from;
  }
  return { rows: rows.slice(0, limit), complete: to === 0 && rows.length <= limit, size };
}
