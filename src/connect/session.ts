// SPDX-License-Identifier: Apache-2.0
// The session of a client that speaks 2025-11-25 or older: its id and revision go with every request, what the server says
// of its own accord comes by a stream of its own, and where the gate forgot the session it is opened again.
import { type Json, type JsonObject, member, parseJson } from "../core/index.ts";
import type { Gate, Passing } from "./gate.ts";
import { type GateAnswer, readText } from "./http.ts";
import type { Message } from "./message.ts";
import type { ConnectPorts } from "./ports.ts";
import { eventsOf } from "./sse.ts";

const SESSION = "mcp-session-id";
/** UNIT: ms. First and longest wait before the stream is opened again. */
const AGAIN_MS = 1000;
const AGAIN_MAX_MS = 30_000;
/** How often one answer is gone on with. */
const RESUMES_MAX = 64;
/** UNIT: bytes. */
const INITIALIZE_MAX_BYTES = 1024 * 1024;

interface Open {
  readonly id: string;
  readonly revision: string;
}

export class LegacySession {
  private readonly ports: ConnectPorts;
  private readonly gate: Gate;
  private readonly closing: AbortSignal;
  private readonly say: (text: string) => Promise<void>;
  private open: Open | undefined;
  /** As the client wrote them: what opens the session again. */
  private initialize: Passing | undefined;
  private initialized: Passing | undefined;
  private reopening: Promise<void> | undefined;
  private listening: AbortController | undefined;

  constructor(ports: ConnectPorts, gate: Gate, closing: AbortSignal, say: (text: string) => Promise<void>) {
    this.ports = ports;
    this.gate = gate;
    this.closing = closing;
    this.say = say;
  }

  get isOpen(): boolean {
    return this.open !== undefined;
  }

  headers(): Readonly<Record<string, string>> {
    const { open } = this;
    return open === undefined ? {} : { [SESSION]: open.id, "mcp-protocol-version": open.revision };
  }

  /** Sends, and once more in a new session where the gate knows the old one no longer: it has done nothing then. */
  async send(message: Message, passing: Passing): Promise<GateAnswer> {
    const before = this.open;
    if (message.method === "initialize") this.initialize = { ...passing, headers: without(passing.headers) };
    const response = await this.gate.send(passing);
    if (message.method === "notifications/initialized" && response.ok) this.begin(passing);
    const isForgotten = response.status === 404 && before !== undefined && message.method !== "initialize";
    if (!isForgotten || !(SESSION in passing.headers)) return response;
    response.drop();
    if (this.open === before) await this.again();
    return this.gate.send({ ...passing, headers: { ...passing.headers, ...this.headers() } });
  }

  /** Looks at the answer to a request on its way to the client. */
  answer({ method }: Message, tree: JsonObject, response: GateAnswer): void {
    if (method !== "initialize") return;
    this.open = openedBy(tree, response);
  }

  /** The events of an answer; where its stream ends early and can be gone on with, those that follow (2025-11-25). */
  async *answered(first: GateAnswer, isDone: () => boolean, signal: AbortSignal): AsyncGenerator<string, void> {
    let last: string | undefined;
    let from = first;
    for (let times = 0; times < RESUMES_MAX; times += 1) {
      let waitMs = AGAIN_MS;
      try {
        for await (const { id, data } of eventsOf(from, (ms) => (waitMs = withinLimits(ms)))) {
          last = id ?? last;
          if (data !== "") yield data;
        }
      } catch (cause) {
        if (last === undefined || !this.isOpen || signal.aborted) throw cause;
      }
      if (isDone() || last === undefined || !this.isOpen || signal.aborted) return;
      await this.pause(waitMs, signal);
      from = await this.gate.send({ method: "GET", headers: this.streamHeaders(last), signal });
      if (!from.ok) return;
    }
  }

  async end(signal: AbortSignal): Promise<void> {
    this.listening?.abort();
    if (this.open === undefined) return;
    const response = await this.gate.send({ method: "DELETE", headers: this.headers(), signal });
    response.drop();
  }

  private begin(passing: Passing): void {
    this.initialized = { ...passing, headers: without(passing.headers) };
    this.listening?.abort();
    const own = new AbortController();
    this.listening = own;
    void this.listen(AbortSignal.any([own.signal, this.closing]));
  }

  private again(): Promise<void> {
    this.reopening ??= this.reopen().finally(() => {
      this.reopening = undefined;
    });
    return this.reopening;
  }

  private async reopen(): Promise<void> {
    const { initialize, initialized } = this;
    if (initialize === undefined) return;
    this.open = undefined;
    const response = await this.gate.send({ ...initialize, signal: this.closing });
    this.open = openedBy(await answerIn(response), response);
    if (initialized === undefined) return;
    const told = await this.gate.send({
      ...initialized,
      headers: { ...initialized.headers, ...this.headers() },
      signal: this.closing,
    });
    told.drop();
    this.begin(initialized);
  }

  /** What the server says of its own accord, for as long as there is a session and the gate has such a stream. */
  private async listen(signal: AbortSignal): Promise<void> {
    let last: string | undefined;
    let waitMs = AGAIN_MS;
    while (!signal.aborted) {
      try {
        const response = await this.gate.send({ method: "GET", headers: this.streamHeaders(last), signal });
        if (response.status >= 400 && response.status < 500) return response.drop();
        for await (const { id, data } of eventsOf(response, (ms) => (waitMs = withinLimits(ms)))) {
          last = id ?? last;
          if (data !== "") await this.say(data);
        }
      } catch {
        waitMs = Math.min(waitMs * 2, AGAIN_MAX_MS); // the gate is away; requests say so, this tries again
      }
      await this.pause(waitMs, signal);
    }
    return undefined;
  }

  private streamHeaders(last: string | undefined): Readonly<Record<string, string>> {
    const own = { accept: "text/event-stream", ...this.headers() };
    return last === undefined ? own : { ...own, "last-event-id": last };
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.ports.timers.after(ms, resolve);
      const end = (): void => {
        cancel();
        resolve();
      };
      signal.addEventListener("abort", end, { once: true });
    });
  }
}

function openedBy(tree: Json, response: GateAnswer): Open | undefined {
  const id = response.header(SESSION);
  const revision = member(member(tree, "result"), "protocolVersion");
  return id === undefined || typeof revision !== "string" ? undefined : { id, revision };
}

/** The message that answers `initialize`, however it came. @throws CoreError, ConnectError */
async function answerIn(response: GateAnswer): Promise<Json> {
  if (response.type !== "text/event-stream") return parseJson(await readText(response, INITIALIZE_MAX_BYTES));
  let answer: Json = null;
  for await (const { data } of eventsOf(response)) {
    const message = data === "" ? null : parseJson(data);
    if (member(message, "result") !== undefined) answer = message;
  }
  return answer;
}

function without(headers: Passing["headers"]): Passing["headers"] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== SESSION && name !== "mcp-protocol-version"),
  );
}

/** UNIT: ms. */
function withinLimits(ms: number): number {
  return Math.min(Math.max(ms, 100), AGAIN_MAX_MS);
}
