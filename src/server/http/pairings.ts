// SPDX-License-Identifier: Apache-2.0
// Programs that wait for a person, over HTTP: what they say of themselves, what would be signed, yes and no. A yes comes from
// a signed-in person with a passkey; the token of the command line is nobody's hand.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  CoreError,
  formatInstant,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseJson,
  writeJson,
} from "../../core/index.ts";
import type { Pairing, Session } from "../../identify/index.ts";
import type { Access } from "../access.ts";
import { type MandateConfig, mandate as mandateShape } from "../config.ts";
import type { PairingDesk } from "../pairing.ts";
import { mandateRow } from "./identities.ts";
import { credentialOf, readMember, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface PairingEdge {
  readonly desk: PairingDesk;
  readonly askerOf: Access["askerOf"];
}

type ByRef = { Params: { ref: string } };

export function mountPairings(app: FastifyInstance, edge: PairingEdge): void {
  const { desk } = edge;
  app.get("/api/pairings", (_request, reply) =>
    sendJson(reply, jsonObject([["pairings", desk.list().map(pairingRow)]])),
  );
  app.get<ByRef>("/api/pairings/:ref", (request, reply) => {
    const pairing = desk.get(request.params.ref);
    return pairing === undefined ? sendProblem(reply, PROBLEMS.notFound) : sendJson(reply, pairingRow(pairing));
  });
  app.post<ByRef>("/api/pairings/:ref/terms", (request, reply) =>
    asked(edge, request, reply, ({ pairing, session, mandate }) => {
      const { digest, options } = desk.terms(pairing, mandate, session.person);
      return sendJson(
        reply,
        jsonObject([["digest", digest], ...(options === undefined ? [] : [["options", options] as const])]),
      );
    }),
  );
  app.post<ByRef>("/api/pairings/:ref/confirm", (request, reply) =>
    asked(edge, request, reply, async ({ pairing, session, mandate, body }) => {
      const shown = desk.terms(pairing, mandate, session.person).digest;
      if (member(body, "digest") !== shown) return refused(reply, "the digest is not of what was shown");
      const done = await desk.confirm(pairing, mandate, session, credentialOf(body));
      if ("no" in done) return refused(reply, done.why);
      const { identity, instance, mandate: opened } = done.done;
      return sendJson(reply, jsonObject([...Object.entries({ identity, instance }), ["mandate", mandateRow(opened)]]));
    }),
  );
  app.post<ByRef>("/api/pairings/:ref/refuse", async (request, reply) => {
    const pairing = desk.get(request.params.ref);
    const asker = edge.askerOf(request.headers);
    const because = readMember(bodyOf(request), "because");
    if (pairing === undefined) return sendProblem(reply, PROBLEMS.notFound);
    if (asker?.kind !== "person") return refused(reply, NOBODY);
    if (because === undefined || because.trim() === "") return malformed(reply, "say `because`: why");
    const done = await desk.refuse(pairing, asker.session.person, because);
    return "no" in done ? refused(reply, done.why) : sendJson(reply, pairingRow({ ...pairing, state: "refused" }));
  });
}

const NOBODY = "a person who is signed in confirms or refuses it: open its address in a browser";

interface Asked {
  readonly pairing: Pairing;
  readonly session: Session;
  readonly mandate: MandateConfig;
  readonly body: JsonObject;
}

/** A signed-in person, and the mandate that the form holds. */
async function asked(
  { desk, askerOf }: PairingEdge,
  request: FastifyRequest<ByRef>,
  reply: FastifyReply,
  work: (asked: Asked) => Promise<FastifyReply> | FastifyReply,
): Promise<FastifyReply> {
  const pairing = desk.get(request.params.ref);
  if (pairing === undefined) return sendProblem(reply, PROBLEMS.notFound);
  const asker = askerOf(request.headers);
  if (asker?.kind !== "person") return refused(reply, NOBODY);
  const body = bodyObject(request);
  if (body === undefined) return malformed(reply, "a JSON object was expected");
  const mandate = readMandate(member(body, "mandate"));
  if (typeof mandate === "string") return malformed(reply, mandate);
  return work({ pairing, session: asker.session, mandate, body });
}

/** A mandate as a form wrote it; what is wrong with it, in words. */
export function readMandate(json: Json | undefined): MandateConfig | string {
  if (json === undefined) return "`mandate` is missing";
  const read = mandateShape.safeParse(JSON.parse(writeJson(json)));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return `mandate.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not as it must be"}`;
}

function pairingRow({
  ref,
  host,
  user,
  blueprint,
  server,
  remote,
  fingerprint,
  asked: at,
  expires,
  state,
}: Pairing): Json {
  return jsonObject([
    ...Object.entries({ ref, host, user, blueprint, server, remote, fingerprint, state }),
    ["asked", formatInstant(at)],
    ["expires", formatInstant(expires)],
  ]);
}

function bodyObject(request: FastifyRequest): JsonObject | undefined {
  try {
    const body = parseJson(bodyOf(request));
    return isJsonObject(body) ? body : undefined;
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

function refused(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.conflict, detail });
}

function malformed(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.malformed, detail });
}
