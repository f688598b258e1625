// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ANSWERS, type Challenge, digestOf, type Obligation, type PolicyHit, parseApprovalId } from "../core/index.ts";
import { answerOf } from "./answer.ts";
import { decideExactly } from "./cedar/exact.ts";
import type { Policy } from "./cedar/policy.ts";
import type { Means } from "./discharge.ts";
import type { Rule } from "./policy-set.ts";
import { anyObligation } from "./testing/obligations.ts";

/** One policy of a random set: what it is, and what came of it. */
interface Drawn {
  readonly tier: PolicyHit["tier"];
  readonly outcome: "holds" | "fails" | "errs";
  /** For a limit. */
  readonly obligations: readonly Obligation[];
  /** For a challenge: people said yes to this very call. */
  readonly answered: boolean;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  tier: fc.constantFrom("permit", "log", "limit", "challenge", "deny"),
  outcome: fc.constantFrom("holds", "fails", "errs"),
  obligations: fc.array(anyObligation, { minLength: 1, maxLength: 3 }),
  answered: fc.boolean(),
});

const ALL: ReadonlySet<string> = new Set(["redact", "max_bytes", "mark_untrusted"]);
const supported: fc.Arbitrary<ReadonlySet<string>> = fc.subarray([...ALL]).map((types) => new Set(types));
const EVIDENCE = parseApprovalId("0190b5a2-0000-7000-8000-000000000009");

function evaluationOf(rules: readonly Drawn[]): Parameters<typeof answerOf>[0] {
  const at = (outcome: Drawn["outcome"]): readonly number[] =>
    rules.flatMap((r, index) => (r.outcome === outcome ? [index] : []));
  return { satisfied: at("holds"), errors: at("errs").map((index) => ({ index, code: "type" as const })) };
}

function challengeOf(policy: string): Challenge {
  return { policy, profile: "somebody", kind: "approval", uses: 1, binds: [] };
}

function answer(rules: readonly Drawn[], obligations = ALL): ReturnType<typeof answerOf> {
  const made = rules.map(({ tier, obligations: own }, n): Rule => {
    const id = `p${n}`;
    const effect = tier === "permit" ? "permit" : "forbid";
    const hit: PolicyHit = { id, effect, tier, file: "f.cedar", line: n + 1, digest: digestOf(n) };
    const challenge = tier === "challenge" ? { challenge: challengeOf(id) } : {};
    return { hit, obligations: tier === "limit" ? own : [], ...challenge };
  });
  const means: Means = {
    obligations,
    evidenceFor: ({ line }) => (rules[line - 1]?.answered === true ? EVIDENCE : undefined),
  };
  return answerOf(evaluationOf(rules), made, means);
}

/** What a stock engine says, which skips errors and does not read annotations. */
function stock(rules: readonly Drawn[]): "allow" | "deny" {
  const policies = rules.map(
    ({ tier }, n) => ({ id: `p${n}`, effect: tier === "permit" ? "permit" : "forbid" }) as Policy,
  );
  return decideExactly(policies, evaluationOf(rules)).decision;
}

