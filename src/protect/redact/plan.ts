// SPDX-License-Identifier: Apache-2.0
// What a redaction takes out, and what it leaves in its place. A mark says what stood there and nothing of its value.
import type { Category, Detection } from "../../core/index.ts";
import { categoriesOf, type LabelRules } from "../labels.ts";

/** `mask` leaves a mark, `drop` leaves nothing. */
export const STYLES = ["mask", "drop"] as const;
export type Style = (typeof STYLES)[number];

/** One `redact` obligation. Where several name a detection, `drop` wins. */
export interface Redaction {
  readonly categories: readonly Category[] | "all";
  readonly style: Style;
}

/** How often something was taken out, for the entry. */
export interface Taken {
  readonly type: string;
  readonly categories: readonly Category[];
  readonly jurisdiction?: string;
  readonly count: number;
}

/** A stretch of text that goes, and what comes in its place. */
export interface Gap {
  readonly start: number;
  readonly end: number;
  readonly style: Style;
  /** The one that names the gap: of all that overlap here, the longest, then the surest. */
  readonly by: Detection;
}

export class Plan {
  private readonly redactions: readonly Redaction[];
  private readonly rules: LabelRules;

  constructor(redactions: readonly Redaction[], rules: LabelRules) {
    this.redactions = redactions;
    this.rules = rules;
  }

  /** The gaps that these detections make, in order and apart from each other. */
  gaps(hits: readonly Detection[]): readonly Gap[] {
    const gaps: Gap[] = [];
    const inOrder = hits.toSorted((a, b) => a.start - b.start);
    for (const hit of inOrder) {
      const style = this.style(hit);
      if (style === undefined) continue;
      const last = gaps.at(-1);
      if (last === undefined || hit.start >= last.end) gaps.push({ start: hit.start, end: hit.end, style, by: hit });
      else gaps[gaps.length - 1] = merged(last, hit, style);
    }
    return gaps;
  }

  private style(hit: Detection): Style | undefined {
    const of = categoriesOf(this.rules, hit.type);
    const named = this.redactions.filter(
      ({ categories }) => categories === "all" || categories.some((category) => of.includes(category)),
    );
    if (named.length === 0) return undefined;
    return named.some(({ style }) => style === "drop") ? "drop" : "mask";
  }

  categories(type: string): readonly Category[] {
    return categoriesOf(this.rules, type);
  }
}

function merged(gap: Gap, hit: Detection, style: Style): Gap {
  const style2 = style === "drop" ? style : gap.style;
  const by = compare(hit, gap.by) > 0 ? hit : gap.by;
  return { start: gap.start, end: Math.max(gap.end, hit.end), style: style2, by };
}

function compare(a: Detection, b: Detection): number {
  return a.end - a.start - (b.end - b.start) || a.score - b.score;
}

/** `[masked national id FR]`; empty for what is dropped. */
export function mark({ style, by }: Pick<Gap, "style" | "by">): string {
  if (style === "drop") return "";
  const country = by.jurisdiction === undefined ? "" : ` ${by.jurisdiction}`;
  return `[masked ${by.type.replaceAll("-", " ")}${country}]`;
}

/** Counts gaps by type and country. */
export class Tally {
  private readonly rows = new Map<string, { by: Detection; count: number }>();

  add(gap: Pick<Gap, "by">): void {
    const { by } = gap;
    const key = `${by.type} ${by.jurisdiction ?? ""}`;
    this.rows.set(key, { by, count: (this.rows.get(key)?.count ?? 0) + 1 });
  }

  /** In the order of type and country. */
  taken(plan: Plan): readonly Taken[] {
    const rows = [...this.rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([, { by, count }]) => {
      const row = { type: by.type, categories: plan.categories(by.type), count };
      return by.jurisdiction === undefined ? row : { ...row, jurisdiction: by.jurisdiction };
    });
  }
}
