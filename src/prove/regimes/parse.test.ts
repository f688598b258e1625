// SPDX-License-Identifier: Apache-2.0
// Expressions: text to tree and back, and what is said of one that is wrong.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { REGIMES } from "../testing/regimes.ts";
import type { Expr, Leaf, Literal } from "./expression.ts";
import { parseExpr } from "./parse.ts";
import { printExpr } from "./print.ts";

const { vocabulary } = REGIMES;

function parsed(text: string): Expr {
  const found = parseExpr(text, vocabulary);
  if ("problem" in found) throw new Error(`${found.problem.at}: ${found.problem.text}`);
  return found.expr;
}

function sameAgain(tree: Expr): boolean {
  return JSON.stringify(parsed(printExpr(tree))) === JSON.stringify(tree);
}

const written = [...REGIMES.rows.values()].flatMap(({ duty }) =>
  [duty.applies_when, duty.unless, ...duty.stages.flatMap((stage) => [stage.applies_when, stage.unless])].filter(
    (text) => text !== undefined,
  ),
);

test("J5: every expression of the data is printed as it was written, and read again as the same tree", () => {
  expect(written).toHaveLength(286);
  for (const text of written) {
    const tree = parsed(text);
    expect(printExpr(tree)).toBe(text);
    expect(parsed(printExpr(tree))).toEqual(tree);
  }
});

const pick = (names: Iterable<string>): fc.Arbitrary<string> => fc.constantFrom(...names);
const facts = [...vocabulary.facts];
const named = (type: string): string[] => facts.flatMap(([name, word]) => (word.type === type ? [name] : []));
const region = fc.record({
  place: pick(vocabulary.places.keys()),
  without: fc.array(pick(vocabulary.places.keys()), { maxLength: 3 }),
});
const by = fc.constantFrom("=", "!=", "<", "<=", ">", ">=" as const);
const enumFact = pick(named("enum"));
const valuesOf = (fact: string): readonly string[] => vocabulary.facts.get(fact)?.values ?? [];
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({ type: fc.constant("fact" as const), fact: pick(named("bool")) }),
  fc.record({ type: fc.constant("role" as const), id: pick(vocabulary.roles.keys()) }),
  fc.record({ type: fc.constant("kind" as const), id: pick(vocabulary.kinds.keys()) }),
  fc.record({
    type: fc.constantFrom("est" as const, "serves" as const, "op" as const, "juris" as const, "resident" as const),
    region,
  }),
  fc.record({
    type: fc.constant("compare" as const),
    left: fc.oneof(
      fc.record({ type: fc.constant("fact" as const), fact: pick([...named("count"), ...named("money")]) }),
      fc.record({ type: fc.constant("people" as const), region }),
      fc.record({ type: fc.constant("max_people" as const), place: pick(vocabulary.places.keys()) }),
      fc.constant({ type: "subjects" as const }),
    ),
    by,
    right: fc.nat(),
  }),
  enumFact.chain((fact) =>
    fc.record({
      type: fc.constant("in" as const),
      fact: fc.constant(fact),
      values: fc.subarray([...valuesOf(fact)], { minLength: 1 }) as fc.Arbitrary<readonly Literal[]>,
    }),
  ),
);
const { expr } = fc.letrec<{ expr: Expr }>((tie) => {
  const several = fc.array(tie("expr"), { minLength: 2, maxLength: 4 });
  return {
    expr: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.record({ type: fc.constant("not" as const), of: tie("expr") }),
      several.map((of): Expr => ({ type: "and", of })),
      several.map((of): Expr => ({ type: "or", of })),
      several.chain((of) => fc.integer({ min: 1, max: of.length }).map((n): Expr => ({ type: "at_least", n, of }))),
    ),
  };
});

test("J5: parse(print(tree)) is the tree, for any tree", () => {
  fc.assert(
    fc.property(expr, (tree) => {
      expect(parsed(printExpr(tree))).toEqual(tree);
    }),
  );
});

test("J5: any text is either a tree or a problem at a place in it, and never an exception", () => {
  const pieces = fc.array(
    fc.constantFrom(
      "and",
      "or",
      "not",
      "(",
      ")",
      ";",
      "at_least(",
      "data.personal",
      "role(",
      "controller",
      "2",
      ">",
      " - ",
      "EEA",
      "in",
      "'",
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        pieces.map((all) => all.join(" ")),
      ),
      (text) => {
        const found = parseExpr(text, vocabulary);
        const holds = "problem" in found ? found.problem.at <= text.length : sameAgain(found.expr);
        expect(holds).toBe(true);
      },
    ),
  );
});

test.each([
  ["data.personel", 0, "no such fact: `data.personel`"],
  ["data.personal and data.personel", 18, "no such fact: `data.personel`"],
  ["data.personal and", 17, "expected a condition, found the end"],
  ["data.personal data.health", 14, "expected the end, `and` or `or`, found `data.health`"],
  ["(data.personal", 14, "expected `)`, found the end"],
  ["data.records_count", 0, "`data.records_count` is a count, and is neither true nor false"],
  ["risk.people", 0, "`risk.people` is one of a list, and is neither true nor false"],
  ["data.personal = true", 14, "`data.personal` is true or false"],
  ["data.personal in (true)", 14, "`data.personal` is true or false"],
  ["risk.people = hihg", 14, "`hihg` is no value of `risk.people`"],
  ["risk.people in (none, hihg)", 22, "`hihg` is no value of `risk.people`"],
  ["risk.people in (none, none)", 22, "`none` stands twice"],
  ["risk.people > none", 12, "the values of `risk.people` have no order"],
  ["data.records_count > many", 21, "`data.records_count` is a count, and is compared with a number, not with `many`"],
  ["data.records_count > 1.5", 21, "`data.records_count` is counted in whole numbers"],
  ["people(US) > 1.5", 13, "`people` is counted in whole numbers"],
  ["people(US)", 10, "expected a comparison of `people`, found the end"],
  ["role(contoller)", 5, "no such role: `contoller`"],
  ["kind(breach)", 5, "no such kind: `breach`"],
  ["est(XX)", 4, "no such place: `XX`"],
  ["est(EU27-DE)", 4, "no such place: `EU27-DE`"],
  ["established(DE)", 0, "there is no `established(..)`"],
  ["max_people(US)", 13, "expected `states`, found `)`"],
  ["at_least(3; data.personal; data.health)", 9, "at least 3 of 2 is always the same"],
  ["at_least(many; data.personal)", 9, "expected how many, found `many`"],
  ["awareness > '2026-01-01'", 12, "this is no word, number or sign of an expression"],
  ["data.personal && data.health", 14, "this is no word, number or sign of an expression"],
  [`${"(".repeat(40)}data.personal${")".repeat(40)}`, 33, "nested deeper than 32"],
  [`not ${"not ".repeat(40)}data.personal`, 132, "nested deeper than 32"],
  [`data.personal${" or data.personal".repeat(400)}`, 0, "longer than 4096 characters"],
])("J5: %s is refused at %i", (text, at, why) => {
  const found = parseExpr(text, vocabulary);
  expect("problem" in found && [found.problem.at, found.problem.text]).toEqual([at, why]);
});
