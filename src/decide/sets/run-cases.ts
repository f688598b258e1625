// SPDX-License-Identifier: Apache-2.0
// Runs the cases of a bundle against its own set, and says which policies they have seen hold and not hold (D75).
import {
  type Answer,
  canonicalText,
  type DomainId,
  type Obligation,
  parseApprovalId,
  parsePointId,
  type Question,
  type ReasonCode,
} from "../../core/index.ts";
import type { Outcome } from "../answer.ts";
import type { Means } from "../discharge.ts";
import { type ExplainOptions, type Explanation, explain } from "../explain/explain.ts";
import { judgeBy } from "../judge-by.ts";
import { joinObligations, OBLIGATION_TYPES } from "../obligations.ts";
import type { PolicySet } from "../policy-set.ts";
import type { Bundle } from "./bundle.ts";
import { caseContext } from "./case-context.ts";
import type { CaseFile, PolicyCase } from "./cases.ts";
import { definition } from "./profiles.ts";

export interface CaseResult {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  readonly answer: Answer;
  readonly reason: ReasonCode;
  /** Ids of the policies that made the answer. */
  readonly policies: readonly string[];
  /** What was expected instead, a sentence each; empty where it passed. */
  readonly differences: readonly string[];
}

export interface PolicyCoverage {
  readonly id: string;
  /** Cases in which the policy held. */
  readonly satisfied: number;
  /** Cases in which it did not. */
  readonly unsatisfied: number;
}

export interface CaseReport {
  readonly results: readonly CaseResult[];
  /** In bundle order. */
  readonly coverage: readonly PolicyCoverage[];
}

const POINT = parsePointId("cases/mcp");
const ANSWERED = parseApprovalId("0190b5a2-0000-7000-8000-000000000004");

/** Every case of every file, in order. */
export function runCases({ set, domain, cases }: Bundle): CaseReport {
  const seen = set.rules.map(({ hit }) => ({ id: hit.id, satisfied: 0, unsatisfied: 0 }));
  const results = cases.flatMap(({ file, content }) =>
    content.cases.map((one) => {
      const { outcome, satisfied, fault } = judgeBy(set, questionOf(content.given, one, domain), meansOf(one));
      if (satisfied !== undefined)
        for (const [index, policy] of seen.entries()) policy[satisfied.has(index) ? "satisfied" : "unsatisfied"] += 1;
      return resultOf(file, one, outcome, { stray: strayEvidence(set, one), fault });
    }),
  );
  return { results, coverage: seen };
}

/** A case, and why its answer is what it is. */
export interface ExplainedCase {
  readonly file: string;
  readonly name: string;
  readonly explanation: Explanation;
}

/** The cases whose name holds this text, each explained. */
export function explainCases(
  { set, domain, cases }: Bundle,
  text: string,
  options: ExplainOptions = {},
): readonly ExplainedCase[] {
  return cases.flatMap(({ file, content }) =>
    content.cases
      .filter(({ name }) => name.includes(text))
      .map((one) => {
        const decide = (question: Question): Outcome => judgeBy(set, question, meansOf(one)).outcome;
        const explanation = explain(set, questionOf(content.given, one, domain), decide, options);
        return { file, name: one.name, explanation };
      }),
  );
}

function questionOf(given: CaseFile["given"], { ask }: PolicyCase, domain: DomainId): Question {
  return {
    domain,
    principal: ask.who,
    action: ask.verb,
    resource: ask.what,
    context: caseContext(given.at, given.context ?? {}, ask.context ?? {}),
    entities: given.entities,
    pep: { id: POINT },
    at: given.at,
  };
}

/** A point that can carry out everything, and what people answered according to the case. */
function meansOf({ ask: { evidence = [] } }: PolicyCase): Means {
  return {
    obligations: OBLIGATION_TYPES,
    evidenceFor: ({ id }) => (evidence.includes(id) ? ANSWERED : undefined),
  };
}

/** Evidence for what never asks for any is a mistake of the case. */
function strayEvidence({ rules }: PolicySet, { ask: { evidence = [] } }: PolicyCase): readonly string[] {
  const asking = new Set(rules.flatMap(({ challenge }) => challenge?.policy ?? []));
  return evidence.filter((id) => !asking.has(id)).map((id) => `evidence: no policy ${id} asks for any`);
}

function resultOf(
  file: string,
  { name, expect }: PolicyCase,
  outcome: Outcome,
  { stray, fault }: { readonly stray: readonly string[]; readonly fault: string | undefined },
): CaseResult {
  const policies = outcome.policies.map(({ id }) => id);
  const remedies = outcome.challenges.map(({ profile }) => profile);
  const expected = expect.obligations === undefined ? undefined : textOf(joinObligations(expect.obligations));
  const differences = [
    ...stray,
    ...differs("answer", expect.answer, outcome.answer),
    ...differs("reason", expect.reason, outcome.reason),
    ...differs("policies", expect.policies?.toSorted().join(", "), policies.toSorted().join(", ")),
    ...differs("obligations", expected, textOf(outcome.obligations)),
    ...differs("remedies", expect.remedies?.toSorted().join(", "), remedies.toSorted().join(", ")),
  ];
  if (differences.length > 0 && fault !== undefined) differences.push(`the question was refused: ${fault}`);
  const { answer, reason } = outcome;
  return { file, name, passed: differences.length === 0, answer, reason, policies, differences };
}

function textOf(obligations: readonly Obligation[]): string {
  return obligations.map((one) => canonicalText(definition(one))).join(", ");
}

function differs(what: string, expected: string | undefined, got: string): readonly string[] {
  return expected === undefined || expected === got
    ? []
    : [`${what}: expected ${expected || "none"}, got ${got || "none"}`];
}
