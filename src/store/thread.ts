// SPDX-License-Identifier: Apache-2.0
// The main thread's end of one worker: posts requests, matches answers, and fails whatever waits when the worker dies.
import { getCompileCacheDir } from "node:module";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { ConnectionOptions } from "./connection.ts";
import { StoreError } from "./errors.ts";
import { type Answer, type DatabaseThread, faultError, type Good, type Request, type Work } from "./protocol.ts";

interface Waiting {
  readonly resolve: (good: Good) => void;
  readonly reject: (error: StoreError) => void;
}

// beside this file as it runs: TypeScript in a clone, JavaScript in the package
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

/** One worker thread with one connection. The main thread alone touches `waiting` and `lost`. */
export class Thread implements DatabaseThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly onFault: (error: StoreError) => void;
  private readonly ended: Promise<void>;
  private last = 0;
  private lost: StoreError | undefined;

  constructor(start: ConnectionOptions, onFault: (error: StoreError) => void) {
    this.onFault = onFault;
    const name = `store-${start.role}`;
    this.worker = new Worker(WORKER, { workerData: start, name, env: compiled(), execArgv: [] });
    this.worker.on("message", (answer: Answer) => this.answered(answer));
    this.worker.on("error", (cause: unknown) => this.fail("the database thread failed", cause));
    this.ended = new Promise((resolve) => {
      this.worker.on("exit", () => {
        this.fail("the database thread ended");
        resolve();
      });
    });
  }

  get load(): number {
    return this.waiting.size;
  }

  call(work: Work): Promise<Good> {
    if (this.lost !== undefined) return Promise.reject(this.lost);
    this.last += 1;
    const request: Request = { ...work, id: this.last };
    return new Promise((resolve, reject) => {
      this.waiting.set(request.id, { resolve, reject });
      this.worker.postMessage(request); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has no origin
    });
  }

  async close(): Promise<void> {
    if (this.lost === undefined) {
      await this.call({ op: "close" });
      this.lost = new StoreError("STORE_DOWN", "using the store: it is closed");
    }
    await this.ended;
  }

  private answered(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (waiting === undefined) return;
    if (!("fault" in answer)) {
      waiting.resolve(answer);
      return;
    }
    const error = faultError(answer.fault);
    this.onFault(error);
    waiting.reject(error);
  }

  private fail(what: string, cause?: unknown): void {
    if (this.lost !== undefined) return;
    this.lost = new StoreError("STORE_DOWN", `using the store: ${what}`, { cause });
    this.onFault(this.lost);
    for (const { reject } of this.waiting.values()) reject(this.lost);
    this.waiting.clear();
  }
}

/** A thread finds what is compiled where its process does (which names a folder below that one), and knows nothing else of it. */
function compiled(): Record<string, string> {
  const dir = getCompileCacheDir();
  return dir === undefined ? {} : { NODE_COMPILE_CACHE: path.dirname(dir) };
}
