// SPDX-License-Identifier: Apache-2.0
// The tools that the official MCP suites ask a server to have. Each is written from the description of its scenario.

import { setTimeout as sleep } from "node:timers/promises";
import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  fromJsonSchema,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import CONTACT from "./contact.json" with { type: "json" };

/** A red pixel, and a few samples of silence. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
const WAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQIAAACAgA==";
/** UNIT: ms. The pause that the scenarios name. */
const PAUSE_MS = 50;

/** What a server's tools share. */
export interface Shared {
  readonly codec: RequestStateCodec<{ round: number }>;
  readonly toolsChanged: () => void;
  readonly promptsChanged: () => void;
}

type Returned = CallToolResult | InputRequiredResult;
type Handler = (ctx: ServerContext) => Returned | Promise<Returned>;

export function addTools(server: McpServer, shared: Shared): void {
  addContent(server);
  addWork(server);
  addQuestions(server);
  addRounds(server, shared);
  addSchemas(server);
  plain(server, "test_trigger_tool_change", "Says that the list of tools changed.", () => {
    shared.toolsChanged();
    return text("changed");
  });
  plain(server, "test_trigger_prompt_change", "Says that the list of prompts changed.", () => {
    shared.promptsChanged();
    return text("changed");
  });
}

function plain(server: McpServer, name: string, description: string, handler: Handler): void {
  server.registerTool(name, { description, inputSchema: z.object({}) }, (_args, ctx) => handler(ctx));
}

function text(said: string): CallToolResult {
  return { content: [{ type: "text", text: said }] };
}

function embedded(uri: string, mimeType: string, body: string): CallToolResult["content"][number] {
  return { type: "resource", resource: { uri, mimeType, text: body } };
}

function addContent(server: McpServer): void {
  const image = { type: "image", data: PNG, mimeType: "image/png" } as const;
  plain(server, "test_simple_text", "Returns a text.", () => text("This is a simple text response for testing."));
  plain(server, "test_image_content", "Returns an image.", () => ({ content: [image] }));
  plain(server, "test_audio_content", "Returns a sound.", () => ({
    content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }],
  }));
  plain(server, "test_embedded_resource", "Returns a resource.", () => ({
    content: [embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")],
  }));
  plain(server, "test_multiple_content_types", "Returns a text, an image and a resource.", () => ({
    content: [
      { type: "text", text: "Multiple content types test:" },
      image,
      embedded("test://mixed-content-resource", "application/json", JSON.stringify({ test: "data", value: 123 })),
    ],
  }));
  plain(server, "test_error_handling", "Fails.", () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
}

async function log(ctx: ServerContext, said: readonly string[]): Promise<void> {
  for (const [at, line] of said.entries()) {
    // one after the other, with a pause between them: that is what the scenario looks at
    if (at > 0) await sleep(PAUSE_MS);
    // oxlint-disable-next-line typescript/no-deprecated -- a revision that the suites cover has it
    await ctx.mcpReq.log("info", line);
  }
}

function addWork(server: McpServer): void {
  plain(server, "test_tool_with_logging", "Says what it does while it does it.", async (ctx) => {
    await log(ctx, ["Tool execution started", "Tool processing data", "Tool execution completed"]);
    return text("logged");
  });
  plain(server, "test_logging_tool", "Says one thing while it works.", async (ctx) => {
    await log(ctx, ["at work"]);
    return text("logged");
  });
  plain(server, "test_tool_with_progress", "Tells of its progress.", async (ctx) => {
    await tellProgress(ctx, [0, 50, 100]);
    return text("done");
  });
  plain(server, "test_reconnection", "Closes its stream while it works.", async (ctx) => {
    await sleep(PAUSE_MS);
    ctx.http?.closeSSE?.();
    await sleep(2 * PAUSE_MS);
    return text("Reconnection test completed successfully.");
  });
  plain(server, "test_missing_capability", "Needs a client that can sample.", (ctx) => {
    const given = inputResponse(ctx.mcpReq.inputResponses, "model");
    // the library refuses what the client cannot do: -32021
    return given.kind === "sampling"
      ? text("sampled")
      : inputRequired({ inputRequests: { model: askModel("Go on?") } });
  });
  plain(server, "test_streaming_elicitation", "Tells of its progress, then asks.", async (ctx) => {
    const answered = inputResponse(ctx.mcpReq.inputResponses, "confirm");
    if (answered.kind === "elicit") return text(answered.action);
    await tellProgress(ctx, [1, 2]);
    return inputRequired({ inputRequests: { confirm: askFor("Go on?", z.object({ ok: z.boolean() })) } });
  });
}

async function tellProgress(ctx: ServerContext, steps: readonly number[]): Promise<void> {
  const progressToken = ctx.mcpReq["_meta"]?.progressToken;
  for (const [at, progress] of steps.entries()) {
    // as above
    if (at > 0) await sleep(PAUSE_MS);
    if (progressToken === undefined) continue;
    await ctx.mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: 100 } });
  }
}

