// SPDX-License-Identifier: Apache-2.0
// An upstream over stdio (MCP 2025-11-25, transports): a child process of its own group, started without a shell, with an
// environment of its own, one JSON-RPC message a line. Lines are read as strictly as everything else that comes in.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { type JsonObject, jsonObject, member, parseJson, writeJson } from "../../core/index.ts";
import { EnforceError } from "../errors.ts";
import type { StdioTransport, UpstreamServer } from "../upstream-server.ts";
import type { Answer, Era, Heard, Link, LinkPorts, Unasked, Wait } from "./link.ts";
import {
  classify,
  error,
  isRequestId,
  notification,
  params,
  type RequestId,
  RPC,
  request,
  withProgress,
} from "./message.ts";
import { META } from "./revision.ts";

/** UNIT: bytes. Longest line of an upstream (enforce E35). */
export const LINE_MAX_BYTES: number = 10 * 1024 * 1024;
/** UNIT: bytes that an upstream has not read yet; past it nothing more is sent. */
const BACKLOG_MAX_BYTES: number = 8 * 1024 * 1024;
/** What a server says of itself as a whole. */
const OF_NO_REQUEST = /^notifications\/(tools|prompts|resources|roots)\//;
/** UNIT: ms. From closing its input to SIGTERM, and from SIGTERM to SIGKILL. */
const STOP_GRACE_MS = 2000;

export type ChildPorts = Pick<LinkPorts, "timers" | "log">;

/** What is started, and where. */
export type ChildCommand = Pick<UpstreamServer, "id"> & Omit<StdioTransport, "kind" | "isolate">;

/** How it is talked to; without a word, in the older way and deaf to what nobody asked. */
export interface ChildManner {
  readonly era?: Era;
  readonly unasked?: Unasked;
  /** It ended, and nobody asked it to. */
  readonly crashed?: () => void;
}

/** A link whose other end is a process of ours. */
export type Child = Link;

/** @throws EnforceError ENFORCE_UPSTREAM_START */
export async function startChild(ports: ChildPorts, server: ChildCommand, manner: ChildManner = {}): Promise<Child> {
  const [program, ...args] = server.command;
  const child = spawn(program, args, {
    env: server.env,
    cwd: server.cwd,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    shell: false,
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => {
      reject(new EnforceError("ENFORCE_UPSTREAM_START", `starting the upstream of ${server.id}`, { cause }));
    });
  });
  return new StdioChild(ports, server, child, manner);
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: EnforceError) => void;
  readonly release: () => void;
  readonly progress?: Wait["progress"];
  readonly hear?: Wait["hear"];
}

class StdioChild implements Child {
  readonly era: Era;
  readonly ended: Promise<void>;
  private readonly ports: ChildPorts;
  private readonly server: ChildCommand;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly unasked: Unasked | undefined;
  /** By the gate's own id. */
  private readonly waiting = new Map<RequestId, Waiting>();
  private lastId = 0;
  /** Chunks of the line that has not ended yet. */
  private partial: Buffer[] = [];
  private partialBytes = 0;
  private gone = false;
  private stopping = false;
  private stderrBytes = 0;

