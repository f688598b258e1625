// SPDX-License-Identifier: Apache-2.0
// One session of an older upstream for newer clients that offer the same: opened by the gate, and asked in the words of
// 2026-07-28 (enforce E38).
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../../core/index.ts";
import { EnforceError } from "../../errors.ts";
import type { Answer, Heard, Link, Wait } from "../link.ts";
import { error, notification, RPC, withMembers } from "../message.ts";
import { LEGACY_REVISIONS, META } from "../revision.ts";
import { limit } from "./limit.ts";
import { type RoundPorts, Rounds } from "./rounds.ts";
import { bodyUp, discoverFrom, logLevelOf, paramsDown } from "./translate.ts";

/** What the newer revision has no more: asked for there, it is not there (MCP 2026-07-28, changelog). */
const REMOVED: ReadonlySet<string> = new Set([
  "initialize",
  "ping",
  "logging/setLevel",
  "resources/subscribe",
  "resources/unsubscribe",
]);
/** Member of the filter to the notification that it lets through. */
const LIST_CHANGES: ReadonlyMap<string, string> = new Map([
  ["toolsListChanged", "tools"],
  ["promptsListChanged", "prompts"],
  ["resourcesListChanged", "resources"],
]);
/** Resources of one subscription. */
const URIS_MAX = 256;

export class BridgedSession {
  readonly link: Link;
  private readonly ports: RoundPorts;
  private readonly rounds: Rounds;
  private readonly initialized: JsonObject;
  private level: string | undefined;
  private readonly listeners = new Set<(heard: Heard) => void>();
  private subscriptions = 0;
  /** Subscriptions that want a resource. */
  private readonly watched = new Map<string, number>();

  private constructor(ports: RoundPorts, link: Link, initialized: JsonObject) {
    this.ports = ports;
    this.link = link;
    this.initialized = initialized;
    this.rounds = new Rounds(ports, link);
  }

  /** @throws EnforceError where it does not open in a revision that is spoken here */
  static async open(ports: RoundPorts, link: Link, offered: JsonObject, wait: Wait): Promise<BridgedSession> {
    const { body } = await link.ask(
      "initialize",
      jsonObject([
        ["protocolVersion", LEGACY_REVISIONS[0] ?? null],
        ["capabilities", offered],
        ["clientInfo", CLIENT_INFO],
      ]),
      wait,
    );
    const initialized = member(body, "result");
    const revision = member(initialized, "protocolVersion");
    if (!isJsonObject(initialized) || typeof revision !== "string" || !LEGACY_REVISIONS.includes(revision))
      throw new EnforceError("ENFORCE_UPSTREAM_PROTOCOL", "opening a session: no revision that is spoken here");
    link.tell(notification("notifications/initialized", jsonObject([])));
    return new BridgedSession(ports, link, initialized);
  }

  /** @throws EnforceError */
  async ask(method: string, params: JsonObject, wait: Wait): Promise<Answer> {
    if (REMOVED.has(method)) return NO_METHOD;
    if (method === "server/discover")
      return { body: jsonObject([["result", discoverFrom(this.initialized)]]), bytes: 0 };
    if (method === "subscriptions/listen") return this.listen(params, wait);
    await this.setLevel(params, wait);
    if (Rounds.has(method)) return this.rounds.ask(method, params, wait);
    const answer = await this.link.ask(method, paramsDown(params), wait);
    return { ...answer, body: bodyUp(method, answer.body) };
  }

  /** What the upstream says on no request's behalf. */
  unasked(heard: Heard): void {
    if (heard.kind === "request") this.rounds.hear(heard);
    else for (const listener of this.listeners) listener(heard);
  }

  private async setLevel(params: JsonObject, { signal, ms }: Wait): Promise<void> {
    const level = logLevelOf(params);
    if (level === undefined || level === this.level || !this.can("logging")) return;
    this.level = level;
    await this.link.ask("logging/setLevel", jsonObject([["level", level]]), {
      signal,
      ...(ms === undefined ? {} : { ms }),
    });
  }

