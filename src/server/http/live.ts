// SPDX-License-Identifier: Apache-2.0
// What happens, as it happens (server-sent events). One stream carries every topic that was asked for. Its cursor is the
// index of the newest entry that was looked at, so a reader that comes back gets what it missed. A reader that does not
// keep up is told so and cut off; it comes back with its cursor and loses nothing.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type Clock,
  type EntrySource,
  formatInstant,
  type Json,
  jsonObject,
  member,
  type RecordedEntry,
  type Timers,
  writeJson,
} from "../../core/index.ts";
import type { DecisionIndex } from "../decision-index.ts";
import { entryRow } from "./entry-row.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

/** `entries` is everything; the others are what a person looks at. */
export const LIVE_TOPICS = ["entries", "decisions", "approvals", "containments", "identities", "status"] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

/** Names of entries after which somebody stands otherwise than before, or holds something else. */
const IDENTITY_ENTRIES: ReadonlySet<Json | undefined> = new Set([
  "identity.registered",
  "identity.changed",
  "credential.issued",
  "credential.revoked",
  "mandate.opened",
  "mandate.closed",
  "step.closed",
]);

export interface LivePorts {
  readonly entries: EntrySource;
  /** A decision's line comes once when it is made, and again when its outcome is known. */
  readonly decisions: Pick<DecisionIndex, "rowOf">;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Calls back when what waits for people has changed; the returned function ends it. */
  watchApprovals(changed: () => void): () => void;
  /** What goes along with each beat for the topic `status`. */
  status(): Json;
  /** Whether this request may still read: asked again before every event. */
  mayRead(request: FastifyRequest): boolean;
}

/** UNIT: ms. A reader that hears nothing for twice this long knows that it is not live. */
export const BEAT_MS = 2000;
/** UNIT: bytes waiting in one connection before it is cut off. */
const BACKLOG_MAX_BYTES: number = 4 * 1024 * 1024;
/** UNIT: ms. How long a connection that is being ended may take to read what is under way. */
const LINGER_MS = 5000;
/** UNIT: entries. A reader that missed more is told how many, and reads them by page. */
const RESUME_MAX_ENTRIES = 1000;
/** Streams at once. */
const STREAMS_MAX = 256;

export function mountLive(app: FastifyInstance, ports: LivePorts): void {
  let open = 0;
  app.get<{ Querystring: { topics?: string } }>("/api/live", (request, reply) => {
    const topics = readTopics(request.query.topics);
    const since = readCursor(request.headers["last-event-id"]);
    if (topics === undefined) {
      const detail = `\`topics\` is a list with commas of ${LIVE_TOPICS.join(", ")}`;
      return sendProblem(reply, { ...PROBLEMS.malformed, detail });
    }
    if (since === "malformed") {
      return sendProblem(reply, { ...PROBLEMS.malformed, detail: "`Last-Event-ID` is the index of an entry" });
    }
    if (open >= STREAMS_MAX) return sendProblem(reply.header("retry-after", "5"), PROBLEMS.tooManyStreams);
    open++;
    stream(ports, { topics, since }, { request, reply, closed: () => open-- });
    return reply;
  });
}

interface Asked {
  readonly topics: ReadonlySet<LiveTopic>;
  /** Index of the last entry that the reader saw. */
  readonly since: number | undefined;
}

interface Connection {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly closed: () => void;
}

