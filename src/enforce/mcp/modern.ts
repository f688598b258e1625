// SPDX-License-Identifier: Apache-2.0
// Clients of MCP 2026-07-28: every message stands for itself, there is no session, and whoever closes an answer does not want
// it any more (enforce E21, E33).
import { isJsonObject, type JsonObject, member, type Timers } from "../../core/index.ts";
import type { Asked, Exchange, No, RelayParts, Turn } from "./caller.ts";
import { Cursors } from "./cursors.ts";
import type { ForwardPorts } from "./forward.ts";
import { wrongWith } from "./headers.ts";
import type { GateResponse } from "./http.ts";
import { params, result } from "./message.ts";
import { forwardable } from "./meta.ts";
import { modernResult, wayOf } from "./methods.ts";
import { toldOf } from "./progress.ts";
import { clientOf } from "./revision.ts";
import type { SessionPorts } from "./sessions.ts";
import { answerAsEvents } from "./sse.ts";
import { broken, json, refusal } from "./wire.ts";

export interface ModernPorts extends ForwardPorts, SessionPorts {
  readonly timers: Timers;
}

export class Modern {
  private readonly ports: ModernPorts;
  private readonly parts: RelayParts;
  private readonly cursors = new Cursors();

  constructor(ports: ModernPorts, parts: RelayParts) {
    this.ports = ports;
    this.parts = parts;
  }

  /** @param signal - aborts when the client closes, or the gate */
  async asked(turn: Turn, message: Asked, signal: AbortSignal): Promise<GateResponse> {
    const wrong = wrongWith(message, turn.headers);
    if (wrong !== undefined) {
      const no = { code: "input_malformed", why: wrong.why } as const;
      return broken(message.id, wrong, this.ports.gate.refuse({ ...turn, method: message.method, refusal: no }));
    }
    const stopped = this.ports.gate.stopped(turn.standing, turn.server);
    if (stopped !== undefined) return this.no(turn, message, stopped);
    return this.within(turn, message, signal);
  }

  private async within(turn: Turn, message: Asked, signal: AbortSignal): Promise<GateResponse> {
    const client = clientOf(message);
    const told = toldOf(turn.headers, message);
    const { standing, server } = turn;
    const work = this.parts.slots.run(standing.identity, async () => {
      const link = await this.parts.links.stateless(standing, server).catch(() => undefined);
      if (link === undefined) return this.no(turn, message, UNREACHED);
      const conversation = { link, cursors: this.cursors.of(standing, server) };
      return this.dispatch({ turn, with: conversation, client, message, signal, told });
    });
    if (work === "full") return this.no(turn, message, FULL);
    if (told === undefined) return work;
    const { lines, before } = told;
    return answerAsEvents(
      this.ports.timers,
      lines,
      work.then((response) => ({ response, before })),
    );
  }

  private dispatch(exchange: Exchange): Promise<GateResponse> {
    const isOpening = wayOf("modern", exchange.message.method) === "discover";
    return isOpening ? this.discover(exchange) : this.parts.forwarder.forward(exchange);
  }

  /** What the server is, as it says itself, looked at before it is shown (enforce E20, E38). */
  private async discover(exchange: Exchange): Promise<GateResponse> {
    const { turn, message, signal } = exchange;
    const said = await this.ask(exchange, signal);
    if (said === undefined) return this.no(turn, message, UNREACHED);
    const shown = await this.ports.gate.hear(turn.standing, turn.server, said);
    if (shown === undefined) return this.no(turn, message, UNSEEN);
    return json(200, result(message.id, modernResult(message.method, shown)));
  }

  private async ask({ with: { link }, message }: Exchange, signal: AbortSignal): Promise<JsonObject | undefined> {
    const wait = { ms: this.parts.config.upstreamWaitMs, signal };
    const answer = await link.ask(message.method, forwardable(params(message)), wait).catch(() => undefined);
    const said = answer === undefined ? undefined : member(answer.body, "result");
    return isJsonObject(said) ? said : undefined;
  }

  private no(turn: Turn, message: Asked, no: No): GateResponse {
    const reference = this.ports.gate.refuse({ ...turn, method: message.method, refusal: no });
    return refusal({ id: message.id, method: message.method, era: "modern" }, no.code, reference);
  }
}

const FULL: No = { code: "busy", why: "too much at once" };
const UNREACHED: No = { code: "upstream_failed", why: "the upstream did not open a conversation" };
const UNSEEN: No = { code: "result_withheld", why: "not all that the server says of itself could be looked at" };
