// SPDX-License-Identifier: Apache-2.0
// What strangers read of the log: which logs there are and whom to trust for them.
import type { FastifyInstance, FastifyReply } from "fastify";
import { type Json, jsonObject } from "../../core/index.ts";
import type { RecordRoom } from "../../record/index.ts";
import { sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface LogRoutePorts {
  readonly record: Pick<RecordRoom, "status" | "trustPolicy" | "published">;
  readonly name: string;
  readonly publicUrl: string;
  /** The witness that runs here: where others submit, and its keys. */
  readonly witness: { readonly url: string; readonly vkeys: readonly string[] } | undefined;
}

export function mountLog(app: FastifyInstance, ports: LogRoutePorts): void {
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
    const note = request.params.name === name ? record.published() : "";
    return note === "" ? sendProblem(reply, PROBLEMS.notFound) : text(reply, note);
  });
  // what a partner takes into `record.witness.server.logs`, and into a policy of its own: a tlog-policy file
  app.get("/log/keys", (_request, reply) => text(reply, keysOf(record.status().vkeys, { name, publicUrl, witness })));
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
