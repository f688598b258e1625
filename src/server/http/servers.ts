// SPDX-License-Identifier: Apache-2.0
// Upstream servers over HTTP: which there are, one more, one less. To add one is to start a program on this host, so only
// the token of this host's command line may; a page in a browser may not, whoever is signed in.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type BailiwickError,
  CoreError,
  type IdentityId,
  type Json,
  jsonObject,
  parseJson,
  writeJson,
} from "../../core/index.ts";
import { EnforceError, type UpstreamServer } from "../../enforce/index.ts";
import { type AddedServer, type Connections, reachedBy } from "../connections/connections.ts";
import type { Manifests } from "../connections/manifests.ts";
import type { PinDesk } from "../connections/pins.ts";
import { readWish } from "../connections/wish.ts";
import { ServerError } from "../errors.ts";
import { readMember, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { type ApiProblem, PROBLEMS, sendProblem } from "./problems.ts";

export interface ServerPorts {
  readonly manifests: Manifests;
  readonly pins: PinDesk;
  readonly connections: Connections;
  /** The person behind a request; `undefined` where nobody is known by name. */
  readonly whoIs: (request: FastifyRequest) => IdentityId | undefined;
  /** Whether the token of this host's command line came with it. */
  readonly isHost: (request: FastifyRequest) => boolean;
}

type ById = { Params: { id: string } };

export function mountServers(app: FastifyInstance, ports: ServerPorts): void {
  const { connections } = ports;
  app.get("/api/servers", (_request, reply) =>
    sendJson(reply, jsonObject([["servers", [...connections.servers.values()].map(shown)]])),
  );
  app.post("/api/servers", (request, reply) =>
    answered(reply, async () => {
      if (!ports.isHost(request)) return sendProblem(reply, PROBLEMS.hostOnly);
      const wish = readWish(plain(request));
      const because = `connect add ${wish.id}`;
      const added = await connections.add(wish, { by: ports.whoIs(request) ?? "system", because });
      return sendJson(reply.code(201), shownAdded(added));
    }),
  );
  app.post<ById>("/api/servers/:id/probe", (request, reply) =>
    answered(reply, async () => {
      const { tools, changed } = await connections.probe(request.params.id);
      const members: readonly (readonly [string, Json])[] = [
        ["id", request.params.id],
        ["tools", [...tools]],
        ["changed", [...changed]],
      ];
      return sendJson(reply, jsonObject(members));
    }),
  );
  app.delete<ById>("/api/servers/:id", (request, reply) =>
    answered(reply, async () => {
      const because = readMember(bodyOf(request), "because");
      if (because === undefined || because.trim() === "")
        return sendProblem(reply, { ...PROBLEMS.malformed, detail: "say `because`: why may it go" });
      const by = ports.whoIs(request);
      if (by === undefined && !ports.isHost(request)) return sendProblem(reply, PROBLEMS.hostOnly);
      const reference = await connections.remove(request.params.id, { by: by ?? "system", because });
      return sendJson(reply, jsonObject([["reference", reference]]));
    }),
  );
}

/** Faults that whoever asks can mend are told as such; every other one is ours. */
export async function answered(reply: FastifyReply, act: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof ServerError || cause instanceof EnforceError || cause instanceof CoreError)) throw cause;
    return sendProblem(reply, problemOf(cause));
  }
}

function problemOf(cause: BailiwickError<string>): ApiProblem {
  const { fix, message, code } = cause;
  const told = { detail: message, ...(fix === undefined ? {} : { fix }) };
  switch (code) {
    case "SERVER_CONNECT_UNKNOWN":
      return { ...PROBLEMS.notFound, code, ...told };
    case "SERVER_CONNECT_BUSY":
      return { ...PROBLEMS.conflict, status: 503, code, ...told };
    case "ENFORCE_UPSTREAM_START":
    case "ENFORCE_UPSTREAM_GONE":
    case "ENFORCE_UPSTREAM_PROTOCOL":
    case "ENFORCE_UPSTREAM_TIMEOUT":
      return { ...PROBLEMS.upstream, code, ...told };
    default:
      return { ...PROBLEMS.conflict, code, ...told };
  }
}

function plain(request: FastifyRequest): unknown {
  return JSON.parse(writeJson(parseJson(bodyOf(request))));
}

function shown(server: UpstreamServer): Json {
  const { id, resource, destination, tools, transport } = server;
  return jsonObject([
    ["id", id],
    ["url", resource],
    ["operator", destination.operator],
    ["jurisdiction", destination.jurisdiction],
    ["destination", destination.kind],
    ["tools", tools.size],
    ["reached", reachedBy(transport)],
  ]);
}

function shownAdded({ server, tools, view, execute, unnamed, manifest, kept, reference }: AddedServer): Json {
  return jsonObject([
    ["id", server.id],
    ["url", server.resource],
    ["tools", tools],
    ["view", view],
    ["execute", execute],
    ["unnamed", [...unnamed]],
    ["manifest", manifest],
    ["kept", kept],
    ["reference", reference],
  ]);
}
