// SPDX-License-Identifier: Apache-2.0
// What strangers read of the log: which logs there are and whom to trust for them.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Json, jsonObject } from "../../core/index.ts";
import type { RecordRoom } from "../../record/index.ts";
import type { Credentials } from "../access.ts";
import { sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface LogRoutePorts {
  readonly record: Pick<RecordRoom, "status" | "trustPolicy" | "files">;
  readonly name: string;
  readonly publicUrl: string;
  /** Are tiles of hashes for everybody? */
  readonly isPublic: boolean;
  /** The witness that runs here: where others submit, and its keys. */
  readonly witness: { readonly url: string; readonly vkeys: readonly string[] } | undefined;
}

type LogPorts = LogRoutePorts & {
  /** May whoever shows these read the record? */
  mayRead(headers: Credentials): boolean;
};

export function mountLog(app: FastifyInstance, ports: LogPorts): void {
  const { record, name, publicUrl, witness } = ports;
  app.get("/log/logs.json", (_request, reply) => {
    const witnessed = witness === undefined ? [] : [["witness", witnessOf(witness)] as const];
    const logs = jsonObject([["logs", [logOf(ports)]], ...witnessed]);
    return sendJson(reply, logs);
  });
  app.get("/log/policy", (_request, reply) => text(reply, record.trustPolicy()));
  app.get<{ Params: { name: string } }>("/log/:name/status.json", (request, reply) => {
    if (request.params.name !== name) return sendProblem(reply, PROBLEMS.notFound);
    return sendJson(reply, logOf(ports));
  });
  app.get<{ Params: { name: string } }>("/log/:name/checkpoint", (request, reply) => {
    const note = request.params.name === name ? record.files.checkpoint() : "";
    return note === "" ? sendProblem(reply, PROBLEMS.notFound) : text(reply, note);
  });
  app.get<{ Params: { name: string; "*": string } }>("/log/:name/tile/*", (request, reply) =>
    sendTile(ports, request, reply),
  );
  // what a partner takes into `record.witness.server.logs`, and into a policy of its own: a tlog-policy file
  app.get("/log/keys", (_request, reply) => text(reply, keysOf(record.status().vkeys, { name, publicUrl, witness })));
}

type Asked = FastifyRequest<{ Params: { name: string; "*": string } }>;

/** Entries for whoever may read the record; hashes for everybody where the configuration says so. */
async function sendTile(ports: LogPorts, { params, headers }: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const path = params["*"];
  const isOpen = ports.isPublic && !path.startsWith("entries/");
  if (!isOpen && !ports.mayRead(headers)) {
    return sendProblem(reply.header("www-authenticate", "Bearer"), PROBLEMS.unauthenticated);
  }
  const bytes = params.name === ports.name ? await ports.record.files.tile(path) : undefined;
  if (bytes === undefined) return sendProblem(reply, PROBLEMS.notFound);
  return reply
    .header("content-type", "application/octet-stream")
    .header("cache-control", `${isOpen ? "public" : "private"}, max-age=31536000, immutable`)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

/** The keys of a log and of its witness as tlog-policy lines, with where each is found. */
function keysOf(
  vkeys: readonly string[],
  { name, publicUrl, witness }: Pick<LogRoutePorts, "name" | "publicUrl" | "witness">,
): string {
  const logs = vkeys.map((vkey) => `log ${vkey} ${publicUrl}/log/${name}\n`);
  const names = (witness?.vkeys ?? []).map((vkey, i) => `witness w${i + 1} ${vkey} ${witness?.url ?? ""}\n`);
  return [...logs, ...names, "quorum none\n"].join("");
}

function logOf({ record, name, publicUrl }: LogRoutePorts): Json {
  const { origin, vkeys, size, published, state, secondSignature, witnesses } = record.status();
  return jsonObject([
    ["name", name],
    ["origin", origin],
    ["url", `${publicUrl}/log/${name}`],
    ["vkeys", vkeys],
    ["state", state],
    ["size", size],
    ["published", published],
    ["minimumIndex", 0],
    ["secondSignature", secondSignature],
    ["witnesses", witnesses.state],
    ["lagMs", witnesses.lagMs],
  ]);
}

function witnessOf({ url, vkeys }: NonNullable<LogRoutePorts["witness"]>): Json {
  return jsonObject([
    ["url", url],
    ["vkeys", vkeys],
  ]);
}

function text(reply: FastifyReply, body: string): FastifyReply {
  return reply.header("content-type", "text/plain; charset=utf-8").header("cache-control", "max-age=1").send(body);
}
