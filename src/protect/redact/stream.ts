// SPDX-License-Identifier: Apache-2.0
// Masks a text that arrives in pieces. Nothing is let go while it could still turn out to be part of something to mask
// (protect P46), and nothing that went is looked at again to be taken back.
// INVARIANT: for every way to cut a text into pieces, what comes out is what comes out of the whole text (P47).
import type { Detection } from "../../core/index.ts";
import type { Looked, Scanner } from "../detect/scanner.ts";
import { cut, MARGIN, windowOf } from "../detect/windows.ts";
import { ProtectError } from "../errors.ts";
import { mark, type Plan, type Tally } from "./plan.ts";

export interface Masking {
  readonly scanner: Scanner;
  readonly plan: Plan;
  readonly tally: Tally;
  /** Member names that lead to the text. */
  readonly names: readonly string[];
}

export class MaskStream {
  private readonly masking: Masking;
  /** What is not let go yet, and before it what the next window must see. Positions below are in it. */
  private text = "";
  /** Everything before was let go. */
  private gone = 0;
  /** Everything before was looked at. */
  private seen = 0;
  private hits: Detection[] = [];
  /** A check did not run somewhere: nothing more is let go. */
  private missed = new Set<string>();
  private ended = false;

  constructor(masking: Masking) {
    this.masking = masking;
  }

  /** Names of the checks that did not run; once there is one, nothing more comes out. */
  get failed(): readonly string[] {
    return [...this.missed];
  }

  /** Takes a piece, gives what is certain by now. @throws ProtectError PROTECT_STREAM_ENDED */
  push(piece: string): string {
    if (this.ended) throw new ProtectError("PROTECT_STREAM_ENDED", "masking a stream: a piece came after its end");
    this.text += piece;
    let out = "";
    for (;;) {
      const to = cut(this.text, this.seen, false);
      // one unit more than the margin: a pair of surrogates or a word must not be seen in halves
      if (to === undefined || this.text.length <= to + MARGIN) return out;
      this.look(to);
      out += this.release(to - MARGIN);
    }
  }

  /** Ends the text, gives the rest. */
  flush(): string {
    this.ended = true;
    while (this.seen < this.text.length) this.look(cut(this.text, this.seen, true) ?? this.text.length);
    return this.release(this.text.length);
  }

  private look(to: number): void {
    const { scanner, names } = this.masking;
    const { hits, missed } = scanner.window(this.text, windowOf(this.text, this.seen, to), names);
    this.hits.push(...hits.filter((hit) => hit.end > this.gone));
    for (const check of missed.keys()) this.missed.add(check);
    this.seen = to;
  }

  /** Lets everything before `until` go, but no part of a gap that reaches beyond it. */
  private release(until: number): string {
    if (this.missed.size > 0) return "";
    const { plan, tally } = this.masking;
    const gaps = plan.gaps(this.hits);
    const open = gaps.find((gap) => gap.start < until && gap.end > until);
    const stop = open?.start ?? until;
    let out = "";
    for (const gap of gaps.filter((g) => g.end <= stop)) {
      out += this.text.slice(this.gone, gap.start) + mark(gap);
      tally.add(gap);
      this.gone = gap.end;
    }
    out += this.text.slice(this.gone, Math.max(this.gone, stop));
    this.forget(Math.max(this.gone, stop));
    return out;
  }

  /** Keeps what the next window looks back at. */
  private forget(gone: number): void {
    const drop = Math.max(0, Math.min(gone, this.seen - MARGIN - 1));
    this.text = this.text.slice(drop);
    this.gone = gone - drop;
    this.seen -= drop;
    const moved = this.hits.filter((hit) => hit.end > gone);
    this.hits = moved.map((hit) => ({ ...hit, start: hit.start - drop, end: hit.end - drop }));
  }
}

/** The gaps of one whole text and the text without them. */
export function maskText(
  text: string,
  masking: Masking,
): { readonly text: string; readonly failed: readonly string[] } {
  const stream = new MaskStream(masking);
  const out = stream.push(text) + stream.flush();
  return { text: out, failed: stream.failed };
}

/** The same of a text that was looked at before. */
export function maskLooked(
  { text, hits, missed }: Looked,
  { plan, tally }: Masking,
): { readonly text: string; readonly failed: readonly string[] } {
  if (missed.size > 0) return { text: "", failed: [...missed.keys()] };
  if (hits.length === 0) return { text, failed: [] };
  let out = "";
  let at = 0;
  for (const gap of plan.gaps(hits)) {
    out += text.slice(at, gap.start) + mark(gap);
    tally.add(gap);
    at = gap.end;
  }
  return { text: out + text.slice(at), failed: [] };
}
