// SPDX-License-Identifier: Apache-2.0
// A client at the other end of stdin and stdout, which sees a plain MCP server of either revision. Every message goes to the
// gate as it was written; a session that the gate has forgotten is opened again, and nothing else is sent twice.
import { isJsonObject, type Json, member, parseJson } from "../core/index.ts";
import type { Gate, Passing } from "./gate.ts";
import { readText } from "./http.ts";
import { linesOf } from "./lines.ts";
import { callOf, isRequestId, type Message, type RequestId, readMessage, revisionOf } from "./message.ts";
import { MirroredHeaders } from "./mirrored.ts";
import type { ConnectPorts } from "./ports.ts";
import { LegacySession } from "./session.ts";
import { errorText, type Trouble, troubleOf, troubleOfAnswer } from "./trouble.ts";

export interface StdioEnds {
  readonly input: AsyncIterable<Uint8Array>;
  /** Resolves when the reader has room for more. */
  readonly write: (text: string) => Promise<void>;
}

/** Requests that wait for their answer at once; one more is refused here. */
const IN_FLIGHT_MAX = 64;
/** UNIT: ms. How long requests may still be answered once the client has closed its end. */
const LAST_ANSWERS_MS = 1000;
/** UNIT: characters. Largest answer that comes in one piece (enforce E35). */
const ANSWER_MAX_BYTES = 10 * 1024 * 1024;
const PARSE: Trouble = { code: -32_700, message: "bailiwick connect: not one JSON-RPC message on one line" };
const DOUBLE: Trouble = { code: -32_600, message: "bailiwick connect: a request with this id still waits" };
const BUSY: Trouble = { code: -31_004, message: "bailiwick connect: too many requests at once; nothing was done" };

interface Waiting {
  readonly abort: AbortController;
  cancelled: boolean;
}

export class StdioClient {
  private readonly ports: ConnectPorts;
  private readonly gate: Gate;
  private readonly ends: StdioEnds;
  private readonly session: LegacySession;
  private readonly headers = new MirroredHeaders();
  private readonly waiting = new Map<RequestId, Waiting>();
  /** Work that was begun and is not done. */
  private readonly work = new Set<Promise<void>>();
  /** Notifications go one after the other, and what comes after one waits for it: over HTTP nothing else keeps the order. */
  private order: Promise<void> = Promise.resolve();
  private readonly closing = new AbortController();

  constructor(ports: ConnectPorts, gate: Gate, ends: StdioEnds) {
    this.ports = ports;
    this.gate = gate;
    this.ends = ends;
    this.session = new LegacySession(ports, gate, this.closing.signal, (text) => this.say(text));
  }

