// SPDX-License-Identifier: Apache-2.0
// The resources and prompts that the official MCP suites ask a server to have.
import {
  acceptedContent,
  completable,
  type GetPromptResult,
  inputRequired,
  type McpServer,
  ResourceNotFoundError,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { PNG } from "./tools.ts";

export function addResources(server: McpServer): void {
  const fixed = (name: string, uri: string, mimeType: string, body: { text: string } | { blob: string }): void => {
    server.registerResource(name, uri, { description: `A ${name}.`, mimeType }, () => ({
      contents: [{ uri, mimeType, ...body }],
    }));
  };
  const text = "This is the content of the static text resource.";
  fixed("static text", "test://static-text", "text/plain", { text });
  fixed("static image", "test://static-binary", "image/png", { blob: PNG });
  fixed("watched text", "test://watched-resource", "text/plain", { text: "watched" });
  const template = new ResourceTemplate("test://template/{id}/data", { list: undefined });
  const mimeType = "application/json";
  server.registerResource("data by id", template, { description: "Data by id.", mimeType }, ({ href }, { id }) => {
    if (typeof id !== "string") throw new ResourceNotFoundError(href);
    const data = { id, templateTest: true, data: `Data for ID: ${id}` };
    return { contents: [{ uri: href, mimeType, text: JSON.stringify(data) }] };
  });
}

type Content = GetPromptResult["messages"][number]["content"];

function said(...contents: Content[]): GetPromptResult {
  return { messages: contents.map((content) => ({ role: "user", content })) };
}

const words = (text: string): Content => ({ type: "text", text });

export function addPrompts(server: McpServer): void {
  server.registerPrompt("test_simple_prompt", { description: "A prompt." }, () =>
    said(words("This is a simple prompt for testing.")),
  );
  const place = completable(z.string(), (typed) => ["paris", "park", "party"].filter((one) => one.startsWith(typed)));
  server.registerPrompt(
    "test_prompt_with_arguments",
    { description: "A prompt with arguments.", argsSchema: z.object({ arg1: place, arg2: z.string() }) },
    ({ arg1, arg2 }) => said(words(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description: "A prompt with a resource.", argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri: uri }) =>
      said(
        { type: "resource", resource: { uri, mimeType: "text/plain", text: "Embedded resource content for testing." } },
        words("Please process the embedded resource above."),
      ),
  );
  server.registerPrompt("test_prompt_with_image", { description: "A prompt with an image." }, () =>
    said({ type: "image", data: PNG, mimeType: "image/png" }, words("Please analyze the image above.")),
  );
  const CONTEXT = z.object({ context: z.string() });
  server.registerPrompt("test_input_required_result_prompt", { description: "A prompt that asks first." }, (ctx) => {
    const given = acceptedContent(ctx.mcpReq.inputResponses, "user_context", CONTEXT);
    if (given !== undefined) return said(words(`Context: ${given.context}`));
    const message = "What context should the prompt use?";
    return inputRequired({
      inputRequests: { user_context: inputRequired.elicit({ message, requestedSchema: CONTEXT }) },
    });
  });
}
