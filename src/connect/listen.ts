// SPDX-License-Identifier: Apache-2.0
// The same for clients that speak HTTP: a listener on loopback whose path holds a secret of this launch. Requests go to the
// gate and answers come back as they are, streams piece by piece; what proves who asks is added here and stays here.
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Gate } from "./gate.ts";
import { LINE_MAX_BYTES } from "./lines.ts";
import { callOf, type Message, readMessage } from "./message.ts";
import type { SignPorts } from "./ports.ts";
import { errorText, troubleOf, troubleOfAnswer } from "./trouble.ts";

/** Headers of a client that mean something to MCP; every other one stays here, credentials above all. */
const UP = /^(?:accept|content-type|last-event-id|idempotency-key|traceparent|tracestate|baggage|mcp-[a-z0-9-]+)$/;
const DOWN = /^(?:content-type|allow|cache-control|retry-after|x-accel-buffering|mcp-[a-z0-9-]+)$/;
/** UNIT: bytes. 256 bits. */
const SECRET_BYTES = 32;

export interface Listening extends AsyncDisposable {
  /** What a client is given: it holds the secret. */
  readonly url: string;
}

export interface ListenPorts {
  readonly gate: Gate;
  readonly random: SignPorts["random"];
  /** Starts to listen. @param port 0 takes a free one */
  readonly port: number;
}

/** @throws Error where the port is taken */
export async function listen({ gate, random, port }: ListenPorts): Promise<Listening> {
  const secret = Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url");
  const server = createServer({ headersTimeout: 10_000 }, (request, response) => {
    void answer({ gate, secret, hosts: hostsOf(portOf()) }, request, response);
  });
  const portOf = (): number => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  };
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port });
  });
  return {
    url: `http://localhost:${portOf()}/${secret}/mcp`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Edge {
  readonly gate: Gate;
  readonly secret: string;
  readonly hosts: ReadonlySet<string>;
}

function hostsOf(port: number): ReadonlySet<string> {
  return new Set(["localhost", "127.0.0.1", "[::1]"].map((name) => `${name}:${port}`));
}

async function answer(edge: Edge, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const status = refusedStatus(edge, request);
  if (status !== undefined) {
    response.writeHead(status, { connection: "close" }).end();
    return;
  }
  const body = await bodyOf(request).catch(() => undefined); // the client went away, or sends too much
  if (body === undefined) {
    response.writeHead(413, { connection: "close" }).end();
    return;
  }
  const message = readMessage(body.toString("utf8"));
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    await relay(edge.gate, { request, response, body, message, signal: gone.signal });
  } catch (cause) {
    if (!gone.signal.aborted) sendError(response, message, troubleOf(cause));
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly message: Message | undefined;
  readonly signal: AbortSignal;
}

async function relay(gate: Gate, { request, response, body, message, signal }: Exchange): Promise<void> {
  const method = methodOf(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      UP.test(name) && typeof value === "string" ? [[name, value]] : [],
    ),
  );
  const call = message === undefined ? undefined : callOf(message);
  const passing = { method, headers, call, signal, ...(body.length === 0 ? {} : { body }) };
  const up = await gate.send(passing);
  // the client has no credential to mend: a challenge would send it looking for one
  if (up.status === 401 || up.status === 403) return sendError(response, message, await troubleOfAnswer(up));
  response.writeHead(up.status, Object.fromEntries(Object.entries(up.headers).filter(([name]) => DOWN.test(name))));
  response.flushHeaders();
  return pipeline(up.body, response, { signal });
}

/** Who may speak to it: no page of a browser from elsewhere, and nobody without the secret. */
function refusedStatus(
  { secret, hosts }: Edge,
  { headers, url = "", method = "" }: IncomingMessage,
): number | undefined {
  const { host = "", origin } = headers;
  if (!hosts.has(host.toLowerCase())) return 403;
  if (origin !== undefined && !hosts.has(origin.toLowerCase().replace(/^http:\/\//, ""))) return 403;
  const wanted = Buffer.from(`/${secret}/mcp`);
  const given = Buffer.from(url);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 404;
  return ["POST", "GET", "DELETE"].includes(method) ? undefined : 405;
}

function methodOf({ method }: IncomingMessage): "POST" | "GET" | "DELETE" {
  return method === "GET" || method === "DELETE" ? method : "POST";
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request) {
    if (!(piece instanceof Uint8Array)) continue;
    size += piece.length;
    if (size > LINE_MAX_BYTES) throw new Error("the body is too large");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function sendError(
  response: ServerResponse,
  message: Message | undefined,
  trouble: Parameters<typeof errorText>[1],
): void {
  if (response.headersSent) {
    response.destroy(); // a stream that ends without an answer is an error to the client too
    return;
  }
  const isAsked = message?.method !== undefined && message.id !== undefined;
  response
    .writeHead(isAsked ? 200 : 503, { "content-type": "application/json", "cache-control": "no-store" })
    .end(errorText(message?.id ?? null, trouble));
}
