// SPDX-License-Identifier: Apache-2.0
// Why a recorded decision came out as it did (D40, D41): the rules that made it, asked again of its slice, clause by clause
// with what each read. A text that was sealed shows its length and nothing else.
import { type Answer, type SealKey, strictest } from "../../core/index.ts";
import type { Outcome } from "../answer.ts";
import { clausesOf } from "../explain/clauses.ts";
import { explain, type PolicyMet } from "../explain/explain.ts";
import { conditionWords, pathWords, scopeWords } from "../explain/words.ts";
import type { PolicySet } from "../policy-set.ts";
import { type ReadPart, readSlice } from "../slice/read.ts";
import { Rejudge } from "./judge.ts";

/** One rule, as the recorded question met it. */
export interface RuleTold {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly tier: PolicyMet["tier"];
  readonly file: string;
  readonly line: number;
  /** Its own sentence, where it has one. */
  readonly reason?: string;
  /** Whom and what it is for, in words. */
  readonly scope: string;
  /** The part of its scope that the question misses; absent where it fits. */
  readonly outside?: "principal" | "resource";
  readonly clauses: readonly {
    readonly words: string;
    /** As Cedar has it. */
    readonly text: string;
    readonly outcome: string;
    readonly values: readonly { readonly name: string; readonly path: string; readonly value: string }[];
  }[];
}

/** What was decided on one part of a call. */
export interface PartTold {
  readonly part: ReadPart["name"];
  readonly answer: Answer;
  readonly reason: string;
  readonly action: string;
  readonly resource: string;
  readonly rules: readonly RuleTold[];
  /** Where nothing permitted it: the rules that came nearest to. */
  readonly nearest: readonly RuleTold[];
}

/** Nothing where the slice cannot be read. @param set - the one that decided @param key - the one that sealed the slice */
export function explainSlice(text: string, set: PolicySet, key: SealKey): readonly PartTold[] | undefined {
  const slice = readSlice(text);
  if (slice === undefined || slice.set !== set.digest) return undefined;
  const rejudge = new Rejudge(set);
  return slice.parts.flatMap((part) => explainPart(part, rejudge, key) ?? []);
}

function explainPart({ name, asks }: ReadPart, rejudge: Rejudge, key: SealKey): PartTold | undefined {
  const worst = strictest(asks.flatMap(({ answers }) => answers.map(({ meant }) => meant)));
  const ask = asks.find(({ answers }) => answers.some(({ meant }) => meant === worst));
  const decisive = ask?.answers.find(({ meant }) => meant === worst);
  const { question } = ask ?? {};
  if (decisive?.resource === undefined || question === undefined) return undefined;
  const asked = { ...question, resource: decisive.resource };
  const decide = (): Outcome & { readonly would?: Answer } => {
    const [again] = rejudge.ask({ question: asked, answers: [decisive] }, key);
    if (again === undefined) throw new Error("a question is answered");
    return again.outcome;
  };
  const { policies, nearest } = explain(rejudge.set, asked, decide);
  const told = (met: PolicyMet): RuleTold => ruleTold(met, rejudge.set);
  return {
    part: name,
    answer: worst,
    reason: decisive.reason,
    action: asked.action,
    resource: decisive.resource.id,
    rules: policies.map(told),
    nearest: nearest.map((near) => ({
      ...told(near),
      ...(near.outside === undefined ? {} : { outside: near.outside }),
    })),
  };
}

function ruleTold({ id, effect, tier, file, line, clauses }: PolicyMet, set: PolicySet): RuleTold {
  const at = set.policies.findIndex((policy) => policy.id === id);
  const policy = set.policies[at];
  const reason = set.rules[at]?.hit.reason;
  const exprs = policy === undefined ? [] : clausesOf(policy);
  return {
    id,
    effect,
    tier,
    file,
    line,
    ...(reason === undefined ? {} : { reason }),
    scope: policy === undefined ? "" : scopeWords(policy),
    clauses: clauses.map(({ text, outcome, values }, n) => {
      const expr = exprs[n]?.expr;
      const named = values.map(({ path, value }) => ({ name: pathWords(path), path, value }));
      return { words: expr === undefined ? text : conditionWords(expr), text, outcome, values: named };
    }),
  };
}

/** Which set and which key a slice needs; nothing where it cannot be read. */
export function setOfSlice(text: string): { readonly set: string | undefined; readonly key: string } | undefined {
  const slice = readSlice(text);
  return slice === undefined ? undefined : { set: slice.set, key: slice.key };
}
