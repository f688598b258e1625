// SPDX-License-Identifier: Apache-2.0
// An upstream that misbehaves as it is told: `node odd.ts <how>`. It initializes properly, then answers `tools/call` in its own way.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const how = process.argv[2] ?? "";
const say = (text: string): void => void process.stdout.write(`${text}\n`);
// what the client said of itself when it opened
let offered: Record<string, unknown> | undefined;
const answer = (id: unknown, result: unknown): void => say(JSON.stringify({ jsonrpc: "2.0", id, result }));

/** What a call says where nothing is odd about it. */
const words = how === "pid" ? String(process.pid) : "done";

if (how === "exits") process.exit(3);
if (how === "greets") say("Server ready, welcome!");
if (how === "stubborn") process.on("SIGTERM", () => undefined);
if (how === "stubborn") setInterval(() => undefined, 1000);
if (how === "parent") {
  const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000) // bailiwick-grandchild"], {
    stdio: "ignore",
  });
  process.stderr.write(`${child.pid}\n`);
  setInterval(() => undefined, 1000);
}

/** One bare number, which needs no verdict. */
function progressOf(token: unknown): object {
  return { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: token, progress: 1, total: 9 } };
}

/** What it says of its work: first a bare number, then what its first list holds, one event each; the second list is the answer. */
function tellProgress(id: unknown, token: unknown): void {
  const said = JSON.parse(process.argv[3] ?? "[]") as readonly Record<string, unknown>[];
  const answers = JSON.parse(process.argv[4] ?? '["done"]') as readonly string[];
  for (const params of [{ progress: 1, total: 9 }, ...said])
    say(
      JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: token, ...params } }),
    );
  setTimeout(() => answer(id, { content: answers.map((text) => ({ type: "text", text })) }), 50);
}

/** A schema whose argument is mirrored in a header. */
function mirroring(type: string): object {
  return { type: "object", properties: { count: { type, "x-mcp-header": "Count" } } };
}

/** What a call came to that goes on after its answer. */
const TASK = { resultType: "task", taskId: "t1", status: "working" };

function looked(method: string): object {
  return method === "tools/list" ? listed() : { ...TASK, resultType: "complete" };
}

/** Too late: whoever asked is not waiting any more. */
function answerLate(id: unknown): void {
  if (how === "works") answer(id, { content: [{ type: "text", text: "too late" }] });
}

/** Its prompts; one of them says something else each time. */
function prompts(): object {
  return { prompts: [{ name: "sum", description: `try ${(lists += 1)}` }, { name: "plain" }] };
}

const LOOKS = new Set(["tools/list", "tasks/get"]);

let cancelled = 0;
let lists = 0;

function doneWith(params: Record<string, unknown>): object {
  if (how === "tasks") return TASK;
  return { content: [{ type: "text", text: how === "repeats" ? JSON.stringify(params) : words }] };
}

function call(id: unknown, token: unknown, params: Record<string, unknown>): void {
  const { name: tool } = params;
  switch (how) {
    case "crashes":
      process.exit(9);
      break;
    case "silent":
      break;
    case "works":
      if (tool === "look") answer(id, { content: [{ type: "text", text: `${cancelled} cancelled` }] });
      else if (token !== undefined) say(JSON.stringify(progressOf(token)));
      break;
    case "half-json":
      say(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`);
      break;
    case "duplicate":
      say(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[]},"result":{"content":[]}}`);
      break;
    case "endless":
      process.stdout.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":"`);
      for (let i = 0; i < 11; i++) process.stdout.write("x".repeat(1024 * 1024));
      break;
    case "other-id":
      answer("not-yours", { content: [] });
      break;
    case "refuses":
      say(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32000, message: "no" } }));
      break;
    case "tells":
      answer(id, { content: [{ type: "text", text: JSON.stringify(offered) }] });
      break;
    case "asks":
      say(JSON.stringify({ jsonrpc: "2.0", id: "up-1", method: "roots/list" }));
      break;
    case "progress":
      tellProgress(id, token);
      break;
    default:
      answer(id, doneWith(params));
  }
}

/** Its tools, some of them odd. */
function listed(): object {
  const described = how === "drifts" ? { description: `try ${(lists += 1)}` } : {};
  const [right, wrong] = how === "mirrors" ? [mirroring("integer"), mirroring("number")] : [undefined, undefined];
  return {
    tools: [
      { name: "act", inputSchema: right },
      { name: "look", inputSchema: wrong, ...described },
      { name: "unlisted" },
      { title: "no name" },
    ],
    nextCursor: "c2",
  };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line) as {
    id?: unknown;
    method?: string;
    params?: Record<string, unknown>;
    error?: unknown;
  };
  if (message.method === "initialize") {
    offered = message.params;
    const protocolVersion = how === "old" ? "2024-11-05" : "2025-11-25";
    answer(message.id, {
      protocolVersion,
      capabilities: { tools: { listChanged: true }, prompts: {}, resources: {}, logging: {} },
      serverInfo: { name: "odd", version: "1" },
      instructions: "the words of a stranger",
    });
  } else if (message.method === "server/discover") {
    // what an older server says to a method that it does not know
    say(JSON.stringify({ jsonrpc: "2.0", id: message.id, error: { code: -32601, message: "no such method" } }));
  } else if (message.method === "prompts/list") {
    answer(message.id, prompts());
  } else if (message.method === "prompts/get") {
    answer(message.id, { messages: [{ role: "user", content: { type: "text", text: "add them" } }] });
  } else if (LOOKS.has(`${message.method}`)) {
    answer(message.id, looked(`${message.method}`));
  } else if (message.method === "tools/call") {
    call(
      message.id,
      (message.params?.["_meta"] as Record<string, unknown> | undefined)?.["progressToken"],
      message.params ?? {},
    );
  } else if (message.method === "notifications/cancelled") {
    process.stderr.write("cancelled\n");
    cancelled += 1;
    answerLate(message.params?.["requestId"]);
  } else if (message.id === "up-1") {
    // what it asked of the client came back: it tells the last caller what it was told
    answer(2, { content: [{ type: "text", text: JSON.stringify(message.error ?? "it was answered") }] });
  }
});
