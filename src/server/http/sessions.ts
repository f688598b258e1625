// SPDX-License-Identifier: Apache-2.0
// Signing in with a setup link, and out. Whether one is signed in can be asked without a credential: the answer is yes or
// no, and with yes which lists this server keeps, so that a page asks for none that is not there.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { jsonObject } from "../../core/index.ts";
import { readMember, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

/** The one path that needs no credential: it takes a setup link, once. */
export const SESSION_PATH = "/api/session";

export interface SessionPorts {
  /** Whether the request shows who it comes from. */
  isKnown(request: FastifyRequest): boolean;
  /** Uses up a setup link; `undefined` where it is spent or too old. */
  openSession(setup: string): Promise<{ readonly setCookie: string } | undefined>;
  closeSession(cookie: string | undefined): Promise<{ readonly setCookie: string }>;
}

/** Lists that a page may show; a server of another version or configuration keeps only some of them. */
const LISTS = ["approvals", "containments", "clocks"] as const;

export function mountSessions(app: FastifyInstance, ports: SessionPorts): void {
  app.post(SESSION_PATH, (request, reply) => openSession(ports, request, reply));
  app.get(SESSION_PATH, (request, reply) => {
    const isSignedIn = ports.isKnown(request);
    const lists = LISTS.filter((list) => isSignedIn && app.hasRoute({ method: "GET", url: `/api/${list}` }));
    return sendJson(
      reply,
      jsonObject([
        ["signedIn", isSignedIn],
        ["lists", lists],
      ]),
    );
  });
  app.delete(SESSION_PATH, async (request, reply) => {
    const closed = await ports.closeSession(request.headers.cookie);
    return reply.code(204).header("set-cookie", closed.setCookie).header("cache-control", "no-store").send();
  });
}

async function openSession(ports: SessionPorts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  // no form of another site can send this media type without asking first, so a link cannot be spent by a stranger's page
  if (request.headers["content-type"] !== "application/json")
    return sendProblem(reply, { ...PROBLEMS.malformed, status: 415 });
  const setup = readMember(bodyOf(request), "setup");
  if (setup === undefined)
    return sendProblem(reply, { ...PROBLEMS.malformed, detail: "a JSON object with `setup` was expected" });
  const opened = await ports.openSession(setup);
  if (opened === undefined) return sendProblem(reply, PROBLEMS.setupRefused);
  return reply.code(204).header("set-cookie", opened.setCookie).header("cache-control", "no-store").send();
}
