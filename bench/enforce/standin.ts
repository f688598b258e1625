// SPDX-License-Identifier: Apache-2.0
// The smallest MCP server that the SDK makes: one tool that takes 2 KiB and answers 2 KiB of something else.
// `node standin.ts stdio`, or `node standin.ts http`, which says its address on its first line.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { McpServer, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";
import { KINDS, textOf } from "./text.ts";

function standin(): McpServer {
  const server = new McpServer({ name: "standin", version: "1.0.0" });
  const inputSchema = z.object({ kind: z.enum(KINDS), seed: z.number().int(), text: z.string() });
  server.registerTool(
    "note",
    { description: "Takes a note and gives another one.", inputSchema },
    ({ kind, seed }) => ({
      content: [{ type: "text", text: textOf(kind, seed) }],
    }),
  );
  return server;
}

async function serveHttp(): Promise<void> {
  const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
  await standin().connect(transport);
  const listener = createServer((incoming, outgoing) => void answer(transport, incoming, outgoing));
  listener.listen(0, "127.0.0.1", () => {
    const address = listener.address();
    if (typeof address === "object") process.stdout.write(`http://127.0.0.1:${address?.port ?? 0}/mcp\n`);
  });
}

async function answer(
  transport: WebStandardStreamableHTTPServerTransport,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = "GET", headers, url = "/" } = incoming;
  const plain = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const body = method === "POST" ? await buffer(incoming) : null;
  const response = await transport.handleRequest(
    new Request(`http://${headers.host ?? "localhost"}${url}`, { method, headers: plain, body }),
  );
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) outgoing.end();
  else Readable.fromWeb(response.body).pipe(outgoing);
}

if (process.argv[2] === "http") await serveHttp();
else serveStdio(standin);
