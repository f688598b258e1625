// SPDX-License-Identifier: Apache-2.0
// The token endpoint and what the server says about itself, mounted as `identify` answers them.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { CoreError, decodeUtf8 } from "../../core/index.ts";
import type { HttpRequest, Identify } from "../../identify/index.ts";
import { bodyOf, plainHeaders } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

type Answer = ReturnType<Identify["authorize"]>;

export function mountIdentity(app: FastifyInstance, identify: Identify): void {
  mountForm(app, "/oauth/enrol", (request) => identify.enrol(request));
  mountForm(app, "/oauth/token", (request) => identify.token(request));
  mountForm(app, "/oauth/revoke", (request) => identify.revoke(request));
  app.route({
    method: ["GET", "POST"],
    url: "/oauth/authorize",
    handler: (_request, reply) => send(reply, identify.authorize()),
  });
  // each looked up when it is asked for: resources come and go
  const document = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [asked] = request.url.split("?");
    const found = identify.documents().find(({ path }) => path === asked);
    if (found === undefined) return sendProblem(reply, PROBLEMS.notFound);
    return send(reply, { status: 200, headers: found.headers, body: found.body });
  };
  app.get("/.well-known/*", document);
  app.get("/oauth/*", document);
}

/** An endpoint that takes a body and checks it by its own rules. */
function mountForm(app: FastifyInstance, url: string, answer: (request: HttpRequest) => Promise<Answer>): void {
  app.route({
    method: ["GET", "POST"],
    url,
    handler: async (request, reply) => {
      const body = textOf(bodyOf(request));
      if (body === undefined) return sendProblem(reply, PROBLEMS.malformed);
      const { method, raw } = request;
      const dpop = raw.headersDistinct["dpop"] ?? [];
      return send(
        reply,
        await answer({ method, headers: plainHeaders(request), body, dpop, peer: raw.socket.remoteAddress }),
      );
    },
  });
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

function textOf(body: Uint8Array): string | undefined {
  try {
    return decodeUtf8(body);
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}
