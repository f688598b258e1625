// SPDX-License-Identifier: Apache-2.0
// A client that costs as little as one can, the same for everybody: one connection, one call after the other, revision
// 2025-11-25, because one of the peers speaks no later one.
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { nextLine, type Program } from "./programs.ts";

export type Headers = Readonly<Record<string, string>>;

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends one JSON-RPC message and resolves with the answer to it. */
export interface Wire {
  ask(method: string, params: object): Promise<string>;
  tell(method: string): Promise<void>;
  close(): void;
}

const OPENING = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } };

export async function open(wire: Wire): Promise<Wire> {
  const opened = await wire.ask("initialize", OPENING);
  if (!opened.includes('"serverInfo"')) throw new Error(`not opened: ${opened.slice(0, 400)}`);
  await wire.tell("notifications/initialized");
  return wire;
}

/** @param sign - what each request must show besides */
export function overHttp(url: string, sign: () => Headers = () => ({})): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let session: Headers = {};
  let lastId = 0;
  const send = async (message: object): Promise<Reply> => {
    const reply = await post(url, agent, JSON.stringify(message), {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...session,
      ...sign(),
    });
    const id = reply.headers["mcp-session-id"];
    if (typeof id === "string") session = { "mcp-session-id": id, "mcp-protocol-version": "2025-11-25" };
    return reply;
  };
  return {
    async ask(method, params) {
      const { status, text } = await send({ jsonrpc: "2.0", id: (lastId += 1), method, params });
      if (status !== 200) throw new Error(`${url}: ${status} ${text}`);
      return text;
    },
    async tell(method) {
      await send({ jsonrpc: "2.0", method });
    },
    close: () => agent.destroy(),
  };
}

export function post(url: string, agent: Agent | undefined, body: string, headers: Headers): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const given = { ...headers, "content-length": String(Buffer.byteLength(body)) };
  const sent = request(url, { method: "POST", agent, headers: given }, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    response.once("error", reject);
    response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
  });
  sent.once("error", reject);
  sent.end(body);
  return promise;
}

export function overStdio(program: Program): Wire {
  let lastId = 0;
  return {
    async ask(method, params) {
      const id = (lastId += 1);
      program.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      for (;;) {
        const line = await nextLine(program);
        if (line.includes(`"id":${id}`)) return line;
      }
    },
    async tell(method) {
      program.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method })}\n`);
    },
    close: () => undefined,
  };
}
