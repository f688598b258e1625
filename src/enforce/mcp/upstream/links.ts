// SPDX-License-Identifier: Apache-2.0
// The links of one gate. A session of an older client has a link of its own; newer clients have no session, so their link is
// kept for whoever `isolate` says: one identity unless configured (enforce E37). A program that keeps dying is started again
// ever more slowly.
import type { Random, Standing } from "../../../core/index.ts";
import type { EnforceConfig } from "../../config.ts";
import { EnforceError } from "../../errors.ts";
import type { UpstreamServer } from "../../upstream-server.ts";
import type { Answer, Era, Link, LinkPorts, Unasked, Wait } from "../link.ts";
import { BridgedLink } from "./bridge.ts";
import { Eras } from "./eras.ts";
import { openLink } from "./open.ts";

/** Links that are kept at once; past it nobody new gets one until one was idle for long enough. */
export const KEPT_MAX = 512;
/** UNIT: ms. Rest after the first crash, doubled with each one, and its end. */
export const REST_MS = 250;
export const REST_MAX_MS = 30_000;
/** UNIT: ms. Longest time between two looks for idle links. */
const SWEEP_MS = 10_000;

interface Crashes {
  readonly count: number;
  /** By the monotonic clock. */
  readonly at: number;
}

export interface LinksPorts extends LinkPorts {
  readonly random: Random;
}

export class Links {
  private readonly ports: LinksPorts;
  private readonly config: Pick<EnforceConfig, "sessionIdleMs">;
  private readonly eras: Eras;
  private readonly kept = new Map<string, Promise<Kept>>();
  /** Everything that was opened and has not ended, by server. */
  private readonly open = new Map<Link, string>();
  /** What is being opened; a server that goes meanwhile is taken out of it. */
  private readonly opening = new Set<{ readonly server: string }>();
  /** By server: there are as many as are configured. */
  private readonly crashes = new Map<string, Crashes>();
  private readonly stopSweep: () => void;

  constructor(ports: LinksPorts, config: Pick<EnforceConfig, "sessionIdleMs">) {
    this.ports = ports;
    this.config = config;
    this.eras = new Eras(ports);
    this.stopSweep = ports.timers.every(Math.min(SWEEP_MS, config.sessionIdleMs), () => this.sweep());
  }

  /** A link of the older revision, for one session alone; whoever opened it stops it. @throws EnforceError */
  session(server: UpstreamServer, unasked?: Unasked): Promise<Link> {
    return this.start(server, "legacy", unasked);
  }

  /**
   * A link for requests of 2026-07-28, whatever the upstream speaks: kept here, and never stopped by who uses it.
   * @throws EnforceError
   */
  async stateless(standing: Pick<Standing, "identity" | "mandate">, server: UpstreamServer): Promise<Link> {
    const key = `${server.id} ${ownerOf(standing, server)}`;
    const found = this.kept.get(key);
    if (found !== undefined) return found;
    this.refuseTooMany();
    const opening = this.openStateless(server).then((link) => new Kept(link, this.ports));
    this.kept.set(key, opening);
    const forget = (): void => {
      if (this.kept.get(key) === opening) this.kept.delete(key);
    };
    opening.then((link) => link.ended.then(forget), forget);
    return opening;
  }

  /** Ends whatever leads to a server that is no longer there, and whatever was about to. */
  async drop(server: Pick<UpstreamServer, "id" | "transport" | "era">): Promise<void> {
    this.eras.forget(server);
    this.crashes.delete(server.id);
    for (const one of this.opening) if (one.server === server.id) this.opening.delete(one);
    for (const key of this.kept.keys()) if (key.startsWith(`${server.id} `)) this.kept.delete(key);
    const gone = [...this.open].filter(([, id]) => id === server.id);
    await Promise.all(gone.map(([link]) => link.stop()));
  }

  async close(): Promise<void> {
    this.stopSweep();
    const kept = [...this.kept.values()].map((opening) => opening.then((link) => link.stop()).catch(() => undefined));
    await Promise.all([...kept, ...[...this.open.keys()].map((link) => link.stop())]);
  }

