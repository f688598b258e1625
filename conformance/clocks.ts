// SPDX-License-Identifier: Apache-2.0
// `node conformance/clocks.ts [--vectors FILE|DIR]... [--draws N] [--regulations DIR]`: scenarios of incidents against the
// clock engine, and random draws against a second implementation. The last line is JSON; `passed` and `failed` count
// scenarios, and one that cannot be read or run is a failure.
import path from "node:path";
import { parseArgs } from "node:util";
import { instant } from "../src/core/index.ts";
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

const started = performance.now();
const bench = await openBench(values.regulations ?? path.join(root, "regulations"), instant(Date.now()));
const reads = places.map(readScenarios);
const faults = reads.flatMap((one) => one.faults);
const ran = reads.flatMap(({ found }) => found.map((one) => runScenario(one, bench)));
const wrong = ran.filter(({ failures }) => failures.length > 0);
for (const line of [...faults, ...wrong.flatMap(({ failures }) => failures)]) console.error(line);
if (ran.length + faults.length === 0) console.error(`not run: no scenarios in ${places.join(", ")}`);
const failed = wrong.length + faults.length;
console.log(
  JSON.stringify({
    name: "conformance:clocks",
    figures: {
      scenarios: ran.length,
      assertions: ran.reduce((sum, { assertions }) => sum + assertions, 0),
      notRead: faults.length,
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
