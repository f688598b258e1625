// SPDX-License-Identifier: Apache-2.0
// The witness over HTTP: C2SP tlog-witness v1.0.0 at `/witness`, which is submission and monitoring prefix in one, and for
// people what is witnessed here, by whom this log is, and who lied.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formatInstant, type IdentityId, instant, type Json, jsonObject } from "../../core/index.ts";
import type { RecordRoom } from "../../record/index.ts";
import { BODY_MAX_BYTES, type Fork, type Witness, type WitnessState } from "../../record/witness/index.ts";
import { readMember, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface WitnessRoutePorts {
  readonly witness: Witness;
  readonly record: Pick<RecordRoom, "status">;
  /** Where others submit to the witness that runs here. */
  readonly submitTo: string;
  /** The person behind a request; `undefined` where nobody is known by name. */
  whoIs(request: FastifyRequest): IdentityId | undefined;
  clear(wish: {
    readonly id: string;
    readonly by: IdentityId;
    readonly because: string;
  }): Promise<"one" | "two" | "refused" | undefined>;
}

/** For the logs of others; nothing is mounted where this server is no witness. */
export function mountWitness(app: FastifyInstance, { desk }: Witness): void {
  if (desk === undefined) return;
  app.post("/witness/add-checkpoint", { bodyLimit: BODY_MAX_BYTES }, async (request, reply): Promise<FastifyReply> => {
    const { status, type, body, retryAfterS } = await desk.add(bodyOf(request));
    if (retryAfterS !== undefined) void reply.header("retry-after", retryAfterS);
    return reply.code(status).header("content-type", type).header("cache-control", "no-store").send(body);
  });
  app.get<{ Params: { origin: string } }>(
    "/witness/:origin/checkpoint",
    async (request, reply): Promise<FastifyReply> => {
      const note = /^[0-9a-f]{64}$/.test(request.params.origin)
        ? await desk.checkpoint(request.params.origin)
        : undefined;
      if (note === undefined) return sendProblem(reply, PROBLEMS.notFound);
      return reply.header("content-type", "text/plain; charset=utf-8").header("cache-control", "max-age=1").send(note);
    },
  );
}

/** For people. */
export function mountWitnessDesk(app: FastifyInstance, ports: WitnessRoutePorts): void {
  app.get("/api/record/witness", async (_request, reply) => sendJson(reply, await statusOf(ports)));
  app.post<{ Params: { id: string } }>("/api/record/witness/forks/:id/clear", async (request, reply) => {
    const because = readMember(bodyOf(request), "because");
    if (because === undefined || because.trim() === "" || because.length > 512) {
      return sendProblem(reply, { ...PROBLEMS.malformed, detail: "`because` says why, in at most 512 characters" });
    }
    const by = ports.whoIs(request);
    if (by === undefined) return sendProblem(reply, { ...PROBLEMS.forbidden, detail: "nobody is known by name" });
    const said = await ports.clear({ id: request.params.id, by, because });
    if (said === undefined) return sendProblem(reply, PROBLEMS.notFound);
    if (said !== "refused") return sendJson(reply, jsonObject([["people", said === "one" ? 1 : 2]]));
    return sendProblem(reply, { ...PROBLEMS.conflict, detail: "another person must say so, or two did" });
  });
}

async function statusOf({ witness, record, submitTo }: WitnessRoutePorts): Promise<Json> {
  const { origin, vkeys, secondSignature, witnesses, size, published } = record.status();
  const { client, desk } = witness;
  const ours = jsonObject([
    ["origin", origin],
    ["vkeys", vkeys],
    ["secondSignature", secondSignature],
    ["size", size],
    ["published", published],
    ["state", witnesses.state],
    ["lagMs", witnesses.lagMs],
    ["witnesses", (client?.status ?? []).map(witnessRow)],
  ]);
  if (desk === undefined) return jsonObject([["log", ours]]);
  const logs = (await desk.logs()).map((log) =>
    jsonObject([
      ["origin", log.origin],
      ["size", log.size],
      ...(log.at === undefined ? [] : [["cosignedAt", formatInstant(log.at)] as const]),
    ]),
  );
  const theirs = jsonObject([
    ["url", submitTo],
    ["vkeys", desk.vkeys],
    ["logs", logs],
    ["forks", (await desk.forks()).map(forkRow)],
  ]);
  return jsonObject([
    ["log", ours],
    ["witness", theirs],
  ]);
}

function witnessRow({ name, url, last, detail, at, size }: WitnessState): Json {
  return jsonObject([
    ["name", name],
    ["url", url],
    ["last", last],
    ["detail", detail],
    ...(at === undefined ? [] : [["at", formatInstant(instant(at))] as const]),
    ...(size === undefined ? [] : [["size", size] as const]),
  ]);
}

function forkRow({ id, origin, size, notes, found, clearedBy, isOpen }: Fork): Json {
  return jsonObject([
    ["id", id],
    ["origin", origin],
    ["size", size],
    ["notes", notes],
    ["found", formatInstant(found)],
    ["clearedBy", clearedBy],
    ["open", isOpen],
  ]);
}
