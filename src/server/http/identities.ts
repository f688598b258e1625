// SPDX-License-Identifier: Apache-2.0
// Who is here, on what mandates, with which credentials: read, and changed by whoever is signed in. Every change is one
// entry, made by identify; what this file adds is the form of the question.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  CoreError,
  formatInstant,
  type Identity,
  type IdentityId,
  type Instant,
  identityOf,
  type Json,
  type JsonObject,
  jsonObject,
  type Mandate,
  parseIdentityId,
  parseMandateId,
} from "../../core/index.ts";
import type { Act, Identify, Instance, Outcome } from "../../identify/index.ts";
import { readMember, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface IdentityPorts {
  readonly identify: Identify;
  /** The person behind a request; `undefined` where nobody is known by name. */
  readonly whoIs: (request: FastifyRequest) => IdentityId | undefined;
}

type ById = { Params: { id: string } };
type Listed = { Querystring: { holder?: string; state?: string; identity?: string } };

/** Rows of one list; a list that is cut says so. */
const ROWS_MAX = 1000;

export function mountIdentities(app: FastifyInstance, ports: IdentityPorts): void {
  const { registry, mandates } = ports.identify;
  app.get("/api/identities", (_request, reply) => {
    const shown = registry.list().slice(0, ROWS_MAX);
    const rows = shown.map((identity) => identityRow(ports.identify, identity));
    return sendJson(reply, listOf("identities", rows, shown.length === registry.list().length));
  });
  app.get<ById>("/api/identities/:id", (request, reply) => {
    const identity = orNothing(() => registry.get(parseIdentityId(request.params.id)));
    return identity === undefined
      ? sendProblem(reply, PROBLEMS.notFound)
      : sendJson(reply, identityRow(ports.identify, identity));
  });
  app.get<Listed>("/api/mandates", (request, reply) => {
    const { holder, state } = request.query;
    const found = mandates
      .list()
      .filter((one) => (holder ?? one.holder) === one.holder && (state ?? one.state) === one.state);
    return sendJson(reply, listOf("mandates", found.slice(-ROWS_MAX).map(mandateRow), found.length <= ROWS_MAX));
  });
  app.get<ById>("/api/mandates/:id", (request, reply) => {
    const mandate = orNothing(() => mandates.get(parseMandateId(request.params.id)));
    return mandate === undefined ? sendProblem(reply, PROBLEMS.notFound) : sendJson(reply, mandateRow(mandate));
  });
  app.get<Listed>("/api/sessions", (request, reply) => {
    const { tokens, complete } = ports.identify.live.list();
    const found = tokens.filter(({ identity }) => (request.query.identity ?? identity) === identity);
    return sendJson(
      reply,
      listOf("sessions", found.slice(-ROWS_MAX).map(tokenRow), complete && found.length <= ROWS_MAX),
    );
  });
  mountMoves(app, ports);
}

/** Suspension, its end, and the end of a life (identify I3, I4). */
function mountMoves(app: FastifyInstance, ports: IdentityPorts): void {
  const { registry, mandates, live } = ports.identify;
  for (const move of ["suspend", "resume", "retire"] as const) {
    app.post<ById>(`/api/identities/:id/${move}`, (request, reply) =>
      act(ports, request, reply, async (by) => {
        const id = orNothing(() => parseIdentityId(request.params.id));
        return id === undefined
          ? undefined
          : shownAs(await registry[move](id, by), (one) => identityRow(ports.identify, one));
      }),
    );
  }
  app.post<ById>("/api/instances/:id/retire", (request, reply) =>
    act(ports, request, reply, async (by) => {
      const instance = registry.instance(request.params.id);
      return instance === undefined
        ? undefined
        : shownAs(await registry.retireInstance(instance.id, by), instanceRow(ports.identify));
    }),
  );
  app.post<ById>("/api/mandates/:id/close", (request, reply) =>
    act(ports, request, reply, async (by) => {
      const id = orNothing(() => parseMandateId(request.params.id));
      return id === undefined ? undefined : shownAs(await mandates.close(id, by), mandateRow);
    }),
  );
  app.post<ById>("/api/sessions/:id/revoke", (request, reply) =>
    act(ports, request, reply, async (by) => shownAs(await live.revoke(request.params.id, by), tokenRow)),
  );
}

type Shown = { readonly done: Json } | { readonly no: string; readonly why: string };

export function shownAs<T>(outcome: Outcome<T>, show: (done: T) => Json): Shown {
  return "done" in outcome ? { done: show(outcome.done) } : outcome;
}

/** Does what a person asked for, who says why. `undefined` for what there is none of. */
export async function act(
  { whoIs }: IdentityPorts,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (by: Act) => Promise<Shown | undefined>,
): Promise<FastifyReply> {
  const person = whoIs(request);
  const because = readMember(bodyOf(request), "because");
  if (person === undefined) {
    return sendProblem(reply, { ...PROBLEMS.conflict, detail: "nobody is known by name here who could do that" });
  }
  if (because === undefined || because.trim() === "")
    return sendProblem(reply, { ...PROBLEMS.malformed, detail: "say `because`: why" });
  const outcome = await work({ by: person, because });
  if (outcome === undefined) return sendProblem(reply, PROBLEMS.notFound);
  if ("done" in outcome) return sendJson(reply, outcome.done);
  if (outcome.no === "unknown") return sendProblem(reply, { ...PROBLEMS.notFound, detail: outcome.why });
  const problem = outcome.no === "invalid" ? PROBLEMS.malformed : PROBLEMS.conflict;
  return sendProblem(reply, { ...problem, detail: `${outcome.no}: ${outcome.why}` });
}

export function identityRow(identify: Identify, identity: Identity): JsonObject {
  const { id, kind, status, purpose, environment, jurisdiction, synthetic, v, sponsor, blueprint } = identity;
  const { registry, mandates } = identify;
  const open = kind === "human" ? [] : mandates.openFor(id);
  return jsonObject([
    ...Object.entries({ id, kind, name: nameOf(id), status, purpose, environment, jurisdiction, synthetic, v }),
    ...(sponsor === undefined ? [] : [["sponsor", sponsor] as const]),
    ...(blueprint === undefined ? [] : [["blueprint", `${blueprint.id}@${blueprint.version}`] as const]),
    // people do not expire
    ...(kind === "human" ? [] : [["expires", formatInstant(identity.expires)] as const]),
    ...timeOf("left", registry.left(id)),
    ["instances", registry.instances(id).map(instanceRow(identify))],
    ["mandates", open.map((mandate) => mandate.id)],
  ]);
}

export function instanceRow({ live }: Identify): (instance: Instance) => JsonObject {
  return ({ id, status, key }) =>
    jsonObject([
      ...Object.entries({ id, name: nameOf(id), identity: identityOf(id), status, jkt: key.jkt }),
      ...timeOf("lastProof", live.lastProof(id)),
    ]);
}

export function mandateRow(mandate: Mandate): JsonObject {
  const { id, task, grantor, holder, state, depth, s256, v, grant, deadline } = mandate;
  const { verbs, locations, labelMax, jurisdictions, purpose, constraints } = grant;
  return jsonObject([
    ...Object.entries({ id, task, grantor, holder, state, depth, s256, v, labelMax, purpose }),
    ["verbs", [...verbs]],
    ["locations", [...locations]],
    ["jurisdictions", [...jurisdictions]],
    ["constraints", constraints.length],
    ["deadline", formatInstant(deadline)],
  ]);
}

type Token = ReturnType<Identify["live"]["list"]>["tokens"][number];

function tokenRow(token: Token): JsonObject {
  const { jti, identity, instance, onBehalfOf, audience, jkt, task, mandate, path, grant, issued, expires } = token;
  return jsonObject([
    ...Object.entries({ jti, identity, instance, onBehalfOf, audience, jkt, task, mandate }),
    ["step", path.at(-1) ?? path[0]],
    ["verbs", [...grant.verbs]],
    ["issued", formatInstant(issued)],
    ["expires", formatInstant(expires)],
  ]);
}

function listOf(name: string, rows: readonly Json[], complete: boolean): JsonObject {
  return jsonObject([
    ["complete", complete],
    [name, rows],
  ]);
}

function timeOf(name: string, at: Instant | undefined): readonly (readonly [string, Json])[] {
  return at === undefined ? [] : [[name, formatInstant(at)]];
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}
