// SPDX-License-Identifier: Apache-2.0
// An upstream of MCP 2026-07-28 whose one tool says what it was given beside its arguments.
import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

serveStdio(() => {
  const server = new McpServer({ name: "rounds", version: "1.0.0" });
  server.registerTool("act", { inputSchema: z.object({ to: z.string() }) }, ({ to }, { mcpReq }) => {
    const text = JSON.stringify({ to, state: mcpReq.requestState(), answers: mcpReq.inputResponses });
    return { content: [{ type: "text", text }] };
  });
  return server;
});
