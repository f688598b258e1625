// SPDX-License-Identifier: Apache-2.0
// A call of the older revisions that asks something while it runs, as the newer one has it (multi round-trip requests): it
// answers with what it asks, waits, and goes on when the same call comes again with the answers (enforce E38).
import {
  type Digest,
  digestOf,
  isJsonObject,
  type JsonObject,
  jsonObject,
  member,
  type Timers,
} from "../../../core/index.ts";
import type { Answer, Heard, Link, Wait } from "../link.ts";
import { error, RPC, result } from "../message.ts";
import { limit } from "./limit.ts";
import { bodyUp, inputRequired, logLevelOf, offeredBy, paramsDown, requestOf } from "./translate.ts";

/** UNIT: ms. Longest wait for the answers of people; the call is cancelled then. */
export const ANSWER_MS: number = 10 * 60_000;
/** Calls of one session that wait for answers. */
export const HELD_MAX = 64;

/** What may be asked in rounds, and of whom: a client that offers it. */
const QUESTIONS: ReadonlyMap<string, string> = new Map([
  ["elicitation/create", "elicitation"],
  ["sampling/createMessage", "sampling"],
  ["roots/list", "roots"],
]);
/** SOURCE: MCP 2026-07-28, multi round-trip requests: no other request may be answered so. */
const IN_ROUNDS: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"]);

type Question = Extract<Heard, { kind: "request" }>;

/** One call that runs, whether or not anybody waits for it now. */
interface Running {
  readonly state: string;
  readonly digest: Digest;
  readonly offered: JsonObject;
  readonly stop: AbortController;
  /** Asked and not answered yet, by the key that the client is given. */
  readonly open: Map<string, Question>;
  /** Settles once it is over. */
  readonly done: Promise<Answer>;
  /** Who waits for it now. */
  listener: Wait | undefined;
  isLoud: boolean;
  wake: () => void;
  stopTimer: () => void;
  asked: number;
}

export interface RoundPorts {
  readonly timers: Timers;
  /** A name that nobody guesses. */
  readonly name: () => string;
}

export class Rounds {
  private readonly ports: RoundPorts;
  private readonly link: Link;
  /** In the order of their start; those that wait for answers among them. */
  private readonly running = new Map<string, Running>();

  constructor(ports: RoundPorts, link: Link) {
    this.ports = ports;
    this.link = link;
  }

  static has(method: string): boolean {
    return IN_ROUNDS.has(method);
  }

  /** @throws EnforceError */
  async ask(method: string, params: JsonObject, wait: Wait): Promise<Answer> {
    const state = member(params, "requestState");
    const digest = digestOf(jsonObject([["method", method], ...Object.entries(withoutRounds(params))]));
    if (state === undefined) return this.follow(method, this.start(method, params, digest), wait);
    const known = typeof state === "string" ? this.running.get(state) : undefined;
    // another call, or one that somebody waits for already, is none that was asked for its answers
    if (known === undefined || known.digest !== digest || known.listener !== undefined) return UNKNOWN_STATE;
    this.answer(known, member(params, "inputResponses"));
    return this.follow(method, known, wait);
  }

  /** What came on no request's own stream is asked on behalf of the last call that somebody waits for. */
  hear(question: Question): void {
    const likeliest = [...this.running.values()].findLast(({ listener }) => listener !== undefined);
    if (likeliest === undefined) this.refuse(question);
    else this.take(likeliest, question);
  }

  private start(method: string, params: JsonObject, digest: Digest): Running {
    const stop = new AbortController();
    const state = this.ports.name();
    const call: Omit<Running, "done"> = {
      state,
      digest,
      offered: offeredBy(params),
      stop,
      open: new Map(),
      listener: undefined,
      isLoud: logLevelOf(params) !== undefined,
      wake: () => undefined,
      stopTimer: () => undefined,
      asked: 0,
    };
    const running: Running = Object.assign(call, {
      done: this.link.ask(method, paramsDown(params), {
        signal: stop.signal,
        progress: (told: JsonObject) => running.listener?.progress?.(told),
        hear: (heard: Heard) => this.heard(running, heard),
      }),
    });
    this.running.set(state, running);
    // it may end while nobody waits
    running.done.catch(() => undefined).finally(() => this.running.delete(state));
    return running;
  }

  private heard(call: Running, heard: Heard): void {
    if (heard.kind === "request") this.take(call, heard);
    else if (heard.method !== "notifications/message" || call.isLoud) call.listener?.hear?.(heard);
  }

  private take(call: Running, question: Question): void {
    const needed = QUESTIONS.get(question.method);
    if (needed === undefined || !Object.hasOwn(call.offered, needed)) return this.refuse(question);
    if (this.running.size > HELD_MAX) return this.refuse(question);
    call.asked += 1;
    call.open.set(`${question.method.replace("/", "-")}-${call.asked}`, question);
    call.wake();
  }

  private refuse({ id }: Question): void {
    this.link.tell(error(id, RPC.methodNotFound, "this client offers nothing of that"));
  }

  private answer(call: Running, responses: JsonObject[string] | undefined): void {
    call.stopTimer();
    for (const [key, { id }] of call.open) {
      const given = member(responses, key);
      if (!isJsonObject(given)) continue; // it is asked for again
      call.open.delete(key);
      this.link.tell(result(id, given));
    }
  }

  /** Waits for its end or its next question, whichever comes first. */
  private async follow(method: string, call: Running, wait: Wait): Promise<Answer> {
    call.listener = wait;
    const limited = limit(this.ports.timers, "asking in rounds", wait);
    // nobody waits any more: the call ends with the wait
    limited.over.catch(() => call.stop.abort());
    try {
      const asked = new Promise<"asked">((resolve) => {
        call.wake = () => resolve("asked");
        if (call.open.size > 0) resolve("asked");
      });
      const first = await Promise.race([call.done, asked, limited.over]);
      if (first !== "asked") return { ...first, body: bodyUp(method, first.body) };
      call.stopTimer = this.ports.timers.after(ANSWER_MS, () => call.stop.abort());
      return questions(call);
    } finally {
      limited.release();
      call.listener = undefined;
    }
  }
}

function questions(call: Running): Answer {
  const asked = [...call.open].map(([key, { method, params }]) => [key, requestOf(method, params)] as const);
  return { body: inputRequired(asked, call.state), bytes: 0 };
}

function withoutRounds(params: JsonObject): JsonObject {
  const { _meta, inputResponses: _responses, requestState: _state, ...rest } = params;
  return jsonObject(Object.entries(rest));
}

const UNKNOWN_STATE: Answer = {
  body: jsonObject([
    [
      "error",
      jsonObject([
        ["code", RPC.invalidParams],
        ["message", "Invalid or expired requestState"],
      ]),
    ],
  ]),
  bytes: 0,
};
