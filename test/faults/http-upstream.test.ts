// SPDX-License-Identifier: Apache-2.0
// Upstreams at a URL: what goes up, what is heard, how it ends, and what an upstream that lies or breaks off gets.
import { expect, test } from "vitest";
import { type Json, jsonObject, member, parseJson, parseServerId, writeJson } from "../../src/core/index.ts";
import { fakeLog } from "../../src/core/testing/system.ts";
import type { Heard, Link, Wait } from "../../src/enforce/mcp/link.ts";
import { Eras } from "../../src/enforce/mcp/upstream/eras.ts";
import { openLink } from "../../src/enforce/mcp/upstream/open.ts";
import { openOutbound } from "../../src/server/outbound/client.ts";
import { systemClock, systemTimers } from "../../src/server/system.ts";
import { event, json, openWeb, result, stream } from "./upstreams/web.ts";

const NEVER = new AbortController().signal;
const MODERN = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
};

interface Linked extends AsyncDisposable {
  readonly link: Link;
  readonly unasked: Heard[];
  readonly log: ReturnType<typeof fakeLog>;
  ask(method: string, params: object, wait?: Partial<Wait>): Promise<Json>;
}

async function linked(url: URL, era: "modern" | "legacy", more: object = {}): Promise<Linked> {
  const outbound = openOutbound();
  const log = fakeLog();
  const unasked: Heard[] = [];
  const transport = { kind: "http", url, redirects: 0, isPrivate: true, ...more } as const;
  const ports = { clock: systemClock, timers: systemTimers, log, outbound };
  const server = { id: parseServerId("web"), transport, era };
  const link = await openLink(ports, server, { era, unasked: (heard) => unasked.push(heard) });
  return {
    link,
    unasked,
    log,
    async ask(method, params, wait = {}) {
      const given = parseJson(JSON.stringify(params));
      const { body } = await link.ask(method, given as never, { ms: 5000, signal: NEVER, ...wait });
      return JSON.parse(writeJson(body)) as Json;
    },
    async [Symbol.asyncDispose]() {
      await link.stop();
      await outbound[Symbol.asyncDispose]();
    },
  };
}

const INITIALIZED = { jsonrpc: "2.0", method: "notifications/initialized" } as const;

