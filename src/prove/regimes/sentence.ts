// SPDX-License-Identifier: Apache-2.0
// An expression as a sentence for a lawyer (prove J6), made from the tree that is evaluated and from the `ask` texts, so that
// what is read and what is judged cannot drift apart.
import type { AskedLeaf, Comparison, Expr, Leaf, Literal, Measure, Region } from "./expression.ts";
import type { Vocabulary } from "./names.ts";

/** The condition in words, without a full stop: `your role is "..", and yes to ".."`. */
export function sentenceOf(expr: Expr, words: Vocabulary): string {
  if (expr.type === "and" || expr.type === "or") {
    return expr.of.map((part) => within(part, words)).join(`, ${expr.type} `);
  }
  if (expr.type === "not") return negated(expr.of, words);
  if (expr.type === "at_least") {
    const numbered = expr.of.map((part, index) => `${index + 1}) ${sentenceOf(part, words)}`);
    return `at least ${expr.n} of these ${expr.of.length} hold: ${numbered.join("; ")}`;
  }
  return leafSentence(expr, words);
}

/** What a comparison asks about, in words. */
export function measureText(measure: Measure, words: Vocabulary): string {
  switch (measure.type) {
    case "fact":
      return question(measure.fact, words);
    case "people":
      return `the number of people affected in ${regionText(measure.region)}`;
    case "max_people":
      return `the number of people affected in any one subdivision of ${measure.place}`;
    case "subjects":
      return "the number of all people affected";
    default:
      return measure satisfies never;
  }
}

/** `more than`, for `>`. */
export const COMPARED: Readonly<Record<Comparison, string>> = {
  "=": "exactly",
  "!=": "not",
  "<": "less than",
  "<=": "at most",
  ">": "more than",
  ">=": "at least",
};

export function regionText({ place, without }: Region): string {
  return without.length === 0 ? place : `${place} (not counting ${without.join(", ")})`;
}

function leafSentence(leaf: Leaf, words: Vocabulary): string {
  switch (leaf.type) {
    case "kind":
      return `it is a ${leaf.id.replaceAll("_", " ")}, that is: ${kindText(leaf.id, words)}`;
    case "op":
      return `you are established or active in ${regionText(leaf.region)}`;
    case "juris":
      return `you are established in ${regionText(leaf.region)}, or are active there and people there are affected`;
    case "resident":
      return `people in ${regionText(leaf.region)} are affected and you are established or active there`;
    case "fact":
    case "compare":
    case "in":
    case "role":
    case "free_zone":
    case "est":
    case "serves":
      return askedSentence(leaf, words);
    default:
      return leaf satisfies never;
  }
}

function askedSentence(leaf: AskedLeaf, words: Vocabulary): string {
  switch (leaf.type) {
    case "fact":
      return `yes to ${question(leaf.fact, words)}`;
    case "compare":
      return `${measureText(leaf.left, words)} is ${compared(leaf.by, leaf.right)}`;
    case "in":
      return `${question(leaf.fact, words)} is ${leaf.values.join(" or ")}`;
    case "role":
      return `your role is ${roleText(leaf.id, words)}`;
    case "free_zone":
      return `you are in the free zone ${leaf.id}`;
    case "est":
      return `you are established in ${regionText(leaf.region)}`;
    case "serves":
      return `you offer goods or services, or operate, in ${regionText(leaf.region)}`;
    default:
      return leaf satisfies never;
  }
}

/** The commonest ones read better in their own words. */
function negated(expr: Expr, words: Vocabulary): string {
  if (expr.type === "fact") return `no to ${question(expr.fact, words)}`;
  if (expr.type === "role") return `your role is not ${roleText(expr.id, words)}`;
  if (expr.type === "est") return `you are not established in ${regionText(expr.region)}`;
  return `it is not so that ${within(expr, words)}`;
}

/** A part that is joined from several stands in brackets. */
function within(expr: Expr, words: Vocabulary): string {
  const loose = ["and", "or", "at_least", "juris", "resident"].includes(expr.type);
  return loose ? `(${sentenceOf(expr, words)})` : sentenceOf(expr, words);
}

function kindText(id: string, words: Vocabulary): string {
  const kind = words.kinds.get(id);
  return kind === undefined ? id : `(${sentenceOf(kind.is, words)})`;
}

function question(fact: string, words: Vocabulary): string {
  return `"${words.facts.get(fact)?.ask ?? fact}"`;
}

function roleText(id: string, words: Vocabulary): string {
  return `"${words.roles.get(id) ?? id}"`;
}

function compared(by: Comparison, right: Literal): string {
  if (typeof right === "number") return `${COMPARED[by]} ${right}`;
  return by === "!=" ? `not ${right}` : String(right);
}