  private can(capability: string, detail?: string): boolean {
    const offered = member(member(this.initialized, "capabilities"), capability);
    return detail === undefined ? offered !== undefined : member(offered, detail) === true;
  }

  /** Lasts until the client goes or the session ends. */
  private async listen(params: JsonObject, wait: Wait): Promise<Answer> {
    const filter = this.agreed(member(params, "notifications"));
    this.subscriptions += 1;
    const id = this.subscriptions;
    const say = (method: string, given: JsonObject): void => {
      const meta = member(given, "_meta");
      const tagged = withMembers(isJsonObject(meta) ? meta : jsonObject([]), [[META.subscription, id]]);
      wait.hear?.({ kind: "notification", method, params: withMembers(given, [["_meta", tagged]]) });
    };
    const listener = (heard: Heard): void => {
      if (isWanted(filter, heard)) say(heard.method, heard.params);
    };
    const uris = urisOf(filter);
    const limited = limit(this.ports.timers, "listening", { signal: wait.signal });
    say("notifications/subscriptions/acknowledged", jsonObject([["notifications", filter]]));
    this.listeners.add(listener);
    try {
      await Promise.all(uris.map((uri) => this.watch(uri, wait)));
      await Promise.race([this.link.ended, limited.over]);
    } finally {
      limited.release();
      this.listeners.delete(listener);
      for (const uri of uris) this.unwatch(uri);
    }
    throw new EnforceError("ENFORCE_UPSTREAM_GONE", "listening: the session ended");
  }

  /** What of a filter the upstream can honour. */
  private agreed(asked: Json | undefined): JsonObject {
    const lists = [...LIST_CHANGES].flatMap(([name, capability]) =>
      member(asked, name) === true && this.can(capability, "listChanged") ? [[name, true] as const] : [],
    );
    const uris = urisOf(asked).slice(0, URIS_MAX);
    const watched = uris.length > 0 && this.can("resources", "subscribe");
    return jsonObject(watched ? [...lists, ["resourceSubscriptions", uris]] : lists);
  }

  private async watch(uri: string, { signal }: Wait): Promise<void> {
    const count = this.watched.get(uri) ?? 0;
    this.watched.set(uri, count + 1);
    if (count === 0) await this.link.ask("resources/subscribe", jsonObject([["uri", uri]]), { signal });
  }

  private unwatch(uri: string): void {
    const count = this.watched.get(uri) ?? 0;
    if (count > 1) return void this.watched.set(uri, count - 1);
    this.watched.delete(uri);
    const signal = new AbortController().signal;
    // nobody waits for it; a session that is gone watches nothing
    this.link
      .ask("resources/unsubscribe", jsonObject([["uri", uri]]), { signal, ms: UNWATCH_MS })
      .catch(() => undefined);
  }
}

/** UNIT: ms. */
const UNWATCH_MS = 5000;

const CLIENT_INFO: JsonObject = jsonObject([
  ["name", "bailiwick"],
  ["version", "1"],
]);

const NO_METHOD: Answer = {
  body: jsonObject([["error", member(error(null, RPC.methodNotFound, "Method not found"), "error") ?? null]]),
  bytes: 0,
};

function isWanted(filter: JsonObject, heard: Heard): boolean {
  const list = /^notifications\/(\w+)\/list_changed$/.exec(heard.method)?.[1];
  if (list !== undefined) return [...LIST_CHANGES].some(([name, one]) => one === list && member(filter, name) === true);
  const uri = member(heard.params, "uri");
  return heard.method === "notifications/resources/updated" && typeof uri === "string" && urisOf(filter).includes(uri);
}

function urisOf(filter: Json | undefined): string[] {
  const uris = member(filter, "resourceSubscriptions");
  return isJsonArray(uris) ? uris.filter((uri) => typeof uri === "string") : [];
}
