// SPDX-License-Identifier: Apache-2.0
// Random decisions by the thousand: policies, templates with links, entities and questions drawn from one seed, put to Cedar
// and to us. What differs is told with the seed that draws it again.
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import * as fc from "fast-check";
import { CedarParser } from "../../src/decide/cedar/parser.ts";
import { systemTimers } from "../../src/server/system.ts";
import { askCedar, askUs } from "./differential.ts";
import { WIDE, WIDE_QUESTIONS } from "./generate.ts";

export interface Generated {
  readonly decisions: number;
  readonly sets: number;
  readonly differing: number;
  /** The first ones, a line each. */
  readonly failures: readonly string[];
}

const FAILURES_SHOWN = 20;

/** Sets that one thread compares: the seeds from one on. */
export interface Share {
  readonly seed: number;
  readonly sets: number;
}

/** Over as many threads as there are processors: nearly all of it is Cedar's own work, which converts every entity each time. */
export async function compareGenerated(decisions: number, seed: number): Promise<Generated> {
  const sets = Math.ceil(decisions / WIDE_QUESTIONS);
  const threads = Math.min(availableParallelism(), sets);
  const edges = Array.from({ length: threads + 1 }, (_, n) => Math.round((sets * n) / threads));
  const shares = edges.slice(1).map((end, n): Share => {
    const start = edges[n] ?? 0;
    return { seed: seed + start, sets: end - start };
  });
  const done = await Promise.all(shares.map(inThread));
  const sum = (of: (one: Generated) => number): number => done.reduce((all, one) => all + of(one), 0);
  return {
    decisions: sum((one) => one.decisions),
    sets,
    differing: sum((one) => one.differing),
    failures: done.flatMap(({ failures }) => failures).slice(0, FAILURES_SHOWN),
  };
}

async function inThread(share: Share): Promise<Generated> {
  const worker = new Worker(new URL("generated.worker.ts", import.meta.url), { workerData: share });
  try {
    const [said] = (await once(worker, "message")) as [Generated];
    return said;
  } finally {
    await worker.terminate();
  }
}

export async function compareShare({ seed, sets }: Share): Promise<Generated> {
  await using parser = new CedarParser(systemTimers);
  const failures: string[] = [];
  let [asked, differing] = [0, 0];
  for (let n = 0; n < sets; n += 1) {
    const [sample] = fc.sample(WIDE, { seed: seed + n, numRuns: 1 });
    if (sample === undefined) continue;
    const [cedar, ours] = [askCedar(sample), await askUs(sample, parser)];
    for (const [at, expected] of cedar.entries()) {
      asked += 1;
      if (ours[at] === expected) continue;
      differing += 1;
      const about = JSON.stringify({ ...sample, questions: [sample.questions[at]] });
      if (failures.length < FAILURES_SHOWN)
        failures.push(`seed ${seed + n}: Cedar ${expected}, ours ${ours[at]}: ${about}`);
    }
  }
  return { decisions: asked, sets, differing, failures };
}
