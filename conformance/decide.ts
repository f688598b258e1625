// SPDX-License-Identifier: Apache-2.0
// `node conformance/decide.ts [--properties N] [--seed S]`: what must hold of every policy set (D31, D32), on N random sets with
// links, errors, duties and evidence. The last line is JSON; `passed` counts sets of which everything held.
import { parseArgs } from "node:util";
import { CedarParser } from "../src/decide/cedar/parser.ts";
import { systemTimers } from "../src/server/system.ts";
import { PROPERTIES, tryProperties } from "./decide/properties.ts";

const { values } = parseArgs({
  options: { properties: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const [sets, seed] = [Number(values.properties), Number(values.seed)];
if (!Number.isSafeInteger(sets) || sets < 1 || !Number.isSafeInteger(seed))
  throw new Error(`--properties ${values.properties} --seed ${values.seed}: write whole numbers, such as 100000`);

const started = performance.now();
await using parser = new CedarParser(systemTimers);
const { failed, failures, ...figures } = await tryProperties(parser, sets, seed);
for (const line of failures) console.error(line);
const untried = PROPERTIES.filter((name) => figures.held[name] === 0);
for (const name of untried) console.error(`not tried: ${name}`);
const seconds = Math.round((performance.now() - started) / 100) / 10;
console.log(
  JSON.stringify({
    name: "conformance:decide",
    figures: { ...figures, seed, seconds },
    ratios: {},
    passed: Math.max(0, sets - failed),
    failed: failed + untried.length,
  }),
);
if (failed + untried.length > 0) process.exitCode = 1;
