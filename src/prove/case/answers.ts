// SPDX-License-Identifier: Apache-2.0
// The words of a question, and the answers that make a difference: yes and no, the values of a list, or the ranges between
// the figures that the rows compare with (prove J22: "more than 500 in California?").
import type { AskedLeaf } from "../regimes/expression.ts";
import type { Vocabulary } from "../regimes/names.ts";
import { regionText } from "../regimes/sentence.ts";
import type { Bounds, Known } from "./state.ts";

/** One possible answer, and a value that stands for it. */
export interface Choice {
  readonly value: Known;
  readonly from: Edge;
  readonly to: Edge;
  /** Absent for a range, which is named by its edges. */
  readonly name?: string;
}

/** End of a range; without `at` it has none. */
export interface Edge {
  readonly at?: number;
  readonly included: boolean;
}

const OPEN: Edge = { included: false };
const YES_NO: readonly Choice[] = [
  { value: true, name: "yes", from: OPEN, to: OPEN },
  { value: false, name: "no", from: OPEN, to: OPEN },
];

export function questionText(leaf: AskedLeaf, words: Vocabulary): string {
  switch (leaf.type) {
    case "fact":
    case "in":
      return factText(leaf.fact, words);
    case "compare":
      return countText(leaf, words);
    case "role":
      return `Is this the role of the entity: "${words.roles.get(leaf.id) ?? leaf.id}"?`;
    case "free_zone":
      return `Is the entity in the free zone ${leaf.id}?`;
    case "est":
      return `Is the entity established in ${regionText(leaf.region)}?`;
    case "serves":
      return `Does the entity offer goods or services, or operate, in ${regionText(leaf.region)}?`;
    default:
      return leaf satisfies never;
  }
}

function countText({ left }: Extract<AskedLeaf, { readonly type: "compare" }>, words: Vocabulary): string {
  switch (left.type) {
    case "fact":
      return factText(left.fact, words);
    case "people":
      return `How many people are affected in ${regionText(left.region)}?`;
    case "max_people":
      return `How many people are affected in the one subdivision of ${left.place} that has the most?`;
    case "subjects":
      return "How many people are affected in all?";
    default:
      return left satisfies never;
  }
}

function factText(fact: string, words: Vocabulary): string {
  return words.facts.get(fact)?.ask ?? fact;
}

/** The answers to what these leaves ask; they all ask the same. `known` is what is known of a number already. */
export function choicesOf(
  leaves: readonly AskedLeaf[],
  known: Known | undefined,
  words: Vocabulary,
): readonly Choice[] {
  const figures = leaves.flatMap(figuresOf);
  if (figures.length > 0) {
    const all = ranges(figures, typeof known === "object" ? known : undefined);
    return leaves.some((leaf) => isWhole(leaf, words)) ? all.filter(holdsWhole) : all;
  }
  const values = leaves.flatMap((leaf) =>
    "fact" in leaf ? (words.facts.get(leaf.fact)?.values ?? []) : enumOf(leaf, words),
  );
  if (values.length === 0) return YES_NO;
  return [...new Set(values)].map((value) => ({ value, name: value, from: OPEN, to: OPEN }));
}

function enumOf(leaf: AskedLeaf, words: Vocabulary): readonly string[] {
  if (leaf.type !== "compare" || leaf.left.type !== "fact") return [];
  return words.facts.get(leaf.left.fact)?.values ?? [];
}

function isWhole(leaf: AskedLeaf, words: Vocabulary): boolean {
  const fact =
    leaf.type === "in" ? leaf.fact : leaf.type === "compare" && leaf.left.type === "fact" ? leaf.left.fact : undefined;
  return fact === undefined || words.facts.get(fact)?.type === "count";
}

/** Between 1 and 2 there is no whole number. */
function holdsWhole({ from, to }: Choice): boolean {
  return from.at === undefined || to.at === undefined || from.included || to.included || to.at - from.at > 1;
}

function figuresOf(leaf: AskedLeaf): readonly number[] {
  const literals = leaf.type === "compare" ? [leaf.right] : leaf.type === "in" ? leaf.values : [];
  return literals.filter((one) => typeof one === "number");
}

/** Below, at, between and above the figures; what is known to be impossible is left out. */
function ranges(
  figures: readonly number[],
  known: Bounds = { lo: 0, hi: Number.POSITIVE_INFINITY },
): readonly Choice[] {
  const points = [...new Set(figures)].toSorted((a, b) => a - b);
  const all = points.flatMap((at, index): readonly Choice[] => {
    const before = points[index - 1];
    const below = before === undefined ? OPEN : { at: before, included: false };
    const between = exactly(((before ?? 0) + at) / 2);
    const range: Choice = { value: between, from: below, to: { at, included: false } };
    const point: Choice = { value: exactly(at), from: { at, included: true }, to: { at, included: true } };
    return at === 0 ? [point] : [range, point];
  });
  const last = points.at(-1) ?? 0;
  const above: Choice = { value: exactly(last + 1), from: { at: last, included: false }, to: OPEN };
  const possible = [...all, above].filter(({ from, to }) => {
    const tooLow = to.at !== undefined && (to.included ? to.at < known.lo : to.at <= known.lo);
    const tooHigh = from.at !== undefined && (from.included ? from.at > known.hi : from.at >= known.hi);
    return !tooLow && !tooHigh;
  });
  // an end that is known anyway is no part of the answer
  return possible.map(({ value, from, to }) => ({
    value,
    from: from.at !== undefined && from.at <= known.lo && from.at !== to.at ? OPEN : from,
    to: to.at !== undefined && to.at >= known.hi && from.at !== to.at ? OPEN : to,
  }));
}

function exactly(value: number): Bounds {
  return { lo: value, hi: value };
}

/** `more than 500`, `yes`. */
export function choiceText({ name, from, to }: Pick<Choice, "name" | "from" | "to">): string {
  if (name !== undefined) return name;
  if (from.at !== undefined && from.at === to.at) return `exactly ${from.at}`;
  const low =
    from.at === undefined || (from.at === 0 && from.included)
      ? ""
      : `${from.included ? "at least" : "more than"} ${from.at}`;
  const high = to.at === undefined ? "" : `${to.included ? "at most" : "less than"} ${to.at}`;
  return [low, high].filter((part) => part !== "").join(" and ") || "any number";
}
