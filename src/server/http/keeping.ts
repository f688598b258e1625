// SPDX-License-Identifier: Apache-2.0
// Keeping and erasing over HTTP (record L41, L42): set a hold, have one lifted, erase a person. Whatever ends in something being
// gone is agreed to by a second person, with a passkey.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  formatInstant,
  type HoldScope,
  type Instant,
  type Json,
  type JsonObject,
  jsonObject,
  writeJson,
} from "../../core/index.ts";
import type { Session } from "../../identify/index.ts";
import type { Erasure, Hold, KeepAct, KeepNo } from "../../record/index.ts";
import type { Access } from "../access.ts";
import type { KeepingEdge } from "../keep-desk.ts";
import type { Terms } from "../second-person.ts";
import { bodyObject, credentialOf, sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";
import { dayText } from "./time-text.ts";

type Edge = KeepingEdge & { readonly access: Access };
type ById = { Params: { id: string } };

export function mountKeeping(app: FastifyInstance, edge: Edge): void {
  mountHolds(app, edge);
  mountErasures(app, edge);
}

function mountHolds(app: FastifyInstance, edge: Edge): void {
  const { desk } = edge;
  app.get("/api/record/holds", async (_request, reply) => {
    const names = await namesOf(edge);
    return sendJson(reply, jsonObject([["holds", desk.holds.list().map((hold) => holdRow(edge, hold, names))]]));
  });
  app.post("/api/record/holds", (request, reply) =>
    read(request, reply, wish, async ({ person, from, to, until, reason }) => {
      const found = person === undefined ? undefined : await desk.find(person);
      if (person !== undefined && found === undefined) return refused(reply, NOBODY);
      const scope: HoldScope = {
        ...(found === undefined ? {} : { person: found.id }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      };
      const asked = { scope, reason, ...(until === undefined ? {} : { until }) };
      const done = await desk.holds.set(asked, edge.whoIs(request) ?? "system");
      return answered(reply, done, async (hold) => holdRow(edge, hold, await namesOf(edge)));
    }),
  );
  app.post<ById>("/api/record/holds/:id/lift", (request, reply) =>
    read(request, reply, reasoned, async ({ because: why }) => {
      const done = await desk.holds.askLift(request.params.id, actOf(edge, request, why));
      return answered(reply, done, async (hold) => holdRow(edge, hold, await namesOf(edge)));
    }),
  );
  app.post<ById>("/api/record/holds/:id/options", (request, reply) =>
    forOne(desk.holds.get(request.params.id), reply, (hold) =>
      signed(edge, request, reply, (session) => {
        const no = desk.holds.barred(hold, session.person);
        return no === undefined ? sendJson(reply, termsRow(desk.holdTerms(hold, session.person))) : refused(reply, no);
      }),
    ),
  );
  app.post<ById>("/api/record/holds/:id/approve", (request, reply) =>
    forOne(desk.holds.get(request.params.id), reply, (hold) =>
      signed(edge, request, reply, async (session) => {
        const body = bodyObject(request.body);
        if (body?.["terms"] !== desk.holds.termsOf(hold)) return refused(reply, STALE);
        const done = await desk.lift(hold, session, credentialOf(body));
        return answered(reply, done, async (one) => holdRow(edge, one, await namesOf(edge)));
      }),
    ),
  );
}

function mountErasures(app: FastifyInstance, edge: Edge): void {
  const { desk } = edge;
  app.get("/api/record/erasures", async (_request, reply) => {
    const names = await namesOf(edge);
    const erasures = desk.erasures.list().map((erasure) => erasureRow(edge, erasure, names));
    return sendJson(reply, jsonObject([["erasures", erasures]]));
  });
  app.post("/api/record/erasures", (request, reply) =>
    read(request, reply, reasoned.extend({ person: word }), async ({ person, because: why }) => {
      const found = await desk.find(person);
      if (found === undefined) return refused(reply, NOBODY);
      const done = await desk.request(found, actOf(edge, request, why));
      return answered(reply, done, async (erasure) => erasureRow(edge, erasure, await namesOf(edge)));
    }),
  );
  app.post<ById>("/api/record/erasures/:id/withdraw", async (request, reply) => {
    const done = await desk.erasures.withdraw(request.params.id);
    return answered(reply, done, async (erasure) => erasureRow(edge, erasure, await namesOf(edge)));
  });
  app.post<ById>("/api/record/erasures/:id/options", (request, reply) =>
    forOne(desk.erasures.get(request.params.id), reply, (erasure) =>
      signed(edge, request, reply, (session) => {
        const no = desk.erasures.barred(erasure, session.person);
        const terms = (): Terms => desk.erasureTerms(erasure, session.person);
        return no === undefined ? sendJson(reply, termsRow(terms())) : refused(reply, no);
      }),
    ),
  );
  app.post<ById>("/api/record/erasures/:id/approve", (request, reply) =>
    forOne(desk.erasures.get(request.params.id), reply, (erasure) =>
      signed(edge, request, reply, async (session) => {
        const body = bodyObject(request.body);
        if (body?.["terms"] !== desk.erasures.termsOf(erasure)) return refused(reply, STALE);
        const done = await desk.agree(erasure, session, credentialOf(body));
        return answered(reply, done, async (one) => erasureRow(edge, one, await namesOf(edge)));
      }),
    ),
  );
}

const STALE: KeepNo = { no: "refused", why: "it is not what waits here any more", fix: "look at it again, then sign" };
const NOBODY: KeepNo = {
  no: "unknown",
  why: "there is nobody of that name or id",
  fix: "npx bailiwick identity person list",
};
const NO_HAND: KeepNo = {
  no: "refused",
  why: "a second person says this, at the console, with a passkey",
  fix: "open the page /people of this server, signed in as somebody else with the right record.keep",
};

const word = z.string().trim().min(1).max(256);
const because = z.string().trim().min(1).max(512);
const reasoned = z.object({ because });
const wish = z.strictObject({
  person: word.exactOptional(),
  from: dayText.exactOptional(),
  to: dayText.exactOptional(),
  until: dayText.exactOptional(),
  reason: because,
});

type Names = (id: string) => string;

function holdRow({ desk }: Edge, hold: Hold, names: Names): JsonObject {
  const { id, scope, reason, by, at, until, lifting, lifted } = hold;
  const isInForce = desk.holds.isInForce(hold);
  const state =
    lifted !== undefined ? "lifted" : !isInForce ? "ended" : lifting === undefined ? "in force" : "lift asked";
  return jsonObject([
    ["id", id],
    ["state", state],
    ["person", scope.person === undefined ? null : names(scope.person)],
    ["from", timeOf(scope.from)],
    ["to", timeOf(scope.to)],
    ["reason", reason],
    ["by", names(by)],
    ["at", formatInstant(at)],
    ["until", timeOf(until)],
    [
      "lifting",
      lifting === undefined
        ? null
        : jsonObject([
            ["by", names(lifting.by)],
            ["because", lifting.because],
          ]),
    ],
    ["agreedBy", lifted === undefined ? null : names(lifted.by)],
  ]);
}

function erasureRow({ desk }: Edge, erasure: Erasure, names: Names): JsonObject {
  const { id, person, by, because: why, at, state, agreed, erased, until } = erasure;
  const holds = state === "requested" ? desk.holds.on({ person }) : [];
  return jsonObject([
    ["id", id],
    ["state", state],
    ["person", names(person)],
    ["by", names(by)],
    ["because", why],
    ["at", formatInstant(at)],
    ["agreedBy", agreed === undefined ? null : names(agreed.by)],
    ["erased", timeOf(erased)],
    ["until", timeOf(until)],
    ["holds", [...holds]],
  ]);
}

function timeOf(at: Instant | undefined): Json {
  return at === undefined ? null : formatInstant(at);
}

async function namesOf({ access }: Edge): Promise<Names> {
  const names = new Map<string, string>((await access.people.persons()).map(({ id, name }) => [id, name]));
  return (id) => (id === "system" ? "this server" : names.get(id) || id);
}

function actOf({ whoIs }: Edge, request: FastifyRequest, why: string): KeepAct {
  return { by: whoIs(request) ?? "system", because: why };
}

async function answered<T>(
  reply: FastifyReply,
  done: { readonly done: T } | KeepNo,
  row: (one: T) => Promise<JsonObject>,
): Promise<FastifyReply> {
  return "no" in done ? refused(reply, done) : sendJson(reply, await row(done.done));
}

function refused(reply: FastifyReply, { no, why, fix }: KeepNo): FastifyReply {
  const problem = no === "unknown" ? PROBLEMS.notFound : PROBLEMS.conflict;
  return sendProblem(reply, { ...problem, detail: why, ...(fix === undefined ? {} : { fix }) });
}

/** A body of this shape, or what is wrong with it. */
async function read<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  shape: z.ZodType<T>,
  work: (body: T) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const body = bodyObject(request.body);
  const found = shape.safeParse(body === undefined ? undefined : JSON.parse(writeJson(body)));
  if (found.success) return work(found.data);
  const [issue] = found.error.issues;
  const detail = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not as it must be"}`;
  return sendProblem(reply, { ...PROBLEMS.malformed, detail });
}

async function signed(
  { access }: Edge,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (session: Session) => Promise<FastifyReply> | FastifyReply,
): Promise<FastifyReply> {
  const asker = access.askerOf(request.headers);
  return asker?.kind === "person" ? work(asker.session) : refused(reply, NO_HAND);
}

async function forOne<T>(
  one: T | undefined,
  reply: FastifyReply,
  work: (one: T) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  return one === undefined ? sendProblem(reply, PROBLEMS.notFound) : work(one);
}

function termsRow({ digest, options }: Terms): JsonObject {
  return jsonObject([["terms", digest], ...(options === undefined ? [] : [["options", options] as const])]);
}
