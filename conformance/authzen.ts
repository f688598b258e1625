// SPDX-License-Identifier: Apache-2.0
// `node conformance/authzen.ts [--vectors DIR] [--url BASE [--token FILE] [--ca FILE] [--set NAME]...]`: the interoperability
// sets and the certification scenario of OpenID AuthZEN over HTTP. Without `--url` a server of ours is started, with a policy
// domain for each set; with it any decision point is asked, by default the scenario alone. The last line is JSON.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { certify } from "./authzen/certification.ts";
import type { Point } from "./authzen/client.ts";
import { openWorld } from "./authzen/server.ts";
import { askSet, SETS } from "./authzen/sets.ts";
import { createTally, totals } from "./authzen/tally.ts";

const { values } = parseArgs({
  options: {
    vectors: { type: "string" },
    url: { type: "string" },
    token: { type: "string" },
    ca: { type: "string" },
    set: { type: "string", multiple: true },
  },
});
const configured = process.env["BAILIWICK_VECTORS"]; // oxlint-disable-line node/no-process-env -- a program, not a room
const shared = path.join(import.meta.dirname, "..", "..", "shared", "vectors");
const folder = values.vectors ?? path.join(configured ?? shared, "authzen");
const tally = createTally();
const missing: string[] = [];
const started = performance.now();

if (values.url === undefined) await ours();
else await another(values.url);

for (const line of tally.failures) console.error(line);
for (const file of missing) console.error(`not run: no ${file} under ${folder}`);
const { passed, failed } = totals(tally);
console.log(
  JSON.stringify({
    name: "conformance:authzen",
    figures: {
      ...Object.fromEntries([...tally.levels].map(([level, counts]) => [level, counts.passed])),
      notRun: missing.length,
      seconds: Math.round((performance.now() - started) / 100) / 10,
    },
    ratios: {},
    passed,
    failed,
  }),
);
if (failed > 0) process.exitCode = 1;
// a check that was not run is not a check that passed
else if (missing.length > 0 || passed === 0) process.exitCode = 3;

async function ours(): Promise<void> {
  await using world = await openWorld(folder);
  for (const set of SETS) if (!(await askSet(folder, set, world.point(set.domain), tally))) missing.push(set.file);
  await certify(world.point("certification"), tally);
}

async function another(url: string): Promise<void> {
  const point: Point = { url: url.replace(/\/$/, ""), token: read(values.token), ca: read(values.ca) };
  const named = values.set ?? ["certification"];
  for (const set of SETS.filter(({ domain }) => named.includes(domain)))
    if (!(await askSet(folder, set, point, tally))) missing.push(set.file);
  if (named.includes("certification")) await certify(point, tally);
}

function read(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, "utf8").trim();
}
