// SPDX-License-Identifier: Apache-2.0
// An upstream that crashes, falls silent or lies: each has a stated answer, and never a silent success.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { type Json, member, parseInstanceId } from "../../src/core/index.ts";
import { fakeStanding } from "../../src/core/testing/ports.ts";
import { type RelayWorld, type RelayWorldOptions, relayWorld } from "../support/relay-world.ts";

const ODD = path.join(import.meta.dirname, "upstreams", "odd.ts");
const CALL = { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "act", arguments: {} } };

function odd(how: string, options: RelayWorldOptions = {}): RelayWorld {
  return relayWorld([process.execPath, ODD, how], options);
}

function outcomes(world: RelayWorld): string[] {
  return world.recorder.appended.flatMap((e) => (e.type === "outcome" ? [e.result] : []));
}

test("section 4: a call whose upstream crashes is unknown, and the session is gone", async () => {
  await using world = odd("crashes");
  await world.connect();
  const answered = await world.post(CALL);
  expect(member(member(answered.json, "error"), "message")).toMatch(/unknown; do not repeat/);
  expect(outcomes(world)).toEqual(["unknown"]);
  await expect.poll(() => world.relay.sessions).toBe(0);
  expect((await world.post({ ...CALL, id: 3 })).status).toBe(404);
});

test("X12: a server that is taken away while a call runs: the call is unknown, and its session is gone", async () => {
  await using world = odd("silent");
  await world.connect();
  const running = world.post(CALL);
  await expect.poll(() => world.recorder.appended.filter((e) => "shape" in e && e.shape === "intent").length).toBe(1);
  await world.relay.end(world.server);
  expect(member(member((await running).json, "error"), "message")).toMatch(/unknown; do not repeat/);
  expect(outcomes(world)).toEqual(["unknown"]);
  await expect.poll(() => world.relay.sessions).toBe(0);
  expect((await world.post({ ...CALL, id: 3 })).status).toBe(404);
});

for (const how of ["half-json", "duplicate", "endless"]) {
  test(`section 4: an upstream that answers with ${how} is broken off, and the call is unknown`, async () => {
    await using world = odd(how);
    await world.connect();
    await world.post(CALL);
    expect(outcomes(world)).toEqual(["unknown"]);
    await expect.poll(() => world.relay.sessions).toBe(0);
  });
}

for (const how of ["silent", "other-id"]) {
  test(`E12: a ${how} upstream ends in a timeout, and the call is unknown`, async () => {
    await using world = odd(how, { upstreamWaitMs: 2000 });
    await world.connect();
    const answered = await world.post(CALL);
    expect(member(answered.json, "error")).toBeDefined();
    expect(outcomes(world)).toEqual(["unknown"]);
  });
}

test("section 4: an upstream's own error passes in its own shape, as a failed effect", async () => {
  await using world = odd("refuses");
  await world.connect();
  const answered = await world.post(CALL);
  expect(member(member(answered.json, "error"), "code")).toBe(-32_000);
  expect(outcomes(world)).toEqual(["failed"]);
});

test("E31: what an upstream asks of a client that declared nothing is refused by the gate", async () => {
  await using world = odd("asks");
  await world.connect({});
  const answered = await world.post(CALL);
  expect(JSON.stringify(answered.json)).toMatch(/offers nothing/);
});

test("E31: what a client can do goes up as it says, and what the server says of itself comes down", async () => {
  await using world = odd("tells");
  const opened = await world.connect();
  const result = member(opened.json, "result");
  expect(JSON.stringify(result)).toBe(
    '{"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true},"prompts":{},"resources":{},"logging":{}},"serverInfo":{"name":"odd","version":"1"},"instructions":"the words of a stranger"}',
  );
  const offered =
    '{"protocolVersion":"2025-11-25","capabilities":{"roots":{"listChanged":true},"sampling":{},"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}';
  const [told] = member(member((await world.post(CALL)).json, "result"), "content") as [Json];
  expect(member(told, "text")).toBe(offered);
});

test("E37: a greeting on stdout is left out, and what follows is read", async () => {
  await using world = odd("greets");
  await world.connect();
  expect(member((await world.post(CALL)).json, "result")).toBeDefined();
});

test("E19: an upstream of another revision, one that exits and one that is not there do not open a session", async () => {
  for (const world of [odd("old"), odd("exits"), relayWorld(["/nonexistent/program"])]) {
    const opened = await world.connect();
    expect(member(opened.json, "error")).toBeDefined();
    expect(opened.headers).not.toHaveProperty("mcp-session-id");
    expect(world.relay.sessions).toBe(0);
    await world.relay.close();
  }
});

test("E37: closing ends the whole process group, also of a child that ignores SIGTERM", async () => {
  const world = odd("stubborn");
  const parent = odd("parent");
  await world.connect();
  await parent.connect();
  expect(spawnSync("pgrep", ["-f", "bailiwick-grandchild"]).stdout.toString()).not.toBe("");
  await Promise.all([world.relay.close(), parent.relay.close()]);
  const left = spawnSync("pgrep", ["-f", "odd.ts (stubborn|parent)|bailiwick-grandchild"]);
  expect(left.stdout.toString()).toBe("");
}, 20_000);

test("E32: a session of one instance does not exist for another", async () => {
  await using world = odd("fine");
  await world.connect();
  world.standing = fakeStanding({ instance: parseInstanceId("spiffe://test/agent/reader/2") });
  expect((await world.post(CALL)).status).toBe(404);
  expect(world.recorder.appended.filter((e) => e.type === "decision")).toEqual([]);
});

