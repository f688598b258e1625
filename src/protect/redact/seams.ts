// SPDX-License-Identifier: Apache-2.0
// Texts that come one after another and that a reader puts together: what is split between two of them is masked in both,
// although neither shows it. What one text holds whole is masked where that text is.
import type { Detection } from "../../core/index.ts";
import { type Gap, mark } from "./plan.ts";
import type { Masking } from "./stream.ts";

export interface Sewn {
  readonly texts: readonly string[];
  /** Names of the checks that did not run. */
  readonly failed: readonly string[];
}

/** The texts without what crosses a seam between them; the mark stands where it began. */
export function maskSeams(texts: readonly string[], masking: Masking): Sewn {
  const { scanner, plan, tally, names } = masking;
  const starts = startsOf(texts);
  const failed = new Set<string>();
  const hits: Detection[] = [];
  const look = (text: string, at: number): void => {
    const scan = scanner.scan(text, names);
    for (const check of scan.missed.keys()) failed.add(check);
    hits.push(...scan.hits.map((hit) => ({ ...hit, start: hit.start + at, end: hit.end + at })));
  };
  const joined = texts.join("");
  look(joined, 0);
  // what overlaps a crossing goes with it: half of a value is a value
  for (const [i, text] of texts.entries()) look(text, starts[i] ?? 0);
  const crossing = plan.gaps(hits).filter((gap) => crosses(gap, starts));
  for (const gap of crossing) tally.add(gap);
  const sewn = texts.map((text, i) => without(joined, { from: starts[i] ?? 0, length: text.length }, crossing));
  return { texts: sewn, failed: [...failed] };
}

/** Where each text begins in all of them joined. */
export function startsOf(texts: readonly string[]): readonly number[] {
  let at = 0;
  return texts.map((text) => {
    const start = at;
    at += text.length;
    return start;
  });
}

/** True for what lies in two texts or more. */
export function crosses(
  { start, end }: { readonly start: number; readonly end: number },
  starts: readonly number[],
): boolean {
  return starts.some((seam) => start < seam && seam < end);
}

function without(joined: string, { from, length }: { from: number; length: number }, gaps: readonly Gap[]): string {
  const to = from + length;
  let out = "";
  let at = from;
  for (const gap of gaps.filter(({ start, end }) => start < to && end > from)) {
    out += joined.slice(at, Math.max(gap.start, at));
    if (gap.start >= from) out += mark(gap);
    at = Math.min(gap.end, to);
  }
  return out + joined.slice(at, to);
}
