// SPDX-License-Identifier: Apache-2.0
// OpenID AuthZEN over HTTP (Authorization API 1.0 section 10): the peer is proven before its body is read, and its request id
// comes back as it was sent, whatever the answer.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { DomainId } from "../../core/index.ts";
import { basePath, type Endpoint, METADATA_PATH, metadata } from "../../decide/index.ts";
import { type AuthzenRoom, type AuthzenRoomPorts, openAuthzen } from "../authzen.ts";
import type { Config } from "../config.ts";
import { bodyOf } from "./listener.ts";

const ENDPOINTS: readonly Endpoint[] = [
  "evaluation",
  "evaluations",
  "search/subject",
  "search/resource",
  "search/action",
];

/** Opens and mounts every domain that is asked from outside; nothing where nobody may ask. */
export async function mountAuthzen(
  app: FastifyInstance,
  ports: AuthzenRoomPorts,
  { config, publicUrl }: { readonly config: Pick<Config, "decide">; readonly publicUrl: string },
): Promise<void> {
  const room = await openAuthzen(ports, config);
  for (const domain of room.domains) {
    const base = basePath(domain);
    // metadata of an address that anybody on the way could change would send callers anywhere (section 9.1)
    if (publicUrl.startsWith("https:")) mountMetadata(app, publicUrl, domain);
    for (const endpoint of ENDPOINTS)
      mountEndpoint(app, room, { url: `${base}/access/v1/${endpoint}`, domain, endpoint });
  }
}

function mountMetadata(app: FastifyInstance, publicUrl: string, domain: DomainId): void {
  const body = JSON.stringify(metadata(publicUrl, domain));
  app.get(`${METADATA_PATH}${basePath(domain)}`, (_request, reply) =>
    reply.header("content-type", "application/json").header("cache-control", "max-age=300").send(body),
  );
}

interface Place {
  readonly url: string;
  readonly domain: DomainId;
  readonly endpoint: Endpoint;
}

function mountEndpoint(app: FastifyInstance, room: AuthzenRoom, { url, domain, endpoint }: Place): void {
  app.route({
    method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    url,
    handler: async (request, reply) => {
      echoRequestId(request, reply);
      const peer = room.peer(request.headers.authorization, domain);
      if (peer === "unknown") return refuse(reply, 401, "show a bearer token that this decision point knows");
      if (peer === "forbidden") return refuse(reply, 403, "this peer may not ask this domain");
      const { method } = request;
      const asked = { method, contentType: request.headers["content-type"], body: bodyOf(request) };
      const { status, headers, body } = await room.answer(domain, peer, endpoint, asked);
      return reply.code(status).headers(headers).send(body);
    },
  });
}

/** Section 10.1.3. A header is text of visible characters; any other never gets here. */
function echoRequestId({ headers }: FastifyRequest, reply: FastifyReply): void {
  const id = headers["x-request-id"];
  if (typeof id === "string") reply.header("x-request-id", id);
}

function refuse(reply: FastifyReply, status: 401 | 403, why: string): FastifyReply {
  if (status === 401) reply.header("www-authenticate", 'Bearer realm="authzen"');
  return reply.code(status).header("content-type", "application/json").send(JSON.stringify(why));
}
