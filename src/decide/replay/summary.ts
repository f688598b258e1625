// SPDX-License-Identifier: Apache-2.0
// What a replay found, in memory that does not grow with the window: counts, and ten examples of each change.
import { z } from "zod";
import { CoreError, type Digest, type Instant, instant, parseDigest } from "../../core/index.ts";
import { CHANGES, type ChangeKind, type ReplayRow } from "./compare.ts";

/** Examples of one change. SOURCE: decide D46 */
const EXAMPLES_MAX = 10;
/** Names that are counted one by one in each table; the rest is counted together. */
const NAMES_MAX = 500;
const OTHERS = "(others)";

/** Counts of what is not unchanged, for one identity, tool or rule. */
export interface ReplayCount {
  readonly name: string;
  readonly tightened: number;
  readonly loosened: number;
  readonly undecidable: number;
}

export interface ReplayExample {
  readonly change: Exclude<ChangeKind, "unchanged">;
  /** Index of the entry, and what a caller was shown of it. */
  readonly index: number;
  readonly reference: string;
  readonly at: Instant;
  readonly part: ReplayRow["part"];
  readonly from: string;
  readonly to: string;
  readonly because: readonly string[];
  readonly identity: string;
  readonly tool: string;
}

/** Also where it goes on from: a replay that was stopped is given its summary again. */
export interface ReplaySummary {
  readonly candidate: Digest;
  /** The next entry to look at. */
  readonly next: number;
  /** Entries that were looked at, and decisions in them: a call and what came back are two. */
  readonly entries: number;
  readonly decisions: number;
  /** Questions that were answered again: one for each resource of a call, one for where its arguments go. */
  readonly answers: number;
  readonly changes: Readonly<Record<ChangeKind, number>>;
  /** Such as `allow -> deny`; only of what changed. */
  readonly pairs: readonly { readonly from: string; readonly to: string; readonly count: number }[];
  readonly identities: readonly ReplayCount[];
  readonly tools: readonly ReplayCount[];
  readonly rules: readonly ReplayCount[];
  readonly examples: readonly ReplayExample[];
  /** Decisions of this very set, and how many of their answers came out otherwise: none, or something is broken. */
  readonly same: { readonly decisions: number; readonly differing: number };
}

/** What is known of an entry apart from its slice. */
export interface ReplayedEntry {
  readonly index: number;
  readonly reference: string;
  readonly at: Instant;
  readonly identity: string;
  readonly tool: string;
}

/** What one entry came to. */
export interface Looked {
  readonly rows: readonly ReplayRow[];
  /** The candidate is what decided it. */
  readonly isSame: boolean;
}

export function emptySummary(candidate: Digest, next: number): ReplaySummary {
  return {
    candidate,
    next,
    entries: 0,
    decisions: 0,
    answers: 0,
    changes: { unchanged: 0, tightened: 0, loosened: 0, undecidable: 0 },
    pairs: [],
    identities: [],
    tools: [],
    rules: [],
    examples: [],
    same: { decisions: 0, differing: 0 },
  };
}

type Counts = { tightened: number; loosened: number; undecidable: number };

/** Counts on from a summary. */
export class Tally {
  private readonly candidate: Digest;
  private next: number;
  private entries: number;
  private decisions: number;
  private answers: number;
  private readonly changes: Record<ChangeKind, number>;
  private readonly pairs: Map<string, number>;
  private readonly identities: Map<string, Counts>;
  private readonly tools: Map<string, Counts>;
  private readonly rules: Map<string, Counts>;
  private readonly examples: ReplayExample[];
  private readonly same: { decisions: number; differing: number };

  constructor(from: ReplaySummary) {
    this.candidate = from.candidate;
    this.next = from.next;
    this.entries = from.entries;
    this.decisions = from.decisions;
    this.answers = from.answers;
    this.changes = { ...from.changes };
    this.pairs = new Map(from.pairs.map((pair) => [`${pair.from} ${pair.to}`, pair.count]));
    this.identities = counted(from.identities);
    this.tools = counted(from.tools);
    this.rules = counted(from.rules);
    this.examples = [...from.examples];
    this.same = { ...from.same };
  }

  /** An entry that holds no decision of a policy. */
  pass(index: number): void {
    this.next = index + 1;
  }

