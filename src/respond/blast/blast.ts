// SPDX-License-Identifier: Apache-2.0
// What an identity touched since a time, as far as the record says (respond R19-R21): read, wrote, sent, handed on. What is not
// known is said to be unknown and never counted as nothing; a look that did not reach the end says "at least".
import {
  type EntrySource,
  type IdentityId,
  type Instant,
  isJsonArray,
  type Json,
  type JsonObject,
  member,
} from "../../core/index.ts";

/** How sure a number is; `unknown` has no number. */
export type Quality = "exact" | "at-least" | "unknown";

export interface Touched {
  readonly how: "read" | "wrote" | "sent" | "delegated";
  /** Object, destination, or step. */
  readonly id: string;
  /** Highest that was found in it; absent where nobody looked. */
  readonly level?: string;
  readonly categories: readonly string[];
  readonly times: number;
}

export interface Blast {
  readonly from: IdentityId;
  readonly since: Instant;
  readonly touched: readonly Touched[];
  readonly quality: Quality;
  /** Effects whose end nobody knows: what they did may be more than what is listed. */
  readonly unknownOutcomes: number;
  /** Objects in which nobody looked. */
  readonly unlabelled: number;
  /** How many people are behind the data: not counted in this version. */
  readonly people: { readonly n: null; readonly quality: "unknown" };
}

/** Entries that one look reads, and things that it lists. */
export const BLAST_ENTRIES_MAX = 200_000;
export const TOUCHED_MAX = 1000;
const LEVELS = ["public", "internal", "confidential", "restricted"];

export async function blastOf(
  entries: EntrySource,
  { from, since }: { readonly from: IdentityId; readonly since: Instant },
): Promise<Blast> {
  const tally = new Tally(from);
  const size = entries.size();
  const start = Math.max(0, size - BLAST_ENTRIES_MAX);
  for await (const { ref, entry } of entries.read({ from: start, to: size })) {
    const at = member(entry, "at");
    // an intent from before may have ended since
    if (typeof at === "number" && at >= since) tally.take(ref.index, entry);
    else tally.remember(ref.index, entry);
  }
  return { from, since, ...tally.sum(start > 0) };
}

class Tally {
  private readonly from: IdentityId;
  private readonly intents = new Map<number, JsonObject>();
  private readonly touched = new Map<string, Touched>();
  private cut = false;
  private unknown = 0;

  constructor(from: IdentityId) {
    this.from = from;
  }

  remember(index: number, entry: JsonObject): void {
    const isOwn = member(member(entry, "who"), "identity") === this.from;
    if (isOwn && member(entry, "shape") === "intent") this.intents.set(index, entry);
    const closed = member(member(entry, "of"), "index");
    if (typeof closed === "number") this.intents.delete(closed);
  }

  take(index: number, entry: JsonObject): void {
    if (member(entry, "type") === "outcome") this.outcome(entry);
    else if (member(entry, "name") === "credential.issued") this.issued(entry);
    else if (member(member(entry, "who"), "identity") === this.from) {
      const outcome = member(entry, "outcome");
      if (outcome === undefined) this.remember(index, entry);
      else this.done(entry, outcome);
    }
  }

  sum(isPartial: boolean): Omit<Blast, "from" | "since"> {
    const touched = [...this.touched.values()];
    // an intent without an end is an effect that may have happened
    const unknownOutcomes = this.unknown + this.intents.size;
    return {
      touched,
      quality: isPartial || this.cut || unknownOutcomes > 0 ? "at-least" : "exact",
      unknownOutcomes,
      unlabelled: touched.filter(({ how, level }) => how !== "delegated" && level === undefined).length,
      people: { n: null, quality: "unknown" },
    };
  }

  private outcome(entry: JsonObject): void {
    const index = member(member(entry, "of"), "index");
    const intent = typeof index === "number" ? this.intents.get(index) : undefined;
    if (typeof index !== "number" || intent === undefined) return;
    this.intents.delete(index);
    this.done(intent, entry);
  }

  /** What was done, and where its arguments went. */
  private done(decision: JsonObject, outcome: Json): void {
    const result = member(outcome, "result");
    if (result === "refused") return;
    if (result !== "completed" && result !== "failed") this.unknown += 1;
    const [label] = listOf(member(outcome, "content")).map((content) => member(content, "label"));
    for (const object of listOf(member(outcome, "objects"))) {
      const how = member(object, "how") === "wrote" ? "wrote" : "read";
      this.add(how, textOf(member(member(object, "ref"), "id")), how === "read" ? label : flowOf(decision));
    }
    const destination = member(decision, "destination");
    const kind = member(destination, "kind");
    if (kind === "internal" || kind === "none") return;
    const where = [member(destination, "operator"), member(destination, "jurisdiction")].map(textOf).join(", ");
    this.add("sent", where, flowOf(decision));
  }

  /** A token of a step below another: the task was handed on. */
  private issued(entry: JsonObject): void {
    const path = listOf(member(member(entry, "data"), "path"));
    if (member(entry, "by") === this.from && path.length > 1) this.add("delegated", textOf(path.at(-1)), undefined);
  }

  private add(how: Touched["how"], id: string, label: Json | undefined): void {
    const key = `${how} ${id}`;
    const known = this.touched.get(key);
    if (known === undefined && this.touched.size >= TOUCHED_MAX) {
      this.cut = true;
      return;
    }
    const level = higher(known?.level, label === undefined ? undefined : textOf(member(label, "level")));
    const categories = [...(known?.categories ?? []), ...listOf(member(label, "categories")).map(textOf)];
    this.touched.set(key, {
      how,
      id,
      ...(level === undefined ? {} : { level }),
      categories: [...new Set(categories)].toSorted(),
      times: (known?.times ?? 0) + 1,
    });
  }
}

function flowOf(decision: JsonObject): Json | undefined {
  return member(member(decision, "labels"), "flow");
}

function higher(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b;
}

function listOf(json: Json | undefined): readonly Json[] {
  return isJsonArray(json) ? json : [];
}

function textOf(json: Json | undefined): string {
  return typeof json === "string" ? json : "";
}
