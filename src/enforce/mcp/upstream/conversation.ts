// SPDX-License-Identifier: Apache-2.0
// What both revisions over HTTP have in common: ids of the gate's own, who hears what, and what ends it all.
import { type JsonObject, jsonObject, member } from "../../../core/index.ts";
import type { Answer, Heard, Unasked, Wait } from "../link.ts";
import { isRequestId, params, type RequestId } from "../message.ts";
import type { Spoken } from "./events.ts";
import type { HttpWire } from "./wire.ts";

/** One request on its way. */
export interface Asked {
  readonly id: RequestId;
  readonly wait: Wait;
}

export class Conversation {
  readonly ended: Promise<void>;
  /** Ends every request and stream. */
  readonly closing: AbortController = new AbortController();
  private readonly wire: HttpWire;
  private readonly unasked: Unasked;
  /** By the gate's own id. */
  private readonly asked = new Map<RequestId, Wait>();
  private lastId = 0;

  constructor(wire: HttpWire, unasked: Unasked) {
    this.wire = wire;
    this.unasked = unasked;
    this.ended = new Promise((resolve) => {
      this.closing.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  get isOver(): boolean {
    return this.closing.signal.aborted;
  }

  end(): void {
    this.closing.abort();
  }

  /** Does `work` under a new id, until the wait is over. @throws EnforceError */
  async under(wait: Wait, work: (asked: Asked, signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    this.lastId += 1;
    const id = this.lastId;
    const { signal, release } = this.wire.limit(wait, this.closing.signal);
    this.asked.set(id, wait);
    try {
      signal.throwIfAborted();
      return await work({ id, wait }, signal);
    } catch (cause) {
      throw this.wire.lost(signal.aborted ? signal.reason : cause);
    } finally {
      release();
      this.asked.delete(id);
    }
  }

  /** The answer, where this is it; everything else goes to whoever listens. @throws EnforceError for what is no message */
  take({ message, bytes }: Spoken, asked: Asked | undefined): Answer | undefined {
    if (message.kind === "invalid") throw this.wire.fault("ENFORCE_UPSTREAM_PROTOCOL", message.why);
    if (message.kind === "response")
      return message.id === asked?.id ? { body: answerOf(message.tree), bytes } : undefined;
    const { method } = message;
    const given = params(message);
    if (message.kind === "request") this.hear({ kind: "request", id: message.id, method, params: given }, asked);
    else if (method === "notifications/progress") this.progress(given);
    else this.hear({ kind: "notification", method, params: given }, asked);
    return undefined;
  }

  private progress(told: JsonObject): void {
    const token = member(told, "progressToken");
    if (isRequestId(token)) this.asked.get(token)?.progress?.(told);
  }

  private hear(heard: Heard, asked: Asked | undefined): void {
    (asked?.wait.hear ?? this.unasked)(heard);
  }
}

function answerOf(tree: JsonObject): JsonObject {
  return jsonObject(
    ["result", "error"].flatMap((name) => {
      const value = member(tree, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