test("E33: a cancelled call gets no response, and its outcome says so", async () => {
  await using world = odd("silent");
  await world.connect();
  const call = world.post(CALL);
  await expect.poll(() => world.recorder.appended.some((e) => e.type === "decision")).toBe(true);
  await world.post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } });
  expect(await call).toMatchObject({ status: 200, json: undefined });
  expect(outcomes(world)).toEqual(["cancelled"]);
});

test("E35: more calls at once than allowed are refused, and the next one passes again", async () => {
  await using world = odd("silent", { callsPerIdentity: 2, upstreamWaitMs: 2000 });
  await world.connect();
  const answered = await Promise.all([2, 3, 4].map((id) => world.post({ ...CALL, id })));
  expect(answered.map((a) => a.status).toSorted((a, b) => a - b)).toEqual([200, 200, 429]);
  expect((await world.post({ ...CALL, id: 5 })).status).toBe(200);
});

test("E35: an identity has so many sessions and no more", async () => {
  await using world = odd("fine", { sessionsPerIdentity: 2 });
  const opened = [await world.connect(), await world.connect(), await world.connect()];
  expect(opened.map((o) => o.status)).toEqual([200, 200, 429]);
});

test("E2: bodies that can be read in two ways, or not at all, are refused with the protocol's own error", async () => {
  await using world = odd("fine");
  await world.connect();
  const cases: [string, number, number][] = [
    ['{"jsonrpc":"2.0","id":2,"id":3,"method":"ping"}', 400, -32_700],
    ['{"jsonrpc":"2.0","id":2,', 400, -32_700],
    ["", 400, -32_700],
    [`{"jsonrpc":"2.0","id":2,"method":"ping","params":${"[".repeat(80)}${"]".repeat(80)}}`, 400, -32_700],
    ['[{"jsonrpc":"2.0","id":2,"method":"ping"}]', 400, -32_600],
    ['{"jsonrpc":"1.0","id":2,"method":"ping"}', 400, -32_600],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, -32_600],
    ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', 400, -32_600],
    [`"${"x".repeat(4 * 1024 * 1024)}"`, 413, -32_700],
  ];
  for (const [body, status, code] of cases) {
    const answered = await world.post(body);
    expect([answered.status, member(member(answered.json, "error"), "code")], body.slice(0, 60)).toEqual([
      status,
      code,
    ]);
  }
  expect(world.recorder.noted).toHaveLength(cases.length);
  expect((await world.post("{}", { "content-type": "text/plain" })).status).toBe(415);
});

test("E20: a method that the relay does not know counts as an effect, and is not there where no rule permits it", async () => {
  await using world = odd("fine", { rule: (action) => (action === "execute" ? "deny" : "allow") });
  await world.connect();
  for (const method of ["sampling/createMessage", "tools/call2", "server/discover"]) {
    const answered = await world.post({ jsonrpc: "2.0", id: 2, method, params: {} });
    expect(member(member(answered.json, "error"), "code"), method).toBe(-32_601);
  }
  for (const method of ["resources/read", "prompts/get", "completion/complete"]) {
    const answered = await world.post({ jsonrpc: "2.0", id: 2, method, params: {} });
    expect(member(member(answered.json, "error"), "code"), method).toBe(-32_602);
  }
});

test("E14: a tool without a manifest is neither listed nor called; order and cursor are kept", async () => {
  await using world = odd("fine");
  await world.connect();
  const listed = member((await world.post({ jsonrpc: "2.0", id: 2, method: "tools/list" })).json, "result");
  expect(JSON.stringify(listed)).toBe('{"tools":[{"name":"act"},{"name":"look"}],"nextCursor":"c2"}');
  const called = await world.post({ ...CALL, params: { name: "unlisted", arguments: {} } });
  expect(member(member(called.json, "error"), "code")).toBe(-32_602);
});

test("E17: an argument that the manifest does not know is refused", async () => {
  await using world = odd("fine");
  await world.connect();
  for (const params of [{ name: "act", arguments: { x: 1 } }, { name: "act", arguments: [] }, { arguments: {} }]) {
    const answered = await world.post({ ...CALL, params });
    expect(member(member(answered.json, "error"), "code"), JSON.stringify(params)).toBe(-32_602);
  }
  expect(outcomes(world)).toEqual([]);
});

test("E33: an idle session is closed with its child", async () => {
  await using world = odd("fine", { sessionIdleMs: 100 });
  await world.connect();
  await expect.poll(() => world.relay.sessions, { timeout: 5000 }).toBe(0);
}, 20_000);

test("E37: a program that keeps dying is started again, but not at once", async () => {
  await using world = odd("exits");
  const deaths = (): number => world.log.faults.filter(({ fields }) => fields["what"] === "ended").length;
  await world.connect();
  expect(deaths()).toBe(1);
  const opened = await world.connect();
  expect([opened.json === undefined, deaths()]).toEqual([false, 1]);
  await expect.poll(async () => [await world.connect(), deaths()].at(1), { timeout: 5000 }).toBe(2);
});

test("E12, E37: a program that is stopped ends in a timeout for its own session alone, and ends when it is told to", async () => {
  await using world = odd("pid", { upstreamWaitMs: 1500 });
  await world.connect();
  const [said] = member(member((await world.post(CALL)).json, "result"), "content") as [Json];
  const pid = Number(member(said, "text"));
  process.kill(pid, "SIGSTOP");
  await using other = odd("fine");
  await other.connect();
  const stopped = world.post({ ...CALL, id: 3 });
  expect(member((await other.post(CALL)).json, "result")).toBeDefined();
  expect(member((await stopped).json, "error")).toBeDefined();
  expect(outcomes(world)).toEqual(["completed", "unknown"]);
  await world.relay.close();
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
}, 20_000);
