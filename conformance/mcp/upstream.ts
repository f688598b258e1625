// SPDX-License-Identifier: Apache-2.0
// A server of both revisions with everything that the official suites ask for: sessions for 2025-11-25, single requests for
// 2026-07-28. `node conformance/mcp/upstream.ts` prints its URL and serves until its input ends.

import { randomBytes, randomUUID } from "node:crypto";
import {
  createMcpHandler,
  createRequestStateCodec,
  type EventStore,
  hostHeaderValidationResponse,
  isLegacyRequest,
  type JSONRPCMessage,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  McpServer,
  originValidationResponse,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { addPrompts, addResources } from "./content.ts";
import { addTools, type Shared } from "./tools.ts";
import { serveWeb, type WebServer } from "./web.ts";

/** UNIT: ms. How soon a client may take a stream up again. */
const RETRY_MS = 200;

export interface UpstreamOptions {
  /** The only revision that it speaks; both unless said. */
  readonly era?: "legacy" | "modern";
}

export async function openUpstream({ era }: UpstreamOptions = {}): Promise<WebServer> {
  const codec = createRequestStateCodec<{ round: number }>({ key: randomBytes(32) });
  const shared: Shared = {
    codec,
    toolsChanged: () => {
      modern.notify.toolsChanged();
      legacy.each((server) => server.sendToolListChanged());
    },
    promptsChanged: () => {
      modern.notify.promptsChanged();
      legacy.each((server) => server.sendPromptListChanged());
    },
  };
  const build = (): McpServer => buildServer(shared);
  const modern = createMcpHandler(build, { legacy: "reject" });
  const legacy = new Sessions(build);
  const server = await serveWeb(async (request) => {
    const refused =
      hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
      originValidationResponse(request, localhostAllowedOrigins());
    if (refused !== undefined) return refused;
    const isLegacy = era === "legacy" || (era === undefined && (await isLegacyRequest(request)));
    return isLegacy ? legacy.handle(request) : ((await noSuchTask(request)) ?? modern.fetch(request));
  });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await modern.close();
      await legacy.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** It makes no tasks, so it knows none; the SDK has no place for saying so (the suite's unscored task scenarios). */
async function noSuchTask(request: Request): Promise<Response | undefined> {
  const asked = ASKED.safeParse(
    await request
      .clone()
      .json()
      .catch(() => undefined),
  );
  if (!asked.success || asked.data.method !== "tasks/get") return undefined;
  const error = { code: -32602, message: "no such task" };
  return Response.json({ jsonrpc: "2.0", id: asked.data.id, error }, { status: 200 });
}

const ASKED = z.object({ method: z.string(), id: z.union([z.string(), z.number()]) });

function buildServer(shared: Shared): McpServer {
  const server = new McpServer(
    { name: "conformance-upstream", version: "1.0.0" },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: (state, ctx) => shared.codec.verify(state, ctx) },
    },
  );
  addTools(server, shared);
  addResources(server);
  addPrompts(server);
  const { server: inner } = server;
  inner.setRequestHandler("resources/subscribe", () => ({}));
  inner.setRequestHandler("resources/unsubscribe", () => ({}));
  return server;
}

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: McpServer;
}

/** One server each for as long as its client stays. */
class Sessions {
  private readonly build: () => McpServer;
  private readonly open = new Map<string, Session>();

  constructor(build: () => McpServer) {
    this.build = build;
  }

  async handle(request: Request): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    const known = id === null ? undefined : this.open.get(id);
    if (known !== undefined) return known.transport.handleRequest(request);
    if (id !== null)
      return Response.json(
        { jsonrpc: "2.0", id: null, error: { code: -32001, message: "no session" } },
        { status: 404 },
      );
    const server = this.build();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new Events(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (session) => void this.open.set(session, { transport, server }),
      onsessionclosed: (session) => void this.open.delete(session),
    });
    await server.connect(transport);
    return transport.handleRequest(request);
  }

  each(work: (server: McpServer) => void): void {
    for (const { server } of this.open.values()) work(server);
  }

  async close(): Promise<void> {
    await Promise.all([...this.open.values()].map(({ transport }) => transport.close()));
  }
}

/** Everything that was said in one session, so that a stream can be taken up again. */
class Events implements EventStore {
  private readonly said: { readonly id: string; readonly stream: string; readonly message: JSONRPCMessage }[] = [];

  storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    const id = `${stream}_${this.said.length}`;
    this.said.push({ id, stream, message });
    return Promise.resolve(id);
  }

  async replayEventsAfter(
    last: string,
    { send }: { send: (id: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const at = this.said.findIndex(({ id }) => id === last);
    const stream = this.said[at]?.stream ?? "";
    // in their order
    for (const one of this.said.slice(at + 1)) if (one.stream === stream) await send(one.id, one.message);
    return stream;
  }
}

if (import.meta.main) {
  const upstream = await openUpstream();
  process.stdout.write(`${upstream.url.href}\n`);
  process.stdin.resume().on("end", () => void upstream[Symbol.asyncDispose]().then(() => process.exit(0)));
}
