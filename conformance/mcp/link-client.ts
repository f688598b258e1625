// SPDX-License-Identifier: Apache-2.0
// The gate's own links as the client of the official client suite: `node link-client.ts URL`, with the scenario's name in the
// environment. It asks for everything that a server lists, and answers what it is asked.
import { z } from "zod";
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseJson,
  parseServerId,
  type ServerId,
  writeJson,
} from "../../src/core/index.ts";
import { fakeStanding } from "../../src/core/testing/ports.ts";
import type { Link } from "../../src/enforce/mcp/link.ts";
import { error, notification, RPC, result } from "../../src/enforce/mcp/message.ts";
import { Links } from "../../src/enforce/mcp/upstream/links.ts";
import { mirroredBy } from "../../src/enforce/mcp/upstream/tool-headers.ts";
import { openOutbound } from "../../src/server/outbound/client.ts";
import { lineLog, systemClock, systemRandom, systemTimers } from "../../src/server/system.ts";

/** Scenarios of the older revisions: their client opens a session. */
const WITH_SESSION = new Set(["initialize", "sse-retry", "elicitation-sep1034-client-defaults"]);
const CAPABILITIES = { elicitation: { form: { applyDefaults: true } }, sampling: {}, roots: {} };
const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "link-client", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": CAPABILITIES,
};
/** Rounds of one call. */
const ROUNDS_MAX = 8;

const environment = z
  .object({ MCP_CONFORMANCE_SCENARIO: z.string().default(""), MCP_CONFORMANCE_CONTEXT: z.string().default("{}") })
  .parse(process.env); // oxlint-disable-line node/no-process-env -- how the suite says which scenario it is
const context = z
  .object({ toolCalls: z.array(z.object({ name: z.string(), arguments: z.unknown() })).optional() })
  .catch({})
  .parse(JSON.parse(environment.MCP_CONFORMANCE_CONTEXT));

await using outbound = openOutbound();
const log = lineLog((line) => void process.stderr.write(line));
const ports = { clock: systemClock, timers: systemTimers, random: systemRandom, log, outbound };
const links = new Links(ports, { sessionIdleMs: 60_000 });
const id: ServerId = parseServerId("suite");
const url = new URL(process.argv[2] ?? "");
const server = {
  id,
  transport: { kind: "http", url, redirects: 0, isPrivate: true },
  era: "auto",
  resource: url.href,
  trust: "tool",
  destination: { kind: "internal", operator: "us", jurisdiction: "FR", listed: true },
  tools: new Map(),
} as const;

try {
  if (WITH_SESSION.has(environment.MCP_CONFORMANCE_SCENARIO)) await useSession();
  else await use(await links.stateless(fakeStanding(), server), META);
} finally {
  await links.close();
}

async function useSession(): Promise<void> {
  const link: Link = await links.session(server, (heard) => {
    if (heard.kind === "request") link.tell(answerTo(heard.id, heard.method, heard.params));
  });
  await ask(link, "initialize", {
    protocolVersion: "2025-11-25",
    capabilities: CAPABILITIES,
    clientInfo: { name: "link-client", version: "1" },
  });
  link.tell(notification("notifications/initialized", jsonObject([])));
  await use(link, undefined);
}

/** Everything that is there, once. */
async function use(link: Link, meta: object | undefined): Promise<void> {
  const more = meta === undefined ? {} : { _meta: meta };
  const tools = await listOf(link, "tools/list", "tools", more);
  const named = (context.toolCalls ?? []).filter(({ name }) => tools.some((tool) => member(tool, "name") === name));
  const calls = context.toolCalls === undefined ? tools.map((tool) => callOf(tool, tools[0])) : named;
  for (const call of calls) await inRounds(link, "tools/call", { ...call, ...more });
  for (const one of await listOf(link, "resources/list", "resources", more))
    await inRounds(link, "resources/read", { uri: member(one, "uri"), ...more });
  for (const one of await listOf(link, "prompts/list", "prompts", more))
    await inRounds(link, "prompts/get", { name: member(one, "name"), ...more });
}

async function listOf(link: Link, method: string, holder: string, more: object): Promise<readonly Json[]> {
  const listed = member(member(await ask(link, method, more).catch(() => undefined), "result"), holder);
  const items = isJsonArray(listed) ? listed : [];
  return holder === "tools" ? items.filter((tool) => mirroredBy(member(tool, "inputSchema")) !== undefined) : items;
}

/** A call with the arguments that it must have; where one is an object, it is the schema of the first tool, as it came. */
function callOf(tool: Json, first: Json | undefined): { readonly name: Json; readonly arguments: object } {
  const schema = member(tool, "inputSchema");
  const properties = member(schema, "properties");
  const required = member(schema, "required");
  const given = (isJsonArray(required) ? required : []).map((name) => {
    const key = typeof name === "string" ? name : "";
    const type = member(member(properties, key), "type");
    if (type === "object") return [key, JSON.parse(writeJson(member(first, "inputSchema") ?? null)) as unknown];
    return [key, type === "string" ? "x" : type === "boolean" ? true : 5];
  });
  return { name: member(tool, "name") ?? "", arguments: Object.fromEntries(given) as object };
}

async function inRounds(link: Link, method: string, params: object): Promise<void> {
  let asked: object = params;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    // each round follows from the one before
    const body = await ask(link, method, asked).catch(() => undefined);
    const said = member(body, "result");
    if (member(said, "resultType") !== "input_required") return;
    const questions = member(said, "inputRequests");
    const state = member(said, "requestState");
    const answers = Object.entries(isJsonObject(questions) ? questions : {}).map(([key, one]) => [
      key,
      answered(member(one, "method"), member(one, "params")),
    ]);
    asked = {
      ...params,
      ...(answers.length === 0 ? {} : { inputResponses: Object.fromEntries(answers) as object }),
      ...(state === undefined ? {} : { requestState: state }),
    };
  }
}

async function ask(link: Link, method: string, params: object): Promise<JsonObject> {
  const given = parseJson(JSON.stringify(params));
  if (!isJsonObject(given)) throw new TypeError("params are no object");
  const wait = {
    ms: 15_000,
    signal: new AbortController().signal,
    hear: (heard: Parameters<NonNullable<Parameters<Link["ask"]>[2]["hear"]>>[0]) => {
      if (heard.kind === "request") link.tell(answerTo(heard.id, heard.method, heard.params));
    },
  };
  return (await link.ask(method, given, wait)).body;
}

function answerTo(to: Parameters<typeof result>[0], method: string, params: JsonObject): JsonObject {
  const given = answered(method, params);
  return given === undefined
    ? error(to, RPC.methodNotFound, "not offered")
    : result(to, parseJson(JSON.stringify(given)));
}

/** What a user who accepts everything as it is proposed would say. */
function answered(method: Json | undefined, params: Json | undefined): object | undefined {
  if (method === "roots/list") return { roots: [] };
  if (method === "sampling/createMessage")
    return { role: "assistant", model: "none", content: { type: "text", text: "x" } };
  if (method !== "elicitation/create") return undefined;
  const properties = member(member(params, "requestedSchema"), "properties");
  const content = Object.entries(isJsonObject(properties) ? properties : {}).map(([name, schema]) => {
    const type = member(schema, "type");
    return [name, member(schema, "default") ?? (type === "boolean" ? true : type === "string" ? "x" : 5)];
  });
  return { action: "accept", content: Object.fromEntries(content) as object };
}
