// SPDX-License-Identifier: Apache-2.0
// An HTTP upstream whose every answer a test writes itself.
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";

/** One request as it came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly message: Readonly<Record<string, unknown>> & { readonly params?: Readonly<Record<string, unknown>> };
  /** Resolves when its client is gone. */
  readonly closed: Promise<unknown>;
}

export interface Web extends AsyncDisposable {
  readonly url: URL;
  readonly port: number;
  readonly seen: Seen[];
  /** What was asked, in order: the JSON-RPC method, or the HTTP one. */
  asked(): string[];
}

export type Answering = (seen: Seen, response: ServerResponse) => void | Promise<void>;

export async function openWeb(answering: Answering): Promise<Web> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const one: Seen = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        message: text === "" ? {} : (JSON.parse(text) as Seen["message"]),
        closed: once(response, "close"),
      };
      seen.push(one);
      void answering(one, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    port,
    seen,
    asked: () =>
      seen.map(({ method, message }) => (typeof message["method"] === "string" ? message["method"] : method)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A server of bare bytes: what it says is not always HTTP. */
export async function openRaw(answering: (socket: Socket) => void): Promise<AsyncDisposable & { readonly url: URL }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => answering(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export function json(response: ServerResponse, body: object, headers: Record<string, string> = {}, status = 200): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

export function stream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

export function event(response: ServerResponse, message: object, id?: string): void {
  response.write(`${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`);
}

export function result(seen: Seen, value: object): object {
  return { jsonrpc: "2.0", id: seen.message["id"], result: value };
}
