// SPDX-License-Identifier: Apache-2.0
// Sessions of MCP 2025-11-25: each has a link upstream of its own, and belongs to the instance that opened it (E32).
// Another instance that presents its id is told that there is no such session.
import type { IdentityId, InstanceId, Random, Standing } from "../../core/index.ts";
import type { EnforceConfig } from "../config.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import type { Turn } from "./caller.ts";
import type { Link, LinkPorts } from "./link.ts";
import type { RequestId } from "./message.ts";
import type { Client } from "./revision.ts";
import { Talk, type TalkPorts } from "./talk.ts";
import type { Links } from "./upstream/links.ts";

export interface Session {
  readonly id: string;
  readonly server: UpstreamServer;
  readonly instance: InstanceId;
  readonly identity: IdentityId;
  readonly link: Link;
  readonly client: Client;
  /** What its upstream says of its own accord. */
  readonly talk: Talk;
  /** Requests on their way, by the client's own id: what ends each. */
  readonly inFlight: Map<RequestId, AbortController>;
  /** Cursors that the upstream gave this session: no other one goes up. */
  readonly cursors: Set<string>;
}

export interface SessionPorts extends LinkPorts, TalkPorts {
  readonly random: Random;
}

/** UNIT: ms. Longest time between two looks for idle sessions. */
const SWEEP_MS = 10_000;

export class Sessions {
  private readonly ports: SessionPorts;
  private readonly config: EnforceConfig;
  private readonly links: Links;
  private readonly open = new Map<string, { readonly session: Session; usedAt: number }>();
  private readonly stopSweep: () => void;
  /** Children being started, so that the cap holds for them too. */
  private readonly starting = new Map<IdentityId, number>();

  constructor(ports: SessionPorts, config: EnforceConfig, links: Links) {
    this.ports = ports;
    this.config = config;
    this.links = links;
    this.stopSweep = ports.timers.every(Math.min(SWEEP_MS, config.sessionIdleMs), () => void this.sweep());
  }

  /** `full` where the identity has as many as it may. @throws EnforceError ENFORCE_UPSTREAM_START */
  async start(turn: Turn, client: Client): Promise<Session | "full"> {
    const { server, standing } = turn;
    const { identity, instance } = standing;
    const starting = this.starting.get(identity) ?? 0;
    const held = [...this.open.values()].filter(({ session }) => session.identity === identity).length;
    if (held + starting >= this.config.sessionsPerIdentity) return "full";
    this.starting.set(identity, starting + 1);
    try {
      const talk = new Talk(this.ports, client, turn);
      const link = await this.links.session(server, (heard) => talk.outside(heard));
      talk.begin(link);
      const id = Buffer.from(this.ports.random.bytes(24)).toString("base64url");
      const session: Session = {
        id,
        server,
        instance,
        identity,
        link,
        client,
        talk,
        inFlight: new Map(),
        cursors: new Set(),
      };
      this.open.set(id, { session, usedAt: this.ports.clock.monotonic() });
      void link.ended.then(() => {
        talk.end();
        return this.open.delete(id);
      });
      return session;
    } finally {
      this.starting.set(identity, (this.starting.get(identity) ?? 1) - 1);
    }
  }

  find(id: string, standing: Standing, server: UpstreamServer): Session | undefined {
    const held = this.open.get(id);
    if (held?.session.instance !== standing.instance || held.session.server.id !== server.id) return undefined;
    held.usedAt = this.ports.clock.monotonic();
    return held.session;
  }

  async end(session: Session): Promise<void> {
    this.open.delete(session.id);
    session.talk.end();
    await session.link.stop();
  }

  get count(): number {
    return this.open.size;
  }

  async close(): Promise<void> {
    this.stopSweep();
    await Promise.all([...this.open.values()].map(({ session }) => this.end(session)));
  }

  private async sweep(): Promise<void> {
    const oldest = this.ports.clock.monotonic() - this.config.sessionIdleMs;
    const idle = [...this.open.values()].filter(({ usedAt }) => usedAt < oldest);
    await Promise.all(idle.map(({ session }) => this.end(session)));
  }
}
