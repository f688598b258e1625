// SPDX-License-Identifier: Apache-2.0
// What would have been answered if another set had been in force (D46): recorded decisions are asked again, one after the
// other, and only counted. It can stop after any entry and go on later from its summary.
import { hash } from "node:crypto";
import type { Answer, Digest, DomainId, SealKey } from "../../core/index.ts";
import type { PolicySet } from "../policy-set.ts";
import { readSlice } from "../slice/read.ts";
import { compareSlice, type ReplayRow } from "./compare.ts";
import { Rejudge } from "./judge.ts";
import { emptySummary, type Looked, type ReplayedEntry, type ReplaySummary, Tally } from "./summary.ts";

/** A recorded decision, as whoever reads the record knows it. */
export interface RecordedDecision extends ReplayedEntry {
  /** What the entry holds of its slice; absent where no policy was asked. */
  readonly input: Digest | undefined;
  /** The slice; nothing where it was not kept, or is erased. */
  readonly slice: string | undefined;
  /** The answer, for where nothing else is known. */
  readonly answer: Answer;
}

export interface ReplayOptions {
  /** Of an earlier run that was stopped. */
  readonly from?: ReplaySummary;
  readonly signal?: AbortSignal;
  /** Called with what was found so far, every now and then. */
  readonly told?: (summary: ReplaySummary) => void;
}

/** What is tried. */
export interface Candidate {
  readonly set: PolicySet;
  /** Decisions of other domains are passed over. */
  readonly domain: DomainId;
}

/** Entries between two looks at whether to stop. */
const STRIDE = 256;
/**
 * @param window - recorded decisions in the order of the log, from `from.next` on
 * @param keyOf - the key of that name; nothing where it is erased
 */
export async function replay(
  window: AsyncIterable<RecordedDecision>,
  candidate: Candidate,
  keyOf: (name: string) => Promise<SealKey | undefined>,
  { from, signal, told }: ReplayOptions = {},
): Promise<ReplaySummary> {
  const tally = new Tally(from ?? emptySummary(candidate.set.digest, 0));
  const again = new Again(candidate, keyOf);
  let looked = 0;
  for await (const recorded of window) {
    const { index, reference, at, identity, tool } = recorded;
    const found = await again.look(recorded);
    if (found === undefined) tally.pass(index);
    else tally.add({ index, reference, at, identity, tool }, found);
    looked += 1;
    if (looked % STRIDE !== 0) continue;
    told?.(tally.summary());
    if (signal?.aborted === true) break;
  }
  return tally.summary();
}

class Again {
  private readonly rejudge: Rejudge;
  private readonly keyOf: (name: string) => Promise<SealKey | undefined>;
  private readonly keys = new Map<string, SealKey | undefined>();

  private readonly domain: DomainId;

  constructor({ set, domain }: Candidate, keyOf: (name: string) => Promise<SealKey | undefined>) {
    this.rejudge = new Rejudge(set);
    this.domain = domain;
    this.keyOf = keyOf;
  }

  /** Nothing for an entry that holds no answer of a policy. */
  async look({ input, slice, answer }: RecordedDecision): Promise<Looked | undefined> {
    if (input === undefined) return undefined;
    const lost = (why: string): Looked => ({ isSame: false, rows: [undecidable(answer, why)] });
    if (slice === undefined) return lost("its slice is not kept");
    if (`sha256:${hash("sha256", slice, "hex")}` !== input)
      return lost("its slice is not the one that its entry names");
    const read = readSlice(slice);
    if (read === undefined) return lost("its slice cannot be read");
    const domain = read.parts[0]?.asks[0]?.question?.domain ?? this.domain;
    if (domain !== this.domain) return undefined;
    if (!this.keys.has(read.key)) this.keys.set(read.key, await this.keyOf(read.key));
    const key = this.keys.get(read.key);
    if (key === undefined) return lost("the key of its slice is erased");
    return { isSame: read.set === this.rejudge.set.digest, rows: compareSlice(read, this.rejudge, key) };
  }
}

function undecidable(answer: Answer, why: string): ReplayRow {
  return { change: "undecidable", part: "call", from: answer, to: answer, because: [why], answers: 0, differing: 0 };
}
