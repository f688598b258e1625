// SPDX-License-Identifier: Apache-2.0
// E38: newer clients over a real older server: what it asks while it works comes back in rounds, and everything else as it is.
import path from "node:path";
import { expect, test } from "vitest";
import { openUpstream } from "../../conformance/mcp/upstream.ts";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseJson,
  parseServerId,
  writeJson,
} from "../../src/core/index.ts";
import { fakeStanding } from "../../src/core/testing/ports.ts";
import { fakeLog } from "../../src/core/testing/system.ts";
import type { Heard, Link, Wait } from "../../src/enforce/mcp/link.ts";
import { Links } from "../../src/enforce/mcp/upstream/links.ts";
import type { Transport } from "../../src/enforce/upstream-server.ts";
import { openOutbound } from "../../src/server/outbound/client.ts";
import { systemClock, systemRandom, systemTimers } from "../../src/server/system.ts";

const NEVER = new AbortController().signal;
const ROOT = path.join(import.meta.dirname, "..", "..");
const ALL = { elicitation: { form: {} }, sampling: {}, roots: {} };

interface Bridged extends AsyncDisposable {
  readonly link: Link;
  readonly log: ReturnType<typeof fakeLog>;
  ask(method: string, params?: object, more?: Partial<Wait> & { offered?: object; level?: string }): Promise<Json>;
}

