// SPDX-License-Identifier: Apache-2.0
// Who may ask what: one table for every route of the control API, looked at in one place before any of them is reached. A
// route that is not in it cannot be added: the start stops.
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Right, Rights } from "../../identify/index.ts";
import type { Access, Asker, Credentials } from "../access.ts";
import { ServerError } from "../errors.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";
import { SESSION_PATH } from "./sessions.ts";

/** What a route asks: a right, or no more than to be signed in (what one finds there is one's own). */
type Asks = Right | "signed-in";

/** By method and path, as the routes are mounted. */
export const ROUTE_RIGHTS: ReadonlyMap<string, Asks> = new Map<string, Asks>([
  ["GET /api/status", "record.read"],
  ["GET /api/record/entries", "record.read"],
  ["GET /api/record/entries/:key", "record.read"],
  ["GET /api/record/search", "record.read"],
  ["POST /api/record/exports", "record.read"],
  ["GET /api/record/entries/:log/:index", "record.read"],
  ["GET /api/record/entries/:log/:index/proof", "record.read"],
  ["GET /api/decisions", "record.read"],
  ["GET /api/decisions/minutes", "record.read"],
  ["GET /api/decisions/:ref", "record.read"],
  ["GET /api/record/entries/:key/proof", "record.read"],
  ["GET /api/record/entries/:key/tlog-proof", "record.read"],
  ["GET /api/record/entries/:key/openings", "record.open"],
  ["POST /api/record/entries/:key/openings", "record.open"],
  ["GET /api/record/holds", "record.read"],
  ["POST /api/record/holds", "record.keep"],
  ["POST /api/record/holds/:id/lift", "record.keep"],
  ["POST /api/record/holds/:id/options", "record.keep"],
  ["POST /api/record/holds/:id/approve", "record.keep"],
  ["GET /api/record/erasures", "record.read"],
  ["POST /api/record/erasures", "record.keep"],
  ["POST /api/record/erasures/:id/withdraw", "record.keep"],
  ["POST /api/record/erasures/:id/options", "record.keep"],
  ["POST /api/record/erasures/:id/approve", "record.keep"],
  ["GET /api/record/witness", "record.read"],
  ["POST /api/record/witness/forks/:id/clear", "incident.manage"],
  ["GET /api/live", "record.read"],
  ["GET /api/findings", "record.read"],
  ["GET /api/approvals", "approve"],
  ["GET /api/approvals/:id", "approve"],
  ["POST /api/approvals/:id/options", "approve"],
  ["POST /api/approvals/:id/approve", "approve"],
  ["POST /api/approvals/:id/refuse", "approve"],
  ["GET /api/containments", "record.read"],
  ["GET /api/containments/:id", "record.read"],
  ["POST /api/containments", "contain"],
  ["POST /api/stop", "contain"],
  ["POST /api/containments/:id/release", "release"],
  ["POST /api/containments/:id/resume", "release"],
  ["GET /api/blast", "record.read"],
  ["GET /api/identities", "record.read"],
  ["GET /api/identities/:id", "record.read"],
  ["POST /api/identities/:id/suspend", "identity.manage"],
  ["POST /api/identities/:id/resume", "identity.manage"],
  ["POST /api/identities/:id/retire", "identity.manage"],
  ["POST /api/instances/:id/retire", "identity.manage"],
  ["GET /api/mandates", "record.read"],
  ["GET /api/mandates/:id", "record.read"],
  ["POST /api/mandates/:id/close", "identity.manage"],
  ["GET /api/sessions", "record.read"],
  ["POST /api/sessions/:id/revoke", "identity.manage"],
  ["POST /api/identities", "identity.manage"],
  ["POST /api/identities/:id/tickets", "identity.manage"],
  ["POST /api/mandates", "mandate.open"],
  ["GET /api/pairings", "pair"],
  ["GET /api/pairings/:ref", "pair"],
  ["POST /api/pairings/:ref/terms", "pair"],
  ["POST /api/pairings/:ref/confirm", "pair"],
  ["POST /api/pairings/:ref/refuse", "pair"],
  ["POST /api/policies/replay", "policy.publish"],
  ["GET /api/decide/:ref/explain", "decide.explain"],
  ["GET /api/observe/report", "record.read"],
  ["POST /api/observe/servers/:server", "policy.publish"],
  ["GET /api/policies/sets", "record.read"],
  ["POST /api/policies/sets", "policy.publish"],
  ["GET /api/policies/sets/:digest", "record.read"],
  ["POST /api/policies/sets/:digest/options", "policy.publish"],
  ["POST /api/policies/sets/:digest/approve", "policy.publish"],
  ["GET /api/policies/releases", "record.read"],
  ["POST /api/policies/releases", "policy.publish"],
  ["POST /api/policies/releases/:id/pause", "policy.publish"],
  ["POST /api/policies/releases/:id/resume", "policy.publish"],
  ["POST /api/policies/releases/:id/rollback", "policy.publish"],
  ["POST /api/policies/releases/:id/options", "policy.publish"],
  ["POST /api/policies/releases/:id/approve", "policy.publish"],
  ["POST /api/policies/check", "policy.publish"],
  ["POST /api/policies/diff", "policy.publish"],
  ["GET /api/people", "people.read"],
  ["POST /api/people/invitations", "people.manage"],
  ["POST /api/people/owner-link", "people.manage"],
  ["PUT /api/people/:id/roles", "people.manage"],
  ["GET /api/people/sessions", "signed-in"],
  ["DELETE /api/people/sessions/:id", "signed-in"],
  ["POST /api/system/backups", "people.manage"],
  ["POST /api/system/backups/tested", "people.manage"],
  ["POST /api/system/reopen", "people.manage"],
  ["GET /api/servers", "record.read"],
  ["POST /api/servers", "connect.manage"],
  ["POST /api/servers/:id/probe", "connect.manage"],
  ["DELETE /api/servers/:id", "connect.manage"],
  ["GET /api/manifests", "record.read"],
  ["GET /api/manifests/:id", "record.read"],
  ["POST /api/manifests/:id/approve", "connect.manage"],
  ["GET /api/pins", "record.read"],
  ["POST /api/pins/accept", "connect.manage"],
  ["GET /api/clocks", "record.read"],
  ["GET /api/incidents", "record.read"],
  ["GET /api/incidents/:id", "record.read"],
  ["GET /api/incidents/:id/clocks", "record.read"],
  ["GET /api/incidents/:id/questions", "record.read"],
  ["GET /api/incidents/:id/facts", "record.read"],
  ["GET /api/incidents/:id/preview", "record.read"],
  ["POST /api/incidents", "incident.manage"],
  ["PATCH /api/incidents/:id/facts", "incident.manage"],
  ["POST /api/incidents/:id/events", "incident.manage"],
  ["POST /api/incidents/:id/times", "incident.manage"],
  ["POST /api/incidents/:id/close", "incident.manage"],
]);

