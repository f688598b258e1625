// SPDX-License-Identifier: Apache-2.0
// A client at the other end of stdin and stdout, which sees a plain MCP server of either revision. Every message goes to the
// gate as it was written; a session that the gate has forgotten is opened again, and nothing else is sent twice.
import type { Readable } from "node:stream";
import { isJsonObject, type JsonObject, jsonObject, member, parseJson } from "../core/index.ts";
import type { Gate, Passing } from "./gate.ts";
import { type GateAnswer, isObject, readText } from "./http.ts";
import { takeLines } from "./lines.ts";
import { callOf, isRequestId, type Message, type RequestId, readMessage, revisionOf } from "./message.ts";
import { MirroredHeaders } from "./mirrored.ts";
import type { ConnectPorts } from "./ports.ts";
import { LegacySession } from "./session.ts";
import { errorText, type Trouble, troubleOf, troubleOfAnswer } from "./trouble.ts";

export interface StdioEnds {
  readonly input: Readable;
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
    await takeLines(this.ends.input, (line) => {
      if (!this.closing.signal.aborted) this.take(line);
    });
    if (this.closing.signal.aborted) return;
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
    try {
      await this.order;
      const response = await this.session.send(message, this.passing(message, waits.abort.signal));
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
    response.drop();
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
  private async deliver(message: Message, answer: GateAnswer, waits: Waiting): Promise<Trouble | undefined> {
    if (answer.type === "application/json") {
      const text = await readText(answer, ANSWER_MAX_BYTES);
      return (await this.pass(message, text, { waits, answer })) ? undefined : troubleOfAnswer(answer, text);
    }
    if (answer.type !== "text/event-stream" || !answer.ok) return troubleOfAnswer(answer);
    let isAnswered = false;
    for await (const data of this.session.answered(answer, () => isAnswered, waits.abort.signal)) {
      isAnswered = (await this.pass(message, data, { waits, answer })) || isAnswered;
    }
    return isAnswered ? undefined : UNANSWERED;
  }

  /** @returns whether it was the answer to this request */
  private async pass(
    message: Message,
    text: string,
    { waits, answer }: { readonly waits: Waiting; readonly answer: GateAnswer },
  ): Promise<boolean> {
    const head = headOf(text);
    if (head === undefined) return false;
    const isAnswer = head.method === undefined && head.id === message.id;
    if (isAnswer && LOOKED_AT.has(message.method)) this.look(message, treeOf(text), answer);
    if (!(isAnswer && waits.cancelled)) await this.say(text);
    return isAnswer;
  }

  private look(message: Message, tree: JsonObject, answer: GateAnswer): void {
    this.session.answer(message, tree, answer);
    if (message.method === "tools/list") this.headers.learn(tree);
  }

  private say(text: string): Promise<void> {
    // in JSON a line's end can only stand between two tokens
    return this.ends.write(`${text.replaceAll(/[\r\n]+/g, " ")}\n`);
  }

  private async close(): Promise<void> {
    this.closing.abort();
    for (const { abort } of this.waiting.values()) abort.abort();
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

/** Answers whose inside matters here; any other only passes. */
const LOOKED_AT: ReadonlySet<string | undefined> = new Set(["initialize", "tools/list"]);

/** What a message of the gate is, read no closer than that: its text goes on as it is. */
function headOf(text: string): { readonly id: unknown; readonly method: unknown } | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return isObject(found) && found["jsonrpc"] === "2.0" ? { id: found["id"], method: found["method"] } : undefined;
  } catch {
    return undefined; // no message: the caller says so
  }
}

function treeOf(text: string): JsonObject {
  const tree = parseJson(text, { maxBytes: ANSWER_MAX_BYTES });
  return isJsonObject(tree) ? tree : jsonObject([]);
}