  add(entry: ReplayedEntry, { rows, isSame }: Looked): void {
    this.next = entry.index + 1;
    this.entries += 1;
    for (const row of rows) {
      this.decisions += 1;
      this.answers += row.answers;
      this.changes[row.change] += 1;
      if (isSame) this.same.decisions += 1;
      this.same.differing += row.differing;
      if (row.change !== "unchanged") this.changed(entry, row, row.change);
    }
  }

  summary(): ReplaySummary {
    const { candidate, next, entries, decisions, answers, changes, same } = this;
    return {
      candidate,
      next,
      entries,
      decisions,
      answers,
      changes: { ...changes },
      pairs: Array.from(this.pairs, ([pair, times]) => {
        const [from = "", to = ""] = pair.split(" ");
        return { from, to, count: times };
      }).toSorted((a, b) => b.count - a.count),
      identities: listed(this.identities),
      tools: listed(this.tools),
      rules: listed(this.rules),
      examples: this.examples.toSorted(
        (a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) || a.index - b.index,
      ),
      same: { ...same },
    };
  }

  private changed(entry: ReplayedEntry, row: ReplayRow, change: Exclude<ChangeKind, "unchanged">): void {
    if (change !== "undecidable") {
      const pair = `${row.from} ${row.to}`;
      this.pairs.set(pair, (this.pairs.get(pair) ?? 0) + 1);
    }
    count(this.identities, entry.identity, change);
    count(this.tools, entry.tool, change);
    for (const rule of row.because) count(this.rules, rule, change);
    if (this.examples.filter((one) => one.change === change).length >= EXAMPLES_MAX) return;
    const { part, from, to, because } = row;
    this.examples.push({ change, ...entry, part, from, to, because });
  }
}

function count(table: Map<string, Counts>, name: string, change: keyof Counts): void {
  const place = table.has(name) || table.size < NAMES_MAX ? name : OTHERS;
  const counts = table.get(place) ?? { tightened: 0, loosened: 0, undecidable: 0 };
  counts[change] += 1;
  table.set(place, counts);
}

function counted(rows: readonly ReplayCount[]): Map<string, Counts> {
  return new Map(rows.map(({ name, ...counts }) => [name, counts]));
}

function listed(table: ReadonlyMap<string, Counts>): readonly ReplayCount[] {
  const total = ({ tightened, loosened, undecidable }: Counts): number => tightened + loosened + undecidable;
  return Array.from(table, ([name, counts]) => ({ name, ...counts })).toSorted((a, b) => total(b) - total(a));
}

const COUNT = z.int().min(0);
const COUNTS = z.strictObject({ name: z.string(), tightened: COUNT, loosened: COUNT, undecidable: COUNT });
const EXAMPLE = z.strictObject({
  change: z.enum(["tightened", "loosened", "undecidable"]),
  index: COUNT,
  reference: z.string(),
  at: COUNT.transform((ms) => instant(ms)),
  part: z.enum(["call", "release", "question"]),
  from: z.string(),
  to: z.string(),
  because: z.array(z.string()).max(1000),
  identity: z.string(),
  tool: z.string(),
});
const SUMMARY = z.strictObject({
  candidate: z.string().transform((text, context): Digest => {
    try {
      return parseDigest(text);
    } catch (cause) {
      if (!(cause instanceof CoreError)) throw cause;
      context.addIssue({ code: "custom", message: cause.message });
      return z.NEVER;
    }
  }),
  next: COUNT,
  entries: COUNT,
  decisions: COUNT,
  answers: COUNT,
  changes: z.strictObject({ unchanged: COUNT, tightened: COUNT, loosened: COUNT, undecidable: COUNT }),
  pairs: z.array(z.strictObject({ from: z.string(), to: z.string(), count: COUNT })).max(NAMES_MAX),
  identities: z.array(COUNTS).max(NAMES_MAX + 1),
  tools: z.array(COUNTS).max(NAMES_MAX + 1),
  rules: z.array(COUNTS).max(NAMES_MAX + 1),
  examples: z.array(EXAMPLE).max(3 * EXAMPLES_MAX),
  same: z.strictObject({ decisions: COUNT, differing: COUNT }),
});

/** A summary that somebody kept; nothing where it is none. */
export function readSummary(json: unknown): ReplaySummary | undefined {
  const read = SUMMARY.safeParse(json);
  return read.success ? read.data : undefined;
}
