// SPDX-License-Identifier: Apache-2.0
// Unmodified clients of both generations get through the gate what they get directly: lists, tools, prompts, resources,
// completion, logs, questions, progress and subscriptions.
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { expect, test } from "vitest";
import { openGate } from "./mcp/gate.ts";
import { openUpstream } from "./mcp/upstream.ts";

const OFFERED = { elicitation: { form: {} }, sampling: {}, roots: {} };
const REPLY = { role: "assistant", model: "m", content: { type: "text", text: "sampled" } } as const;
const ACCEPTED = { action: "accept", content: { username: "ann", email: "none", name: "Ann" } } as const;
const REF = { type: "ref/prompt", name: "test_prompt_with_arguments" } as const;
const PROMPT = { name: "test_prompt_with_arguments", arguments: { arg1: "a", arg2: "b" } };

type Told = Record<string, unknown>;

/** Everything that a client of 2025-11-25 does, and what came of it. */
async function askLegacy(url: URL): Promise<Told> {
  const client = new LegacyClient({ name: "old", version: "1" }, { capabilities: OFFERED });
  const logged: unknown[] = [];
  const progress: unknown[] = [];
  client.setRequestHandler(ElicitRequestSchema, () => ACCEPTED);
  client.setRequestHandler(CreateMessageRequestSchema, () => REPLY);
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logged.push(params.data));
  await client.connect(new LegacyTransport(url));
  const call = (name: string): Promise<unknown> => client.callTool({ name, arguments: {} });
  await client.setLoggingLevel("debug");
  const told = {
    capabilities: client.getServerCapabilities(),
    instructions: client.getInstructions(),
    tools: (await client.listTools()).tools.length,
    prompts: await client.listPrompts(),
    resources: await client.listResources(),
    templates: await client.listResourceTemplates(),
    prompt: await client.getPrompt(PROMPT),
    read: await client.readResource({ uri: "test://static-text" }),
    binary: await client.readResource({ uri: "test://static-binary" }),
    templated: await client.readResource({ uri: "test://template/7/data" }),
    completed: await client.complete({ ref: REF, argument: { name: "arg1", value: "par" } }),
    missing: await client.readResource({ uri: "test://none" }).catch((cause: unknown) => String(cause)),
    subscribed: await client.subscribeResource({ uri: "test://watched-resource" }),
    unsubscribed: await client.unsubscribeResource({ uri: "test://watched-resource" }),
    mixed: await call("test_multiple_content_types"),
    failing: await call("test_error_handling"),
    elicited: await client.callTool({ name: "test_elicitation", arguments: { message: "who are you" } }),
    sampled: await client.callTool({ name: "test_sampling", arguments: { prompt: "say it" } }),
    worked: await client.callTool({ name: "test_tool_with_progress", arguments: {} }, undefined, {
      onprogress: (one) => progress.push(one),
    }),
    noted: await call("test_tool_with_logging"),
    pong: await client.ping(),
    logged,
    progress,
  };
  await client.close();
  return told;
}

/** Everything that a client of 2026-07-28 does, and what came of it. */
async function askModern(url: URL): Promise<Told> {
  const negotiation = { versionNegotiation: { mode: { pin: "2026-07-28" } } } as const;
  const client = new ModernClient({ name: "new", version: "1" }, { capabilities: OFFERED, ...negotiation });
  const progress: unknown[] = [];
  const changed: string[] = [];
  client.setRequestHandler("elicitation/create", () => ACCEPTED);
  client.setRequestHandler("sampling/createMessage", () => REPLY);
  client.setRequestHandler("roots/list", () => ({ roots: [{ uri: "file:///x", name: "x" }] }));
  client.setNotificationHandler("notifications/tools/list_changed", () => void changed.push("tools"));
  await client.connect(new ModernTransport(url));
  const call = (name: string): Promise<unknown> => client.callTool({ name, arguments: {} });
  const subscription = await client.listen({
    toolsListChanged: true,
    resourceSubscriptions: ["test://watched-resource"],
  });
  await call("test_trigger_tool_change");
  await expect.poll(() => changed).toEqual(["tools"]);
  const told = {
    agreed: subscription.honoredFilter,
    tools: (await client.listTools()).tools.length,
    prompts: (await client.listPrompts()).prompts,
    resources: (await client.listResources()).resources,
    templates: (await client.listResourceTemplates()).resourceTemplates,
    prompt: await client.getPrompt(PROMPT),
    read: (await client.readResource({ uri: "test://static-text" })).contents,
    completed: await client.complete({ ref: REF, argument: { name: "arg1", value: "par" } }),
    missing: await client.readResource({ uri: "test://none" }).catch((cause: unknown) => String(cause)),
    mixed: await call("test_multiple_content_types"),
    failing: await call("test_error_handling"),
    elicited: await call("test_input_required_result_elicitation"),
    sampled: await call("test_input_required_result_sampling"),
    rooted: await call("test_input_required_result_list_roots"),
    worked: await client.callTool(
      { name: "test_tool_with_progress", arguments: {} },
      { onprogress: (one) => progress.push(one) },
    ),
    progress,
  };
  await subscription.close();
  await client.close();
  return told;
}

for (const [generation, ask] of [
  ["2025-11-25", askLegacy],
  ["2026-07-28", askModern],
] as const)
  test(`E19: a client of ${generation} gets through the gate what it gets directly`, async () => {
    await using upstream = await openUpstream();
    await using gate = await openGate(upstream.url, { mode: "enforce" });
    expect(await ask(gate.url)).toEqual(await ask(upstream.url));
  });
