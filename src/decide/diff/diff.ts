// SPDX-License-Identifier: Apache-2.0
// What tells two bundles apart (D47): rules that came, went or changed, and then a question that they answer differently, looked
// for on the edges of their own constants. Finding none is said as that: so many tries, and never "the same".
import { ANSWERS, type Answer, type Question } from "../../core/index.ts";
import { reaches } from "../cedar/evaluate.ts";
import type { Policy } from "../cedar/policy.ts";
import { EntityUid } from "../cedar/value.ts";
import type { Means } from "../discharge.ts";
import { changed, changesFor } from "../explain/change.ts";
import { clausesOf } from "../explain/clauses.ts";
import { judgeBy } from "../judge-by.ts";
import { OBLIGATION_TYPES } from "../obligations.ts";
import type { PolicySet } from "../policy-set.ts";
import { prepare } from "../question.ts";
import type { Bundle } from "../sets/bundle.ts";
import { endOf } from "../turns.ts";
import { drawQuestion, type Kind, kindsOf, seeded, type World } from "./draw.ts";
import { poolsOf } from "./pools.ts";

/** One question that two sets answer differently. */
export interface Separating {
  readonly question: Pick<Question, "principal" | "action" | "resource" | "context" | "entities">;
  readonly before: { readonly answer: Answer; readonly policies: readonly string[] };
  readonly after: { readonly answer: Answer; readonly policies: readonly string[] };
}

export interface BundleDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly isSchemaSame: boolean;
  /** One for each pair of answers that was found, loosened before tightened. */
  readonly found: readonly Separating[];
  readonly tries: number;
}

export interface DiffOptions {
  readonly tries: number;
  readonly seed: number;
  readonly at: World["at"];
}

/** Nobody answered anything, and every duty can be done: what is compared is the rules. */
const MEANS: Means = { obligations: OBLIGATION_TYPES, evidenceFor: () => undefined };

export function diffBundles(before: Bundle, after: Bundle, options: DiffOptions): BundleDiff {
  return endOf(diffing(before, after, options));
}

/** The same in steps, one a question, between which others may have their turn (D23). */
export function* diffing(before: Bundle, after: Bundle, options: DiffOptions): Generator<void, BundleDiff> {
  const [old, now] = [digests(before), digests(after)];
  const added = [...now.keys()].filter((id) => !old.has(id));
  const removed = [...old.keys()].filter((id) => !now.has(id));
  const altered = [...now].filter(([id, digest]) => old.has(id) && old.get(id) !== digest).map(([id]) => id);
  const touched = new Set([...added, ...removed, ...altered]);
  const isSchemaSame = before.schemaDigest === after.schemaDigest;
  // over two schemas the same question may not even be askable
  const found = isSchemaSame ? yield* separate(before, after, touched, options) : [];
  return { added, removed, changed: altered, isSchemaSame, found, tries: isSchemaSame ? options.tries : 0 };
}

function digests({ policies }: Bundle): ReadonlyMap<string, string> {
  return new Map(policies.map(({ id, digest }) => [id, digest]));
}

function* separate(
  before: Bundle,
  after: Bundle,
  touched: ReadonlySet<string>,
  { tries, seed, at }: DiffOptions,
): Generator<void, readonly Separating[]> {
  const both = [...before.set.policies, ...after.set.policies];
  const focus = both.filter(({ id }) => touched.has(id));
  const { schema } = after.set.engine;
  const world: World = { schema, pools: poolsOf(both), domain: after.domain, at, chance: seeded(seed) };
  const kinds = kindsOf(schema);
  const found = new Map<string, Separating>();
  for (let n = 0; n < tries; n += 1) {
    yield;
    const aim = focus[n % Math.max(1, focus.length)];
    const question = aimed(world, after.set, { kinds, aim });
    if (question === undefined) break;
    const [one, two] = [outcome(before.set, question), outcome(after.set, question)];
    if (one.answer === two.answer) continue;
    const key = `${one.answer} ${two.answer}`;
    if (!found.has(key)) found.set(key, { question: asked(question), before: one, after: two });
  }
  return [...found.values()].toSorted((a, b) => loosening(b) - loosening(a));
}

