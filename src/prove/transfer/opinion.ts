// SPDX-License-Identifier: Apache-2.0
// What is thought of one origin, destination and category; and how many opinions make one verdict.
import type { Instant, TransferVerdict } from "../../core/index.ts";
import { earliest } from "../day.ts";

export interface Opinion {
  readonly verdict: TransferVerdict["verdict"];
  readonly crossing: boolean;
  readonly rules?: readonly string[];
  readonly missing?: readonly string[];
  /** What a permission rests on: more than one where a row wants a second ground beside the first. */
  readonly bases?: readonly string[];
  readonly until?: Instant | undefined;
}

const RANK: Readonly<Record<Opinion["verdict"], number>> = { allowed: 0, conditional: 1, unknown: 2, barred: 3 };

/** Longest piece of outside text in a verdict. UNIT: UTF-16 units. */
const OUTSIDE_MAX_UNITS = 64;

/** Something that the data does not know, or that nobody said. */
export function unknown(what: string, text?: string): Opinion {
  const named = text === undefined ? what : `${what}:${text.slice(0, OUTSIDE_MAX_UNITS).toWellFormed()}`;
  return { verdict: "unknown", crossing: true, missing: [named] };
}

/** The strictest wins; rules and missing things of all are named, so that nobody mends one and finds the next. */
export function combine(opinions: readonly Opinion[]): TransferVerdict {
  const verdict = opinions.map((one) => one.verdict).toSorted((a, b) => RANK[b] - RANK[a])[0] ?? "unknown";
  const rules = union(opinions.map((one) => one.rules));
  const common = {
    verdict,
    crossing: opinions.some(({ crossing }) => crossing),
    // no row can be anything but unreviewed here (rows.ts), so only what needs none is reviewed
    reviewed: rules.length === 0 && verdict === "allowed",
    rules,
    missing: union(opinions.map((one) => one.missing)),
  };
  if (verdict !== "allowed") return common;
  const until = earliest(opinions.map((one) => one.until));
  const bases = union(opinions.map((one) => one.bases));
  return {
    ...common,
    basis: bases.length === 0 ? "domestic" : bases.join(", "),
    ...(until === undefined ? {} : { until }),
  };
}

function union(lists: readonly (readonly string[] | undefined)[]): readonly string[] {
  return [...new Set(lists.flatMap((list) => list ?? []))].toSorted();
}