const CAPABILITIES = z.object({ elicitation: z.unknown(), sampling: z.unknown() }).partial();

function capabilitiesOf({ mcpReq }: ServerContext): z.infer<typeof CAPABILITIES> {
  const declared = new Map<string, unknown>(Object.entries(mcpReq.envelope ?? {})).get(CLIENT_CAPABILITIES_META_KEY);
  return CAPABILITIES.catch({}).parse(declared);
}

function askFor(message: string, requestedSchema: z.ZodObject): ReturnType<typeof inputRequired.elicit> {
  return inputRequired.elicit({ message, requestedSchema });
}

function askModel(question: string, maxTokens = 100): ReturnType<typeof inputRequired.createMessage> {
  return inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: question } }],
    maxTokens,
  });
}

/** What the scenarios of 2025-11-25 ask while a call waits. */
function addQuestions(server: McpServer): void {
  server.registerTool(
    "test_sampling",
    { description: "Asks the client's model.", inputSchema: z.object({ prompt: z.string() }) },
    ({ prompt }, ctx) => {
      const answered = inputResponse(ctx.mcpReq.inputResponses, "model");
      if (answered.kind === "sampling") return text(`LLM response: ${JSON.stringify(answered.result.content)}`);
      return inputRequired({ inputRequests: { model: askModel(prompt) } });
    },
  );
  server.registerTool(
    "test_elicitation",
    { description: "Asks the user.", inputSchema: z.object({ message: z.string() }) },
    ({ message }, ctx) => {
      const who = z.object({
        username: z.string().describe("User's response"),
        email: z.string().describe("User's email address"),
      });
      return elicited(ctx, "User response", () => askFor(message, who));
    },
  );
  plain(server, "test_elicitation_sep1034_defaults", "Asks with defaults.", (ctx) =>
    elicited(ctx, "Elicitation completed", () =>
      inputRequired.elicit({ message: "Please review the defaults", requestedSchema: DEFAULTS }),
    ),
  );
  plain(server, "test_elicitation_sep1330_enums", "Asks with choices.", (ctx) =>
    elicited(ctx, "Elicitation completed", () =>
      inputRequired.elicit({ message: "Please choose", requestedSchema: CHOICES }),
    ),
  );
}

type Asking = () => ReturnType<typeof inputRequired.elicit>;

function elicited(ctx: ServerContext, label: string, ask: Asking): Returned {
  const answered = inputResponse(ctx.mcpReq.inputResponses, "user");
  if (answered.kind !== "elicit") return inputRequired({ inputRequests: { user: ask() } });
  return text(`${label}: action=${answered.action}, content=${JSON.stringify(answered.content ?? {})}`);
}

type FormSchema = Exclude<Parameters<typeof inputRequired.elicit>[0]["requestedSchema"], { "~standard": unknown }>;

const DEFAULTS: FormSchema = {
  type: "object",
  properties: {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  },
};

const titled = (word: string): { const: string; title: string }[] =>
  ["First", "Second", "Third"].map((nth, at) => ({ const: `value${at + 1}`, title: `${nth} ${word}` }));
const OPTIONS = ["option1", "option2", "option3"];

