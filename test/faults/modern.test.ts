// SPDX-License-Identifier: Apache-2.0
// Messages of MCP 2026-07-28 that break its rules: each is told which one, and none reaches an upstream.
import path from "node:path";
import { expect, test } from "vitest";
import { type Json, member, parseInstanceId } from "../../src/core/index.ts";
import { fakeStanding } from "../../src/core/testing/ports.ts";
import {
  type Answered,
  messageIn,
  type RelayWorld,
  type RelayWorldOptions,
  relayWorld,
} from "../support/relay-world.ts";

const ODD = path.join(import.meta.dirname, "upstreams", "odd.ts");
const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const HEADERS = { "mcp-protocol-version": "2026-07-28" };

function odd(how: string, options: RelayWorldOptions = {}): RelayWorld {
  return relayWorld([process.execPath, ODD, how], options);
}

/** One modern request, with the headers that belong to it. */
function ask(
  world: RelayWorld,
  method: string,
  params: object = {},
  headers: Record<string, string | undefined> = {},
): Promise<Answered> {
  const body = { jsonrpc: "2.0", id: 7, method, params: { _meta: META, ...params } };
  const name = "name" in params && typeof params.name === "string" ? { "mcp-name": params.name } : {};
  return world.post(body, { ...HEADERS, "mcp-method": method, ...name, ...headers });
}

function codeOf({ json }: Answered): Json | undefined {
  return member(member(json, "error"), "code");
}

test("E38: a modern client speaks to an upstream that knows only initialize, with no session", async () => {
  await using world = odd("fine");
  const discovered = await ask(world, "server/discover");
  expect(discovered.status).toBe(200);
  expect(member(discovered.json, "result")).toMatchObject({
    resultType: "complete",
    supportedVersions: ["2026-07-28"],
    instructions: "the words of a stranger",
    ttlMs: 0,
    cacheScope: "private",
  });
  const listed = await ask(world, "tools/list");
  expect(JSON.stringify(member(listed.json, "result"))).toBe(
    '{"tools":[{"name":"act"},{"name":"look"}],"nextCursor":"c2","resultType":"complete","ttlMs":0,"cacheScope":"private"}',
  );
  const called = await ask(world, "tools/call", { name: "act", arguments: {} });
  expect(member(called.json, "result")).toMatchObject({ resultType: "complete", content: [{ text: "done" }] });
  expect(called.headers).not.toHaveProperty("mcp-session-id");
  expect(world.relay.sessions).toBe(0);
});

test("E27: a refused call of a modern client is a complete result that says so", async () => {
  await using world = odd("fine", {
    rule: (_action, _resource, { context }) => (context["phase"] === "after" ? "deny" : "allow"),
  });
  const called = await ask(world, "tools/call", { name: "act", arguments: {} });
  expect(member(called.json, "result")).toMatchObject({ resultType: "complete", isError: true });
});

test("E21: headers that are missing, or say something else than the body, are refused", async () => {
  await using world = odd("fine");
  const call = { name: "act", arguments: {} };
  const cases: [string, Record<string, string | undefined>, number][] = [
    ["another version", { "mcp-protocol-version": "2025-11-25" }, -32_020],
    ["no version", { "mcp-protocol-version": undefined }, -32_020],
    ["another method", { "mcp-method": "tools/list" }, -32_020],
    ["no method", { "mcp-method": undefined }, -32_020],
    ["another name", { "mcp-name": "look" }, -32_020],
    ["no name", { "mcp-name": undefined }, -32_020],
    ["a broken encoding", { "mcp-name": "=?base64?YWN0=?=" }, -32_020],
  ];
  for (const [why, headers, code] of cases) {
    const answered = await ask(world, "tools/call", call, headers);
    expect([answered.status, codeOf(answered)], why).toEqual([400, code]);
  }
  expect(world.relay.sessions).toBe(0);
  const encoded = await ask(world, "tools/call", call, { "mcp-name": "=?base64?YWN0?=" });
  expect(encoded.status).toBe(200);
});

