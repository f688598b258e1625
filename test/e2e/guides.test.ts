// SPDX-License-Identifier: Apache-2.0
// The guides as a reader follows them: every command of theirs, in order, in one empty folder.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../support/office.ts";
import { signIn } from "../support/person.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");
const UPSTREAM = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-filesystem/dist/index.js");

let dir: string;
let server: ChildProcess | undefined;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), "bailiwick-guide-"));
});
afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    const ended = once(server, "exit");
    server.kill("SIGINT");
    await ended;
  }
  rmSync(dir, { recursive: true, force: true });
});

/** The lines of its shell blocks. */
function commandsOf(guide: string): readonly string[] {
  const text = readFileSync(path.join(ROOT, "docs", "guides", guide), "utf8");
  return [...text.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, block = ""]) => block.trim().split("\n"));
}

/** Words as a shell takes them apart, with what is installed here in place of what would be fetched. */
function wordsOf(command: string): readonly string[] {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
  const at = words.indexOf("@modelcontextprotocol/server-filesystem");
  if (at > 0) words.splice(at - 2, 3, process.execPath, UPSTREAM);
  return words;
}

async function start(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [BIN, ...args, "--port", "0"], { cwd: dir, env: {} });
  server = child;
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.resume();
  await expect.poll(() => out, { timeout: 40_000 }).toContain("next     npx bailiwick connect add files");
}

async function run(args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: dir, env: {} });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  const [code] = (await once(child, "close")) as [number];
  return { code, said };
}

test("the guides: every command does what it is there for", { timeout: 240_000 }, async () => {
  const commands = ["first-server.md", "observe-to-enforce.md"].flatMap(commandsOf);
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) {
    const [program, ...args] = wordsOf(command);
    if (program === "mkdir") {
      mkdirSync(path.join(dir, args[0] ?? ""));
      continue;
    }
    expect([program, args[0]], command).toEqual(["npx", "bailiwick"]);
    const words = args.slice(1);
    if (words[0] === "up") {
      await start(words);
      continue;
    }
    const { code, said } = await run(words);
    expect(said, command).not.toMatch(/^fix: /m);
    expect(code, `${command}\n${said}`).toBe(0);
  }
  expect(existsSync(path.join(dir, "manifests", "files.yaml"))).toBe(true);
  const { said } = await run(["status"]);
  expect(said).toMatch(/^ {2}files +observe until \d{4}-\d\d-\d\d, ready/m);
  await changeTheRules();
});

/** What stands in angle brackets is read off the status, as a reader does. */
async function filledIn(command: string): Promise<string> {
  if (!command.includes("<")) return command;
  const { said } = await run(["policy", "status", "--plain"]);
  const [, set = ""] = /^([0-9a-f]{8})\t/m.exec(said) ?? [];
  const [, release = ""] = /^([0-9a-f]{8}-[0-9a-f]{4})\t(?:enforce|paused)/m.exec(said) ?? [];
  return command.replace("<set>", set).replace("<release>", release);
}

/** One person tightens, to some first, and takes it back. */
async function changeTheRules(): Promise<void> {
  await signIn(readFileSync(path.join(dir, "data", "setup-link"), "utf8").trim(), "Ada");
  cpSync(path.join(dir, "policies"), path.join(dir, "rules"), { recursive: true });
  const forbid =
    '@id("no-hr") @reason("Not for agents.") forbid (principal, action, resource in Collection::"files/hr");\n';
  writeFileSync(path.join(dir, "rules", "90-hr.cedar"), forbid);
  const commands = commandsOf("change-the-rules.md");
  expect(commands.length).toBeGreaterThan(9);
  for (const written of commands) {
    const command = await filledIn(written);
    const { code, said } = await run(wordsOf(command).slice(2));
    expect(code, `${command}\n${said}`).toBe(0);
  }
  expect((await run(["status"])).said.replaceAll(/\s+/g, " ")).toContain("was rolled back by one person");
}