function loosening({ before, after }: Separating): number {
  return ANSWERS.indexOf(before.answer) - ANSWERS.indexOf(after.answer);
}

function outcome(set: PolicySet, question: Question): Separating["before"] {
  const { answer, policies } = judgeBy(set, question, MEANS).outcome;
  return { answer, policies: policies.map(({ id }) => id) };
}

function asked({ principal, action, resource, context, entities }: Question): Separating["question"] {
  return { principal, action, resource, context, entities };
}

interface Aim {
  readonly kinds: readonly Kind[];
  readonly aim: Policy | undefined;
}

/** A random question; half of them are bent until a policy that differs holds, one clause at a time. */
function aimed(world: World, set: PolicySet, { kinds, aim }: Aim): Question | undefined {
  const fitting = aim === undefined ? kinds : kinds.filter((kind) => fits(aim, kind));
  const pool = fitting.length === 0 ? kinds : fitting;
  const kind = pool[Math.floor(world.chance() * pool.length)];
  if (kind === undefined) return undefined;
  const drawn = scoped(drawQuestion(world, kind), aim);
  return aim === undefined || world.chance() < 0.3 ? drawn : bent(drawn, set, aim);
}

function fits(policy: Policy, { action, principal, resource }: Kind): boolean {
  if (!reaches(policy, action)) return false;
  return typed(policy.principal, principal) && typed(policy.resource, resource);
}

function typed(scope: Policy["principal"], type: string): boolean {
  if (scope.op === "is") return scope.type === type;
  return scope.op !== "==" || !(scope.entity instanceof EntityUid) || scope.entity.type === type;
}

/** The principal and the resource that a policy's scope names, and the groups that it wants them in. */
function scoped(question: Question, aim: Policy | undefined): Question {
  if (aim === undefined) return question;
  const principal = placed(question, question.principal, aim.principal);
  const resource = placed({ ...question, entities: principal.entities }, question.resource, aim.resource);
  return { ...question, principal: principal.ref, resource: resource.ref, entities: resource.entities };
}

function placed(
  { entities }: Question,
  ref: Question["principal"],
  scope: Policy["principal"],
): { readonly ref: Question["principal"]; readonly entities: Question["entities"] } {
  const named = scope.op === "==" ? scope.entity : undefined;
  const group = scope.op === "in" ? scope.entity : scope.op === "is" ? scope.in : undefined;
  const to = named instanceof EntityUid ? { type: named.type, id: named.id } : ref;
  const moved = entities.map((entity) => {
    if (entity.uid.type !== ref.type || entity.uid.id !== ref.id) return entity;
    const inGroup = group instanceof EntityUid && group.type !== ref.type ? [{ type: group.type, id: group.id }] : [];
    return {
      ...entity,
      uid: to,
      parents: [...entity.parents.filter(({ type }) => type !== inGroup[0]?.type), ...inGroup],
    };
  });
  // a body that was already there stays the only one
  const seen = new Set<string>();
  const once = moved.filter(({ uid }) => !seen.has(`${uid.type} ${uid.id}`) && seen.add(`${uid.type} ${uid.id}`));
  return { ref: to, entities: once };
}

/** Members of the context are set as each clause of the policy needs them, as far as a clause says so. */
function bent(question: Question, set: PolicySet, aim: Policy): Question {
  let context = question.context;
  for (const { expr } of clausesOf(aim)) {
    const ready = prepare(set, { ...question, context }, 1);
    if ("reason" in ready) return question;
    const { type, id } = question.resource;
    const { principal, action, entities } = ready;
    const env = { principal, action: action.uid, resource: new EntityUid(type, id), context: ready.context, entities };
    const [change] = changesFor(expr, true, env);
    if (change !== undefined) context = changed(context, change);
  }
  return { ...question, context };
}