const CHOICES: FormSchema = {
  type: "object",
  properties: {
    untitledSingle: { type: "string", enum: OPTIONS },
    titledSingle: { type: "string", oneOf: titled("Option") },
    legacyEnum: {
      type: "string",
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: { type: "array", items: { type: "string", enum: OPTIONS } },
    titledMulti: { type: "array", items: { anyOf: titled("Choice") } },
  },
};

const NAME = z.object({ name: z.string() });

function askName(): ReturnType<typeof askFor> {
  return askFor("What is your name?", NAME);
}

/** What the scenarios of 2026-07-28 ask in rounds. */
function addRounds(server: McpServer, { codec }: Shared): void {
  plain(server, "test_input_required_result_elicitation", "Asks for a name.", (ctx) => {
    const given = acceptedContent(ctx.mcpReq.inputResponses, "user_name", NAME);
    return given === undefined
      ? inputRequired({ inputRequests: { user_name: askName() } })
      : text(`Hello, ${given.name}!`);
  });
  plain(server, "test_input_required_result_sampling", "Asks the model.", (ctx) => {
    const given = inputResponse(ctx.mcpReq.inputResponses, "capital_question");
    if (given.kind === "sampling") return text(JSON.stringify(given.result.content));
    return inputRequired({ inputRequests: { capital_question: askModel("What is the capital of France?") } });
  });
  plain(server, "test_input_required_result_list_roots", "Asks for the roots.", (ctx) => {
    const given = inputResponse(ctx.mcpReq.inputResponses, "client_roots");
    if (given.kind === "roots") return text(given.roots.map(({ uri }) => uri).join(" "));
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  plain(server, "test_input_required_result_multiple_inputs", "Asks for three things.", async (ctx) => {
    const { inputResponses } = ctx.mcpReq;
    const kinds = ["user_name", "greeting", "client_roots"].map((key) => inputResponse(inputResponses, key).kind);
    if (ctx.mcpReq.requestState() !== undefined && !kinds.includes("missing")) return text("all three came");
    const inputRequests = {
      user_name: askName(),
      greeting: askModel("Generate a greeting", 50),
      client_roots: inputRequired.listRoots(),
    };
    return inputRequired({ inputRequests, requestState: await codec.mint({ round: 1 }, ctx) });
  });
  plain(server, "test_input_required_result_capabilities", "Asks only what the client can.", (ctx) => {
    const can = capabilitiesOf(ctx);
    if (Object.keys(ctx.mcpReq.inputResponses ?? {}).length > 0) return text("answered");
    const inputRequests = {
      ...(can.elicitation === undefined ? {} : { user_name: askName() }),
      ...(can.sampling === undefined ? {} : { greeting: askModel("Generate a greeting", 50) }),
    };
    return Object.keys(inputRequests).length === 0 ? text("nothing can be asked") : inputRequired({ inputRequests });
  });
  addStates(server, codec);
}

function addStates(server: McpServer, codec: Shared["codec"]): void {
  const OK = z.object({ ok: z.boolean() });
  for (const name of ["test_input_required_result_request_state", "test_input_required_result_tampered_state"]) {
    plain(server, name, "Keeps its state with the client.", async (ctx) => {
      const given = inputResponse(ctx.mcpReq.inputResponses, "confirm");
      if (given.kind === "elicit" && ctx.mcpReq.requestState<{ round: number }>()?.round === 1) return text("state-ok");
      const requestState = await codec.mint({ round: 1 }, ctx);
      return inputRequired({ inputRequests: { confirm: askFor("Please confirm", OK) }, requestState });
    });
  }
  plain(server, "test_input_required_result_multi_round", "Asks twice, one after the other.", async (ctx) => {
    const round = ctx.mcpReq.requestState<{ round: number }>()?.round ?? 0;
    const { inputResponses } = ctx.mcpReq;
    if (round === 2 && inputResponse(inputResponses, "step2").kind === "elicit") return text("both steps done");
    if (round === 1 && inputResponse(inputResponses, "step1").kind === "elicit") {
      const step2 = askFor("Step 2: What is your favorite color?", z.object({ color: z.string() }));
      return inputRequired({ inputRequests: { step2 }, requestState: await codec.mint({ round: 2 }, ctx) });
    }
    const step1 = askFor("Step 1: What is your name?", NAME);
    return inputRequired({ inputRequests: { step1 }, requestState: await codec.mint({ round: 1 }, ctx) });
  });
}

function addSchemas(server: McpServer): void {
  server.registerTool(
    "json_schema_2020_12_tool",
    { description: "Tool with JSON Schema 2020-12 features", inputSchema: fromJsonSchema(CONTACT as JsonSchema) },
    () => text("valid"),
  );
  server.registerTool(
    "test_custom_headers",
    { description: "Has an argument that headers repeat.", inputSchema: fromJsonSchema(REGION as JsonSchema) },
    () => text("queried"),
  );
}

type JsonSchema = Parameters<typeof fromJsonSchema>[0];

const REGION = {
  type: "object",
  properties: { region: { type: "string", "x-mcp-header": "Region" }, query: { type: "string" } },
  required: ["region", "query"],
};
