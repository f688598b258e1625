// SPDX-License-Identifier: Apache-2.0
// Takes the port before anything is built: a busy port is known at once, and with port 0 the public URL is known in time.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ServerError } from "../errors.ts";

export interface Bound {
  readonly port: number;
  /** From now on requests go here; until then they are answered 503. */
  serve(handler: (request: IncomingMessage, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/** UNIT: ms. A client that sends its request slower than this is cut off. */
const REQUEST_TIMEOUT_MS = 60_000;

/** UNIT: ms. How long a connection is kept for its next request: an agent thinks between two calls. */
const KEPT_MS = 65_000;

/** Listens on loopback. @throws ServerError SERVER_PORT_BUSY */
export async function bind(port: number): Promise<Bound> {
  let handler: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  const times = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: 10_000, keepAliveTimeout: KEPT_MS };
  const server = createServer(times, (request, response) => {
    if (handler !== undefined) return handler(request, response);
    response.writeHead(503, { "retry-after": "1" }).end();
    return undefined;
  });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (cause) => {
      reject(
        new ServerError("SERVER_PORT_BUSY", `listening on 127.0.0.1:${port}: ${cause.message}`, {
          cause,
          fix: "stop what listens there, or choose another port with --port",
        }),
      );
    });
    server.listen({ host: "127.0.0.1", port });
  });
  return {
    port: portOf(server.address()),
    serve(next) {
      handler = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string")
    throw new ServerError("SERVER_PORT_BUSY", "listening: no port was given");
  return address.port;
}