  private async openStateless(server: UpstreamServer): Promise<Link> {
    if ((await this.eras.of(server)) === "modern") return this.start(server, "modern");
    const name = (): string => Buffer.from(this.ports.random.bytes(24)).toString("base64url");
    const ports = { timers: this.ports.timers, name };
    return new BridgedLink(ports, (unasked) => this.start(server, "legacy", unasked));
  }

  private async start(server: UpstreamServer, era: Era, unasked?: Unasked): Promise<Link> {
    this.refuseToHurry(server);
    const opening = { server: server.id };
    this.opening.add(opening);
    try {
      const link = await openLink(this.ports, server, {
        era,
        ...(unasked === undefined ? {} : { unasked }),
        crashed: () => this.crashed(server),
      });
      if (!this.opening.has(opening)) {
        await link.stop();
        throw new EnforceError("ENFORCE_UPSTREAM_GONE", `opening a link to ${server.id}: it was taken away meanwhile`);
      }
      this.open.set(link, server.id);
      void link.ended.then(() => this.open.delete(link));
      return link;
    } finally {
      this.opening.delete(opening);
    }
  }

  private refuseToHurry({ id }: UpstreamServer): void {
    const crashes = this.crashes.get(id);
    if (crashes === undefined) return;
    const rest = Math.min(REST_MS * 2 ** (crashes.count - 1), REST_MAX_MS);
    const left = Math.ceil(crashes.at + rest - this.ports.clock.monotonic());
    if (left > 0)
      throw new EnforceError(
        "ENFORCE_UPSTREAM_START",
        `starting the upstream of ${id}: it just ended, next in ${left} ms`,
      );
  }

  private crashed({ id }: UpstreamServer): void {
    const now = this.ports.clock.monotonic();
    const last = this.crashes.get(id);
    // one that ran for a while has earned a fresh start
    const count = last === undefined || now - last.at > 2 * REST_MAX_MS ? 1 : last.count + 1;
    this.crashes.set(id, { count, at: now });
  }

  private refuseTooMany(): void {
    if (this.kept.size < KEPT_MAX) return;
    throw new EnforceError("ENFORCE_UPSTREAM_START", `opening a link: ${KEPT_MAX} are open`);
  }

  private sweep(): void {
    const oldest = this.ports.clock.monotonic() - this.config.sessionIdleMs;
    for (const opening of this.kept.values())
      void opening.then((link) => (link.isIdleSince(oldest) ? link.stop() : undefined)).catch(() => undefined);
  }
}

function ownerOf({ identity, mandate }: Pick<Standing, "identity" | "mandate">, { transport }: UpstreamServer): string {
  const isolate = transport.kind === "stdio" ? transport.isolate : "identity";
  if (isolate === "shared") return "all";
  return isolate === "task" ? mandate.task : identity;
}

/** A link that others use too: it knows when nobody does. */
class Kept implements Link {
  readonly era: Era;
  readonly ended: Promise<void>;
  private readonly link: Link;
  private readonly ports: LinkPorts;
  private asking = 0;
  private usedAt: number;

  constructor(link: Link, ports: LinkPorts) {
    this.link = link;
    this.era = link.era;
    this.ended = link.ended;
    this.ports = ports;
    this.usedAt = ports.clock.monotonic();
  }

  async ask(method: string, params: Parameters<Link["ask"]>[1], wait: Wait): Promise<Answer> {
    this.asking += 1;
    try {
      return await this.link.ask(method, params, wait);
    } finally {
      this.asking -= 1;
      this.usedAt = this.ports.clock.monotonic();
    }
  }

  tell(message: Parameters<Link["tell"]>[0]): void {
    this.link.tell(message);
  }

  stop(): Promise<void> {
    return this.link.stop();
  }

  isIdleSince(oldest: number): boolean {
    return this.asking === 0 && this.usedAt < oldest;
  }
}
