// SPDX-License-Identifier: Apache-2.0
// A request of an upstream to its client, in the revisions that have it (enforce E31). It passes the gate twice: its words are
// upstream text that the client is to read, and the client's answer is data that leaves to that upstream.
import {
  canonicalize,
  canonicalText,
  isJsonObject,
  type JsonObject,
  jsonObject,
  member,
  type Recorder,
  type Timers,
} from "../../core/index.ts";
import { nothing } from "../ledger.ts";
import type { Gate } from "../passage.ts";
import type { Turn } from "./caller.ts";
import type { Heard, Link } from "./link.ts";
import { error, type RequestId, RPC, request } from "./message.ts";
import { forbidden } from "./questions.ts";
import type { ReadCall } from "./reading.ts";
import type { Client } from "./revision.ts";

/** UNIT: ms. Longest wait for what a person answers. */
export const ANSWER_MS: number = 10 * 60_000;
/** Questions of one session that wait for an answer. */
export const QUESTIONS_MAX = 16;

export interface ReversePorts {
  readonly gate: Gate;
  readonly recorder: Recorder;
  readonly timers: Timers;
}

/** Who is asked, and how. */
export interface Asking {
  readonly turn: Turn;
  readonly client: Client;
  readonly link: Link;
  /** Sends a message to the client; false where it can be reached no more. */
  readonly say: (message: JsonObject) => boolean;
  readonly signal: AbortSignal;
}

type Question = Extract<Heard, { kind: "request" }>;
type Waiting = (answer: JsonObject | undefined) => void;

/** The questions of one session. */
export class Reverse {
  private readonly ports: ReversePorts;
  private readonly waiting = new Map<RequestId, Waiting>();
  private last = 0;

  constructor(ports: ReversePorts) {
    this.ports = ports;
  }

  /** Asks the client, and tells the upstream what came of it. */
  async ask(asking: Asking, question: Question): Promise<void> {
    const { link } = asking;
    const why = forbidden(asking.turn.server, asking.client, question);
    if (why !== undefined) {
      this.refuse(asking, question, why);
      return link.tell(error(question.id, RPC.methodNotFound, `this client offers nothing of that: ${why}`));
    }
    const released = await this.released(asking, question);
    const answer = released === undefined ? undefined : await this.answered(asking, question.method, released);
    const isTold = answer !== undefined && (await this.told(asking, question, answer));
    if (!isTold) link.tell(error(question.id, RPC.denied, "it was not answered"));
    return undefined;
  }

  /** The client's answer to a question; one that nobody asked is dropped. */
  take(id: RequestId, answer: JsonObject): void {
    this.waiting.get(id)?.(answer);
  }

  private refuse({ turn }: Asking, { method }: Question, why: string): void {
    this.ports.gate.refuse({ ...turn, method, refusal: { code: "policy_denied", why } });
  }

  /** Its words, as far as this client may read them. */
  private async released({ turn, signal }: Asking, { method, params }: Question): Promise<JsonObject | undefined> {
    const passage = await this.ports.gate.call(turn.standing, {
      ...this.attempt(turn, method, signal),
      read: () => Promise.resolve(this.reading(turn, method, jsonObject([]))),
      effect: () =>
        Promise.resolve({
          value: { body: jsonObject([["result", params]]) },
          outcome: { ...nothing("completed"), bytesIn: Buffer.byteLength(canonicalText(params)) },
        }),
    });
    const body = passage.passed && "body" in passage.value ? member(passage.value.body, "result") : undefined;
    return isJsonObject(body) ? body : undefined;
  }

  private answered({ say, signal }: Asking, method: string, params: JsonObject): Promise<JsonObject | undefined> {
    if (this.waiting.size >= QUESTIONS_MAX || signal.aborted) return Promise.resolve(undefined);
    this.last += 1;
    const id = `bailiwick-${this.last}`;
    return new Promise((resolve) => {
      const end = (answer: JsonObject | undefined): void => {
        this.waiting.delete(id);
        stop();
        signal.removeEventListener("abort", onAbort);
        resolve(answer);
      };
      const onAbort = (): void => end(undefined);
      const stop = this.ports.timers.after(ANSWER_MS, onAbort);
      signal.addEventListener("abort", onAbort, { once: true });
      this.waiting.set(id, end);
      if (!say(request(id, method, params))) end(undefined);
    });
  }

  /** @returns whether the answer was let through to the upstream */
  private async told({ turn, link, signal }: Asking, question: Question, answer: JsonObject): Promise<boolean> {
    const kept = ["result", "error"].flatMap((name) => {
      const value = member(answer, name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const given = jsonObject(kept);
    const passage = await this.ports.gate.call(turn.standing, {
      ...this.attempt(turn, question.method, signal),
      read: () => Promise.resolve(this.reading(turn, question.method, given)),
      effect: ({ forward }) => {
        link.tell(jsonObject([["jsonrpc", "2.0"], ["id", question.id], ...Object.entries(forward)]));
        const bytesOut = Buffer.byteLength(canonicalText(forward));
        const body = jsonObject([["result", jsonObject([])]]);
        return Promise.resolve({ value: { body }, outcome: { ...nothing("completed"), bytesOut } });
      },
    });
    return passage.passed;
  }

  private attempt(
    { server, arrived }: Turn,
    method: string,
    signal: AbortSignal,
  ): { server: Turn["server"]; method: string; isRead: true; signal: AbortSignal; arrived: number } {
    return { server, method, isRead: true, signal, arrived };
  }

  private reading({ standing }: Turn, method: string, given: JsonObject): ReadCall {
    return {
      verb: "view",
      impact: "low",
      resources: [],
      args: this.ports.recorder.commit(standing, "args", canonicalize(given)),
      sent: given,
      named: given,
      inputs: Object.keys(given).map((name) => ({ name, role: "content" })),
      display: `${method} ${canonicalText(given)}`,
      forward: given,
      objects: [],
    };
  }
}
