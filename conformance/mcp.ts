// SPDX-License-Identifier: Apache-2.0
// `node conformance/mcp.ts [--suite N]`: the official MCP suites against a server directly and through the gate, check by
// check. A check that says otherwise through the gate has failed, whatever it says. The last line is JSON.
import { parseArgs } from "node:util";
import { openGate } from "./mcp/gate.ts";
import { differences, runSuite, SUITES } from "./mcp/suites.ts";
import { openUpstream } from "./mcp/upstream.ts";

const { values } = parseArgs({ options: { suite: { type: "string" }, log: { type: "boolean" } } });
const suites = values.suite === undefined ? SUITES : SUITES.slice(Number(values.suite), Number(values.suite) + 1);
const tell = values.log === true ? (line: string): void => console.error(line) : undefined;

const started = performance.now();
const figures: Record<string, number> = {};
let [passed, failed] = [0, 0];
await using upstream = await openUpstream();
for (const suite of suites) {
  // one at a time: what a suite measures in milliseconds is not to be disturbed
  const direct = await runSuite(suite, upstream.url);
  figures[`${suite.name}: checks`] = direct.size;
  figures[`${suite.name}: passing directly`] = [...direct.values()].filter(({ status }) => status === "SUCCESS").length;
  for (const mode of ["observe", "enforce"] as const) {
    await using gate = await openGate(upstream.url, { mode, ...(tell === undefined ? {} : { tell }) });
    const differing = differences(direct, await runSuite(suite, gate.url));
    for (const line of differing) console.error(`${suite.name}, ${mode}: ${line}`);
    figures[`${suite.name}: differing, ${mode}`] = differing.length;
    passed += direct.size - differing.length;
    failed += differing.length;
  }
}
figures["seconds"] = Math.round((performance.now() - started) / 100) / 10;
console.log(JSON.stringify({ name: "conformance:mcp", figures, ratios: {}, passed, failed }));
if (failed > 0) process.exitCode = 1;
else if (passed === 0) process.exitCode = 3;
