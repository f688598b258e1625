// SPDX-License-Identifier: Apache-2.0
// The newest decisions as lines in memory, so that a list of them can be narrowed without reading the record again. It is
// filled by what comes, and backwards by what is asked for; each question reads a bounded part of the record at most.
import { type EntrySource, type JsonObject, member, type RecordedEntry } from "../core/index.ts";
import { type DecisionFilter, isAsked } from "./decision-filter.ts";
import { decisionRow, endedRow } from "./decision-row.ts";

/** Decisions that are kept: about 1 kB each, more where the texts in them are long. */
export const KEPT_DECISIONS = 20_000;
/** UNIT: entries. How far back one question reads in the record, beyond what is kept. */
export const LOOK_BACK_ENTRIES = 5000;
/** UNIT: entries, read at a time. */
const CHUNK_ENTRIES = 250;
/** Outcomes that wait for their decisions while the record is read backwards. */
const WAITING_OUTCOMES = 1000;

interface Filed {
  /** Of its entry. */
  readonly index: number;
  /** UNIT: epoch ms. */
  readonly at: number;
  readonly row: JsonObject;
}

export interface DecisionAsk {
  readonly filter: DecisionFilter;
  /** Index of an entry: only older ones are looked at. */
  readonly cursor?: number;
  /** Rows at most. */
  readonly limit: number;
}

export interface DecisionPage {
  /** Newest first. */
  readonly rows: readonly JsonObject[];
  /** Where to go on to older ones; `undefined` where there are none. */
  readonly next: number | undefined;
  /** False where this page ended because enough was read, not because it was full or nothing was left. */
  readonly isExact: boolean;
  /** Durable entries when it was read. */
  readonly size: number;
}

export class DecisionIndex {
  private readonly entries: EntrySource;
  private readonly stop: () => void;
  /** Oldest first. */
  private filed: Filed[] = [];
  /** Every decision from this entry on is in `filed`. */
  private floor: number;
  private readonly outcomes = new Map<number, JsonObject>();

  constructor(entries: EntrySource) {
    this.entries = entries;
    this.floor = entries.size();
    this.stop = entries.live((entry) => this.take(entry));
  }

  /**
   * The line that an entry makes or changes: a decision's own, or that of the decision whose outcome it is.
   * `undefined` for any other entry, and for the outcome of a decision that is not kept.
   */
  rowOf(recorded: RecordedEntry): JsonObject | undefined {
    const of = outcomeOf(recorded.entry);
    const filed = of === undefined ? undefined : this.filed[this.placeOf(of)];
    if (filed === undefined || filed.index !== of) return decisionRow(recorded);
    return endedRow(filed.row, recorded.entry);
  }

  async find({ filter, cursor, limit }: DecisionAsk): Promise<DecisionPage> {
    const size = this.entries.size();
    const found: JsonObject[] = [];
    let at = Math.min(cursor ?? size, size);
    let left = LOOK_BACK_ENTRIES;
    while (found.length < limit && at > 0 && left > 0) {
      const isKept = at > this.floor;
      const from = isKept ? this.floor : Math.max(0, at - CHUNK_ENTRIES);
      const some = isKept ? this.filed.slice(0, this.placeOf(at)) : await this.readBack(from, at);
      if (!isKept) left -= at - from;
      at = from;
      for (const one of some.toReversed()) {
        if (!isAsked(filter, one.row, one.at)) continue;
        found.push(one.row);
        if (found.length === limit) {
          at = one.index;
          break;
        }
      }
    }
    return { rows: found, next: at > 0 ? at : undefined, isExact: at === 0 || found.length === limit, size };
  }

  close(): void {
    this.stop();
  }

  private take(recorded: RecordedEntry): void {
    const of = outcomeOf(recorded.entry);
    if (of !== undefined) return this.end(of, recorded.entry);
    const filed = filedOf(recorded);
    if (filed === undefined) return;
    this.filed.push(filed);
    // cut seldom, so that a long list is not moved for every line
    const over = this.filed.length - KEPT_DECISIONS;
    if (over < KEPT_DECISIONS / 20) return;
    this.filed = this.filed.slice(over);
    this.floor = this.filed[0]?.index ?? this.floor;
  }

  private end(of: number, outcome: JsonObject): void {
    const place = this.placeOf(of);
    const filed = this.filed[place];
    if (filed !== undefined && filed.index === of) this.filed[place] = ended(filed, outcome);
    // its decision is further back than was read
    else if (of < this.floor) this.wait(of, outcome);
  }

  private wait(of: number, outcome: JsonObject): void {
    this.outcomes.set(of, outcome);
    const [oldest] = this.outcomes.keys();
    if (this.outcomes.size > WAITING_OUTCOMES && oldest !== undefined) this.outcomes.delete(oldest);
  }

  /** Decisions of entries [from, to), oldest first; kept where they are next to what is kept. */
  private async readBack(from: number, to: number): Promise<readonly Filed[]> {
    const some: Filed[] = [];
    for await (const recorded of this.entries.read({ from, to })) {
      const of = outcomeOf(recorded.entry);
      if (of !== undefined) this.wait(of, recorded.entry);
      const filed = filedOf(recorded);
      if (filed !== undefined) some.push(filed);
    }
    const joined = some.map((filed) => {
      const outcome = this.outcomes.get(filed.index);
      return outcome === undefined ? filed : ended(filed, outcome);
    });
    if (to === this.floor && this.filed.length + joined.length <= KEPT_DECISIONS) {
      this.filed = [...joined, ...this.filed];
      this.floor = from;
      for (const { index } of joined) this.outcomes.delete(index);
    }
    return joined;
  }

  /** How many of the kept ones are before this entry. */
  private placeOf(index: number): number {
    let [low, high] = [0, this.filed.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.filed[middle]?.index ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function filedOf(recorded: RecordedEntry): Filed | undefined {
  const row = decisionRow(recorded);
  const at = member(recorded.entry, "at");
  return row === undefined ? undefined : { index: recorded.ref.index, at: typeof at === "number" ? at : 0, row };
}

function ended(filed: Filed, outcome: JsonObject): Filed {
  return { ...filed, row: endedRow(filed.row, outcome) };
}

/** Index of the decision whose outcome an entry is. */
function outcomeOf(entry: JsonObject): number | undefined {
  const of = member(entry, "type") === "outcome" ? member(member(entry, "of"), "index") : undefined;
  return typeof of === "number" ? of : undefined;
}
