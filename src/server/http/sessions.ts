// SPDX-License-Identifier: Apache-2.0
// Signing in: by a one-use link, with the passkey that it takes, and by passkey from then on; and out. Whether one is signed
// in can be asked without a credential: the answer is yes or no, and with yes who one is and which lists this server keeps.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formatInstant, type Json, type JsonObject, jsonObject, member } from "../../core/index.ts";
import type { Entered, NoEntry, People } from "../../identify/index.ts";
import { type Asker, browserOf } from "../access.ts";
import { bodyObject, credentialIn, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

/** Where one signs in: nobody can have a credential there yet. */
export const SESSION_PATH = "/api/session";

export interface SessionPorts {
  readonly people: People;
  /** Whether a link alone signs in: in the demo, on loopback (experience X6). */
  readonly demo: boolean;
  askerOf(request: FastifyRequest): Asker | undefined;
}

/** Lists that a page may show; a server of another version or configuration keeps only some of them. */
const LISTS = ["approvals", "containments", "clocks"] as const;

export function mountSessions(app: FastifyInstance, ports: SessionPorts): void {
  const { people } = ports;
  app.get(SESSION_PATH, (request, reply) => sendJson(reply, told(app, ports, request)));
  app.post(SESSION_PATH, (request, reply) =>
    withText(request, reply, "setup", async (setup) => entered(reply, await people.enter(setup, browser(request)))),
  );
  app.post(`${SESSION_PATH}/setup`, (request, reply) =>
    withText(request, reply, "setup", async (setup) => {
      const found = await people.look(setup);
      if ("refused" in found) return entered(reply, found);
      const { kind, roles, expires } = found;
      return sendJson(reply, jsonObject(Object.entries({ kind, roles: [...roles], expires: formatInstant(expires) })));
    }),
  );
  app.post(`${SESSION_PATH}/setup/options`, (request, reply) =>
    withText(request, reply, "setup", async (setup, body) => {
      const asked = await people.creation(setup, textOf(body, "name") ?? "");
      return "refused" in asked ? entered(reply, asked) : sendJson(reply, asked.options);
    }),
  );
  app.post(`${SESSION_PATH}/setup/passkey`, (request, reply) =>
    withText(request, reply, "setup", async (setup, body) => {
      const about = { name: textOf(body, "name") ?? "", jurisdiction: textOf(body, "jurisdiction") ?? "" };
      return entered(reply, await people.join(setup, about, credentialIn(bodyOf(request)), browser(request)));
    }),
  );
  app.post(`${SESSION_PATH}/options`, (_request, reply) => sendJson(reply, people.request()));
  app.post(`${SESSION_PATH}/passkey`, async (request, reply) => {
    const body = bodyObject(request.body);
    if (body === undefined) return malformed(reply, "a JSON object with `credential` was expected");
    return entered(reply, await people.signIn(credentialIn(bodyOf(request)), browser(request)));
  });
  app.delete(SESSION_PATH, (request, reply) => {
    const { setCookie } = people.signOut(request.headers.cookie);
    return reply.code(204).header("set-cookie", setCookie).header("cache-control", "no-store").send();
  });
}

function told(app: FastifyInstance, ports: SessionPorts, request: FastifyRequest): JsonObject {
  const { people } = ports;
  const asker = ports.askerOf(request);
  const isSignedIn = asker !== undefined;
  const lists = LISTS.filter((list) => isSignedIn && app.hasRoute({ method: "GET", url: `/api/${list}` }));
  const members: (readonly [string, Json])[] = [
    ["signedIn", isSignedIn],
    ["lists", lists],
    // what a page offers to whoever is not signed in
    ["setup", people.hasOwner() || ports.demo ? "closed" : "open"],
  ];
  if (asker?.kind !== "person") return jsonObject(members);
  const { person, expires } = asker.session;
  return jsonObject([
    ...members,
    ["person", person],
    ["roles", [...people.rolesOf(person)]],
    ["hasPasskey", people.hasPasskey(person)],
    ["expires", formatInstant(expires)],
  ]);
}

/** 204 with the cookie, or why not. A link of the demo counts in the demo alone. */
function entered(reply: FastifyReply, opened: Entered | NoEntry): FastifyReply {
  if (!("refused" in opened))
    return reply.code(204).header("set-cookie", opened.setCookie).header("cache-control", "no-store").send();
  if (opened.refused === "gone") return sendProblem(reply, { ...PROBLEMS.setupRefused, detail: goneWhy(opened) });
  return sendProblem(reply, { ...PROBLEMS.passkeyRefused, detail: opened.why });
}

function goneWhy({ why, at }: NoEntry): string {
  if (at !== undefined) return `it was used at ${formatInstant(at)}: if that was not you, somebody else has it`;
  return GONE.get(why) ?? why;
}

const GONE: ReadonlyMap<string, string> = new Map([
  ["unknown", "no such link was made, or a newer one took its place"],
  ["late", "it is older than 15 minutes"],
  ["closed", "somebody is owner already, so it opens nothing any more"],
]);

/** Calls with a text of the body. No form of another site can send this media type without asking first. */
async function withText(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  act: (text: string, body: JsonObject) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const body = bodyObject(request.body);
  const text = textOf(body, name);
  if (request.headers["content-type"] !== "application/json")
    return sendProblem(reply, { ...PROBLEMS.malformed, status: 415 });
  if (body === undefined || text === undefined) return malformed(reply, `a JSON object with \`${name}\` was expected`);
  return act(text, body);
}

function browser(request: FastifyRequest): ReturnType<typeof browserOf> {
  return browserOf(request.headers);
}

function textOf(body: JsonObject | undefined, name: string): string | undefined {
  const value = member(body, name);
  return typeof value === "string" ? value : undefined;
}

function malformed(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.malformed, detail });
}