/** Puts the table before every route of `/api/` that is mounted from here on. */
export function guardRoutes(app: FastifyInstance, access: Access, rights: Rights): void {
  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) {
      if (!isGuarded(url) || asksOf(one, url) !== undefined) continue;
      throw new ServerError("SERVER_ROUTE_OPEN", `mounting ${one} ${url}: no right is written down for it`, {
        fix: "add it to ROUTE_RIGHTS in src/server/http/rights.ts",
      });
    }
  });
  app.addHook("onRequest", async (request, reply) => {
    // by the route that was found, not by what the request line says: one path has many spellings too
    const { url = "" } = request.routeOptions;
    if (!isGuarded(url)) return undefined;
    const asker = access.askerOf(request.headers);
    if (asker === undefined) return sendProblem(reply.header("www-authenticate", "Bearer"), PROBLEMS.unauthenticated);
    return judge(asksOf(request.method, url), { asker, access, rights }, reply);
  });
}

/** Has whoever shows these this right? For the few routes that are not of the control API. */
export function hasRight(
  right: Right,
  { rights, ...access }: Pick<Access, "askerOf" | "people"> & { readonly rights: Rights },
  headers: Credentials,
): boolean {
  const asker = access.askerOf(headers);
  if (asker === undefined) return false;
  return asker.kind === "host" || rights.has(access.people.rolesOf(asker.session.person), right);
}

function judge(
  asks: Asks | undefined,
  { asker, access, rights }: { readonly asker: Asker; readonly access: Access; readonly rights: Rights },
  reply: FastifyReply,
): FastifyReply | undefined {
  if (asks === undefined) return sendProblem(reply, PROBLEMS.forbidden);
  // whoever reads the data folder of this host needs no role for what is in it
  if (asker.kind === "host" || asks === "signed-in") return undefined;
  if (rights.has(access.people.rolesOf(asker.session.person), asks)) return undefined;
  const detail = `it needs the right ${asks}, which ${list(rights.givers(asks))} has`;
  return sendProblem(reply, { ...PROBLEMS.forbidden, detail });
}

function list(words: readonly string[]): string {
  return words.length === 0 ? "no role" : words.join(" or ");
}

function isGuarded(url: string): boolean {
  return url.startsWith("/api/") && url !== SESSION_PATH && !url.startsWith(`${SESSION_PATH}/`);
}

function asksOf(method: string, url: string): Asks | undefined {
  return ROUTE_RIGHTS.get(`${method === "HEAD" ? "GET" : method} ${url}`);
}
