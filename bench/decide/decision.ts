// SPDX-License-Identifier: Apache-2.0
// `node bench/decide/decision.ts`: one decision with its reasons, conversion of context and entities included, ours against
// the best path of Cedar's own WebAssembly build (policies and schema parsed before). Both run in turn in this process, on the
// same questions, and must agree on every one. Machines differ; the ratios are the result. `decide()` also makes the digest of
// the whole question for the record, which Cedar does not; it has its own figure.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { preparsePolicySet, preparseSchema, statefulIsAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import { instant, type Question } from "../../src/core/index.ts";
import { answerOf } from "../../src/decide/answer.ts";
import { meansOf } from "../../src/decide/discharge.ts";
import { type Bundle, createDecider, loadBundle } from "../../src/decide/index.ts";
import { evaluateFor, prepare } from "../../src/decide/question.ts";
import { policyTexts, question, SCHEMA } from "./world.ts";

/** The least that ours must be faster, by number of policies. SOURCE: decide section 6 */
const FLOORS: Readonly<Record<number, number>> = { 10: 60, 100: 60, 1_000: 100 };
const ROUNDS = 9;
/** Turns of each side in a round: what disturbs the machine for a moment then disturbs all. */
const TURNS = 8;
const QUESTIONS = Array.from({ length: 40 }, (_, n) => question(n));
const WARM_UP_CALLS = 1_000;
/** UNIT: ms of processor time per turn and side; a shorter turn would measure the timer. */
const TURN_MS = 25;

interface Row {
  readonly policies: number;
  readonly loadMs: number;
  /** UNIT: microseconds of processor time for one decision. */
  readonly cedarUs: number;
  readonly oursUs: number;
  /** `decide()`: the decision, and the digest of what was asked. */
  readonly withDigestUs: number;
}

async function load(count: number): Promise<{ bundle: Bundle; ms: number }> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-bench-"));
  try {
    await mkdir(path.join(dir, "cases"));
    await writeFile(path.join(dir, "bailiwick.yaml"), "name: bench\ndomain: main\nowner: bench\n");
    await writeFile(path.join(dir, "schema.cedarschema"), SCHEMA);
    await writeFile(path.join(dir, "all.cedar"), policyTexts(count).join("\n"));
    const started = performance.now();
    const loaded = await loadBundle({ dir, timers: TIMERS });
    if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems.slice(0, 3)));
    return { bundle: loaded.bundle, ms: Math.round(performance.now() - started) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

const TIMERS = {
  after(ms: number, work: () => void): () => void {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  every(): () => void {
    throw new Error("nothing here repeats");
  },
};

function cedarSide(count: number): (q: Question) => { decision: string; reason: readonly string[] } {
  const texts = new Map(policyTexts(count).map((text, n) => [`p${n}`, text]));
  for (const answer of [
    preparsePolicySet("bench", { staticPolicies: Object.fromEntries(texts) }),
    preparseSchema("bench", SCHEMA),
  ])
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

async function measure(count: number): Promise<Row> {
  const { bundle, ms } = await load(count);
  const decider = createDecider({
    clock: { now: () => instant(0), monotonic: () => performance.now() },
    log: {
      fault: (code, fields) => {
        throw new Error(`${code} ${JSON.stringify(fields)}`);
      },
    },
  });
  decider.swap(bundle.domain, bundle.set);
  const cedar = cedarSide(count);
  for (const q of QUESTIONS) agree(cedar(q), decider.decide(q));
  const sides = [
    (q: Question) => void cedar(q),
    (q: Question) => void decideOnly(bundle, q),
    (q: Question) => void decider.slice([{ name: "call", decisions: [decider.decide(q)] }]),
  ];
  const calls = sides.map(callsPerTurn);
  const rounds = Array.from({ length: ROUNDS }, () => oneRound(sides, calls));
  const [cedarUs = 0, oursUs = 0, withDigestUs = 0] = sides.map((_, side) => median(rounds.map((r) => r[side] ?? 0)));
  return { policies: count, loadMs: ms, cedarUs, oursUs, withDigestUs };
}

/** Processor time of one call, by side. */
function oneRound(sides: readonly ((q: Question) => void)[], calls: readonly number[]): readonly number[] {
  const turns = Array.from({ length: TURNS }, () => sides.map((run, side) => microseconds(run, calls[side] ?? 1)));
  return sides.map((_, side) => median(turns.map((turn) => turn[side] ?? 0)));
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

function decideOnly({ set }: Bundle, q: Question): unknown {
  const ready = prepare(set, q, 1);
  if ("reason" in ready) throw new Error(ready.reason);
  const evaluation = evaluateFor(set, ready, q.resource);
  return "reason" in evaluation ? evaluation : answerOf(evaluation, set.rules, meansOf(q, q.resource));
}

function callsPerTurn(run: (q: Question) => void): number {
  microseconds(run, WARM_UP_CALLS);
  return Math.ceil((TURN_MS * 1000) / microseconds(run, WARM_UP_CALLS));
}

/** Processor time of one call. */
function microseconds(run: (q: Question) => void, calls: number): number {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) {
    const q = QUESTIONS[call % QUESTIONS.length];
    if (q !== undefined) run(q);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const rows: Row[] = [];
for (const count of [10, 100, 1_000]) rows.push(await measure(count));

const round = (value: number): number => Math.round(value * 10) / 10;
const ratios = Object.fromEntries(
  rows.flatMap(({ policies, cedarUs, oursUs, withDigestUs }) => [
    [`cedar/ours@${policies}`, round(cedarUs / oursUs)],
    [`cedar/oursWithDigest@${policies}`, round(cedarUs / withDigestUs)],
  ]),
);
const missed = rows.filter((row) => row.cedarUs / row.oursUs < (FLOORS[row.policies] ?? 0));
const figures = Object.fromEntries(
  rows.map(({ policies, loadMs, ...times }) => [
    policies,
    { ...Object.fromEntries(Object.entries(times).map(([name, us]) => [name, round(us)])), loadMs },
  ]),
);
console.log(
  JSON.stringify({
    name: "bench/decide/decision",
    figures,
    ratios,
    floors: FLOORS,
    passed: rows.length - missed.length,
    failed: missed.length,
  }),
);
process.exitCode = missed.length === 0 ? 0 : 1;
