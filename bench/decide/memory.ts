// SPDX-License-Identifier: Apache-2.0
// `node --expose-gc bench/decide/memory.ts [--policies 10000] [--requests 10000000]`: what so many policies take over an idle
// decider, and what is left behind by so many questions of which each has ids that never came before. Both after collecting
// garbage, as heap and as what the system gave the process; the larger counts.
import { parseArgs } from "node:util";
import { instant, type Question } from "../../src/core/index.ts";
import { createDecider } from "../../src/decide/index.ts";
import { loadTexts } from "./load.ts";
import { round } from "./measure.ts";
import { policyTexts, question, SCHEMA } from "./world.ts";

/** UNIT: MiB. SOURCE: decide section 6 */
const CEILINGS = { policies: 80, growth: 20 } as const;
const IDLE_POLICIES = 10;
const WARM_UP = 100_000;
const MIB = 1024 * 1024;

interface Memory {
  readonly heap: number;
  readonly rss: number;
}

async function settled(): Promise<Memory> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("run with node --expose-gc");
  // a process gives pages back a while after it could
  for (let n = 0; n < 5; n += 1) {
    gc();
    await new Promise((resolve) => void setTimeout(resolve, 200));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: (heapUsed + external) / MIB, rss: rss / MIB };
}

function more(after: Memory, before: Memory): number {
  return round(Math.max(after.heap - before.heap, after.rss - before.rss));
}

/** The n-th question, about an agent and a document that nobody spoke of before. */
function fresh(n: number): Question {
  const { principal, resource, entities, ...rest } = question(n % 40);
  const renamed = new Map([
    [principal.id, `${principal.id}-${n}`],
    [resource.id, `${resource.id}-${n}`],
  ]);
  return {
    ...rest,
    principal: { ...principal, id: `${principal.id}-${n}` },
    resource: { ...resource, id: `${resource.id}-${n}` },
    entities: entities.map(({ uid, ...body }) => ({ ...body, uid: { ...uid, id: renamed.get(uid.id) ?? uid.id } })),
  };
}

const { values } = parseArgs({
  options: {
    policies: { type: "string", default: "10000" },
    requests: { type: "string", default: "10000000" },
  },
});
const [policies, requests] = [Number(values.policies), Number(values.requests)];
const decider = createDecider({
  clock: { now: () => instant(0), monotonic: () => performance.now() },
  log: {
    fault: (code) => {
      throw new Error(code);
    },
  },
});
const load = async (count: number): Promise<void> => {
  const { bundle } = await loadTexts(SCHEMA, policyTexts(count));
  decider.swap(bundle.domain, bundle.set);
};
const ask = (from: number, until: number): void => {
  for (let n = from; n < until; n += 1)
    if (decider.decide(fresh(n)).reason === "policy_unavailable") throw new Error("nothing decides");
};

await load(IDLE_POLICIES);
ask(0, WARM_UP);
const idle = await settled();
await load(policies);
const loaded = await settled();
await load(IDLE_POLICIES);
ask(0, WARM_UP);
const before = await settled();
ask(WARM_UP, WARM_UP + requests);
const after = await settled();

const figures = { policies, policiesMiB: more(loaded, idle), requests, growthMiB: more(after, before) };
const missed = [
  ...(figures.policiesMiB > CEILINGS.policies ? ["policies"] : []),
  ...(figures.growthMiB > CEILINGS.growth ? ["growth"] : []),
];
console.log(
  JSON.stringify({
    name: "bench/decide/memory",
    figures,
    parts: { idle, loaded, before, after },
    ceilings: CEILINGS,
    missed,
    passed: 2 - missed.length,
    failed: missed.length,
  }),
);
process.exitCode = missed.length === 0 ? 0 : 1;
