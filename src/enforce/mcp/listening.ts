// SPDX-License-Identifier: Apache-2.0
// `subscriptions/listen` (MCP 2026-07-28): a request that lasts as long as its client reads. What it asks to hear of is cut to
// what it may see, each notification is made anew from what was agreed on, and the gate says of its own accord when the tools
// that this caller sees are others than before (enforce E25).
import {
  type Clock,
  isJsonArray,
  type JsonObject,
  jsonObject,
  member,
  type Recorder,
  type Timers,
} from "../../core/index.ts";
import { nothing } from "../ledger.ts";
import type { BrowseAttempt, Effected, Gate, Passage } from "../passage.ts";
import { uriRef } from "../resources/entities.ts";
import type { Exchange } from "./caller.ts";
import { carry } from "./carry.ts";
import type { Heard } from "./link.ts";
import { notification, params } from "./message.ts";
import { forServer, forwardable } from "./meta.ts";
import { readOther } from "./reading-other.ts";
import { META } from "./revision.ts";

/** UNIT: ms. How often it is asked whether the caller may still listen, and what it sees (enforce E12). */
export const RECHECK_MS = 30_000;
/** Resources of one subscription. */
const URIS_MAX = 256;

/** What a client may ask to hear of, by the notification. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ["notifications/tools/list_changed", "toolsListChanged"],
  ["notifications/prompts/list_changed", "promptsListChanged"],
  ["notifications/resources/list_changed", "resourcesListChanged"],
]);
const ACKNOWLEDGED = "notifications/subscriptions/acknowledged";
const UPDATED = "notifications/resources/updated";

export interface ListenPorts {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly recorder: Recorder;
}

/** Runs until the client goes, an order or the gate ends it, or the upstream does. */
export async function listen(ports: ListenPorts, exchange: Exchange): Promise<Passage> {
  const { turn, message } = exchange;
  const { server, standing, arrived } = turn;
  const asked = member(params(message), "notifications");
  const uris = urisOf(asked);
  const judged = uris.length === 0 ? undefined : await ports.gate.browse(standing, browsing(exchange, uris));
  if (judged?.passed === false) return judged;
  const filter = jsonObject([
    ...[...LISTS.values()].flatMap((name) => (member(asked, name) === true ? [[name, true] as const] : [])),
    ...(judged === undefined ? [] : [["resourceSubscriptions", allowed(judged)] as const]),
  ]);
  const { method } = message;
  const given = { ...forServer(forwardable(params(message)), server), notifications: filter };
  return ports.gate.call(standing, {
    server,
    method,
    isRead: true,
    arrived,
    signal: exchange.signal,
    entered: (flight) => {
      if (exchange.told !== undefined) exchange.told.lines.flight = flight;
    },
    read: () => readOther(ports.recorder, standing, server, { method, way: "listen", given }),
    effect: ({ forward }, signal) => heard(ports, exchange, { forward, filter, signal }),
  });
}

interface Agreed {
  readonly forward: JsonObject;
  readonly filter: JsonObject;
  readonly signal: AbortSignal;
}

async function heard(ports: ListenPorts, exchange: Exchange, { forward, filter, signal }: Agreed): Promise<Effected> {
  const { turn, message } = exchange;
  const { standing, server } = turn;
  const id = jsonObject([[META.subscription, message.id]]);
  const say = (method: string, more: JsonObject = {}): void =>
    void exchange.told?.lines.say(notification(method, jsonObject([["_meta", id], ...Object.entries(more)])));
  const over = new AbortController();
  let seen = ports.gate.shown(standing, server);
  const stop = ports.timers.every(RECHECK_MS, () => {
    // whoever proved itself did so for as long as its token lasts: it comes back with another one
    const isOver = standing.token.exp <= ports.clock.now() || ports.gate.stopped(standing, server) !== undefined;
    if (isOver) return over.abort();
    const now = ports.gate.shown(standing, server);
    if (now !== seen && filter["toolsListChanged"] === true) say("notifications/tools/list_changed");
    seen = now;
    return undefined;
  });
  const hear = (one: Heard): void => {
    const agreed = one.kind === "request" ? undefined : agreedOn(filter, one);
    if (agreed !== undefined) say(one.method, agreed);
  };
  try {
    const effected = await carry(ports, {
      child: exchange.with.link,
      standing,
      method: message.method,
      params: forward,
      wait: { signal: AbortSignal.any([signal, over.signal]), hear },
      objects: [],
      change: () =>
        jsonObject([
          ["resultType", "complete"],
          ["_meta", id],
        ]),
    });
    // it ended by the gate's own will: that is said, so that the client comes back
    return over.signal.aborted ? ended(id) : effected;
  } finally {
    stop();
  }
}

function ended(id: JsonObject): Effected {
  const result = jsonObject([
    ["resultType", "complete"],
    ["_meta", id],
  ]);
  return { value: { body: jsonObject([["result", result]]) }, outcome: nothing("completed") };
}

/** What of a notification goes on; nothing where it was not agreed on. */
function agreedOn(filter: JsonObject, { method, params: told }: Heard): JsonObject | undefined {
  if (method === ACKNOWLEDGED) return jsonObject([["notifications", common(filter, member(told, "notifications"))]]);
  const list = LISTS.get(method);
  if (list !== undefined) return filter[list] === true ? {} : undefined;
  const uri = member(told, "uri");
  return method === UPDATED && typeof uri === "string" && urisOf(filter).includes(uri)
    ? jsonObject([["uri", uri]])
    : undefined;
}

/** What both sides agreed on. */
function common(filter: JsonObject, acknowledged: JsonObject[string] | undefined): JsonObject {
  const lists = [...LISTS.values()].filter((name) => filter[name] === true && member(acknowledged, name) === true);
  const theirs = urisOf(acknowledged);
  const uris = urisOf(filter).filter((uri) => theirs.includes(uri));
  return jsonObject([
    ...lists.map((name) => [name, true] as const),
    ...(uris.length === 0 ? [] : [["resourceSubscriptions", uris] as const]),
  ]);
}

/** The resources that it asks to hear of, each judged as one that it reads. */
function browsing({ turn, message }: Exchange, uris: readonly string[]): BrowseAttempt {
  const { server, arrived } = turn;
  const all = jsonObject([["result", jsonObject([["uris", uris]])]]);
  return {
    server,
    method: message.method,
    arrived,
    fetch: () => Promise.resolve({ value: { body: all }, outcome: nothing("completed") }),
    refs: () => uris.map((uri) => uriRef(server, uri)),
    keep: (_body, kept) => jsonObject([["result", jsonObject([["uris", uris.filter((_, i) => kept.has(i))]])]]),
  };
}

function allowed(judged: Passage): readonly string[] {
  const body = judged.passed && "body" in judged.value ? judged.value.body : undefined;
  const uris = member(member(body, "result"), "uris");
  return isJsonArray(uris) ? uris.filter((uri) => typeof uri === "string") : [];
}

function urisOf(filter: JsonObject[string] | undefined): readonly string[] {
  const uris = member(filter, "resourceSubscriptions");
  return isJsonArray(uris) ? uris.filter((uri) => typeof uri === "string").slice(0, URIS_MAX) : [];
}
