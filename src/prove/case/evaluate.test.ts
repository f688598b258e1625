// SPDX-License-Identifier: Apache-2.0
// Three-valued logic against the plain meaning: try every way in which the unknown can turn out.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Expr } from "../regimes/expression.ts";
import type { FactWord, Vocabulary } from "../regimes/names.ts";
import { parseExpr } from "../regimes/parse.ts";
import { caseOf, REGIMES } from "../testing/regimes.ts";
import { compile } from "./evaluate.ts";
import type { CaseInput } from "./read-case.ts";
import { cut } from "./reason.ts";
import type { Bounds, CaseState, Known } from "./state.ts";
import type { Reason, Truth } from "./verdict.ts";

const LEAVES = 12;
const NOTHING = { names: new Set<string>(), complete: false };
const ids = Array.from({ length: LEAVES }, (_, index) => index);
const words: Vocabulary = {
  facts: new Map(
    ids.flatMap((i): [string, FactWord][] => [
      [`b${i}`, { type: "bool", ask: "?" }],
      [`n${i}`, { type: "count", ask: "?" }],
      [`e${i}`, { type: "enum", ask: "?", values: ["x", "y", "z"] }],
    ]),
  ),
  roles: new Map(),
  kinds: new Map(),
  places: new Map(),
};

type Value = boolean | number | string;
/** What one leaf asks, what is known of it, and every value that it may turn out to have. */
interface Asked {
  readonly leaf: (index: number) => Expr;
  readonly name: (index: number) => string;
  readonly known: Known | undefined;
  readonly values: readonly Value[];
}

const BY = ["=", "!=", "<", "<=", ">", ">="] as const;
const bool: fc.Arbitrary<Asked> = fc.option(fc.boolean(), { nil: undefined }).map((known) => ({
  leaf: (i) => ({ type: "fact", fact: `b${i}` }),
  name: (i) => `b${i}`,
  known,
  values: known === undefined ? [true, false] : [known],
}));
const number: fc.Arbitrary<Asked> = fc
  .record({ lo: fc.nat(6), more: fc.nat(4), by: fc.constantFrom(...BY), right: fc.nat(10) })
  .map(({ lo, more, by, right }) => ({
    leaf: (i) => ({ type: "compare", left: { type: "fact", fact: `n${i}` }, by, right }),
    name: (i) => `n${i}`,
    known: { lo, hi: lo + more },
    values: Array.from({ length: more + 1 }, (_, n) => lo + n),
  }));
const choice: fc.Arbitrary<Asked> = fc
  .record({
    known: fc.option(fc.constantFrom("x", "y", "z"), { nil: undefined }),
    values: fc.subarray(["x", "y", "z"], { minLength: 1, maxLength: 2 }),
  })
  .map(({ known, values }) => ({
    leaf: (i) => ({ type: "in", fact: `e${i}`, values }),
    name: (i) => `e${i}`,
    known,
    values: known === undefined ? ["x", "y", "z"] : [known],
  }));
const asked = fc.oneof(bool, number, choice);

/** Shapes with holes, which are filled from left to right. */
type Shape =
  | "leaf"
  | { readonly join: "and" | "or" | "not" | "at_least"; readonly n: number; readonly of: readonly Shape[] };
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant<Shape>("leaf"),
    fc.record({
      join: fc.constant("not" as const),
      n: fc.constant(1),
      of: fc.array(tie("shape"), { minLength: 1, maxLength: 1 }),
    }),
    fc.record({
      join: fc.constantFrom("and" as const, "or" as const),
      n: fc.constant(1),
      of: fc.array(tie("shape"), { minLength: 2, maxLength: 3 }),
    }),
    fc.array(tie("shape"), { minLength: 2, maxLength: 4 }).chain((of) =>
      fc.record({
        join: fc.constant("at_least" as const),
        n: fc.integer({ min: 1, max: of.length }),
        of: fc.constant(of),
      }),
    ),
  ),
}));

function holes(of: Shape): number {
  return of === "leaf" ? 1 : of.of.reduce((sum, one) => sum + holes(one), 0);
}

function filled(of: Shape, next: () => Expr): Expr {
  if (of === "leaf") return next();
  const parts = of.of.map((one) => filled(one, next));
  if (of.join === "at_least") return { type: "at_least", n: of.n, of: parts };
  return of.join === "not" ? { type: "not", of: parts[0] ?? next() } : { type: of.join, of: parts };
}

/** Two-valued, from the words of the grammar; shares nothing with the evaluator. */
function plain(expr: Expr, of: ReadonlyMap<string, Value>): boolean {
  if (expr.type === "and") return expr.of.every((one) => plain(one, of));
  if (expr.type === "or") return expr.of.some((one) => plain(one, of));
  if (expr.type === "not") return !plain(expr.of, of);
  if (expr.type === "at_least") return expr.of.filter((one) => plain(one, of)).length >= expr.n;
  if (expr.type === "fact") return of.get(expr.fact) === true;
  if (expr.type === "in") return expr.values.includes(of.get(expr.fact) ?? "");
  if (expr.type !== "compare" || expr.left.type !== "fact") throw new Error("not made here");
  const [left, right] = [Number(of.get(expr.left.fact)), Number(expr.right)];
  return {
    "=": left === right,
    "!=": left !== right,
    "<": left < right,
    "<=": left <= right,
    ">": left > right,
    ">=": left >= right,
  }[expr.by];
}