  /** Until the client closes its end, or `stop` is aborted. */
  async run(stop: AbortSignal): Promise<void> {
    stop.addEventListener("abort", () => this.closing.abort(), { once: true });
    const ended = new Promise<void>((resolve) => {
      this.closing.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([this.read(), ended]);
    await this.close();
  }

  private async read(): Promise<void> {
    for await (const line of linesOf(this.ends.input)) {
      if (this.closing.signal.aborted) return;
      this.take(line);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.ports.timers.after(LAST_ANSWERS_MS, resolve);
    await Promise.race([Promise.all(this.work), promise]);
    cancel();
  }

  private take(line: string | undefined): void {
    const message = line === undefined ? undefined : readMessage(line);
    if (message === undefined) return this.begin(this.say(errorText(null, PARSE)));
    if (message.method === undefined || message.id === undefined) return this.begin(this.tell(message));
    if (this.waiting.has(message.id)) return this.begin(this.say(errorText(message.id, DOUBLE)));
    if (this.waiting.size >= IN_FLIGHT_MAX) return this.begin(this.say(errorText(message.id, BUSY)));
    return this.begin(this.ask(message, message.id));
  }

  private begin(work: Promise<void>): void {
    const done = work.catch((cause: unknown) => this.ports.tell(troubleOf(cause).message));
    const tracked = done.finally(() => this.work.delete(tracked));
    this.work.add(tracked);
  }

  private async ask(message: Message, id: RequestId): Promise<void> {
    const waits: Waiting = { abort: new AbortController(), cancelled: false };
    this.waiting.set(id, waits);
    const signal = AbortSignal.any([waits.abort.signal, this.closing.signal]);
    try {
      await this.order;
      const response = await this.session.send(message, this.passing(message, signal));
      const trouble = await this.deliver(message, response, waits);
      if (trouble !== undefined && !waits.cancelled) await this.say(errorText(id, trouble));
    } catch (cause) {
      if (!waits.cancelled && !this.closing.signal.aborted) await this.say(errorText(id, troubleOf(cause)));
    } finally {
      this.waiting.delete(id);
    }
  }

  /** A notification, or an answer to the server: nothing comes back but that it was taken. */
  private tell(message: Message): Promise<void> {
    if (message.method === "notifications/cancelled" && this.cancel(message)) return Promise.resolve();
    const told = this.tellAfter(this.order, message);
    this.order = told.catch(() => undefined); // `begin` tells of it; what follows goes on
    return told;
  }

  private async tellAfter(before: Promise<void>, message: Message): Promise<void> {
    await before;
    const response = await this.session.send(message, this.passing(message, this.closing.signal));
    await response.body?.cancel();
    if (!response.ok) this.ports.tell(`bailiwick connect: ${message.method ?? "an answer"}: HTTP ${response.status}`);
  }

  /** @returns whether that is all: without a session, closing the stream is what cancels (enforce E33) */
  private cancel(message: Message): boolean {
    const id = member(message.params, "requestId");
    const waits = isRequestId(id) ? this.waiting.get(id) : undefined;
    if (waits !== undefined) waits.cancelled = true;
    if (this.session.isOpen) return false;
    waits?.abort.abort();
    return true;
  }

  private passing(message: Message, signal: AbortSignal): Passing {
    const headers = {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      ...(revisionOf(message) === undefined ? this.session.headers() : this.headers.of(message)),
    };
    return { method: "POST", headers, body: message.text, call: callOf(message), signal };
  }

  /** Writes what came back; what is wrong where nothing did. */
  private async deliver(message: Message, response: Response, waits: Waiting): Promise<Trouble | undefined> {
    const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
    if (type.trim() === "application/json") {
      const text = await readText(response.clone(), ANSWER_MAX_BYTES);
      const isAnswer = await this.pass(message, text, { waits, response });
      return isAnswer ? undefined : troubleOfAnswer(response);
    }
    if (type.trim() !== "text/event-stream" || !response.ok) return troubleOfAnswer(response);
    let isAnswered = false;
    for await (const data of this.session.answered(response, () => isAnswered, waits.abort.signal)) {
      isAnswered = (await this.pass(message, data, { waits, response })) || isAnswered;
    }
    return isAnswered ? undefined : UNANSWERED;
  }

  /** @returns whether it was the answer to this request */
  private async pass(
    message: Message,
    text: string,
    { waits, response }: { readonly waits: Waiting; readonly response: Response },
  ): Promise<boolean> {
    const tree = orNull(text);
    const isAnswer = isJsonObject(tree) && member(tree, "method") === undefined && member(tree, "id") === message.id;
    if (!isJsonObject(tree) || member(tree, "jsonrpc") !== "2.0") return false;
    if (isAnswer) {
      this.session.answer(message, tree, response);
      if (message.method === "tools/list") this.headers.learn(tree);
    }
    if (!(isAnswer && waits.cancelled)) await this.say(text);
    return isAnswer;
  }

  private say(text: string): Promise<void> {
    // in JSON a line's end can only stand between two tokens
    return this.ends.write(`${text.replaceAll(/[\r\n]+/g, " ")}\n`);
  }

  private async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.work);
    const signal = AbortSignal.timeout(LAST_ANSWERS_MS);
    await this.session.end(signal).catch(() => undefined); // the gate is away: it ends idle sessions by itself
    await this.gate.close(signal).catch(() => undefined); // and tokens
  }
}

const UNANSWERED: Trouble = {
  code: -31_003,
  message: "bailiwick connect: the gate ended its stream without an answer; look before repeating the call",
};

function orNull(text: string): Json {
  try {
    return parseJson(text, { maxBytes: ANSWER_MAX_BYTES });
  } catch {
    return null; // no message: the caller says so
  }
}