test("D31: allow here means that a stock engine allows", () => {
  fc.assert(
    fc.property(fc.array(drawn), (rules) => {
      const { answer: ours } = answer(rules);
      expect(ours !== "allow" || stock(rules) === "allow").toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("D31: what a stock engine allows, with no forbid in error, is allowed here", () => {
  fc.assert(
    fc.property(fc.array(drawn), (rules) => {
      fc.pre(stock(rules) === "allow" && !rules.some((r) => r.tier !== "permit" && r.outcome === "errs"));
      expect(answer(rules).answer).toBe("allow");
    }),
    { numRuns: 200 },
  );
});

function rank(...asked: Parameters<typeof answer>): number {
  return ANSWERS.indexOf(answer(...asked).answer);
}

test("D32: a forbid of any tier never relaxes an answer", () => {
  fc.assert(
    fc.property(fc.array(drawn), drawn, fc.nat(), supported, (rules, more, at, means) => {
      fc.pre(more.tier !== "permit");
      expect(rank(rules.toSpliced(at % (rules.length + 1), 0, more), means)).toBeGreaterThanOrEqual(rank(rules, means));
    }),
    { numRuns: 2_000 },
  );
});

test("D32: beside a permit that holds, another changes neither answer nor duties nor challenges", () => {
  fc.assert(
    fc.property(fc.array(drawn), drawn, supported, (rules, more, means) => {
      const permitted = [holds("permit"), ...rules];
      const [one, other] = [answer(permitted, means), answer([...permitted, { ...more, tier: "permit" }], means)];
      const duties = ({ answer: a, obligations, challenges, uses }: typeof one): unknown => [
        a,
        obligations,
        challenges,
        uses,
      ];
      expect(duties(other)).toEqual(duties(one));
    }),
    { numRuns: 1_000 },
  );
});

test("D32: the order of policies changes neither answer nor reason nor what must be done", () => {
  fc.assert(
    fc.property(fc.array(drawn), supported, (rules, means) => {
      const [one, other] = [answer(rules, means), answer(rules.toReversed(), means)];
      expect([one.answer, one.reason, one.obligations]).toEqual([other.answer, other.reason, other.obligations]);
      expect(other.challenges).toHaveLength(one.challenges.length);
    }),
    { numRuns: 1_000 },
  );
});

test("D30: duties come with a limit alone, challenges with a challenge, evidence with what is let through", () => {
  fc.assert(
    fc.property(fc.array(drawn), supported, (rules, means) => {
      const made = answer(rules, means);
      expect(made.obligations.length > 0).toBe(made.answer === "limit");
      expect(made.challenges.length > 0).toBe(made.answer === "challenge");
      expect(made.obligations.every(({ type }) => means.has(type))).toBe(true);
      expect(made.uses.length === 0 || made.answer === "log" || made.answer === "limit").toBe(true);
      expect(made.policies.length > 0 || made.reason === "no_permit").toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

function named(rules: readonly Drawn[]): readonly string[] {
  return answer(rules).policies.map(({ id }) => id);
}

function holds(tier: Drawn["tier"], more: Partial<Drawn> = {}): Drawn {
  return { tier, outcome: "holds", obligations: [], answered: false, ...more };
}

const LIMIT = holds("limit", { obligations: [{ type: "max_bytes", max: 10 }] });

test("D30: the policies named are those that made the answer", () => {
  expect(named([holds("permit"), holds("log"), holds("deny")])).toEqual(["p2"]);
  expect(named([holds("permit"), holds("log")])).toEqual(["p0", "p1"]);
  expect(named([holds("log")])).toEqual([]);
  expect(named([holds("permit"), LIMIT, holds("challenge"), holds("challenge", { answered: true })])).toEqual(["p2"]);
  expect(named([holds("permit"), LIMIT, holds("challenge", { answered: true })])).toEqual(["p0", "p1", "p2"]);
});

test("D30: every challenge that is open is listed, and none that was answered", () => {
  const rules = [holds("permit"), holds("challenge"), holds("challenge", { answered: true }), holds("challenge")];
  expect(answer(rules)).toMatchObject({
    answer: "challenge",
    reason: "challenged",
    challenges: [{ policy: "p1" }, { policy: "p3" }],
    uses: [],
  });
});

test("D30: a challenge that was answered leaves at least a log, and what it rests on", () => {
  const answered = holds("challenge", { answered: true });
  expect(answer([holds("permit"), answered])).toMatchObject({ answer: "log", reason: "discharged", uses: [EVIDENCE] });
  expect(answer([holds("permit"), answered, LIMIT])).toMatchObject({
    answer: "limit",
    reason: "limited",
    obligations: [{ type: "max_bytes", max: 10 }],
    uses: [EVIDENCE],
  });
});

test("D30: a duty that the point did not declare denies, and nobody is asked to approve what would be denied", () => {
  const made = answer([holds("permit"), LIMIT, holds("challenge")], new Set(["redact"]));
  expect(made).toMatchObject({
    answer: "deny",
    reason: "obligation_unsupported",
    policies: [{ id: "p1" }],
    obligations: [],
    challenges: [],
  });
});

test("D30: an error in a forbid of any tier denies, whatever else holds", () => {
  for (const tier of ["log", "limit", "challenge", "deny"] as const)
    expect(answer([holds("permit"), holds(tier, { outcome: "errs", answered: true })])).toMatchObject({
      answer: "deny",
      reason: "forbid_error",
      policies: [{ id: "p1" }],
    });
});
