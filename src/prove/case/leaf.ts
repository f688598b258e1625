// SPDX-License-Identifier: Apache-2.0
// What one leaf of an expression says of a case, and the name of what has to be asked to decide it.
import type { AskedLeaf, Comparison, Expr, Literal, Measure } from "../regimes/expression.ts";
import type { Vocabulary } from "../regimes/names.ts";
import { printMeasure, printRegion } from "../regimes/print.ts";
import { ANY_NUMBER, allPeople, mostPeople, peopleIn } from "./people.ts";
import { isIn } from "./places.ts";
import type { Bounds, CaseState, Known, Listed } from "./state.ts";
import type { Ask, Evaluate, Reason, Supposing, Truth } from "./verdict.ts";

/** What is asked to decide a leaf: the name of a fact, or the leaf itself. */
export function askOf(leaf: AskedLeaf): Ask {
  switch (leaf.type) {
    case "fact":
    case "in":
      return leaf.fact;
    case "compare":
      return leaf.left.type === "subjects" ? SUBJECTS : printMeasure(leaf.left);
    case "role":
    case "free_zone":
      return `${leaf.type}(${leaf.id})`;
    case "est":
    case "serves":
      return `${leaf.type}(${printRegion(leaf.region)})`;
    default:
      return leaf satisfies never;
  }
}

/** The fact that says how many people there are in all. */
const SUBJECTS = "data.subjects_count";

function leafReason(expr: Expr, truth: Truth, value?: Known): Reason {
  return value === undefined ? { truth, expr, because: [] } : { truth, expr, value, because: [] };
}

/** The closure of a leaf that the parser has checked. */
export function compileLeaf(leaf: AskedLeaf, words: Vocabulary): Evaluate {
  switch (leaf.type) {
    case "role":
      return listed(leaf, ({ entity }) => hasName(entity.roles, leaf.id));
    case "free_zone":
      return listed(leaf, ({ entity }) => hasName(entity.freeZones, leaf.id));
    // one who is established somewhere in a country need not be so in each part of it
    case "est":
      return listed(leaf, ({ entity }) => isIn(entity.est, leaf.region, words.places, "unknown"));
    // one who serves a country serves each part of it
    case "serves":
      return listed(leaf, ({ entity }) => isIn(entity.serves, leaf.region, words.places, "true"));
    case "fact":
    case "compare":
    case "in":
      return valued(leaf, askOf(leaf), words);
    default:
      return leaf satisfies never;
  }
}

function listed(leaf: AskedLeaf, look: (state: CaseState) => Truth): Evaluate {
  const ask = askOf(leaf);
  return (state, supposing) => {
    const supposed = answerTo(ask, supposing);
    return leafReason(leaf, typeof supposed === "boolean" ? truthOf(supposed) : look(state));
  };
}

function hasName({ names, complete }: Listed, name: string): Truth {
  if (names.has(name)) return "true";
  return complete ? "false" : "unknown";
}

type ValuedLeaf = Extract<AskedLeaf, { readonly type: "fact" | "compare" | "in" }>;

function valued(leaf: ValuedLeaf, ask: Ask, words: Vocabulary): Evaluate {
  const unknownAs = knownOf(words.facts.get(ask)?.unknown_as);
  return (state, supposing) => {
    const known = answerTo(ask, supposing) ?? valueOf(leaf, ask, state, words);
    if (unknownAs === undefined || supposing?.leaveOpen === true || isExact(known)) {
      return leafReason(leaf, judge(leaf, known), known);
    }
    const value = isBounds(known) && isBounds(unknownAs) ? nearestIn(known, unknownAs) : unknownAs;
    return { ...leafReason(leaf, judge(leaf, value), value), assumed: true };
  };
}

function isExact(known: Known | undefined): boolean {
  return known !== undefined && (!isBounds(known) || known.lo === known.hi);
}

/** What the law takes an open number for, as far as it is not known to be another. */
function nearestIn({ lo, hi }: Bounds, wanted: Bounds): Bounds {
  const at = Math.min(Math.max(wanted.lo, lo), hi);
  return { lo: at, hi: at };
}

function answerTo(ask: Ask, supposing: Supposing | undefined): Known | undefined {
  return supposing?.answer?.ask === ask ? supposing.answer.value : undefined;
}

function knownOf(value: boolean | number | string | undefined): Known | undefined {
  return typeof value === "number" ? { lo: value, hi: value } : value;
}

function valueOf(leaf: ValuedLeaf, ask: Ask, state: CaseState, words: Vocabulary): Known | undefined {
  return leaf.type === "compare" ? measure(leaf.left, state, words) : state.facts.get(ask);
}

function measure(left: Measure, { people, facts }: CaseState, words: Vocabulary): Known | undefined {
  switch (left.type) {
    case "fact":
      return facts.get(left.fact);
    case "people":
      return peopleIn(people, left.region, words.places);
    case "max_people":
      return mostPeople(people, left.place, words.places);
    case "subjects": {
      const sum = allPeople(people);
      const own = facts.get(SUBJECTS);
      if (!isBounds(own)) return sum;
      // where the places have more people than the total, or the total more than they, the larger number counts
      const lo = Math.max(own.lo, sum.lo);
      return { lo, hi: Math.max(lo, Math.min(own.hi, sum.hi)) };
    }
    default:
      return left satisfies never;
  }
}

function judge(leaf: ValuedLeaf, known: Known | undefined): Truth {
  if (leaf.type === "fact") return typeof known === "boolean" ? truthOf(known) : "unknown";
  if (leaf.type === "in") return isOneOf(leaf.values, known);
  return compared(leaf.by, known, leaf.right);
}

function isOneOf(values: readonly Literal[], known: Known | undefined): Truth {
  const truths = values.map((value) => compared("=", known, value));
  return decided(
    truths.includes("true"),
    truths.every((truth) => truth === "false"),
  );
}

function compared(by: Comparison, known: Known | undefined, right: Literal): Truth {
  if (typeof right !== "number") {
    if (typeof known !== "string") return "unknown";
    return truthOf((known === right) === (by === "="));
  }
  return compareBounds(by, isBounds(known) ? known : ANY_NUMBER, right);
}

/** True or false only where it is so for the whole range. */
function compareBounds(by: Comparison, { lo, hi }: Bounds, n: number): Truth {
  switch (by) {
    case ">":
      return decided(lo > n, hi <= n);
    case ">=":
      return decided(lo >= n, hi < n);
    case "<":
      return decided(hi < n, lo >= n);
    case "<=":
      return decided(hi <= n, lo > n);
    case "=":
      return decided(lo === n && hi === n, n < lo || n > hi);
    case "!=":
      return decided(n < lo || n > hi, lo === n && hi === n);
    default:
      return by satisfies never;
  }
}

function decided(yes: boolean, no: boolean): Truth {
  if (yes) return "true";
  return no ? "false" : "unknown";
}

function truthOf(value: boolean): Truth {
  return value ? "true" : "false";
}

function isBounds(known: Known | undefined): known is Bounds {
  return typeof known === "object";
}
