// SPDX-License-Identifier: Apache-2.0
// Why a question is answered as it is (D40), which permit came nearest (D41), and what would change the answer (D42). Nothing
// is claimed that was not tried: a change is shown only where deciding again with it gave a looser answer.
import { ANSWERS, type Answer, type Challenge, type Json, type Question } from "../../core/index.ts";
import type { Outcome } from "../answer.ts";
import type { Env } from "../cedar/env.ts";
import { compileScope, reaches } from "../cedar/evaluate.ts";
import type { Policy } from "../cedar/policy.ts";
import { EntityUid } from "../cedar/value.ts";
import type { PolicySet, Rule } from "../policy-set.ts";
import { prepare } from "../question.ts";
import { type Change, changed, changesFor } from "./change.ts";
import { type Clause, clausesOf, type Met, meet } from "./clauses.ts";

/** A policy as one question met it. */
export interface PolicyMet {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly tier: Rule["hit"]["tier"];
  readonly file: string;
  readonly line: number;
  readonly clauses: readonly Met[];
}

/** A permit that did not hold, and where it stopped. */
export interface Near extends PolicyMet {
  /** The part of its scope that the question misses; absent where a clause stopped it. */
  readonly outside?: "principal" | "resource";
}

/** A change of the context that was tried, and the answer then. */
export interface Verified {
  readonly changes: readonly { readonly path: string; readonly to: Json }[];
  readonly answer: Answer;
}

export interface Explanation {
  readonly decision: Outcome;
  /** Those that made the answer, in bundle order. */
  readonly policies: readonly PolicyMet[];
  /** Where no permit held: those that came nearest. */
  readonly nearest: readonly Near[];
  /** What would lift a challenge. */
  readonly remedies: readonly Challenge[];
  /** Empty: nothing that the asker can change was found to help. */
  readonly changes: readonly Verified[];
}

export interface ExplainOptions {
  /** Dotted paths below the context that the asker may change, such as `amount` or `auth.age`. */
  readonly changeable?: readonly string[];
}

/** Nearest permits that are shown, and changes. */
const NEAREST_MAX = 3;
const CHANGES_MAX = 5;
/** Changes that are tried one by one, and pairs of them. */
const SINGLES_MAX = 32;
const PAIRS_MAX = 64;

/** @param decide decides by this very set; it is asked again for each change */
export function explain(
  set: PolicySet,
  question: Question,
  decide: (question: Question) => Outcome,
  { changeable = [] }: ExplainOptions = {},
): Explanation {
  const decision = decide(question);
  const env = envOf(set, question);
  const remedies = decision.challenges;
  if (env === undefined) return { decision, policies: [], nearest: [], remedies, changes: [] };
  const ids = new Set(decision.policies.map(({ id }) => id));
  const all = set.policies.map(
    (policy, index): Known => ({ policy, rule: set.rules[index], clauses: clausesOf(policy) }),
  );
  const deciding = all.filter(({ policy }) => ids.has(policy.id));
  const nearest = decision.reason === "no_permit" ? nearestOf(set, all, env) : [];
  const allowed = new Set(changeable);
  const guesses = allowed.size === 0 || decision.answer === "allow" ? [] : guess({ deciding, nearest }, env);
  const mine = guesses.filter(({ path }) => allowed.has(path.join(".")));
  return {
    decision,
    policies: deciding.map((known) => metBy(known, env)),
    nearest: nearest.slice(0, NEAREST_MAX).map((near) => shown(near, env)),
    remedies,
    changes: verified(question, decide, decision.answer, mine.slice(0, SINGLES_MAX)),
  };
}

interface Known {
  readonly policy: Policy;
  readonly rule: Rule | undefined;
  readonly clauses: readonly Clause[];
}

/** What expressions see; nothing where the question was refused before any policy was asked. */
function envOf(set: PolicySet, question: Question): Env | undefined {
  const ready = prepare(set, question, 1);
  if ("reason" in ready) return undefined;
  const { principal, action, context, entities } = ready;
  const { type, id } = question.resource;
  return { principal, action: action.uid, resource: new EntityUid(type, id), context, entities };
}

