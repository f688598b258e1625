// SPDX-License-Identifier: Apache-2.0
// What enforcing would have done to what was observed, from the record alone (enforce E54, experience X13): how many calls,
// and for each reason which calls it would have stopped and what would settle it.
import {
  ANSWERS,
  type Answer,
  type EntrySource,
  isJsonObject,
  type Json,
  type JsonObject,
  member,
  parseEntryId,
  referenceOf,
  strictest,
} from "../../core/index.ts";
import { type Reason, reasonsOf } from "./reasons.ts";

/** UNIT: entries. How far back a report looks at most. */
export const LOOK_BACK_ENTRIES = 100_000;
/** Reasons that are told; the rest is counted. */
export const LOUDEST = 10;
/** Names that are told with a reason. */
const NAMES_MAX = 5;

export interface ReportAsked {
  readonly server?: string | undefined;
  /** UNIT: epoch ms. */
  readonly since?: number | undefined;
}

/** What one reason would have stopped or changed. */
export interface ReportGroup extends Reason {
  readonly calls: number;
  readonly tools: readonly string[];
  readonly who: readonly string[];
  /** The newest call of it. */
  readonly reference: string;
}

export interface ObserveReport {
  readonly calls: number;
  /** Of the calls, by what enforcing would have made of them; together with `passes` they are all. */
  readonly passes: number;
  readonly limited: number;
  readonly asked: number;
  readonly refused: number;
  /** Refused in earnest, because no mode lets it through; not among the calls. */
  readonly always: number;
  readonly lists: number;
  /** Most tools that one list would not have shown. */
  readonly hidden: number;
  /** The loudest first. */
  readonly groups: readonly ReportGroup[];
  /** Reasons beyond those that are told. */
  readonly more: number;
  /** False where there may be more, further back than a report looks. */
  readonly complete: boolean;
}

interface Seen {
  readonly entry: JsonObject;
  would: Answer | undefined;
  readonly reasons: Reason[];
}

export async function observeReport(entries: EntrySource, asked: ReportAsked): Promise<ObserveReport> {
  const size = entries.size();
  const from = Math.max(0, size - LOOK_BACK_ENTRIES);
  const book = new Book(asked);
  for await (const { ref, entry } of entries.read({ from, to: size })) book.take(ref.index, entry);
  return book.report(from === 0 || book.isSinceCovered);
}

class Book {
  /** True once an entry from before the time that was asked about was read. */
  isSinceCovered = false;
  private readonly asked: ReportAsked;
  private readonly calls = new Map<number, Seen>();
  private always = 0;
  private lists = 0;
  private hidden = 0;

  constructor(asked: ReportAsked) {
    this.asked = asked;
  }

  take(index: number, entry: JsonObject): void {
    const at = member(entry, "at");
    if (this.asked.since !== undefined && typeof at === "number" && at < this.asked.since) {
      this.isSinceCovered = true;
      return;
    }
    if (member(entry, "type") === "outcome") return this.end(entry);
    if (member(entry, "type") !== "decision" || member(entry, "mode") !== "observe") return undefined;
    const { server } = this.asked;
    if (server !== undefined && member(member(entry, "interaction"), "server") !== server) return undefined;
    return this.decided(index, entry);
  }

  private decided(index: number, entry: JsonObject): void {
    if (member(entry, "shape") === "attempt") {
      this.always += 1;
      return;
    }
    if (member(entry, "tool") === undefined) {
      const hidden = member(entry, "wouldHide");
      this.lists += 1;
      if (typeof hidden === "number") this.hidden = Math.max(this.hidden, hidden);
      return;
    }
    const seen: Seen = { entry, would: answerIn(entry, "would"), reasons: [...reasonsOf(entry, "call")] };
    this.calls.set(index, seen);
    this.release(seen, member(entry, "outcome"));
  }

  private end(outcome: JsonObject): void {
    const index = member(member(outcome, "of"), "index");
    const seen = typeof index === "number" ? this.calls.get(index) : undefined;
    if (seen !== undefined) this.release(seen, outcome);
  }

  private release(seen: Seen, outcome: Json | undefined): void {
    const release = member(outcome, "release");
    const would = isJsonObject(release) ? answerIn(release, "would") : undefined;
    if (!isJsonObject(release) || would === undefined) return;
    seen.would = seen.would === undefined ? would : strictest([seen.would, would]);
    seen.reasons.push(...reasonsOf({ ...seen.entry, release }, "result"));
  }

  report(complete: boolean): ObserveReport {
    const calls = [...this.calls.values()];
    const of = (answer: Answer): number => calls.filter(({ would }) => would === answer).length;
    const [limited, asked, refused] = [of("limit"), of("challenge"), of("deny")];
    const groups = groupsOf(calls);
    return {
      calls: calls.length,
      passes: calls.length - limited - asked - refused,
      limited,
      asked,
      refused,
      always: this.always,
      lists: this.lists,
      hidden: this.hidden,
      groups: groups.slice(0, LOUDEST),
      more: Math.max(0, groups.length - LOUDEST),
      complete,
    };
  }
}

/** Stricter ones first among the equally loud. */
function groupsOf(calls: readonly Seen[]): readonly ReportGroup[] {
  const groups = new Map<string, { reason: Reason; calls: Seen[] }>();
  for (const call of calls) {
    for (const reason of new Map(call.reasons.map((one) => [one.key, one])).values()) {
      const group = groups.get(reason.key) ?? { reason, calls: [] };
      group.calls.push(call);
      groups.set(reason.key, group);
    }
  }
  return [...groups.values()]
    .map(({ reason, calls: stopped }) => ({
      ...reason,
      calls: stopped.length,
      tools: namesOf(stopped, ({ entry }) => member(member(entry, "tool"), "name")),
      who: namesOf(stopped, ({ entry }) => member(member(entry, "who"), "identity")),
      reference: referenceIn(stopped.at(-1)?.entry),
    }))
    .toSorted((a, b) => b.calls - a.calls || ANSWERS.indexOf(b.would) - ANSWERS.indexOf(a.would));
}

function namesOf(calls: readonly Seen[], name: (call: Seen) => Json | undefined): readonly string[] {
  const names = new Set(calls.map(name).filter((one) => typeof one === "string"));
  return [...names].slice(0, NAMES_MAX);
}

function referenceIn(entry: JsonObject | undefined): string {
  const id = member(entry, "id");
  return typeof id === "string" ? referenceOf(parseEntryId(id)) : "";
}

function answerIn(holder: JsonObject, name: string): Answer | undefined {
  const found = member(holder, name);
  return ANSWERS.find((answer) => answer === found);
}
