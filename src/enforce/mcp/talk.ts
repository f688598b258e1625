// SPDX-License-Identifier: Apache-2.0
// What an upstream says of its own accord in a session (MCP 2025-03-26 to 2025-11-25). What belongs to a request goes before
// its answer; the rest goes to the stream that the client holds open. Nothing of it passes unseen (enforce E25, E31).
import {
  type ApprovalId,
  type Clock,
  canonicalize,
  canonicalText,
  isJsonObject,
  type JsonObject,
  jsonObject,
  type Log,
  member,
} from "../../core/index.ts";
import { nothing } from "../ledger.ts";
import type { Waiting } from "../passage.ts";
import type { Exchange, Turn } from "./caller.ts";
import { Streams } from "./channel.ts";
import type { Heard, Link } from "./link.ts";
import { notification, type RequestId } from "./message.ts";
import type { Progress } from "./progress.ts";
import type { ReadCall } from "./reading.ts";
import { readOther } from "./reading-other.ts";
import { Reverse, type ReversePorts } from "./reverse.ts";
import type { Client } from "./revision.ts";
import { BEAT_MS, Lines } from "./sse.ts";

/** Messages of an upstream that wait to be looked at; one more is left out, and logged. */
export const UNHEARD_MAX = 256;

/** Pages of one session whose end is told; of more the client learns by asking again. */
const PAGES_MAX = 64;

export interface TalkPorts extends ReversePorts {
  readonly clock: Clock;
  readonly log: Log;
}

type Said = Extract<Heard, { kind: "notification" }>;

export class Talk {
  readonly streams: Streams = new Streams();
  private readonly ports: TalkPorts;
  private readonly client: Client;
  private readonly reverse: Reverse;
  private readonly open: Lines = new Lines();
  private readonly over = new AbortController();
  /** The last request that somebody proved: who is told what nobody asked for. */
  private latest: Turn;
  private link: Link | undefined;
  /** One after the other, in the order in which they came. */
  private tail: Promise<void> = Promise.resolve();
  private unheard = 0;
  /** Questions whose pages the client was told of, while they are open. */
  private readonly pages = new Set<ApprovalId>();

  constructor(ports: TalkPorts, client: Client, turn: Turn) {
    this.ports = ports;
    this.client = client;
    this.latest = turn;
    this.reverse = new Reverse(ports);
  }

  begin(link: Link): void {
    this.link = link;
  }

  seen(turn: Turn): void {
    this.latest = turn;
  }

  end(): void {
    this.over.abort();
    this.open.close();
  }

  /** The client was told of a page: once people have decided there, it is told that this is done (MCP 2025-11-25). */
  async shown({ approval, expires }: Waiting): Promise<void> {
    if (this.pages.has(approval) || this.pages.size >= PAGES_MAX) return;
    this.pages.add(approval);
    const { gate, clock } = this.ports;
    await gate.decided(approval, { ms: Math.max(0, expires - clock.now()), signal: this.over.signal });
    this.pages.delete(approval);
    this.open.say(notification("notifications/elicitation/complete", jsonObject([["elicitationId", approval]])));
  }

  /** What is said on behalf of one request. */
  during(exchange: Pick<Exchange, "turn" | "told" | "signal">, heard: Heard, progress: Progress | undefined): void {
    if (heard.kind === "request") this.ask(exchange.turn, heard, exchange);
    else if (heard.method === "notifications/message" && progress !== undefined) progress.note(heard.params);
    else this.outside(heard);
  }

  /** What is said on behalf of none. */
  outside(heard: Heard): void {
    if (heard.kind === "request") return this.ask(this.latest, heard);
    if (this.unheard >= UNHEARD_MAX)
      return this.ports.log.fault("ENFORCE_UNHEARD", { server: this.latest.server.id, method: heard.method });
    this.unheard += 1;
    const turn = this.latest;
    this.tail = this.inTurn(this.tail, turn, heard);
    return undefined;
  }

  private async inTurn(before: Promise<void>, turn: Turn, heard: Said): Promise<void> {
    await before;
    const message = await this.released(turn, heard).catch(() => undefined);
    this.unheard -= 1;
    if (message !== undefined) this.open.say(message);
  }

  /** The client's answer to something that was asked of it. */
  answered(id: RequestId, answer: JsonObject): void {
    this.reverse.take(id, answer);
  }

  /** The stream that a client holds open; a second one takes its place. */
  async *listen(): AsyncGenerator<string> {
    const stop = this.ports.timers.every(BEAT_MS, () => this.open.beat());
    try {
      while (!this.open.isClosed) {
        // each wait begins when what came before it is sent
        await this.open.some();
        for (let line = this.open.shift(); line !== undefined; line = this.open.shift()) yield line;
      }
    } finally {
      stop();
    }
  }

  private ask(
    turn: Turn,
    heard: Extract<Heard, { kind: "request" }>,
    exchange?: Pick<Exchange, "told" | "signal">,
  ): void {
    const { link } = this;
    if (link === undefined) return;
    const lines = exchange?.told?.lines ?? this.open;
    const signals = exchange === undefined ? [] : [exchange.signal];
    const signal = AbortSignal.any([this.over.signal, ...signals]);
    const asking = { turn, client: this.client, link, signal, say: (message: JsonObject) => lines.say(message) };
    this.reverse.ask(asking, heard).catch((cause: unknown) => {
      this.ports.log.fault("ENFORCE_UNHEARD", { why: cause instanceof Error ? cause.message : "unknown" });
    });
  }

  /** A notification as far as it may be read; nothing where it may not. */
  private async released(turn: Turn, { method, params }: Said): Promise<JsonObject | undefined> {
    const { server, standing } = turn;
    // whoever is contained hears nothing more; else nothing is in it but that something changed
    if (/^notifications\/(?:tools|prompts|resources)\/list_changed$/.test(method))
      return this.ports.gate.stopped(standing, server) === undefined ? notification(method, jsonObject([])) : undefined;
    // its own questions are not taken back, and progress of what is over is nobody's
    if (method === "notifications/cancelled" || method === "notifications/progress") return undefined;
    const isUpdate = method === "notifications/resources/updated";
    const passage = await this.ports.gate.call(standing, {
      server,
      method,
      isRead: true,
      arrived: turn.arrived,
      signal: this.over.signal,
      read: () =>
        isUpdate
          ? readOther(this.ports.recorder, standing, server, { method, way: "resource", given: params })
          : Promise.resolve(this.reading(turn, method)),
      effect: () =>
        Promise.resolve({
          value: { body: jsonObject([["result", isUpdate ? only(params, "uri") : params]]) },
          outcome: { ...nothing("completed"), bytesIn: Buffer.byteLength(canonicalText(params)) },
        }),
    });
    const body = passage.passed && "body" in passage.value ? member(passage.value.body, "result") : undefined;
    return isJsonObject(body) ? notification(method, body) : undefined;
  }

  private reading({ standing }: Turn, method: string): ReadCall {
    const none = jsonObject([]);
    return {
      verb: "view",
      impact: "low",
      resources: [],
      args: this.ports.recorder.commit(standing, "args", canonicalize(none)),
      sent: none,
      named: none,
      display: method,
      forward: none,
      objects: [],
    };
  }
}

function only(params: JsonObject, name: string): JsonObject {
  const value = member(params, name);
  return jsonObject(value === undefined ? [] : [[name, value]]);
}