function stream(ports: LivePorts, asked: Asked, { request, reply, closed }: Connection): void {
  const { topics, since } = asked;
  const { raw } = reply.hijack();
  const stops: (() => void)[] = [closed];
  let isOver = false;
  const end = (why: "signed-out" | "slow"): void => {
    if (isOver) return;
    isOver = true;
    raw.end(event("end", jsonObject([["why", why]])));
    stops.push(ports.timers.after(LINGER_MS, () => raw.destroy()));
  };
  const send = (text: string): void => {
    if (isOver) return;
    if (!ports.mayRead(request)) end("signed-out");
    else if (raw.writableLength > BACKLOG_MAX_BYTES) end("slow");
    else raw.write(text);
  };
  raw.once("close", () => {
    isOver = true;
    for (const stop of stops) stop();
  });
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
  const beat = (isFirst: boolean): void => send(event("beat", beatOf(ports, topics, isFirst)));
  if (topics.has("approvals")) stops.push(ports.watchApprovals(() => send(event("approvals", jsonObject([])))));
  follow(ports, { topics, since }, { send, isOver: () => isOver, stops }).catch(() => raw.destroy());
  // said once everything is watched: a list that is asked for from here on misses nothing
  beat(true);
  stops.push(ports.timers.every(BEAT_MS, () => beat(false)));
}

interface Out {
  send(text: string): void;
  isOver(): boolean;
  readonly stops: (() => void)[];
}

/** First what was missed, then what comes; nothing twice and nothing left out between the two. */
async function follow({ entries, decisions }: LivePorts, { topics, since }: Asked, out: Out): Promise<void> {
  let next = since === undefined ? entries.size() : since + 1;
  const pass = (recorded: RecordedEntry): void => {
    if (recorded.ref.index < next) return;
    next = recorded.ref.index + 1;
    for (const text of eventsOf(recorded, topics, decisions)) out.send(text);
  };
  if (entries.size() - next > RESUME_MAX_ENTRIES || next > entries.size()) {
    const gap = jsonObject([
      ["from", next],
      ["to", entries.size()],
    ]);
    next = entries.size();
    out.send(event("gap", gap, next - 1));
  }
  while (next < entries.size() && !out.isOver()) {
    for await (const recorded of entries.read({ from: next, to: entries.size() })) pass(recorded);
  }
  // nothing was awaited since the size was looked at, so the next entry is the next callback
  if (!out.isOver()) out.stops.push(entries.live(pass));
}

function eventsOf(
  recorded: RecordedEntry,
  topics: ReadonlySet<LiveTopic>,
  decisions: LivePorts["decisions"],
): readonly string[] {
  const { index } = recorded.ref;
  const row = topics.has("decisions") ? decisions.rowOf(recorded) : undefined;
  const name = member(recorded.entry, "name");
  const isContainment = name === "identity.contained" || name === "identity.released";
  return [
    ...(topics.has("entries") ? [event("entry", entryRow(recorded), index)] : []),
    ...(row === undefined ? [] : [event("decision", row, index)]),
    ...(IDENTITY_ENTRIES.has(name) && topics.has("identities") ? [event("identities", jsonObject([]), index)] : []),
    ...(isContainment && topics.has("containments") ? [event("containments", jsonObject([]), index)] : []),
  ];
}

/** The server's clock, and, for those who asked, what is true now. */
function beatOf(ports: LivePorts, topics: ReadonlySet<LiveTopic>, isFirst: boolean): Json {
  return jsonObject([
    ["at", formatInstant(ports.clock.now())],
    ["size", ports.entries.size()],
    ["first", isFirst],
    ...(topics.has("status") ? [["status", ports.status()] as const] : []),
  ]);
}

/** WHATWG HTML section 9.2.5: JSON is one line, so it is one `data` line. */
function event(name: string, data: Json, id?: number): string {
  const cursor = id === undefined || id < 0 ? "" : `id: ${id}\n`;
  return `event: ${name}\n${cursor}data: ${writeJson(data)}\n\n`;
}

/** Every topic where none is named. */
function readTopics(text: string | undefined): ReadonlySet<LiveTopic> | undefined {
  if (text === undefined) return new Set(LIVE_TOPICS);
  const named = text.split(",");
  const known = named.flatMap((name) => LIVE_TOPICS.filter((topic) => topic === name));
  return known.length === named.length ? new Set(known) : undefined;
}

function readCursor(header: string | string[] | undefined): number | undefined | "malformed" {
  if (header === undefined || header === "") return undefined;
  return typeof header === "string" && /^[0-9]{1,15}$/.test(header) ? Number(header) : "malformed";
}
