// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ANSWERS, digestOf, type PolicyHit } from "../core/index.ts";
import { answerOf } from "./answer.ts";
import { decideExactly } from "./cedar/exact.ts";
import type { Policy } from "./cedar/policy.ts";

const TIERS = ["permit", "log", "deny"] as const;

interface Rule {
  readonly tier: (typeof TIERS)[number];
  readonly outcome: "holds" | "fails" | "errs";
}

const rule = fc.record({ tier: fc.constantFrom(...TIERS), outcome: fc.constantFrom("holds", "fails", "errs") });

function evaluationOf(rules: readonly Rule[]): Parameters<typeof answerOf>[0] {
  const at = (outcome: Rule["outcome"]): readonly number[] =>
    rules.flatMap((r, index) => (r.outcome === outcome ? [index] : []));
  return { satisfied: at("holds"), errors: at("errs").map((index) => ({ index, code: "type" as const })) };
}

function answer(rules: readonly Rule[]): ReturnType<typeof answerOf> {
  const hits = rules.map(
    ({ tier }, n): PolicyHit => ({
      id: `p${n}`,
      effect: tier === "permit" ? "permit" : "forbid",
      tier,
      file: "f.cedar",
      line: n + 1,
      digest: digestOf(n),
    }),
  );
  return answerOf(evaluationOf(rules), hits);
}

/** What a stock engine says, which skips errors and does not read annotations. */
function stock(rules: readonly Rule[]): "allow" | "deny" {
  const policies = rules.map(
    ({ tier }, n) => ({ id: `p${n}`, effect: tier === "permit" ? "permit" : "forbid" }) as Policy,
  );
  return decideExactly(policies, evaluationOf(rules)).decision;
}

test("D31: allow here means that a stock engine allows", () => {
  fc.assert(
    fc.property(fc.array(rule), (rules) => {
      const { answer: ours } = answer(rules);
      expect(ours !== "allow" || stock(rules) === "allow").toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("D31: what a stock engine allows, with no forbid in error, is allowed here", () => {
  fc.assert(
    fc.property(fc.array(rule), (rules) => {
      fc.pre(stock(rules) === "allow" && !rules.some((r) => r.tier !== "permit" && r.outcome === "errs"));
      expect(answer(rules).answer).toBe("allow");
    }),
  );
});

function rank(rules: readonly Rule[]): number {
  return ANSWERS.indexOf(answer(rules).answer);
}

test("D32: a forbid never relaxes an answer", () => {
  fc.assert(
    fc.property(fc.array(rule), rule, (rules, more) => {
      fc.pre(more.tier !== "permit");
      expect(rank([...rules, more])).toBeGreaterThanOrEqual(rank(rules));
    }),
  );
});

test("D32: the order of policies changes neither answer nor reason", () => {
  fc.assert(
    fc.property(fc.array(rule), (rules) => {
      const [one, other] = [answer(rules), answer(rules.toReversed())];
      expect([one.answer, one.reason]).toEqual([other.answer, other.reason]);
    }),
  );
});

function named(rules: readonly Rule[]): readonly string[] {
  return answer(rules).policies.map(({ id }) => id);
}

function holds(tier: Rule["tier"]): Rule {
  return { tier, outcome: "holds" };
}

test("D30: the policies named are those that made the answer", () => {
  expect(named([holds("permit"), holds("log"), holds("deny")])).toEqual(["p2"]);
  expect(named([holds("permit"), holds("log")])).toEqual(["p0", "p1"]);
  expect(named([holds("log")])).toEqual([]);
});
