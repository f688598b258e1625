// SPDX-License-Identifier: Apache-2.0
// `/mcp/{server}`: carries HTTP to the relay and back, and changes nothing on the way.
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Relay, UpstreamServer } from "../../enforce/index.ts";
import { bodyOf, plainHeaders } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export function mountMcp(app: FastifyInstance, servers: ReadonlyMap<string, UpstreamServer>, relay: Relay): void {
  app.route<{ Params: { server: string } }>({
    method: ["GET", "POST", "DELETE"],
    url: "/mcp/:server",
    handler: async (request, reply) => {
      const server = servers.get(request.params.server);
      if (server === undefined) return sendProblem(reply, PROBLEMS.notFound);
      return answer(reply, await relay.handle(server, gateRequest(request, reply)));
    },
  });
}

function gateRequest(request: FastifyRequest, reply: FastifyReply): Parameters<Relay["handle"]>[1] {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return {
    method: request.method,
    headers: plainHeaders(request),
    dpop: request.raw.headersDistinct["dpop"] ?? [],
    body: bodyOf(request),
    gone: gone.signal,
  };
}

function answer(reply: FastifyReply, response: Awaited<ReturnType<Relay["handle"]>>): FastifyReply {
  const { status, headers, body, events } = response;
  return reply
    .code(status)
    .headers(headers)
    .send(events === undefined ? (body ?? "") : Readable.from(events, { objectMode: false }));
}