test("E19: a session of the older revision is opened, used, heard and ended", async () => {
  await using web = await openWeb((seen, response) => {
    const { method } = seen.message;
    if (seen.method === "DELETE") return void response.writeHead(204).end();
    if (seen.method === "GET") {
      stream(response);
      return event(response, { jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    }
    if (method === "initialize")
      return json(response, result(seen, { protocolVersion: "2025-11-25" }), { "mcp-session-id": "s1" });
    if (method !== "tools/call") return void response.writeHead(202).end();
    stream(response);
    const token = (seen.message.params?.["_meta"] as { progressToken?: unknown } | undefined)?.progressToken;
    event(response, {
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: { progressToken: token, progress: 1 },
    });
    event(response, { jsonrpc: "2.0", id: "q", method: "elicitation/create", params: { message: "who?" } });
    event(response, result(seen, { content: [] }));
    return void response.end();
  });
  const heard: Heard[] = [];
  const progress: Json[] = [];
  {
    await using one = await linked(web.url, "legacy");
    await one.ask("initialize", {});
    one.link.tell(jsonObject(Object.entries(INITIALIZED)));
    const answered = await one.ask(
      "tools/call",
      { name: "act" },
      { hear: (h) => heard.push(h), progress: (p) => progress.push(p) },
    );
    expect(answered).toEqual({ result: { content: [] } });
    await expect.poll(() => one.unasked.map(({ method }) => method)).toEqual(["notifications/tools/list_changed"]);
  }
  expect(heard).toMatchObject([
    { kind: "request", id: "q", method: "elicitation/create", params: { message: "who?" } },
  ]);
  expect(progress).toHaveLength(1);
  const call = web.seen.find(({ message }) => message["method"] === "tools/call");
  expect(call?.headers).toMatchObject({ "mcp-session-id": "s1", "mcp-protocol-version": "2025-11-25" });
  expect(web.seen.at(-1)).toMatchObject({ method: "DELETE", headers: { "mcp-session-id": "s1" } });
});

test("E34: a stream that breaks off is taken up again after its last event, and never asked for twice", async () => {
  await using web = await openWeb((seen, response) => {
    stream(response);
    if (seen.method === "POST") {
      response.write("retry: 10\n");
      response.write("id: e1\ndata:\n\n");
      return void response.end();
    }
    event(response, { ...result(web.seen[0] ?? seen, { content: [] }) }, "e2");
    return void response.end();
  });
  await using one = await linked(web.url, "legacy");
  expect(await one.ask("tools/call", { name: "act" })).toEqual({ result: { content: [] } });
  expect(web.seen.map(({ method, headers }) => [method, headers["last-event-id"]])).toEqual([
    ["POST", undefined],
    ["GET", "e1"],
  ]);
});

test("E33: in the older revision a cancelled call is told so, and in the newer one its stream is closed", async () => {
  await using web = await openWeb((seen, response) => {
    if (seen.message["method"] === "tools/list") return json(response, result(seen, { tools: [] }));
    if (seen.message["method"] !== "tools/call") return void response.writeHead(202).end();
    stream(response);
    return event(response, { jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: 1 } });
  });
  for (const era of ["legacy", "modern"] as const) {
    await using one = await linked(web.url, era);
    const stop = new AbortController();
    const given = { name: "act", _meta: MODERN };
    const asked = one.ask("tools/call", given, { signal: stop.signal, hear: () => stop.abort() });
    await expect(asked).rejects.toMatchObject({ code: "ENFORCE_CANCELLED" });
    const call = web.seen.findLast(({ message }) => message["method"] === "tools/call");
    await call?.closed;
  }
  await expect.poll(() => web.asked()).toContain("notifications/cancelled");
  const told = web.seen.find(({ message }) => message["method"] === "notifications/cancelled");
  expect(told?.message.params).toEqual({ requestId: web.seen[0]?.message["id"] });
  expect(web.asked().filter((method) => method === "notifications/cancelled")).toHaveLength(1);
});

test("E21: the headers of the newer revision are written from the message, and from nothing else", async () => {
  const schema = {
    type: "object",
    properties: {
      region: { type: "string", "x-mcp-header": "Region" },
      deep: { type: "object", properties: { count: { type: "integer", "x-mcp-header": "Count" } } },
    },
  };
  await using web = await openWeb((seen, response) => {
    const isList = seen.message["method"] === "tools/list";
    json(response, result(seen, isList ? { tools: [{ name: "überweise", inputSchema: schema }] } : { content: [] }));
  });
  await using one = await linked(web.url, "modern", { authorization: () => Promise.resolve("Bearer secret") });
  await one.ask("tools/call", {
    name: "überweise",
    arguments: { region: " süd ", deep: { count: 42 } },
    _meta: MODERN,
  });
  expect(web.asked()).toEqual(["tools/list", "tools/call"]);
  const { headers } = web.seen.at(-1) ?? { headers: {} };
  expect(headers).toMatchObject({
    authorization: "Bearer secret",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": `=?base64?${Buffer.from("überweise").toString("base64")}?=`,
    "mcp-param-region": `=?base64?${Buffer.from(" süd ").toString("base64")}?=`,
    "mcp-param-count": "42",
  });
  const own = ["accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host"];
  expect(Object.keys(headers).filter((name) => !name.startsWith("mcp-"))).toEqual(expect.arrayContaining(own));
  expect(Object.keys(headers).filter((name) => !name.startsWith("mcp-"))).toHaveLength(own.length);
});

test("E34: an answer that is an error of the protocol passes, whatever its status; any other failure is a fault", async () => {
  const cases: [number, object | undefined, string][] = [
    [400, { jsonrpc: "2.0", id: null, error: { code: -32022, message: "no" } }, "-32022"],
    [404, { jsonrpc: "2.0", id: 1, error: { code: -32601, message: "no" } }, "-32601"],
    [401, { jsonrpc: "2.0", id: 1, error: { code: -1, message: "no" } }, "ENFORCE_UPSTREAM_REFUSED"],
    [500, undefined, "ENFORCE_UPSTREAM_REFUSED"],
    [204, undefined, "ENFORCE_UPSTREAM_PROTOCOL"],
  ];
  for (const [status, body, expected] of cases) {
    await using web = await openWeb((_seen, response) =>
      body === undefined ? void response.writeHead(status).end() : json(response, body, {}, status),
    );
    await using one = await linked(web.url, "modern");
    const came = await one
      .ask("resources/read", { uri: "a:b", _meta: MODERN })
      .catch((cause: { code: string }) => cause.code);
    const code = typeof came === "string" ? came : writeJson(member(member(came, "error"), "code") ?? null);
    expect(code, String(status)).toBe(expected);
  }
});

const VERDICTS: [string, number, object | undefined, string][] = [
  ["a discovery", 200, { result: { resultType: "complete", supportedVersions: ["2026-07-28"] } }, "modern"],
  [
    "another version, with ours among the supported",
    400,
    { error: { code: -32022, message: "no", data: { supported: ["2026-07-28"] } } },
    "modern",
  ],
  [
    "another version, with an older one",
    400,
    { error: { code: -32022, message: "no", data: { supported: ["2025-11-25"] } } },
    "legacy",
  ],
  ["a wish for capabilities", 400, { error: { code: -32021, message: "no" } }, "modern"],
  ["no such method", 200, { error: { code: -32601, message: "no" } }, "legacy"],
  ["no session", 400, { error: { code: -32000, message: "no" } }, "legacy"],
  ["a page", 404, undefined, "legacy"],
  ["nobody is let in", 401, undefined, "ENFORCE_UPSTREAM_REFUSED"],
  ["forbidden", 403, { error: { code: -32601, message: "no" } }, "ENFORCE_UPSTREAM_REFUSED"],
  ["it is ill", 503, undefined, "ENFORCE_UPSTREAM_REFUSED"],
];

for (const [what, status, body, expected] of VERDICTS) {
  test(`E38: ${what} is ${expected}`, async () => {
    await using web = await openWeb((seen, response) =>
      body === undefined
        ? void response.writeHead(status, { "content-type": "text/html" }).end("<p>")
        : json(response, { jsonrpc: "2.0", id: seen.message["id"], ...body }, {}, status),
    );
    await using outbound = openOutbound();
    const ports = { clock: systemClock, timers: systemTimers, log: fakeLog(), outbound };
    const eras = new Eras(ports);
    const transport = { kind: "http", url: web.url, redirects: 0, isPrivate: true } as const;
    const server = { id: parseServerId("web"), transport, era: "auto" } as const;
    const ask = (): Promise<string> => eras.of(server).catch((cause: { code: string }) => cause.code);
    expect([await ask(), await ask()]).toEqual([expected, expected]);
    // a verdict is kept, and what was none is asked for again
    expect(web.seen).toHaveLength(expected.startsWith("ENFORCE") ? 2 : 1);
    expect(web.seen[0]?.headers).toMatchObject({
      "mcp-method": "server/discover",
      "mcp-protocol-version": "2026-07-28",
    });
  });
}
