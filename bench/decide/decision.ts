// SPDX-License-Identifier: Apache-2.0
// `node bench/decide/decision.ts [--policies 10,100,1000,10000]`: what one decision costs in processor time, ours against
// others, at so many policies. Machines differ; the ratios are the result.
//
// Over policies of ten shapes, against the best path of Cedar's own WebAssembly build (policies and schema parsed before), with
// conversion of context and entities and with reasons on both sides; and, for itself, ours with the slice that is kept beside
// an entry, which Cedar does not make. Over rules that all can express, against casbin in this process and against Cerbos, whose
// own process is charged for 50 decisions a request. All must agree on every question.
import { parseArgs } from "node:util";
import { preparsePolicySet, preparseSchema, statefulIsAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import { instant, type Question } from "../../src/core/index.ts";
import { type Bundle, createDecider } from "../../src/decide/index.ts";
import { openCasbin } from "./casbin.ts";
import { BATCH, type Cerbos, checkMany, openCerbos } from "./cerbos.ts";
import { loadTexts } from "./load.ts";
import { inTurns, median, p99Us, round } from "./measure.ts";
import {
  cedarQuestion,
  cedarText,
  isPermitted,
  ROLE_SCHEMA,
  type RoleQuestion,
  roleQuestions,
  roleRules,
} from "./roles.ts";
import { policyTexts, question, SCHEMA } from "./world.ts";

/** How many times less ours must cost, by peer and number of policies. SOURCE: decide section 6 */
const FLOORS: Readonly<Record<string, number>> = {
  "cedar@10": 60,
  "cedar@100": 60,
  "cedar@1000": 150,
  "casbin@100": 20,
  "casbin@1000": 50,
};
/** UNIT: microseconds. The 99th percentile that ours must stay under, by number of policies. */
const P99_CEILINGS: Readonly<Record<number, number>> = { 1_000: 50, 10_000: 100 };
const QUESTIONS = 40;
const P99_CALLS = 4_000;
/** A decision of casbin over ten thousand rules takes ms: fewer rounds say as much. */
const ROUNDS_MANY = 3;
const MANY = 5_000;
const CERBOS_ROUNDS = 9;
const CERBOS_REQUESTS = 20;

type Figures = Record<string, number>;

function deciderOf({ domain, set }: Bundle): ReturnType<typeof createDecider> {
  const decider = createDecider({
    clock: { now: () => instant(0), monotonic: () => performance.now() },
    log: {
      fault: (code, fields) => {
        throw new Error(`${code} ${JSON.stringify(fields)}`);
      },
    },
  });
  decider.swap(domain, set);
  return decider;
}

function cedarSide(texts: readonly string[]): (q: Question) => { decision: string; reason: readonly string[] } {
  const staticPolicies = Object.fromEntries(texts.map((text, n) => [`p${n}`, text]));
  for (const answer of [preparsePolicySet("bench", { staticPolicies }), preparseSchema("bench", SCHEMA)])
    if (answer.type === "failure") throw new Error(JSON.stringify(answer));
  return ({ principal, action, resource, context, entities }) => {
    const answer = statefulIsAuthorized({
      principal,
      action: { type: "Action", id: action },
      resource,
      context: context as never,
      entities: entities as never,
      preparsedPolicySetId: "bench",
      preparsedSchemaName: "bench",
      validateRequest: true,
    });
    if (answer.type === "failure") throw new Error(JSON.stringify(answer));
    if (answer.response.diagnostics.errors.length > 0) throw new Error("the bench's policies do not err");
    return { decision: answer.response.decision, reason: answer.response.diagnostics.reason };
  };
}

async function againstCedar(count: number): Promise<Figures> {
  const texts = policyTexts(count);
  const { bundle, ms } = await loadTexts(SCHEMA, texts);
  const decider = deciderOf(bundle);
  const cedar = cedarSide(texts);
  const questions = Array.from({ length: QUESTIONS }, (_, n) => question(n));
  for (const q of questions) agree(cedar(q), decider.decide(q));
  const ours = { name: "oursUs", run: (q: Question) => decider.decide(q) };
  const sides = [
    { name: "cedarUs", run: cedar },
    ours,
    {
      name: "oursWithSliceUs",
      run: (q: Question) => decider.slice([{ name: "call", decisions: [decider.decide(q)] }]),
    },
  ];
  const times = inTurns(sides, questions, count > MANY ? ROUNDS_MANY : undefined);
  return { loadMs: ms, ...times, oursP99Us: p99Us(ours, questions, P99_CALLS) };
}

/** Both say yes or no alike, and for the same policies. */
function agree(
  cedar: { decision: string; reason: readonly string[] },
  ours: ReturnType<ReturnType<typeof createDecider>["decide"]>,
): void {
  const reasons = ours.policies.map(({ id }) => id).toSorted();
  if ((cedar.decision === "allow") !== (ours.answer === "allow") || cedar.reason.toSorted().join() !== reasons.join())
    throw new Error(`Cedar says ${JSON.stringify(cedar)}, ours ${ours.answer} ${ours.reason} ${reasons.join()}`);
}

async function againstOthers(count: number): Promise<Figures> {
  const rules = roleRules(count);
  const asked = roleQuestions(rules, QUESTIONS);
  const { bundle } = await loadTexts(ROLE_SCHEMA, rules.map(cedarText));
  const decider = deciderOf(bundle);
  const posed = new Map(asked.map((one) => [one, cedarQuestion(one)]));
  const ours = (one: RoleQuestion): boolean => decider.decide(posed.get(one) ?? cedarQuestion(one)).answer === "allow";
  const casbin = await openCasbin(rules, asked);
  await using cerbos = await openCerbos(rules);
  for (const one of asked) {
    const expected = isPermitted(rules, one);
    const said = [ours(one), casbin(one), ...(await checkMany(cerbos, [one]))];
    if (said.some((answer) => answer !== expected))
      throw new Error(`${JSON.stringify(one)}: ${expected}, but ours, casbin, Cerbos say ${said.join()}`);
  }
  const sides = [
    { name: "casbinUs", run: casbin },
    { name: "oursSameRulesUs", run: ours },
  ];
  const times = inTurns(sides, asked, count > MANY ? ROUNDS_MANY : undefined);
  return { ...times, cerbosUs: await cerbosUs(cerbos, asked) };
}

/** Processor time of its process for one decision of {@link BATCH} in a request. */
async function cerbosUs(cerbos: Cerbos, asked: readonly RoleQuestion[]): Promise<number> {
  const rounds: number[] = [];
  for (let n = 0; n <= CERBOS_ROUNDS; n += 1) {
    const before = cerbos.cpu();
    for (let request = 0; request < CERBOS_REQUESTS; request += 1) await checkMany(cerbos, batchOf(asked, request));
    rounds.push(((cerbos.cpu() - before) * 1000) / (CERBOS_REQUESTS * BATCH));
  }
  // the first warms it up
  return median(rounds.slice(1));
}

function batchOf(asked: readonly RoleQuestion[], from: number): readonly RoleQuestion[] {
  return Array.from({ length: BATCH }, (_, n) => asked[(from + n) % asked.length]).filter((one) => one !== undefined);
}

const { values } = parseArgs({ options: { policies: { type: "string", default: "10,100,1000,10000" } } });
const counts = values.policies.split(",").map(Number);
const figures: Record<number, Figures> = {};
const ratios: Figures = {};
for (const count of counts) {
  const one: Figures = { ...(await againstCedar(count)), ...(await againstOthers(count)) };
  figures[count] = Object.fromEntries(Object.entries(one).map(([name, value]) => [name, round(value)]));
  const over = (peer: string, ours: string): number => round((one[peer] ?? 0) / (one[ours] ?? 0));
  ratios[`cedar@${count}`] = over("cedarUs", "oursUs");
  ratios[`cedarToSlice@${count}`] = over("cedarUs", "oursWithSliceUs");
  ratios[`casbin@${count}`] = over("casbinUs", "oursSameRulesUs");
  ratios[`cerbos@${count}`] = over("cerbosUs", "oursSameRulesUs");
}

const missed = [
  ...Object.entries(FLOORS).filter(([name, floor]) => (ratios[name] ?? Number.POSITIVE_INFINITY) < floor),
  ...Object.entries(P99_CEILINGS).filter(([count, us]) => (figures[Number(count)]?.["oursP99Us"] ?? 0) > us),
].map(([name]) => name);
const judged =
  Object.keys(FLOORS).filter((name) => name in ratios).length + counts.filter((n) => n in P99_CEILINGS).length;
console.log(
  JSON.stringify({
    name: "bench/decide/decision",
    figures,
    ratios,
    floors: FLOORS,
    p99Ceilings: P99_CEILINGS,
    missed,
    passed: judged - missed.length,
    failed: missed.length,
  }),
);
process.exitCode = missed.length === 0 ? 0 : 1;
