// SPDX-License-Identifier: Apache-2.0
// That an entry is in the log, for people who look and for strangers who check: the path from its leaf to the signed root,
// and the same as a C2SP tlog-proof, which `bailiwick verify` takes without a server.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Json, jsonObject, type RecordedEntry } from "../../core/index.ts";
import { parseCheckpoint, parseProof } from "../../record/verify/index.ts";
import { sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface ProofPorts {
  /** Entries by index, entry id or reference. */
  find(key: string): Promise<readonly RecordedEntry[]>;
  /** A C2SP tlog-proof of one entry; publishes first if need be. */
  prove(index: number): Promise<string>;
}

interface Keyed {
  readonly Params: { readonly key: string };
}

export function mountProofs(app: FastifyInstance, ports: ProofPorts): void {
  app.get<Keyed>("/api/record/entries/:key/proof", async (request, reply) => {
    const found = await onlyOne(ports, request);
    if (found === undefined) return sendProblem(reply, PROBLEMS.notFound);
    return sendJson(reply, proofDocument(found, await ports.prove(found.ref.index)));
  });
  app.get<Keyed>("/api/record/entries/:key/tlog-proof", async (request, reply): Promise<FastifyReply> => {
    const found = await onlyOne(ports, request);
    if (found === undefined) return sendProblem(reply, PROBLEMS.notFound);
    return sendProof(reply, found.ref.index, await ports.prove(found.ref.index));
  });
}

/** A C2SP tlog-proof, as a file. */
export function sendProof(reply: FastifyReply, index: number, text: string): FastifyReply {
  return reply
    .header("content-type", "text/plain; charset=utf-8")
    .header("content-disposition", `attachment; filename="entry-${index}.tlog-proof"`)
    .header("cache-control", "no-store")
    .send(text);
}

/** The entry that is meant; `undefined` also where several are, since a proof of the wrong one helps nobody. */
async function onlyOne(ports: ProofPorts, { params }: FastifyRequest<Keyed>): Promise<RecordedEntry | undefined> {
  const found = await ports.find(params.key);
  return found.length === 1 ? found[0] : undefined;
}

function proofDocument({ ref }: RecordedEntry, text: string): Json {
  const { index, path, checkpoint } = parseProof(text);
  const { origin, size, root } = parseCheckpoint(checkpoint);
  const sides = sidesOf(index, size, path.length);
  return jsonObject([
    ["log", origin],
    ["index", Number(index)],
    ["size", Number(size)],
    ["leaf", ref.leaf],
    [
      "path",
      path.map((hash, i) =>
        jsonObject([
          ["side", sides[i] ?? "right"],
          ["hash", Buffer.from(hash).toString("base64url")],
        ]),
      ),
    ],
    ["root", Buffer.from(root).toString("base64url")],
    ["checkpoint", checkpoint],
  ]);
}

/** On which side each sibling stands, from the leaf up. SOURCE: RFC 9162 section 2.1.3.2, steps 4 and 5 */
export function sidesOf(index: bigint, size: bigint, length: number): readonly ("left" | "right")[] {
  const sides: ("left" | "right")[] = [];
  let [at, last] = [index, size - 1n];
  for (let step = 0; step < length; step++) {
    const isRight = at % 2n === 1n || at === last;
    sides.push(isRight ? "left" : "right");
    if (isRight) while (at % 2n === 0n && at > 0n) [at, last] = [at / 2n, last / 2n];
    [at, last] = [at / 2n, last / 2n];
  }
  return sides;
}
