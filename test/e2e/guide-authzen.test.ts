// SPDX-License-Identifier: Apache-2.0
// The guide to AuthZEN as a reader follows it: its files as they stand there, its commands in a shell, in one empty folder.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../support/office.ts";

const GUIDE = readFileSync(path.join(ROOT, "docs", "guides", "answer-other-gates.md"), "utf8");
const BIN = path.join(ROOT, "bin", "bailiwick.js");
const WRITTEN_URL = "http://localhost:7400";

let dir: string;
let server: ChildProcess | undefined;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), "bailiwick-guide-authzen-"));
});
afterAll(async () => {
  await stop();
  rmSync(dir, { recursive: true, force: true });
});

async function stop(): Promise<void> {
  if (server === undefined || server.exitCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}

/** Every block that follows a line with the name of its file. */
function writeFiles(): readonly string[] {
  const found = [...GUIDE.matchAll(/^`([^`\n]+)`[^\n]*\n\n```[a-z]+\n([^`]*)```/gm)];
  for (const [, name = "", text = ""] of found) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    appendFileSync(path.join(dir, name), text);
  }
  return found.map(([, name = ""]) => name);
}

function commands(): readonly string[] {
  return [...GUIDE.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, block = ""]) => block.trim().split("\n"));
}

async function run(command: string): Promise<string> {
  const child = spawn("/bin/sh", ["-c", command], { cwd: dir, env: { PATH: "/usr/local/bin:/usr/bin:/bin" } });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  const [code] = (await once(child, "close")) as [number];
  expect(code, `${command}\n${said}`).toBe(0);
  return said;
}

async function start(): Promise<string> {
  const child = spawn(process.execPath, [BIN, "up", "--port", "0", "--json"], { cwd: dir, env: {} });
  server = child;
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  await expect.poll(() => said, { timeout: 40_000 }).toContain('"url":"');
  return /"url":"([^"]+)"/.exec(said)?.[1] ?? "";
}

test("the guide: other gates ask, and get what it says", { timeout: 120_000 }, async () => {
  await start();
  await stop();
  expect(writeFiles()).toHaveLength(9);
  const answers: string[] = [];
  let url = WRITTEN_URL;
  for (const command of commands()) {
    if (command === "npx bailiwick up") {
      url = await start();
      writeFileSync(path.join(dir, "url"), url);
    } else {
      const here = command.replace(WRITTEN_URL, url).replace("npx bailiwick", `'${process.execPath}' '${BIN}'`);
      answers.push(await run(here));
    }
  }
  const [view, refund, what] = answers.slice(-3).map((text) => JSON.parse(text) as unknown);
  expect(GUIDE).toContain(answers.at(-3));
  expect(view).toMatchObject({ decision: true });
  const obligations = [{ id: "bailiwick.notify", type: "notification", properties: { to: "finance-desk" } }];
  expect(refund).toMatchObject({ decision: true, context: { answer: "limit", obligations } });
  expect(what).toEqual({ results: [{ name: "refund" }, { name: "view" }] });
});

/** What a raw request is answered with; nothing where the caller resets the connection in the middle of its body. */
function raw(url: string, head: readonly string[], { body = "", reset = false } = {}): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1");
    let said = "";
    socket.on("data", (piece: Buffer) => {
      said += piece.toString("latin1");
      socket.destroy();
    });
    socket.once("close", () => resolve(said.split("\r\n", 1)[0] ?? ""));
    socket.once("error", reject);
    const lines = ["POST /pdp/shop/access/v1/evaluation HTTP/1.1", ...head];
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`, () => (reset ? socket.resetAndDestroy() : undefined));
  });
}

test("ADR 44: hosts, tokens and sizes are refused in front of the router, and who leaves in the middle harms nobody", async () => {
  if (server === undefined) throw new Error("the guide left a server running");
  const url = readFileSync(path.join(dir, "url"), "utf8");
  const host = `Host: ${new URL(url).host}`;
  const token = `Authorization: Bearer ${readFileSync(path.join(dir, "portal.token"), "utf8").trim()}`;
  const type = "Content-Type: application/json";
  const large = "x".repeat(1_100_000);
  for (let n = 0; n < 5; n += 1)
    expect(await raw(url, [host, token, type, "Content-Length: 500"], { body: "{", reset: true })).toBe("");
  expect(await raw(url, ["Host: evil.example", token, "Content-Length: 2"], { body: "{}" })).toMatch(/ 403 /);
  // the peer is judged before its body is there
  expect(await raw(url, [host, "Content-Length: 500"])).toMatch(/ 401 /);
  expect(await raw(url, [host, token, type, `Content-Length: ${large.length}`], { body: large })).toMatch(/ 413 /);
  expect(await raw(url, [host, token, type, "Content-Length: 2"], { body: "{}" })).toMatch(/ 400 /);
});
