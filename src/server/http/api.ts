// SPDX-License-Identifier: Apache-2.0
// The control API: read what is true now and what was recorded. Everything but `POST /api/session` needs the token of the
// command line or a signed-in session, and a browser's request must come from this server's own pages.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type EntrySource,
  formatEntryRef,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  PAGE_MAX_ROWS,
  parseEntryId,
  type RecordedEntry,
  referenceOf,
  type Timers,
  writeJson,
} from "../../core/index.ts";
import type { ApprovalQueue } from "../approvals.ts";
import { explainEntry, type PolicyTexts } from "../explain.ts";
import { mountApprovals } from "./approvals.ts";
import { type ContainmentPorts, mountContainments } from "./containments.ts";
import { type IncidentPorts, mountIncidents } from "./incidents.ts";
import { readMember, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface ApiPorts {
  readonly entries: EntrySource;
  /** Entries by index, entry id or reference. */
  find(key: string): Promise<readonly RecordedEntry[]>;
  status(): Json;
  readonly policies: PolicyTexts;
  readonly incidents: IncidentPorts;
  readonly queue: ApprovalQueue;
  readonly containment: ContainmentPorts;
  /** True for the command line's token or a live session. */
  authenticate(credentials: {
    readonly authorization?: string | undefined;
    readonly cookie?: string | undefined;
  }): boolean;
  /** Uses up a setup link; `undefined` where it is spent or too old. */
  openSession(setup: string): Promise<{ readonly setCookie: string } | undefined>;
}

/** The one route that needs no credential: it takes a setup link, once. */
const SETUP = "/api/session";
/** Rows of a page where none are asked for. */
const PAGE_ROWS = 100;
/** UNIT: ms. A comment on a quiet event stream, so that a reader knows that it lives. */
const BEAT_MS = 5000;

export function mountApi(app: FastifyInstance, ports: ApiPorts, timers: Timers): void {
  app.addHook("onRequest", async (request, reply) => {
    // by the route that was found, not by what the request line says: one path has many spellings too
    const route = request.routeOptions.url;
    if (route === undefined || !route.startsWith("/api/") || route === SETUP) return undefined;
    const { authorization, cookie } = request.headers;
    if (ports.authenticate({ authorization, cookie })) return undefined;
    return sendProblem(reply.header("www-authenticate", "Bearer"), PROBLEMS.unauthenticated);
  });
  app.post(SETUP, (request, reply) => openSession(ports, request, reply));
  app.get("/api/status", (_request, reply) => sendJson(reply, ports.status()));
  app.get<{ Querystring: { from?: string; limit?: string } }>("/api/record/entries", async (request, reply) => {
    const range = pageOf(ports.entries.size(), request.query);
    if (range === undefined)
      return sendProblem(reply, { ...PROBLEMS.malformed, detail: "`from` and `limit` are whole numbers" });
    const entries: Json[] = [];
    for await (const entry of ports.entries.read(range)) entries.push(row(entry));
    return sendJson(
      reply,
      jsonObject([
        ["size", ports.entries.size()],
        ["entries", entries],
      ]),
    );
  });
  app.get<{ Params: { key: string } }>("/api/record/entries/:key", async (request, reply) => {
    const found = await ports.find(request.params.key);
    if (found.length === 0) return sendProblem(reply, PROBLEMS.notFound);
    return sendJson(reply, jsonObject([["entries", found.map(row)]]));
  });
  app.get<{ Params: { ref: string } }>("/api/decisions/:ref", async (request, reply) => {
    const found = await ports.find(request.params.ref);
    const decided = found.find(({ entry }) => member(entry, "type") === "decision");
    if (decided === undefined) return sendProblem(reply, PROBLEMS.notFound);
    return sendJson(reply, await explainEntry(decided, ports.entries, ports.policies));
  });
  mountApprovals(app, ports.queue);
  mountIncidents(app, ports.incidents);
  mountContainments(app, ports.containment);
  app.get("/api/record/live", (request, reply) => live(ports.entries, timers, request, reply));
}

async function openSession(ports: ApiPorts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
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

/** `from` counts from the end where it is negative. */
function pageOf(
  size: number,
  query: { readonly from?: string; readonly limit?: string },
): { from: number; to: number } | undefined {
  const limit = whole(query.limit) ?? PAGE_ROWS;
  const asked = query.from === undefined ? -limit : whole(query.from);
  if (asked === undefined || (query.limit !== undefined && whole(query.limit) === undefined) || limit < 1)
    return undefined;
  const from = Math.max(0, asked < 0 ? size + asked : asked);
  return { from, to: Math.min(size, from + Math.min(limit, PAGE_MAX_ROWS)) };
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^-?[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function row({ ref, entry }: RecordedEntry): JsonObject {
  const id = member(entry, "id");
  const reference = typeof id === "string" ? referenceOf(parseEntryId(id)) : "";
  return jsonObject([
    ["ref", formatEntryRef(ref)],
    ["reference", reference],
    ["entry", entry],
  ]);
}

/** Durable entries as they come (server-sent events). A reader that does not keep up is cut off, and reads the rest by page. */
function live(entries: EntrySource, timers: Timers, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { raw } = reply.hijack();
  raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
  raw.write(": live\n\n");
  const send = (text: string): void => {
    if (raw.writableLength > LIVE_BACKLOG_BYTES) raw.destroy();
    else raw.write(text);
  };
  const stopLive = entries.live((entry) => send(`id: ${entry.ref.index}\ndata: ${writeJson(row(entry))}\n\n`));
  const stopBeat = timers.every(BEAT_MS, () => send(": beat\n\n"));
  request.raw.once("close", () => {
    stopLive();
    stopBeat();
  });
  return reply;
}

/** UNIT: bytes waiting in one live connection before it is cut off. */
const LIVE_BACKLOG_BYTES: number = 4 * 1024 * 1024;