function brute(expr: Expr, names: readonly string[], values: readonly (readonly Value[])[]): Truth {
  const seen = new Set<boolean>();
  const go = (at: number, chosen: ReadonlyMap<string, Value>): void => {
    if (seen.size === 2) return;
    const name = names[at];
    if (name === undefined) seen.add(plain(expr, chosen));
    else for (const value of values[at] ?? []) go(at + 1, new Map([...chosen, [name, value]]));
  };
  go(0, new Map());
  if (seen.size === 2) return "unknown";
  return seen.has(true) ? "true" : "false";
}

function stateOf(names: readonly string[], all: readonly Asked[]): CaseState {
  const facts = names.flatMap((name, i): [string, Known][] => {
    const known = all[i]?.known;
    return known === undefined ? [] : [[name, known]];
  });
  return {
    entity: { roles: NOTHING, est: NOTHING, serves: NOTHING, freeZones: NOTHING },
    people: { by: new Map(), complete: false },
    facts: new Map(facts),
  };
}

/** An expression whose leaves all ask something else. */
const once = shape
  .filter((of) => holes(of) <= LEAVES)
  .chain((of) =>
    fc.array(asked, { minLength: holes(of), maxLength: holes(of) }).map((all) => {
      let next = 0;
      const names = all.map((one, i) => one.name(i));
      const expr = filled(of, () => {
        const index = next;
        next += 1;
        return all[index]?.leaf(index) ?? { type: "fact", fact: "b0" };
      });
      return { expr, names, all };
    }),
  );

describe("J30: strong Kleene logic", () => {
  test("the evaluator says what every completion of the unknowns says, up to twelve leaves", () => {
    fc.assert(
      fc.property(once, ({ expr, names, all }) => {
        const { truth } = compile(expr, words)(stateOf(names, all));
        expect(truth).toBe(
          brute(
            expr,
            names,
            all.map(({ values }) => values),
          ),
        );
      }),
      { numRuns: 150 },
    );
  });

  test("where a leaf stands twice, true and false are so in every completion", () => {
    fc.assert(
      fc.property(
        fc.tuple(shape, asked, asked).filter(([of]) => holes(of) <= LEAVES),
        ([of, a, b]) => {
          let next = 0;
          const expr = filled(of, () => {
            next += 1;
            return next % 2 === 0 ? a.leaf(0) : b.leaf(1);
          });
          const names = [a.name(0), b.name(1)];
          const { truth } = compile(expr, words)(stateOf(names, [a, b]));
          fc.pre(truth !== "unknown");
          expect(truth).toBe(brute(expr, names, [a.values, b.values]));
        },
      ),
    );
  });

  test("J32: the cut tree decides: with nothing else known the truth is the same", () => {
    fc.assert(
      fc.property(once, ({ expr, names, all }) => {
        const evaluate = compile(expr, words);
        const state = stateOf(names, all);
        const reason = evaluate(state);
        const kept = new Set(leavesOf(cut(reason)).flatMap(({ expr: leaf }) => factsOf(leaf)));
        const facts = new Map([...state.facts].filter(([name]) => kept.has(name)));
        fc.pre(reason.truth !== "unknown");
        expect(evaluate({ ...state, facts }).truth).toBe(reason.truth);
      }),
    );
  });
});

function leavesOf(reason: Reason): readonly Reason[] {
  return reason.because.length === 0 ? [reason] : reason.because.flatMap(leavesOf);
}

function factsOf(expr: Expr): readonly string[] {
  if (expr.type === "fact" || expr.type === "in") return [expr.fact];
  return expr.type === "compare" && expr.left.type === "fact" ? [expr.left.fact] : [];
}

function truthOf(text: string, input: CaseInput): Truth {
  const found = parseExpr(text, REGIMES.vocabulary);
  if ("problem" in found) throw new Error(found.problem.text);
  return compile(found.expr, REGIMES.vocabulary)(caseOf(input)).truth;
}

