// SPDX-License-Identifier: Apache-2.0
// From observe to enforce over HTTP: what enforcing would have done, and how far each server is enforced.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  CoreError,
  type EntrySource,
  formatInstant,
  type IdentityId,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseJson,
  parseServerId,
} from "../../core/index.ts";
import type { Releases, ServerRelease } from "../../decide/index.ts";
import { type ObserveReport, observeReport, type ReportGroup } from "../observe/report.ts";
import { sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";
import { instantOf } from "./time-text.ts";

export interface ObservePorts {
  readonly entries: EntrySource;
  readonly releases: Releases;
  /** The person behind a request; `undefined` where nobody is known by name. */
  readonly whoIs: (request: FastifyRequest) => IdentityId | undefined;
}

type Query = { Querystring: { server?: string; since?: string } };
type ByServer = { Params: { server: string } };

export function mountObserve(app: FastifyInstance, ports: ObservePorts): void {
  app.get<Query>("/api/observe/report", async (request, reply) => {
    const { server, since } = request.query;
    const from = since === undefined ? undefined : instantOf(since);
    if (since !== undefined && from === undefined)
      return sendProblem(reply, { ...PROBLEMS.malformed, detail: "`since` is a time as in RFC 3339" });
    if (server !== undefined && !ports.releases.list().some((release) => release.server === server))
      return sendProblem(reply, { ...PROBLEMS.notFound, detail: `there is no server ${server}` });
    const report = await observeReport(ports.entries, { server, since: from });
    return sendJson(reply, shownReport(report, ports.releases.list()));
  });
  app.post<ByServer>("/api/observe/servers/:server", (request, reply) => change(ports, request, reply));
}

async function change(
  ports: ObservePorts,
  request: FastifyRequest<ByServer>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const wish = wishOf(request);
  if (wish === undefined)
    return sendProblem(reply, { ...PROBLEMS.malformed, detail: "`enforced` is 0 to 100, and `because` says why" });
  const by = ports.whoIs(request) ?? "system";
  const changed = await ports.releases.change({ ...wish, by });
  if ("no" in changed) {
    const problem = changed.no === "unknown" ? PROBLEMS.notFound : PROBLEMS.conflict;
    return sendProblem(reply, {
      ...problem,
      detail: changed.why,
      fix: "see what is observed: npx bailiwick policy observe",
    });
  }
  return sendJson(reply, jsonObject([...Object.entries(shownRelease(changed.done)), ["reference", changed.reference]]));
}

function wishOf(request: FastifyRequest<ByServer>): Omit<Parameters<Releases["change"]>[0], "by"> | undefined {
  try {
    const body = parseJson(bodyOf(request));
    const enforced = member(body, "enforced");
    const because = member(body, "because");
    const isShare = typeof enforced === "number" && Number.isInteger(enforced) && enforced >= 0 && enforced <= 100;
    if (!isShare || typeof because !== "string" || because.trim() === "" || because.length > 512) return undefined;
    return { server: parseServerId(request.params.server), enforced, because };
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

function shownReport({ groups, ...counts }: ObserveReport, releases: readonly ServerRelease[]): Json {
  return jsonObject([
    ...Object.entries(counts),
    ["groups", groups.map(shownGroup)],
    ["servers", releases.map(shownRelease)],
  ]);
}

function shownGroup({ key: _key, tools, who, ...group }: ReportGroup): Json {
  return jsonObject([...Object.entries(group), ["tools", [...tools]], ["who", [...who]]]);
}

function shownRelease({ server, enforced, since, until, ended, because }: ServerRelease): JsonObject {
  return jsonObject([
    ["server", server],
    ["enforced", enforced],
    ["since", formatInstant(since)],
    ...(until === undefined ? [] : [["until", formatInstant(until)] as const]),
    ["ended", ended],
    ["because", because],
  ]);
}
