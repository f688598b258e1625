// SPDX-License-Identifier: Apache-2.0
// Manifests and pins over HTTP: what each file says against what is in force and against what the server says, and the two
// acts of a person: to approve a manifest, to accept a tool that changed.
import type { FastifyInstance } from "fastify";
import { formatInstant, instant, type Json, jsonObject, parseJson } from "../../core/index.ts";
import type { Manifests, ManifestView } from "../connections/manifests.ts";
import type { PinDesk, PinView } from "../connections/pins.ts";
import { readMember, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";
import { answered, type ServerPorts } from "./servers.ts";

export interface ManifestRoutes extends Pick<ServerPorts, "whoIs" | "isHost"> {
  readonly manifests: Manifests;
  readonly pins: PinDesk;
}

type ById = { Params: { id: string } };

export function mountManifests(app: FastifyInstance, { manifests, pins, whoIs, isHost }: ManifestRoutes): void {
  app.get("/api/manifests", async (_request, reply) => {
    const all = await manifests.list();
    return sendJson(reply, jsonObject([["manifests", all.map(shown)]]));
  });
  app.get<ById>("/api/manifests/:id", (request, reply) =>
    answered(reply, async () => sendJson(reply, shown(await manifests.one(request.params.id)))),
  );
  app.post<ById>("/api/manifests/:id/approve", (request, reply) =>
    answered(reply, async () => {
      const body = bodyOf(request);
      const [digest, because] = [readMember(body, "digest"), readMember(body, "because")];
      if (digest === undefined || because === undefined || because.trim() === "")
        return sendProblem(reply, { ...PROBLEMS.malformed, detail: "say `digest`, of what was read, and `because`" });
      const by = whoIs(request);
      if (by === undefined && !isHost(request)) return sendProblem(reply, PROBLEMS.hostOnly);
      const reference = await manifests.approve(request.params.id, digest, { by: by ?? "system", because });
      return sendJson(reply, jsonObject([["reference", reference]]));
    }),
  );
  app.get<{ Querystring: { server?: string } }>("/api/pins", (request, reply) => {
    const rows = pins.list(request.query.server).map(([server, pin]) => shownPin(server, pin));
    const servers = pins.whole(request.query.server).map((server) => jsonObject(Object.entries(server)));
    return sendJson(
      reply,
      jsonObject([
        ["pins", rows],
        ["servers", servers],
      ]),
    );
  });
  app.post("/api/pins/accept", (request, reply) =>
    answered(reply, async () => {
      const body = bodyOf(request);
      const [tool, digest, because] = ["tool", "digest", "because"].map((name) => readMember(body, name));
      if (tool === undefined || digest === undefined || because === undefined || because.trim() === "")
        return sendProblem(reply, {
          ...PROBLEMS.malformed,
          detail: "say `tool` (server/tool), `digest` and `because`",
        });
      const by = whoIs(request);
      if (by === undefined && !isHost(request)) return sendProblem(reply, PROBLEMS.hostOnly);
      const reference = await pins.accept({ tool, digest }, { by: by ?? "system", because });
      return sendJson(reply, jsonObject([["reference", reference]]));
    }),
  );
}

function shown({ approved, ...view }: ManifestView): Json {
  const who = approved === undefined ? {} : { approved: { ...approved, at: formatInstant(instant(approved.at)) } };
  return parseJson(JSON.stringify({ ...view, ...who }));
}

function shownPin(server: string, { tool, pinned, now, lines }: PinView): Json {
  return jsonObject([
    ["tool", `${server}/${tool}`],
    ["pinned", pinned.digest ?? null],
    ["now", now?.digest ?? pinned.digest ?? null],
    ["lines", [...lines]],
  ]);
}
