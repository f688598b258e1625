// SPDX-License-Identifier: Apache-2.0
// `node conformance/mcp.ts [--suite N]`: the official MCP suites against a server directly and through the gate, check by
// check; a check that says otherwise through the gate has failed, whatever it says. Then the gate's own links as the client of
// the client suite. The last line is JSON.
import { parseArgs } from "node:util";
import { openGate } from "./mcp/gate.ts";
import { CLIENT_SCENARIOS, differences, runClient, runSuite, SUITES } from "./mcp/suites.ts";
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
if (values.suite === undefined) {
  figures["links as a client: checks"] = 0;
  for (const scenario of CLIENT_SCENARIOS) {
    // as above
    const said = await runClient(scenario);
    const wrong = [...said].filter(([, { status }]) => status !== "SUCCESS" && status !== "SKIPPED");
    for (const [key, { status, why }] of wrong) console.error(`links as a client: ${key}: ${status}: ${why}`);
    if (said.size === 0) console.error(`links as a client: ${scenario}: not run`);
    figures["links as a client: checks"] += said.size;
    passed += said.size - wrong.length;
    failed += wrong.length + (said.size === 0 ? 1 : 0);
  }
}
figures["seconds"] = Math.round((performance.now() - started) / 100) / 10;
console.log(JSON.stringify({ name: "conformance:mcp", figures, ratios: {}, passed, failed }));
if (failed > 0) process.exitCode = 1;
else if (passed === 0) process.exitCode = 3;