function metBy({ policy, rule, clauses }: Known, env: Env): PolicyMet {
  const { id, effect } = policy;
  const { tier = effect === "permit" ? "permit" : "deny", file = "", line = 0 } = rule?.hit ?? {};
  return { id, effect, tier, file, line, clauses: clauses.map((clause) => meet(clause, env)) };
}

interface NearKnown {
  readonly known: Known;
  readonly outside: Near["outside"] | undefined;
  readonly passed: number;
}

function shown({ known, outside }: NearKnown, env: Env): Near {
  return { ...metBy(known, env), ...(outside === undefined ? {} : { outside }) };
}

/** Permits for this action that did not hold: first those whose scope fits, by how many clauses passed; then the others. */
function nearestOf(set: PolicySet, all: readonly Known[], env: Env): readonly NearKnown[] {
  const action = set.engine.schema.actions.get(env.action.key);
  if (action === undefined) return [];
  return all
    .filter(({ policy }) => policy.effect === "permit" && reaches(policy, action))
    .map((known): NearKnown => {
      const { policy, clauses } = known;
      const isWho = compileScope(policy.principal, (one) => one.principal)(env);
      const isWhat = compileScope(policy.resource, (one) => one.resource)(env);
      const outside = isWho ? (isWhat ? undefined : "resource") : "principal";
      return { known, outside, passed: clauses.filter(({ run }) => run(env) === true).length };
    })
    .toSorted((a, b) => rank(a) - rank(b) || b.passed - a.passed);
}

function rank({ outside }: NearKnown): number {
  return outside === undefined ? 0 : 1;
}

interface Around {
  readonly deciding: readonly Known[];
  readonly nearest: readonly NearKnown[];
}

/** A permit should hold and a forbid should not. */
function guess({ deciding, nearest }: Around, env: Env): readonly Change[] {
  const permits = nearest.filter(({ outside }) => outside === undefined).map(({ known }) => known);
  const forbids = deciding.filter(({ policy }) => policy.effect === "forbid");
  const wanted = (known: Known, value: boolean): readonly Change[] =>
    known.clauses.filter(({ run }) => run(env) !== value).flatMap(({ expr }) => changesFor(expr, value, env));
  return [...permits.flatMap((one) => wanted(one, true)), ...forbids.flatMap((one) => wanted(one, false))];
}

/** Singles first; pairs only where no single change helps. */
function verified(
  question: Question,
  decide: (question: Question) => Outcome,
  before: Answer,
  guesses: readonly Change[],
): readonly Verified[] {
  const singles = guesses.map((one) => [one]);
  const helped = tried(question, decide, before, singles);
  return helped.length > 0 ? helped : tried(question, decide, before, pairsOf(guesses));
}

function pairsOf(guesses: readonly Change[]): readonly (readonly Change[])[] {
  const pairs = guesses.flatMap((one, at) =>
    guesses.slice(at + 1).flatMap((two) => (one.path.join(".") === two.path.join(".") ? [] : [[one, two]])),
  );
  return pairs.slice(0, PAIRS_MAX);
}

function tried(
  question: Question,
  decide: (question: Question) => Outcome,
  before: Answer,
  ways: readonly (readonly Change[])[],
): readonly Verified[] {
  const helped = new Map<string, Verified>();
  for (const way of ways) {
    if (helped.size >= CHANGES_MAX) break;
    const context = way.reduce(changed, question.context);
    const { answer } = decide({ ...question, context });
    if (ANSWERS.indexOf(answer) >= ANSWERS.indexOf(before)) continue;
    const changes = way.map(({ path, to }) => ({ path: path.join("."), to }));
    helped.set(JSON.stringify(changes.map(({ path }) => path)), { changes, answer });
  }
  return [...helped.values()];
}
