// SPDX-License-Identifier: Apache-2.0
// Who may sign in, as what, and where they are signed in (identify I50, I52, I55). Whoever is invited gets a link that works
// once and makes them a person of this server with a passkey.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  formatInstant,
  type IdentityId,
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  PERSON_ROLES,
  type PersonRole,
} from "../../core/index.ts";
import type { Act, LinkTerms, MadeLink, Person, Rights, Session } from "../../identify/index.ts";
import type { Access } from "../access.ts";
import { bodyObject, sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface PeoplePorts {
  readonly access: Access;
  readonly rights: Rights;
  /** The address that a one-use token opens. */
  readonly address: (token: string) => string;
  /** The person behind a request; `undefined` where the host asks and nobody is owner. */
  readonly whoIs: (request: FastifyRequest) => IdentityId | undefined;
}

interface ById {
  readonly Params: { readonly id: string };
}

export function mountPeople(app: FastifyInstance, ports: PeoplePorts): void {
  const { people } = ports.access;
  app.get("/api/people", async (_request, reply) => {
    const persons = await people.persons();
    return sendJson(reply, jsonObject([["people", persons.map(shown)]]));
  });
  app.post("/api/people/invitations", (request, reply) => invite(ports, request, reply));
  app.post("/api/people/owner-link", (request, reply) => ownerLink(ports, request, reply));
  app.put<ById>("/api/people/:id/roles", async (request, reply) => {
    const body = bodyObject(request.body);
    const roles = rolesOf(body);
    const act = actOf(ports, request, body);
    const person = await find(ports, request.params.id);
    if (person === undefined) return sendProblem(reply, PROBLEMS.notFound);
    if (roles === undefined || act === undefined) return malformed(reply, ROLES_WANTED);
    const set = await people.setRoles(person.id, roles, act);
    return "no" in set ? refused(reply, set.why) : sendJson(reply, jsonObject([["roles", [...set.done]]]));
  });
  app.get("/api/people/sessions", (request, reply) => {
    const asker = ports.access.askerOf(request.headers);
    const own = asker?.kind === "person" ? asker.session.person : undefined;
    const isAll = asker?.kind === "host" || mayManage(ports, own);
    const sessions = people.openSessions(isAll ? undefined : own);
    const here = asker?.kind === "person" ? asker.session.id : "";
    return sendJson(reply, jsonObject([["sessions", sessions.map((one) => shownSession(one, here))]]));
  });
  app.delete<ById>("/api/people/sessions/:id", (request, reply) => {
    const asker = ports.access.askerOf(request.headers);
    const own = asker?.kind === "person" ? asker.session.person : undefined;
    const isAll = asker?.kind === "host" || mayManage(ports, own);
    const ended = people.endSessions(({ id, person }) => id === request.params.id && (isAll || person === own));
    return ended === 0 ? sendProblem(reply, PROBLEMS.notFound) : reply.code(204).send();
  });
}

const ROLES_WANTED = `\`roles\` is a list of ${PERSON_ROLES.join(", ")}, and \`because\` says why`;

async function invite(ports: PeoplePorts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = bodyObject(request.body);
  const act = actOf(ports, request, body);
  const roles = rolesOf(body);
  const named = textOf(body, "person");
  if (act === undefined || (named === undefined && roles === undefined)) return malformed(reply, ROLES_WANTED);
  const person = named === undefined ? undefined : await find(ports, named);
  if (named !== undefined && person === undefined) return sendProblem(reply, PROBLEMS.notFound);
  if (person !== undefined && person.passkeys > 0)
    return refused(reply, "that person has a passkey: a lost one is replaced on the host, with `bailiwick up owner`");
  const terms: LinkTerms =
    person === undefined
      ? { kind: "join", roles: roles ?? [], first: false, madeBy: act.by }
      : { kind: "enrol", person: person.id, roles: [], first: false, madeBy: act.by };
  return sendLink(reply, await ports.access.people.makeLink(terms, ports.address, act.because));
}

/** A way back in for owners, on the host alone (identify I50): a new owner, or a new passkey for one who lost theirs. */
async function ownerLink(ports: PeoplePorts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { people } = ports.access;
  if (ports.access.askerOf(request.headers)?.kind !== "host")
    return sendProblem(reply, { ...PROBLEMS.forbidden, detail: "it is made on the server's own machine" });
  const named = textOf(bodyObject(request.body), "person");
  const person = named === undefined ? undefined : await find(ports, named);
  if (named !== undefined && person === undefined) return sendProblem(reply, PROBLEMS.notFound);
  if (person !== undefined && !person.roles.includes("owner")) return refused(reply, "that person is no owner");
  const because = "asked for on the server's own machine";
  const terms: LinkTerms =
    person === undefined
      ? { kind: "join", roles: ["owner"], first: false, madeBy: "system" }
      : { kind: "enrol", person: person.id, roles: [], first: false, madeBy: "system" };
  return sendLink(reply, await people.makeLink(terms, ports.address, because));
}

function sendLink(reply: FastifyReply, { link, expires }: MadeLink): FastifyReply {
  return sendJson(
    reply.code(201),
    jsonObject([
      ["link", link],
      ["expires", formatInstant(expires)],
    ]),
  );
}

/** By id, by its last part, or by the name that nobody else has. */
async function find({ access }: PeoplePorts, text: string): Promise<Person | undefined> {
  const persons = await access.people.persons();
  const named = persons.filter(({ name }) => name === text);
  return (
    persons.find(({ id }) => id === text || id.endsWith(`/${text}`)) ?? (named.length === 1 ? named[0] : undefined)
  );
}

function mayManage({ access, rights }: PeoplePorts, person: IdentityId | undefined): boolean {
  return person !== undefined && rights.has(access.people.rolesOf(person), "people.manage");
}

function actOf(ports: PeoplePorts, request: FastifyRequest, body: JsonObject | undefined): Act | undefined {
  const because = textOf(body, "because");
  return because === undefined ? undefined : { by: ports.whoIs(request) ?? "system", because };
}

function rolesOf(body: JsonObject | undefined): readonly PersonRole[] | undefined {
  const given = member(body, "roles");
  if (!isJsonArray(given)) return undefined;
  const roles = PERSON_ROLES.filter((role) => given.includes(role));
  return roles.length === new Set(given).size ? roles : undefined;
}

function shown({ id, name, status, jurisdiction, roles, groups, passkeys, sessions }: Person): Json {
  const plain = Object.entries({ id, name, status, jurisdiction, passkeys, sessions });
  return jsonObject([...plain, ["roles", [...roles]], ["groups", [...groups]]]);
}

function shownSession({ id, person, opened, seen, expires, label }: Session, here: string): Json {
  const times = { opened: formatInstant(opened), seen: formatInstant(seen), expires: formatInstant(expires) };
  return jsonObject(Object.entries({ id, person, label, ...times, isThis: id === here }));
}

function textOf(body: JsonObject | undefined, name: string): string | undefined {
  const value = member(body, name);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function malformed(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.malformed, detail });
}

function refused(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.conflict, detail });
}