test("E21: a message without what makes it modern, or of an unknown revision, is told what it lacks", async () => {
  await using world = odd("fine");
  const { "io.modelcontextprotocol/clientCapabilities": _capabilities, ...lacking } = META;
  const incomplete = await ask(world, "tools/list", { _meta: lacking });
  expect([incomplete.status, codeOf(incomplete)]).toEqual([400, -32_602]);
  const bare = await ask(world, "tools/list", { _meta: {} });
  expect([bare.status, codeOf(bare)]).toEqual([400, -32_602]);
  const meta = { ...META, "io.modelcontextprotocol/protocolVersion": "1900-01-01" };
  const unknown = await ask(world, "tools/list", { _meta: meta }, { "mcp-protocol-version": "1900-01-01" });
  expect([unknown.status, codeOf(unknown)]).toEqual([400, -32_022]);
  expect(member(member(unknown.json, "error"), "data")).toMatchObject({
    supported: ["2026-07-28"],
    requested: "1900-01-01",
  });
});

test("E20: a method that only older revisions have is not there, and says so as the revision wants", async () => {
  await using world = odd("fine", { rule: (action) => (action === "execute" ? "deny" : "allow") });
  for (const method of ["ping", "logging/setLevel", "initialize", "resources/subscribe"]) {
    const answered = await ask(world, method);
    expect([answered.status, codeOf(answered)], method).toEqual([404, -32_601]);
  }
});

test("E21, E22: an argument that a tool mirrors is in its header, numbers by value; a tool that mirrors wrongly is not shown", async () => {
  await using world = odd("mirrors", { args: [{ name: "count", role: "content" }] });
  const given = { name: "act" };
  const cases: [string | undefined, number][] = [
    ["42", 200],
    ["42.0", 200],
    ["=?base64?NDI=?=", 200],
    ["43", 400],
    ["0x2a", 400],
    [undefined, 400],
  ];
  for (const [header, status] of cases) {
    const headers = { "mcp-param-count": header };
    const answered = await ask(world, "tools/call", { ...given, arguments: { count: 42 } }, headers);
    expect(answered.status, header).toBe(status);
  }
  const listed = await ask(world, "tools/list");
  expect(JSON.stringify(listed.json)).not.toContain('"look"');
});

test("E33: whoever closes an answer of this revision has cancelled it, upward too", async () => {
  await using world = odd("works");
  const gone = new AbortController();
  const params = { _meta: { ...META, progressToken: 1 }, name: "act", arguments: {} };
  const response = await world.relay.handle(world.server, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...HEADERS,
      "mcp-method": "tools/call",
      "mcp-name": "act",
    },
    dpop: [],
    body: Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params })),
    gone: gone.signal,
  });
  const seen: Json[] = [];
  // the upstream is at work once it tells of its progress
  for await (const event of response.events ?? []) {
    seen.push(...messageIn(event));
    gone.abort();
  }
  expect(seen.map((message) => member(message, "method"))).toEqual(["notifications/progress"]);
  const outcomes = world.recorder.appended.flatMap((e) => (e.type === "outcome" ? [e.result] : []));
  expect(outcomes).toEqual(["cancelled"]);
  await expect
    .poll(async () => JSON.stringify((await ask(world, "tools/call", { name: "look", arguments: {} })).json))
    .toContain("1 cancelled");
});

test("E32: a task belongs to whoever's call made it; to others, and where there is none, it is not there", async () => {
  await using world = odd("tasks");
  const made = await ask(world, "tools/call", { name: "act", arguments: {} });
  expect(member(member(made.json, "result"), "resultType")).toBe("task");
  const asked = (taskId: string): Promise<Answered> => ask(world, "tasks/get", { taskId });
  expect(member((await asked("t1")).json, "result")).toMatchObject({ status: "working" });
  const judged = world.recorder.appended.flatMap((e) =>
    e.type === "decision" ? [[e.interaction.method, e.verb]] : [],
  );
  expect(judged).toContainEqual(["tasks/get", "execute"]);
  expect(codeOf(await asked("t2"))).toBe(-32_602);
  world.standing = fakeStanding({ instance: parseInstanceId("spiffe://test/agent/reader/2") });
  expect(codeOf(await asked("t1"))).toBe(-32_602);
});

test("section 4: lone surrogates, members twice and batches are refused in this revision too", async () => {
  await using world = odd("fine");
  const cases: [string, number, number][] = [
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":"\\ud800"}}', 400, -32_700],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}', 400, -32_700],
    [JSON.stringify([{ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: META } }]), 400, -32_600],
  ];
  for (const [body, status, code] of cases) {
    const answered = await world.post(body, { ...HEADERS, "mcp-method": "tools/list" });
    expect([answered.status, codeOf(answered)], body.slice(0, 60)).toEqual([status, code]);
  }
});
