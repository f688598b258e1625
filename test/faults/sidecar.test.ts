// SPDX-License-Identifier: Apache-2.0
// The sidecar while its gate is away and comes back, while a client asks too much at once, and while it gives up: a client at
// stdin and stdout is told each time, nothing hangs, and nothing is sent twice.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Office, openOffice } from "../support/office.ts";
import { sidecar } from "../support/sidecar.ts";

const WAIT = { timeout: 8000 };
/** SOURCE: src/connect/stdio.ts */
const IN_FLIGHT_MAX = 64;

interface Answer {
  readonly id?: number;
  readonly result?: { readonly content?: readonly { readonly text?: string }[] };
  readonly error?: { readonly code: number; readonly message: string };
}

/** One sidecar, and what it said by id. */
class Desk implements AsyncDisposable {
  readonly answers = new Map<number, Answer[]>();
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;

  constructor(office: Office) {
    const key = path.join(office.world.office, "keys", "desk-1.jwk.json");
    const words = ["--gate", office.running.publicUrl, "--key", key, "--instance", office.world.agent.clientId];
    const { command, args, env } = sidecar("files", ...words);
    this.child = spawn(command, args, { env, stdio: ["pipe", "pipe", "ignore"] });
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      const answer = JSON.parse(line) as Answer;
      if (answer.id === undefined) return;
      this.answers.set(answer.id, [...(this.answers.get(answer.id) ?? []), answer]);
      this.waiting.get(answer.id)?.(answer);
    });
  }

  /** All of them in one piece. */
  send(...messages: readonly object[]): void {
    const lines = messages.map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    this.child.stdin.write(lines.join(""));
  }

  ask(id: number, method: string, params: object = {}): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.waiting.set(id, resolve);
    this.send({ id, method, params });
    return promise;
  }

  call(id: number, name: string, args: object): Promise<Answer> {
    return this.ask(id, "tools/call", { name, arguments: args });
  }

  async begin(): Promise<void> {
    const clientInfo = { name: "desk", version: "1.0.0" };
    await this.ask(1, "initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    this.send({ method: "notifications/initialized" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.stdin.end();
    const [code] = (await ended) as [number | null];
    if (code !== 0) throw new Error(`the sidecar ended with ${code}`);
  }
}

const READ = { path: "invoices/2041.txt" };
const textOf = (answer: Answer): string => answer.result?.content?.[0]?.text ?? JSON.stringify(answer);

describe("the sidecar", () => {
  let dir: string;
  let office: Office;
  const reopen = async (port: number): Promise<Office> =>
    openOffice({ dir, change: (config) => ({ ...config, port }) });
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "bailiwick-sidecar-"));
    office = await reopen(0);
  });
  afterAll(async () => {
    await office[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  test("I44: a gate that is away is an error in plain words, and once it is back the same client goes on", async () => {
    await using desk = new Desk(office);
    await desk.begin();
    expect(textOf(await desk.call(2, "read_text_file", READ))).toContain("2041");
    const port = Number(new URL(office.running.publicUrl).port);
    await office[Symbol.asyncDispose]();
    const { error } = await desk.call(3, "read_text_file", READ);
    expect(error).toMatchObject({ code: -31_003 });
    expect(error?.message).toContain("bailiwick connect:");
    office = await reopen(port);
    expect(textOf(await desk.call(4, "read_text_file", READ))).toContain("2041");
    expect([...desk.answers.values()].every((said) => said.length === 1)).toBe(true);
  });

  test("E35: what is too much at once is refused here, and the rest is answered", async () => {
    await using desk = new Desk(office);
    await desk.begin();
    const ids = Array.from({ length: IN_FLIGHT_MAX + 3 }, (_, n) => 100 + n);
    desk.send(...ids.map((id) => ({ id, method: "ping" })));
    await expect.poll(() => ids.filter((id) => desk.answers.has(id)).length, WAIT).toBe(ids.length);
    const codes = ids.map((id) => desk.answers.get(id)?.[0]?.error?.code);
    expect(codes.filter((code) => code !== undefined)).toEqual([-31_004, -31_004, -31_004]);
    expect(codes.slice(-3)).toEqual([-31_004, -31_004, -31_004]);
  });

  test("E33: a call that its client gave up is not answered, and nothing is done for it", async () => {
    await using desk = new Desk(office);
    await desk.begin();
    const args = { path: "reports/given-up.txt", content: "x" };
    desk.send({ id: 2, method: "tools/call", params: { name: "write_file", arguments: args } });
    const waiting = (): number => office.running.queue.approvals.list({ pending: true }).length;
    await expect.poll(waiting, WAIT).toBe(1);
    desk.send({ method: "notifications/cancelled", params: { requestId: 2, reason: "given up" } });
    await expect.poll(async () => (await outcomes(office)).at(-1), WAIT).toMatchObject({ answer: "challenge" });
    expect(textOf(await desk.call(3, "read_text_file", READ))).toContain("2041");
    expect(desk.answers.has(2)).toBe(false);
    await expect(access(path.join(office.world.files, args.path))).rejects.toThrow("ENOENT");
  });
});

async function outcomes(office: Office): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  const { entries } = office.running;
  for await (const { entry } of entries.read({ from: 0, to: entries.size() }))
    if (entry["type"] === "decision") found.push(entry);
  return found;
}
