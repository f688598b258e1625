// SPDX-License-Identifier: Apache-2.0
// `node conformance/clocks.ts [--vectors FILE|DIR]... [--draws N] [--regulations DIR]`: scenarios of incidents against the
// clock engine, and random draws against a second implementation of the reckonings. The last line is JSON; `passed` and
// `failed` count scenarios, of which one that cannot be read or run has failed; a draw that differs is one more failure.
import path from "node:path";
import { parseArgs } from "node:util";
import { instant } from "../src/core/index.ts";
import { drawTasks } from "../src/prove/testing/draws.ts";
import { readScenarios } from "./clocks/read.ts";
import { runScenario } from "./clocks/run.ts";
import { openBench } from "./clocks/world.ts";

const root = path.join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    vectors: { type: "string", multiple: true },
    draws: { type: "string" },
    regulations: { type: "string" },
  },
});
const places = values.vectors ?? [path.join(root, "regulations", "tests", "scenarios")];

const SEED = 1182;
/** UNIT: draws. More of them take longer and are as good. */
const DRAWS = "20000";
const draws = Number(values.draws ?? DRAWS);
if (!Number.isSafeInteger(draws) || draws < 0)
  throw new Error(`--draws ${values.draws}: write a number such as ${DRAWS}`);

const started = performance.now();
const bench = await openBench(values.regulations ?? path.join(root, "regulations"), instant(Date.now()));
const reads = places.map(readScenarios);
const faults = reads.flatMap((one) => one.faults);
const ran = reads.flatMap(({ found }) => found.map((one) => runScenario(one, bench)));
const wrong = ran.filter(({ failures }) => failures.length > 0);
for (const line of [...faults, ...wrong.flatMap(({ failures }) => failures)]) console.error(line);
if (ran.length + faults.length === 0) console.error(`not run: no scenarios in ${places.join(", ")}`);
const drawn = drawTasks(draws, SEED, [...bench.regimes.reckonings.keys()].map(bench.world.shelf.reckoning));
for (const line of drawn.differences.slice(0, 20)) console.error(line);
const failed = wrong.length + faults.length + drawn.differences.length;
console.log(
  JSON.stringify({
    name: "conformance:clocks",
    figures: {
      scenarios: ran.length,
      assertions: ran.reduce((sum, { assertions }) => sum + assertions, 0),
      notRead: faults.length,
      draws: drawn.draws,
      drawsDiffering: drawn.differences.length,
      seconds: Math.round((performance.now() - started) / 100) / 10,
    },
    ratios: {},
    passed: ran.length - wrong.length,
    failed,
  }),
);
if (failed > 0) process.exitCode = 1;
// a check that was not run is not a check that passed
else if (ran.length === 0) process.exitCode = 3;
