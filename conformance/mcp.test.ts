// SPDX-License-Identifier: Apache-2.0
// The official suite of MCP 2025-11-25 against a server directly, and through the gate observed and enforced. `npm run
// conformance:mcp` runs all of them.
import { beforeAll, expect, test } from "vitest";
import { openGate } from "./mcp/gate.ts";
import { differences, runSuite, type Said, SUITES } from "./mcp/suites.ts";
import { openUpstream } from "./mcp/upstream.ts";

const [SUITE] = SUITES;
/** Scenarios of what the relay does not carry yet. */
const KNOWN = /^server-sse-multiple-streams /;

let upstream: Awaited<ReturnType<typeof openUpstream>>;
let direct: Said;

beforeAll(async () => {
  upstream = await openUpstream();
  direct = await runSuite(SUITE, upstream.url);
  return () => upstream[Symbol.asyncDispose]();
});

test("the server passes every check of the suite directly, so that a difference is the gate's", () => {
  expect(direct.size).toBeGreaterThanOrEqual(40);
  expect([...direct].filter(([, { status }]) => status !== "SUCCESS")).toEqual([]);
});

for (const mode of ["observe", "enforce"] as const) {
  test(`E19: every check says the same through the gate, mode ${mode}`, async () => {
    await using gate = await openGate(upstream.url, { mode });
    const differing = differences(direct, await runSuite(SUITE, gate.url));
    expect(differing.filter((line) => !KNOWN.test(line))).toEqual([]);
  });
}
