// SPDX-License-Identifier: Apache-2.0
// The parser as the rest of this room sees it: one call at a time, each with a deadline; a worker that trapped or hangs is
// thrown away and the next call starts another (D14). Never on the way of a request.
import { getCompileCacheDir } from "node:module";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { type Json, parseJson, type Timers } from "../../core/index.ts";
import { DecideError } from "../errors.ts";
import type { ParserCall, ParserReply } from "./parser-calls.ts";

/** Longest time that one call may take. SOURCE: decide D14 */
export const PARSER_DEADLINE_MS = 5_000;
/** UNIT: bytes. Largest answer that is read. */
const ANSWER_MAX_BYTES: number = 256 * 1024 * 1024;
/** Deepest JSON of an answer: a chain of 500 operands is a tree of 1,000 levels. */
const ANSWER_MAX_DEPTH = 2_048;

// the file beside this one, with the extension that this one has: `.ts` in a clone, `.js` in the package
const WORKER: URL = new URL(`./parser.worker.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);

/** Owns one worker thread. `worker` and `turn` are touched by nobody else. */
export class CedarParser {
  private readonly timers: Timers;
  private worker: Worker | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /**
   * Asks the parser. A text that is not Cedar is an answer (`{"type":"failure",..}`), not an error.
   * @throws DecideError DECIDE_PARSER_TRAPPED, DECIDE_PARSER_TIMEOUT, DECIDE_PARSER_ANSWER
   */
  async call(call: ParserCall): Promise<Json> {
    const mine = this.turn.then(() => this.ask(call));
    // whoever asked hears of the failure; the next in line only waits for the end
    this.turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return readAnswer(call, await mine);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.turn;
    await this.drop();
  }

  private async ask(call: ParserCall): Promise<unknown> {
    const worker = (this.worker ??= start());
    worker.ref();
    try {
      return await this.answerOf(worker, call);
    } catch (fault) {
      await this.drop();
      throw fault;
    } finally {
      // an idle parser keeps no process alive
      worker.unref();
    }
  }

  private answerOf(worker: Worker, call: ParserCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const trapped = (why: string): DecideError =>
        new DecideError("DECIDE_PARSER_TRAPPED", `asking the parser for ${call.op}: ${why}`);
      const onMessage = (reply: ParserReply): void =>
        finish(() => ("answer" in reply ? resolve(reply.answer) : reject(trapped(reply.trap))));
      const onError = (cause: Error): void => finish(() => reject(trapped(cause.message)));
      const onExit = (code: number): void => finish(() => reject(trapped(`the worker ended with ${code}`)));
      const cancel = this.timers.after(PARSER_DEADLINE_MS, () =>
        finish(() =>
          reject(
            new DecideError("DECIDE_PARSER_TIMEOUT", `asking the parser for ${call.op}: over ${PARSER_DEADLINE_MS} ms`),
          ),
        ),
      );
      const finish = (settle: () => void): void => {
        cancel();
        worker.off("message", onMessage).off("error", onError).off("exit", onExit);
        settle();
      };
      worker.on("message", onMessage).on("error", onError).on("exit", onExit);
      worker.postMessage(call); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread, not a window
    });
  }

  private async drop(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    await worker?.terminate();
  }
}

function readAnswer(call: ParserCall, answer: unknown): Json {
  const doing = `asking the parser for ${call.op}`;
  if (typeof answer !== "string") throw new DecideError("DECIDE_PARSER_ANSWER", `${doing}: its answer is no text`);
  try {
    return parseJson(answer, { maxBytes: ANSWER_MAX_BYTES, maxDepth: ANSWER_MAX_DEPTH });
  } catch (cause) {
    throw new DecideError("DECIDE_PARSER_ANSWER", `${doing}: its answer is not the JSON that is read here`, { cause });
  }
}

function start(): Worker {
  const worker = new Worker(WORKER, { env: compiled(), execArgv: [] });
  worker.unref();
  return worker;
}

/** A thread finds what is compiled where its process does (which names a folder below that one), and knows nothing else of it. */
function compiled(): Record<string, string> {
  const dir = getCompileCacheDir();
  return dir === undefined ? {} : { NODE_COMPILE_CACHE: path.dirname(dir) };
}