  constructor(
    ports: ChildPorts,
    server: ChildCommand,
    child: ChildProcessWithoutNullStreams,
    { era = "legacy", unasked, crashed }: ChildManner,
  ) {
    this.era = era;
    this.unasked = unasked;
    this.ports = ports;
    this.server = server;
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        if (!this.stopping) {
          this.fault("ended", `exit ${code ?? signal ?? "unknown"}, ${this.stderrBytes} bytes on stderr`);
          crashed?.();
        }
        this.loseAll("ENFORCE_UPSTREAM_GONE", "the upstream ended");
        resolve();
      });
    });
    child.stdout.on("data", (chunk: Buffer) => this.receive(chunk));
    // what it says there may hold anybody's data, so only how much it said is told; reading it keeps the pipe from filling
    child.stderr.on("data", (chunk: Buffer) => {
      this.stderrBytes += chunk.length;
    });
    child.stdin.on("error", (cause) => this.fault("write", cause.message));
    child.on("error", (cause) => this.fault("process", cause.message));
  }

  ask(method: string, given: JsonObject, { ms, signal, progress, hear }: Wait): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const no = (code: EnforceError["code"], why: string): void =>
        reject(new EnforceError(code, `asking ${this.server.id}: ${why}`));
      if (this.gone) return no("ENFORCE_UPSTREAM_GONE", "the upstream has ended");
      if (signal.aborted) return no("ENFORCE_CANCELLED", "the client cancelled it");
      if (this.child.stdin.writableLength > BACKLOG_MAX_BYTES) return no("ENFORCE_UPSTREAM_GONE", "it does not read");
      this.lastId += 1;
      const id = this.lastId;
      const stopTimer =
        ms === undefined
          ? (): void => undefined
          : this.ports.timers.after(ms, () => this.giveUp(id, "ENFORCE_UPSTREAM_TIMEOUT", `no answer for ${ms} ms`));
      const onAbort = (): void => this.giveUp(id, "ENFORCE_CANCELLED", "the client cancelled it");
      signal.addEventListener("abort", onAbort, { once: true });
      const release = (): void => {
        stopTimer();
        signal.removeEventListener("abort", onAbort);
      };
      const ears = { ...(progress === undefined ? {} : { progress }), ...(hear === undefined ? {} : { hear }) };
      this.waiting.set(id, { resolve, reject, release, ...ears });
      this.tell(request(id, method, progress === undefined ? given : withProgress(given, id)));
      return undefined;
    });
  }

  private giveUp(id: RequestId, code: EnforceError["code"], why: string): void {
    this.tell(notification("notifications/cancelled", { requestId: id }));
    this.lose(id, code, why);
  }

  tell(message: JsonObject): void {
    if (!this.gone) this.child.stdin.write(`${writeJson(message)}\n`);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.stdin.end();
    const stopTerm = this.ports.timers.after(STOP_GRACE_MS, () => this.signal("SIGTERM"));
    const stopKill = this.ports.timers.after(2 * STOP_GRACE_MS, () => this.signal("SIGKILL"));
    await this.ended;
    stopTerm();
    stopKill();
  }

  /** To the group: a wrapper's own children must not outlive it. */
  private signal(signal: "SIGTERM" | "SIGKILL"): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (cause) {
      this.fault(signal, cause instanceof Error ? cause.message : "unknown");
    }
  }

  private receive(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
      this.partial.push(rest.subarray(0, end));
      const line = Buffer.concat(this.partial);
      this.partial = [];
      this.partialBytes = 0;
      this.line(line);
      rest = rest.subarray(end + 1);
    }
    this.partial.push(rest);
    this.partialBytes += rest.length;
    if (this.partialBytes > LINE_MAX_BYTES) this.breakOff("a line over the limit");
  }

  private line(line: Buffer): void {
    if (this.gone) return;
    // not a message: some servers greet on stdout. It can answer nothing, so it is left out and told.
    if (line[0] !== 0x7b) {
      if (line.length > 0) this.fault("line", "not a JSON-RPC message");
      return;
    }
    try {
      this.message(line);
    } catch (cause) {
      // it may have been an answer, and then nobody knows which: the whole conversation ends
      this.breakOff(cause instanceof Error ? cause.message : "unreadable");
    }
  }

  private message(line: Buffer): void {
    const message = classify(parseJson(line, { maxBytes: LINE_MAX_BYTES }));
    switch (message.kind) {
      case "response":
        this.answer(message.id, message.tree, line.length);
        return;
      case "request":
        this.asked({ kind: "request", id: message.id, method: message.method, params: params(message) });
        return;
      case "notification":
        if (message.method === "notifications/progress") this.progress(params(message));
        else this.heard({ kind: "notification", method: message.method, params: params(message) });
        return;
      case "invalid":
        throw new EnforceError("ENFORCE_UPSTREAM_PROTOCOL", `reading from ${this.server.id}: ${message.why}`);
    }
  }

  private answer(id: RequestId, response: JsonObject, bytes: number): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return; // after a cancel or a timeout its answer may still come
    this.waiting.delete(id);
    waiting.release();
    const kept = ["result", "error"].flatMap((name) => {
      const value = member(response, name);
      return value === undefined ? [] : [[name, value] as const];
    });
    waiting.resolve({ body: jsonObject(kept), bytes });
  }

  /** Something asked where nobody listens has to be answered all the same (E31). */
  private asked(heard: Extract<Heard, { kind: "request" }>): void {
    // SOURCE: MCP 2026-07-28, stdio: a server does not ask, and nobody may answer it
    if (this.era === "modern") return this.fault("request", "a server of this revision must not ask");
    const listener = this.listener(heard);
    if (listener === undefined) this.tell(error(heard.id, RPC.methodNotFound, "this client offers nothing"));
    else listener(heard);
  }

  private heard(heard: Heard): void {
    this.listener(heard)?.(heard);
  }

  private listener(heard: Heard): ((heard: Heard) => void) | undefined {
    const subscription = member(member(heard.params, "_meta"), META.subscription);
    if (isRequestId(subscription)) return this.waiting.get(subscription)?.hear;
    if (OF_NO_REQUEST.test(heard.method)) return this.unasked;
    // one line carries everything, and nothing says which request it is about: the last that listens is the likeliest
    return [...this.waiting.values()].findLast(({ hear }) => hear !== undefined)?.hear ?? this.unasked;
  }

  private progress(told: JsonObject): void {
    const token = member(told, "progressToken");
    if (isRequestId(token)) this.waiting.get(token)?.progress?.(told);
  }

  private lose(id: RequestId, code: EnforceError["code"], why: string): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    this.waiting.delete(id);
    waiting.release();
    waiting.reject(new EnforceError(code, `asking ${this.server.id}: ${why}`));
  }

  private loseAll(code: EnforceError["code"], why: string): void {
    this.gone = true;
    for (const id of this.waiting.keys()) this.lose(id, code, why);
  }

  private breakOff(why: string): void {
    if (this.gone) return;
    this.fault("protocol", why);
    this.loseAll("ENFORCE_UPSTREAM_PROTOCOL", why);
    this.signal("SIGKILL");
  }

  private fault(what: string, why: string): void {
    this.ports.log.fault("ENFORCE_UPSTREAM", { server: this.server.id, what, why });
  }
}
