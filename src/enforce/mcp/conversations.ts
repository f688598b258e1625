// SPDX-License-Identifier: Apache-2.0
// Conversations with upstreams for clients that have no session (MCP 2026-07-28). With an upstream of that revision nothing
// begins and nothing ends. With an older one there is one for each instance, server and set of capabilities, opened by the first
// request that needs it and closed once nobody has used it for a while: what an upstream is told of its client is always true.
import { canonicalText, type Digest, digestOf, type JsonObject, jsonObject, type Standing } from "../../core/index.ts";
import type { EnforceConfig } from "../config.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import type { Conversation } from "./caller.ts";
import { INITIALIZE_UP, initialized } from "./initialize.ts";
import { notification } from "./message.ts";
import type { Client } from "./revision.ts";
import type { SessionPorts } from "./sessions.ts";
import type { Links } from "./upstream/links.ts";

/** A conversation that no session holds. */
export interface Open extends Conversation {
  /** What a legacy upstream answered to `initialize`. */
  readonly hello?: JsonObject;
}

interface Held {
  readonly open: Promise<Open | undefined>;
  readonly identity: Standing["identity"];
  users: number;
  usedAt: number;
}

/** Instances whose cursors are remembered. */
const INSTANCES_MAX = 10_000;
/** UNIT: ms. Longest time between two looks for idle conversations. */
const SWEEP_MS = 10_000;

export class Conversations {
  private readonly ports: SessionPorts;
  private readonly config: EnforceConfig;
  private readonly links: Links;
  private readonly held = new Map<Digest, Held>();
  private readonly cursors = new Map<string, Set<string>>();
  private readonly stopSweep: () => void;

  constructor(ports: SessionPorts, config: EnforceConfig, links: Links) {
    this.ports = ports;
    this.config = config;
    this.links = links;
    this.stopSweep = ports.timers.every(Math.min(SWEEP_MS, config.sessionIdleMs), () => void this.sweep());
  }

  /** Runs some work in the conversation for this client; `full` where its identity has as many as it may. */
  async use<T>(
    standing: Standing,
    server: UpstreamServer,
    client: Client,
    work: (open: Open | undefined | "full") => Promise<T>,
  ): Promise<T> {
    const era = await this.links.era(server).catch(() => undefined);
    if (era === undefined) return work(undefined);
    if (era === "modern") return work(await this.stateless(standing, server));
    const key = keyOf(standing, server, client);
    const held = this.held.get(key) ?? this.begin(key, standing, server);
    if (held === undefined) return work("full");
    held.users += 1;
    try {
      return await work(await held.open);
    } finally {
      held.users -= 1;
      held.usedAt = this.ports.clock.monotonic();
    }
  }

  get count(): number {
    return this.held.size;
  }

  async close(): Promise<void> {
    this.stopSweep();
    await Promise.all([...this.held].map(([key, held]) => this.end(key, held)));
  }

  private begin(key: Digest, standing: Standing, server: UpstreamServer): Held | undefined {
    const { identity } = standing;
    const own = [...this.held.values()].filter((held) => held.identity === identity).length;
    if (own >= this.config.sessionsPerIdentity) return undefined;
    const open = this.open(server).catch(() => undefined);
    const held: Held = { open, identity, users: 0, usedAt: this.ports.clock.monotonic() };
    this.held.set(key, held);
    void this.forget(key, held);
    return held;
  }

  private async forget(key: Digest, held: Held): Promise<void> {
    await (await held.open)?.link.ended;
    if (this.held.get(key) === held) this.held.delete(key);
  }

  private async stateless(standing: Standing, server: UpstreamServer): Promise<Open | undefined> {
    const link = await this.links.stateless(standing, server).catch(() => undefined);
    return link === undefined ? undefined : { link, cursors: this.cursorsOf(standing, server) };
  }

  /** Cursors belong to the instance that was given them, whatever link it is served over (E32). */
  private cursorsOf({ instance }: Standing, { id }: UpstreamServer): Set<string> {
    const key = `${id} ${instance}`;
    const cursors = this.cursors.get(key) ?? new Set();
    this.cursors.delete(key);
    this.cursors.set(key, cursors);
    const [oldest] = this.cursors.keys();
    if (this.cursors.size > INSTANCES_MAX && oldest !== undefined) this.cursors.delete(oldest);
    return cursors;
  }

  private async open(server: UpstreamServer): Promise<Open | undefined> {
    const link = await this.links.session(server);
    const wait = { ms: this.config.upstreamWaitMs, signal: new AbortController().signal };
    const answer = await link.ask("initialize", INITIALIZE_UP, wait).catch(() => undefined);
    const hello = answer === undefined ? undefined : initialized(answer.body);
    if (hello === undefined) {
      await link.stop();
      return undefined;
    }
    link.tell(notification("notifications/initialized", jsonObject([])));
    return { link, cursors: new Set<string>(), hello };
  }

  private async end(key: Digest, held: Held): Promise<void> {
    this.held.delete(key);
    await (await held.open)?.link.stop();
  }

  private async sweep(): Promise<void> {
    const oldest = this.ports.clock.monotonic() - this.config.sessionIdleMs;
    const idle = [...this.held].filter(([, held]) => held.users === 0 && held.usedAt < oldest);
    await Promise.all(idle.map(([key, held]) => this.end(key, held)));
  }
}

function keyOf(standing: Standing, server: UpstreamServer, { capabilities }: Client): Digest {
  return digestOf([standing.instance, server.id, canonicalText(capabilities)]);
}
