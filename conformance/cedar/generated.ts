// SPDX-License-Identifier: Apache-2.0
// Random decisions by the thousand: policies, templates with links, entities and questions drawn from one seed, put to Cedar
// and to us. What differs is told with the seed that draws it again.
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

export async function compareGenerated(decisions: number, seed: number): Promise<Generated> {
  await using parser = new CedarParser(systemTimers);
  const sets = Math.ceil(decisions / WIDE_QUESTIONS);
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
