// SPDX-License-Identifier: Apache-2.0
// An upstream over Streamable HTTP of the revisions before 2026-07-28: a session that `initialize` opens, a POST for each
// message, a stream for what it says of its own accord, and streams that are taken up again where they broke off.
import { type JsonObject, jsonObject, member, type OutboundAnswer } from "../../../core/index.ts";
import type { HttpTransport } from "../../upstream-server.ts";
import type { Answer, Heard, Link, LinkPorts, Unasked, Wait } from "../link.ts";
import { error, notification, RPC, request, withProgress } from "../message.ts";
import { type Asked, Conversation } from "./conversation.ts";
import { type Cursor, mediaType, spoken } from "./events.ts";
import { discard, HttpWire } from "./wire.ts";

/** UNIT: ms. Wait before a stream is taken up again where the upstream names none, and the longest one that it may name. */
const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;
/** Times that a stream is taken up again without a word on it. */
const RETRIES_MAX = 5;
/** UNIT: ms. Longest wait for the end of a session, or for a notification to be taken. */
const TELL_MS = 5000;

export class LegacyHttpLink implements Link {
  readonly era = "legacy" as const;
  readonly ended: Promise<void>;
  private readonly ports: LinkPorts;
  private readonly wire: HttpWire;
  private readonly talk: Conversation;
  private sessionId: string | undefined;
  private revision: string | undefined;
  /** What was told and is not taken yet: nothing is asked before it. */
  private told: Promise<void> = Promise.resolve();
  private isListening = false;

  constructor(ports: LinkPorts, id: string, transport: HttpTransport, unasked?: Unasked) {
    this.ports = ports;
    this.wire = new HttpWire(ports, id, transport);
    this.talk = new Conversation(this.wire, unasked ?? ((heard) => this.refuse(heard)));
    this.ended = this.talk.ended;
  }

  async ask(method: string, given: JsonObject, wait: Wait): Promise<Answer> {
    await this.told;
    let sent: Asked | undefined;
    try {
      return await this.talk.under(wait, async (asked, signal) => {
        sent = asked;
        const message = request(asked.id, method, wait.progress === undefined ? given : withProgress(given, asked.id));
        const answer = await this.wire.send({ method: "POST", ...this.session(), message, signal, headMs: wait.ms });
        if (method === "initialize") this.sessionId = answer.headers["mcp-session-id"];
        const came = await this.read(asked, answer, signal);
        if (method === "initialize") this.revision = revisionOf(came.body);
        return came;
      });
    } catch (cause) {
      const gaveUp = wait.signal.aborted || this.wire.lost(cause).code === "ENFORCE_UPSTREAM_TIMEOUT";
      if (gaveUp && sent !== undefined && method !== "initialize")
        this.tell(notification("notifications/cancelled", jsonObject([["requestId", sent.id]])));
      throw cause;
    }
  }

  tell(message: JsonObject): void {
    if (this.talk.isOver) return;
    const begins = member(message, "method") === "notifications/initialized";
    this.told = this.told.then(() => this.deliver(message)).then(() => (begins ? this.listen() : undefined));
  }

  async stop(): Promise<void> {
    if (this.talk.isOver) return;
    this.talk.end();
    if (this.sessionId === undefined) return;
    const signal = new AbortController();
    const stop = this.ports.timers.after(TELL_MS, () => signal.abort());
    await this.wire
      .send({ method: "DELETE", ...this.session(), signal: signal.signal, headMs: TELL_MS })
      .then(discard)
      .catch((cause: unknown) => this.wire.log("delete", this.wire.lost(cause).message))
      .finally(stop);
  }

  /** Something asked where nobody listens has to be answered all the same (E31). */
  private refuse(heard: Heard): void {
    if (heard.kind === "request") this.tell(error(heard.id, RPC.methodNotFound, "this client offers nothing"));
  }

  private session(): { readonly headers: Readonly<Record<string, string>>; readonly secrets: Record<string, string> } {
    return {
      headers: this.revision === undefined ? {} : { "mcp-protocol-version": this.revision },
      secrets: this.sessionId === undefined ? {} : { "mcp-session-id": this.sessionId },
    };
  }

