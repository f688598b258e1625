// SPDX-License-Identifier: Apache-2.0
// What holds for every flow: more to answer for never makes a verdict milder, and a plain reading of the files agrees.
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Flow, parseInstant } from "../../core/index.ts";
import { FILES, ON_FILE, RANK, REGULATIONS, readPlainly } from "../testing/plain-reading.ts";
import { openTransferGate, type Transfers } from "./gate.ts";
import { CATEGORIES_MAX, PLACES_MAX } from "./judge.ts";

const TODAY = "2026-12-06";
const clock = { now: () => parseInstant(`${TODAY}T09:00:00.000Z`) };
const { known, groups } = FILES.places;
const { categories: CATEGORIES } = FILES.words;
const OPERATORS = [
  undefined,
  "clauses",
  "expired",
  "unassessed",
  "later",
  "narrow",
  "purpose",
  "listed",
  "scheme",
  "both",
  "ground",
  "japanese",
  "korean",
  "faroese",
  "israeli",
  "canadian",
  "constructor",
];

const place = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...known, ...Object.keys(groups), "EU") },
  { weight: 1, arbitrary: fc.constantFrom("ZZ", "", "__proto__", "EPO", "fr", "FR-NC") },
);
const category = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...CATEGORIES) },
  { weight: 1, arbitrary: fc.constantFrom("secret", "", "toString") },
);
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: 4 });
const flows: fc.Arbitrary<Flow> = fc
  .record({
    from: some(place),
    to: fc.record({ stored: some(place), established: some(place), reachable: fc.array(place, { maxLength: 3 }) }),
    categories: some(category),
    purpose: fc.constantFrom("support", "advertising"),
    operator: fc.constantFrom(...OPERATORS),
  })
  .map(({ operator, ...flow }) => (operator === undefined ? flow : { ...flow, operator }));

function flowOf(from: string, to: string, kind: string, operator?: string): Flow {
  const flow = { from: [from], to: { stored: [to], established: [to], reachable: [] }, categories: [kind] };
  return operator === undefined ? flow : { ...flow, operator };
}

function stored(places: readonly string[], categories: readonly string[]): Flow {
  return { from: ["FR"], to: { stored: places, established: places.slice(0, 1), reachable: [] }, categories };
}

describe.each(["ask", "deny"] as const)("where unreviewed rows %s", (unreviewed) => {
  let gate: Transfers;
  beforeAll(async () => {
    gate = await openTransferGate({ dir: REGULATIONS, mechanisms: ON_FILE, clock, unreviewed });
  });
  const rank = (flow: Flow): number => RANK.indexOf(gate.check(flow).verdict);

  test("J73: one more origin, destination or category never makes a verdict milder", () => {
    const property = fc.property(flows, place, category, (flow, more, kind) => {
      const { from, to, categories } = flow;
      const before = rank(flow);
      expect(rank({ ...flow, from: [...from, more] })).toBeGreaterThanOrEqual(before);
      expect(rank({ ...flow, to: { ...to, stored: [more, ...to.stored] } })).toBeGreaterThanOrEqual(before);
      expect(rank({ ...flow, to: { ...to, established: [more, ...to.established] } })).toBeGreaterThanOrEqual(before);
      expect(rank({ ...flow, to: { ...to, reachable: [...to.reachable, more] } })).toBeGreaterThanOrEqual(before);
      expect(rank({ ...flow, categories: [kind, ...categories] })).toBeGreaterThanOrEqual(before);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("J74: allowed has a basis and misses nothing; anything else has none, and names what is missing", () => {
    const property = fc.property(flows, (flow) => {
      const { verdict, basis, missing } = gate.check(flow);
      expect(basis !== undefined).toBe(verdict === "allowed");
      expect(missing.length === 0).toBe(verdict === "allowed");
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("J79: what crosses is never called reviewed or domestic, and says which rules allowed it", () => {
    const property = fc.property(flows, (flow) => {
      const { verdict, crossing, reviewed, rules, basis } = gate.check(flow);
      expect(crossing && (reviewed || basis === "domestic")).toBe(false);
      expect(crossing && verdict === "allowed" && rules.length === 0).toBe(false);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("J73: any text at all gets a verdict, never an exception and never a yes", () => {
    const texts = fc.array(fc.string({ unit: "binary" }), { maxLength: 6 });
    const to = fc.record({ stored: texts, established: texts, reachable: texts });
    const any = fc.record({ from: texts, to, categories: texts, purpose: fc.string(), operator: fc.string() });
    const property = fc.property(any, (flow) => {
      expect(gate.check(flow).verdict).toBe("unknown");
    });
    fc.assert(property);
  });

  test("J74: what asks two questions is allowed on two grounds, never on one, whoever the importer is", () => {
    const asked = known.flatMap((to) => OPERATORS.map((operator) => flowOf("FR", to, "sensitive", operator)));
    const allowed = asked
      .map((flow) => gate.check(flow))
      .filter(({ verdict, crossing }) => verdict === "allowed" && crossing);
    expect(allowed.length).toBeGreaterThan(10);
    for (const { basis = "" } of allowed) {
      expect(basis.split(", ").map((one) => one.split(":")[0])).toEqual(
        expect.arrayContaining(["art9_basis", expect.stringMatching(/^(?:adequacy|bcr|scc_2021_914)$/)]),
      );
    }
  });

  test("J73: a plain reading of the files comes to the same verdict, place by place and category by category", () => {
    const destinations = [...known, "EEA", "ZZ"];
    const asked = [
      ...destinations.flatMap((to) => [...CATEGORIES, "secret"].map((kind) => ({ from: "FR", to, kind }))),
      ...destinations.flatMap((to) => ["US", "EU"].map((from) => ({ from, to, kind: "personal" }))),
    ];
    const answers = asked.flatMap(({ from, to, kind }) =>
      OPERATORS.map((operator) => ({
        flow: { from, to, kind, operator },
        verdict: gate.check(flowOf(from, to, kind, operator)).verdict,
        plain: readPlainly({ from, to, category: kind, operator, today: TODAY, unreviewed }),
      })),
    );
    expect(answers.filter(({ verdict, plain }) => verdict !== plain)).toEqual([]);
    expect(new Set(answers.map(({ verdict }) => verdict)).size).toBe(unreviewed === "deny" ? 4 : 3);
  });
});

describe("limits", () => {
  let gate: Transfers;
  beforeAll(async () => {
    gate = await openTransferGate({ dir: REGULATIONS, clock });
  });

  test("section 4: more places or categories than a flow may have are not judged", () => {
    const places = [...known].slice(0, PLACES_MAX - 1);
    expect(gate.check(stored(places, ["personal"])).verdict).toBe("conditional");
    expect(gate.check(stored([...places, "ZA"], ["personal"])).missing).toEqual(["limit:places"]);
    const kinds = Array.from({ length: CATEGORIES_MAX }, () => "personal");
    expect(gate.check(stored(["US"], kinds)).verdict).toBe("conditional");
    expect(gate.check(stored(["US"], [...kinds, "personal"])).missing).toEqual(["limit:categories"]);
  });

  test("J73: text from outside is cut, and well formed where it is named", () => {
    const [missing = ""] = gate.check(flowOf("FR", `a${"🦉".repeat(100)}`, "personal")).missing;
    expect(missing.length).toBeLessThan(80);
    expect(missing.isWellFormed()).toBe(true);
  });
});