describe("J21: unknown is not false", () => {
  const closed = { est_complete: true, serves_complete: true, roles_complete: true, free_zones_complete: true };
  test.each<[string, CaseInput, Truth]>([
    ["role(controller)", {}, "unknown"],
    ["role(controller)", { entity: { roles: ["controller"] } }, "true"],
    ["role(controller)", { entity: { roles: ["processor"] } }, "unknown"],
    ["role(controller)", { entity: { roles: ["processor"], roles_complete: true } }, "false"],
    ["free_zone(DIFC)", {}, "unknown"],
    ["free_zone(DIFC)", { entity: { free_zones: [], free_zones_complete: true } }, "false"],
    ["est(EEA)", { entity: { est: ["NO"] } }, "true"],
    ["est(EEA)", { entity: { est: ["US"] } }, "unknown"],
    ["est(EEA)", { entity: { est: ["US"], est_complete: true } }, "false"],
    ["est(EU27 - DE)", { entity: { est: ["DE"], est_complete: true } }, "false"],
    ["est(EU27 - DE)", { entity: { est: ["DE", "FR"] } }, "true"],
    ["est(US)", { entity: { est: ["US-CA"] } }, "true"],
    // established somewhere in the country: perhaps there
    ["est(US-CA)", { entity: { est: ["US"], est_complete: true } }, "unknown"],
    // who serves the country serves its parts
    ["serves(US-CA)", { entity: { serves: ["US"] } }, "true"],
    ["serves(EEA)", { entity: { serves: ["DE"] } }, "true"],
    ["serves(DE)", { entity: { serves: ["EEA"] } }, "true"],
    ["serves(US - US-CA)", { entity: { serves: ["US-CA"], serves_complete: true } }, "false"],
    ["serves(US - US-CA)", { entity: { serves: ["US"], serves_complete: true } }, "true"],
    ["op(GB)", { entity: { est: ["GB"] } }, "true"],
    ["op(GB)", { entity: { serves: ["GB"] } }, "true"],
    ["op(GB)", { entity: { est: ["DE"], est_complete: true } }, "unknown"],
    ["op(GB)", { entity: { ...closed } }, "false"],
    ["juris(GB)", { entity: { ...closed, serves: ["GB"] } }, "unknown"],
    ["juris(GB)", { entity: { ...closed, serves: ["GB"] }, people: { by: { GB: 1 } } }, "true"],
    ["juris(GB)", { entity: { ...closed, serves: ["GB"] }, people: { by: { GB: 0 } } }, "false"],
    ["juris(GB)", { entity: { ...closed, est: ["GB"] }, people: { by: { GB: 0 } } }, "true"],
    ["resident(US-CA)", { entity: { ...closed, est: ["US-CA"] } }, "unknown"],
    ["resident(US-CA)", { entity: { ...closed, est: ["US-CA"] }, people: { by: { US: 7 } } }, "unknown"],
    ["resident(US-CA)", { entity: { ...closed }, people: { by: { "US-CA": 7 } } }, "false"],
    ["subjects >= 500", { people: { by: { DE: 499 } } }, "unknown"],
    ["subjects >= 500", { people: { by: { DE: 499 }, complete: true } }, "false"],
    ["subjects >= 500", { people: { by: { DE: 300, FR: 200 } } }, "true"],
    ["subjects >= 500", { facts: { "data.subjects_count": 499 } }, "false"],
    ["subjects >= 500", { facts: { "data.subjects_count": 1 }, people: { by: { DE: 600 } } }, "true"],
    ["max_people(US states) > 500", { people: { by: { "US-CA": 501 } } }, "true"],
    ["max_people(US states) > 500", { people: { by: { US: 500 } } }, "false"],
    ["max_people(US states) > 500", { people: { by: { US: 501 } } }, "unknown"],
    ["people(GB) > 15", { people: { by: { GB: [10, 40] } } }, "unknown"],
    ["people(GB) > 15", { people: { by: { GB: { at_least: 16 } } } }, "true"],
    ["people(GB) <= 40", { people: { by: { GB: [10, 40] } } }, "true"],
    ["risk.people in (none, unlikely)", {}, "unknown"],
    ["risk.people in (none, unlikely)", { facts: { "risk.people": "high" } }, "false"],
    ["risk.people != high", { facts: { "risk.people": "high" } }, "false"],
    ["data.records_count = 0", { facts: { "data.records_count": 0 } }, "true"],
    // what the law takes an open question for, as far as it is not known to be another
    ["fedramp.pain >= 3", {}, "true"],
    ["fedramp.pain = 2", {}, "false"],
    ["fedramp.pain = 2", { facts: { "fedramp.pain": 2 } }, "true"],
    ["fedramp.pain >= 3", { facts: { "fedramp.pain": [1, 2] } }, "false"],
  ])("%s, %j: %s", (text, input, truth) => {
    expect(truthOf(text, input)).toBe(truth);
  });

  test("an interval and a figure: the whole range decides", () => {
    const range = fc.record({ lo: fc.nat(9), more: fc.nat(9) }).map(({ lo, more }): Bounds => ({ lo, hi: lo + more }));
    fc.assert(
      fc.property(range, fc.nat(20), fc.constantFrom(...BY), ({ lo, hi }, right, by) => {
        const all = Array.from({ length: hi - lo + 1 }, (_, n) => lo + n);
        const expr: Expr = { type: "compare", left: { type: "fact", fact: "n0" }, by, right };
        const one: Asked = { leaf: () => expr, name: () => "n0", known: { lo, hi }, values: all };
        expect(compile(expr, words)(stateOf(["n0"], [one])).truth).toBe(brute(expr, ["n0"], [all]));
      }),
    );
  });
});