async function bridged(transport: Transport): Promise<Bridged> {
  await using opened = new AsyncDisposableStack();
  const log = fakeLog();
  const outbound = opened.use(openOutbound());
  const ports = { clock: systemClock, timers: systemTimers, random: systemRandom, log, outbound };
  const links = opened.adopt(new Links(ports, { sessionIdleMs: 60_000 }), (l) => l.close());
  const server = {
    id: parseServerId("old"),
    transport,
    era: "auto",
    resource: "http://localhost/mcp/old",
    trust: "tool",
    destination: { kind: "internal", operator: "us", jurisdiction: "FR", listed: true },
    tools: new Map(),
  } as const;
  const link = await links.stateless(fakeStanding(), server);
  const ended = opened.move();
  return {
    link,
    log,
    async ask(method, params = {}, { offered = ALL, level, ...wait } = {}) {
      const meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": offered,
        ...(level === undefined ? {} : { "io.modelcontextprotocol/logLevel": level }),
      };
      const given = parseJson(JSON.stringify({ ...params, _meta: meta }));
      const asked = isJsonObject(given) ? given : jsonObject([]);
      const { body } = await link.ask(method, asked, { ms: 10_000, signal: NEVER, ...wait });
      return JSON.parse(writeJson(body)) as Json;
    },
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

const over = (url: URL): Transport => ({ kind: "http", url, redirects: 0, isPrivate: true });
const call = (name: string, args: object = {}, more: object = {}): object => ({ name, arguments: args, ...more });

/** The only question of an answer. */
function question(body: Json): { readonly key: string; readonly request: JsonObject; readonly state: Json } {
  const result = member(body, "result");
  expect(member(result, "resultType")).toBe("input_required");
  const asked = Object.entries(member(result, "inputRequests") as Record<string, JsonObject>);
  expect(asked).toHaveLength(1);
  const [[key, request] = ["", jsonObject([])]] = asked;
  return { key, request, state: member(result, "requestState") ?? null };
}

test("E38: discovery is made of initialize, and lists say how long they hold", async () => {
  await using upstream = await openUpstream({ era: "legacy" });
  await using old = await bridged(over(upstream.url));
  const found = member(await old.ask("server/discover"), "result");
  expect(found).toMatchObject({
    resultType: "complete",
    supportedVersions: ["2026-07-28"],
    capabilities: { tools: { listChanged: true }, resources: { subscribe: true } },
    ttlMs: 0,
    cacheScope: "private",
    _meta: { "io.modelcontextprotocol/serverInfo": { name: "conformance-upstream" } },
  });
  const listed = member(await old.ask("tools/list"), "result");
  expect(listed).toMatchObject({ resultType: "complete", ttlMs: 0, cacheScope: "private" });
  expect(member(await old.ask("resources/read", { uri: "test://nowhere" }), "error")).toMatchObject({ code: -32602 });
  expect(member(await old.ask("ping"), "error")).toMatchObject({ code: -32601 });
});

test("E38: what a call asks of the user comes back in rounds, and the same call goes on with the answer", async () => {
  await using upstream = await openUpstream({ era: "legacy" });
  await using old = await bridged(over(upstream.url));
  const args = { message: "who?" };
  const { key, request, state } = question(await old.ask("tools/call", call("test_elicitation", args)));
  expect(request).toMatchObject({ method: "elicitation/create", params: { message: "who?" } });
  const inputResponses = { [key]: { action: "accept", content: { username: "ann", email: "a@example.org" } } };
  const again = question(await old.ask("tools/call", call("test_elicitation", args, { requestState: state })));
  expect(again.request).toEqual(request);
  const other = await old.ask(
    "tools/call",
    call("test_elicitation", { message: "x" }, { requestState: state, inputResponses }),
  );
  expect(member(other, "error")).toMatchObject({ code: -32602 });
  const more = { requestState: state, inputResponses };
  const done = await old.ask("tools/call", call("test_elicitation", args, more));
  expect(JSON.stringify(done)).toMatch(/action=accept.*ann/);
  expect(member(await old.ask("tools/call", call("test_elicitation", args, more)), "error")).toMatchObject({
    code: -32602,
  });
});

test("E38: sampling and roots come back in rounds too, one after the other where they are asked so", async () => {
  await using upstream = await openUpstream({ era: "legacy" });
  await using old = await bridged(over(upstream.url));
  const three = "test_input_required_result_multiple_inputs";
  const answers = new Map<string, object>([
    ["elicitation/create", { action: "accept", content: { name: "Ann" } }],
    ["sampling/createMessage", { role: "assistant", model: "m", content: { type: "text", text: "hi" } }],
    ["roots/list", { roots: [{ uri: "file:///x" }] }],
  ]);
  let body = await old.ask("tools/call", call(three));
  const seen = new Set<string>();
  while (member(member(body, "result"), "resultType") === "input_required") {
    const result = member(body, "result");
    const asked = Object.entries(member(result, "inputRequests") as Record<string, { method: string }>);
    for (const [, { method }] of asked) seen.add(method);
    const inputResponses = Object.fromEntries(asked.map(([key, { method }]) => [key, answers.get(method) ?? {}]));
    // each round follows from the one before
    body = await old.ask(
      "tools/call",
      call(three, {}, { requestState: member(result, "requestState"), inputResponses }),
    );
  }
  expect(JSON.stringify(body)).toContain("all three came");
  expect(seen).toEqual(new Set(answers.keys()));
});

test("E31: what a client does not offer is not asked of it, and clients that offer different things do not share a session", async () => {
  await using upstream = await openUpstream({ era: "legacy" });
  await using old = await bridged(over(upstream.url));
  const refused = await old.ask("tools/call", call("test_elicitation", { message: "who?" }), { offered: {} });
  expect(JSON.stringify(refused)).not.toContain("input_required");
  expect(member(member(refused, "result"), "isError") ?? member(refused, "error")).toBeTruthy();
  question(await old.ask("tools/call", call("test_elicitation", { message: "who?" })));
});

test("E38: progress passes, and words of the log only to who set a level", async () => {
  await using upstream = await openUpstream({ era: "legacy" });
  await using old = await bridged(over(upstream.url));
  const [heard, told]: [Heard[], Json[]] = [[], []];
  const ears = { hear: (h: Heard) => heard.push(h), progress: (p: Json) => told.push(p) };
  await old.ask("tools/call", call("test_tool_with_logging"), ears);
  expect(heard).toEqual([]);
  await old.ask("tools/call", call("test_tool_with_logging"), { ...ears, level: "debug" });
  expect(heard.map(({ method }) => method)).toEqual(Array.from({ length: 3 }, () => "notifications/message"));
  await old.ask("tools/call", call("test_tool_with_progress"), ears);
  expect(told).toHaveLength(3);
});

test("E38: a subscription is acknowledged as far as it can be, and hears of what it named alone", async () => {
  await using upstream = await openUpstream({ era: "legacy" });
  await using old = await bridged(over(upstream.url));
  const stop = new AbortController();
  const heard: Heard[] = [];
  const notifications = { toolsListChanged: true, resourceSubscriptions: ["test://watched-resource"], other: true };
  const listening = old
    .ask("subscriptions/listen", { notifications }, { signal: stop.signal, hear: (h) => heard.push(h) })
    .catch((cause: { code: string }) => cause.code);
  await expect.poll(() => heard.length).toBe(1);
  const { other: _, ...agreed } = notifications;
  expect(heard[0]).toMatchObject({
    method: "notifications/subscriptions/acknowledged",
    params: { notifications: agreed, _meta: { "io.modelcontextprotocol/subscriptionId": 1 } },
  });
  await old.ask("tools/call", call("test_trigger_prompt_change"));
  await old.ask("tools/call", call("test_trigger_tool_change"));
  await expect.poll(() => heard.slice(1).map(({ method }) => method)).toEqual(["notifications/tools/list_changed"]);
  stop.abort();
  expect(await listening).toBe("ENFORCE_CANCELLED");
});

test("E33: whoever leaves a call between its rounds or within one leaves nothing running", async () => {
  await using upstream = await openUpstream({ era: "legacy" });
  await using old = await bridged(over(upstream.url));
  const stop = new AbortController();
  const asked = old.ask("tools/call", call("test_tool_with_progress"), {
    signal: stop.signal,
    progress: () => stop.abort(),
  });
  await expect(asked).rejects.toMatchObject({ code: "ENFORCE_CANCELLED" });
  const { state } = question(await old.ask("tools/call", call("test_elicitation", { message: "who?" })));
  await old.link.stop();
  const late = old.ask("tools/call", call("test_elicitation", { message: "who?" }, { requestState: state }));
  await expect(late).rejects.toMatchObject({ code: "ENFORCE_UPSTREAM_GONE" });
});

test("E38: an unmodified file server over stdio is found to be older, and used all the same", async () => {
  const program = path.join(ROOT, "node_modules", "@modelcontextprotocol", "server-filesystem", "dist", "index.js");
  const folder = path.join(ROOT, "examples", "office", "files");
  const command = [process.execPath, program, folder] as const;
  await using old = await bridged({ kind: "stdio", command, env: {}, cwd: ROOT, isolate: "identity" });
  const listed = member(await old.ask("tools/list"), "result");
  expect(JSON.stringify(listed)).toContain("read_text_file");
  const read = await old.ask("tools/call", call("list_directory", { path: folder }));
  expect(JSON.stringify(read)).toContain("inbox");
});
