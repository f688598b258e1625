// SPDX-License-Identifier: Apache-2.0
// An older upstream as newer clients see it (enforce E38). Clients that offer different things get sessions of their own,
// because an older server is told once what its client offers.
import { digestOf, type JsonObject } from "../../../core/index.ts";
import { EnforceError } from "../../errors.ts";
import type { Answer, Link, Unasked, Wait } from "../link.ts";
import { BridgedSession } from "./bridged-session.ts";
import type { RoundPorts } from "./rounds.ts";
import { offeredBy } from "./translate.ts";

/** Sessions that one bridge keeps: as many kinds of client at once. */
export const KINDS_MAX = 8;

export class BridgedLink implements Link {
  readonly era = "modern" as const;
  readonly ended: Promise<void>;
  private readonly ports: RoundPorts;
  private readonly open: (unasked: Unasked) => Promise<Link>;
  /** By what their clients offer. */
  private readonly sessions = new Map<string, Promise<BridgedSession>>();
  private isOver = false;
  private end: () => void = () => undefined;

  /** @param open - opens a link of the older revision */
  constructor(ports: RoundPorts, open: (unasked: Unasked) => Promise<Link>) {
    this.ports = ports;
    this.open = open;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  async ask(method: string, params: JsonObject, wait: Wait): Promise<Answer> {
    return (await this.session(params, wait)).ask(method, params, wait);
  }

  /** Answers come with the call that asked; there is nothing else to tell. */
  tell(): void {
    // SOURCE: MCP 2026-07-28, sending messages: a client sends requests
  }

  async stop(): Promise<void> {
    this.isOver = true;
    const open = [...this.sessions.values()];
    this.sessions.clear();
    await Promise.all(open.map((opening) => opening.then(({ link }) => link.stop()).catch(() => undefined)));
    this.end();
  }

  private session(params: JsonObject, wait: Wait): Promise<BridgedSession> {
    if (this.isOver) throw new EnforceError("ENFORCE_UPSTREAM_GONE", "asking a bridge: it has ended");
    const offered = offeredBy(params);
    const key = digestOf(offered);
    const known = this.sessions.get(key);
    if (known !== undefined) return known;
    if (this.sessions.size >= KINDS_MAX)
      throw new EnforceError("ENFORCE_UPSTREAM_START", `opening a session: ${KINDS_MAX} kinds of client are served`);
    const opening = this.start(offered, wait);
    this.sessions.set(key, opening);
    const forget = (): void => {
      if (this.sessions.get(key) === opening) this.sessions.delete(key);
    };
    opening.then((session) => session.link.ended.then(forget), forget);
    return opening;
  }

  private async start(offered: JsonObject, { ms }: Wait): Promise<BridgedSession> {
    let session: BridgedSession | undefined;
    const link = await this.open((heard) => session?.unasked(heard));
    // others wait for this session too, so it does not end with the client that came first
    const wait: Wait = { signal: new AbortController().signal, ms: ms ?? OPEN_MS };
    try {
      session = await BridgedSession.open(this.ports, link, offered, wait);
      return session;
    } catch (cause) {
      await link.stop();
      throw cause;
    }
  }
}

/** UNIT: ms. */
const OPEN_MS = 60_000;