  private async deliver(message: JsonObject): Promise<void> {
    const { signal, release } = this.wire.limit(
      { ms: TELL_MS, signal: this.talk.closing.signal },
      this.talk.closing.signal,
    );
    try {
      const answer = await this.wire.send({ method: "POST", ...this.session(), message, signal, headMs: TELL_MS });
      await discard(answer);
      if (answer.status < 200 || answer.status > 299) this.wire.log("tell", `status ${answer.status}`);
    } catch (cause) {
      this.wire.log("tell", this.wire.lost(cause).message);
    } finally {
      release();
    }
  }

  private async read(asked: Asked, first: OutboundAnswer, signal: AbortSignal): Promise<Answer> {
    const cursor: Cursor = {};
    let answer = first;
    for (let silent = 0; silent < RETRIES_MAX; silent += 1) {
      if (answer.status === 404 && this.sessionId !== undefined) this.talk.end();
      if (answer.status !== 200) return this.wire.refusal(answer);
      if (mediaType(answer.headers["content-type"]) === "text/event-stream") asked.wait.stream?.("began");
      const before = cursor.lastId;
      // a stream is read to its end before it is taken up again
      const came = await this.oneStream(answer, asked, cursor);
      if (came !== undefined) return came;
      if (cursor.lastId === undefined) break;
      if (cursor.lastId !== before) silent = 0;
      // its client comes back for the rest, as the gate does (MCP 2025-11-25, polling)
      asked.wait.stream?.("broke");
      answer = await this.resume(cursor, signal);
    }
    throw this.wire.fault("ENFORCE_UPSTREAM_GONE", "its answer ended before it was whole");
  }

  /** @returns the answer, or nothing where the stream ended or broke before it */
  private async oneStream(
    answer: OutboundAnswer,
    asked: Asked | undefined,
    cursor: Cursor,
  ): Promise<Answer | undefined> {
    try {
      for await (const one of spoken(answer, cursor)) {
        const came = this.talk.take(one, asked);
        if (came !== undefined) return came;
      }
    } catch (cause) {
      const lost = this.wire.lost(cause);
      if (lost.code !== "ENFORCE_UPSTREAM_GONE" || cursor.lastId === undefined) throw lost;
    }
    return undefined;
  }

  private async resume(cursor: Cursor, signal: AbortSignal): Promise<OutboundAnswer> {
    await this.pause(Math.min(cursor.retryMs ?? RETRY_MS, RETRY_MAX_MS), signal);
    const { headers, secrets } = this.session();
    const resumed = cursor.lastId === undefined ? {} : { "last-event-id": cursor.lastId };
    return this.wire.send({ method: "GET", headers: { ...headers, ...resumed }, secrets, signal, isEndless: true });
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        stop();
        reject(this.wire.lost(signal.reason));
      };
      const stop = this.ports.timers.after(ms, () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Hears what it says of its own accord, for as long as it keeps a stream for that. */
  private listen(): void {
    if (this.isListening || this.talk.isOver) return;
    this.isListening = true;
    void this.listening().catch((cause: unknown) => {
      if (!this.talk.isOver) this.wire.log("stream", this.wire.lost(cause).message);
    });
  }

  private async listening(): Promise<void> {
    const cursor: Cursor = { retryMs: 0 };
    const { signal } = this.talk.closing;
    for (let silent = 0; silent < RETRIES_MAX && !signal.aborted; silent += 1) {
      // one stream at a time
      const answer = await this.resume(cursor, signal);
      cursor.retryMs = RETRY_MS * 2 ** silent;
      if (answer.status !== 200 || mediaType(answer.headers["content-type"]) !== "text/event-stream") {
        await discard(answer);
        return; // it keeps none, and may
      }
      const before = cursor.lastId;
      await this.oneStream(answer, undefined, cursor).catch((cause: unknown) => {
        if (this.wire.lost(cause).code !== "ENFORCE_UPSTREAM_GONE") throw cause;
      });
      if (cursor.lastId !== before) silent = 0;
    }
  }
}

function revisionOf(body: JsonObject): string | undefined {
  const revision = member(member(body, "result"), "protocolVersion");
  return typeof revision === "string" && /^[\w.-]{1,32}$/.test(revision) ? revision : undefined;
}
