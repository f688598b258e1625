// SPDX-License-Identifier: Apache-2.0
// The whole server, killed at random moments while a client reads and writes what nobody has to be asked about: every answer
// that the client got is in the record, no effect is without its intent, the log verifies, and the next process goes on.
import { spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { member } from "../../src/core/index.ts";
import { connectAgent } from "../../src/server/demo/agent.ts";
import { openOffice, ROOT } from "../support/office.ts";
import { reportsOf } from "./reports.ts";

const SERVER = path.join(import.meta.dirname, "office-server.ts");
const BIN = path.join(ROOT, "bin", "bailiwick.js");
const CLIENT = "spiffe://office.example/agent/invoice-helper/desk-1";
const ROUNDS = 5;

/** Starts the office's server over a kept folder and waits for its gate. */
async function start(dir: string, round: number): Promise<{ kill: () => Promise<void>; url: string }> {
  const child = spawn(process.execPath, [SERVER, dir, String(round)], { env: {} });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
  const ended = once(child, "exit");
  await expect.poll(() => out, { timeout: 30_000, message: `it serves\n${err}` }).toContain("\n");
  return {
    url: out.trim(),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** What was done to what, as the decisions of the record have it. */
async function recorded(dir: string): Promise<ReadonlySet<string>> {
  await using office = await openOffice({ dir });
  const { record } = office.running;
  const done = new Set<string>();
  for await (const { entry } of record.read({ from: 0, to: record.size() })) {
    const [verb, id] = [member(entry, "verb"), member(member(entry, "resource"), "id")];
    if (typeof verb === "string" && typeof id === "string") done.add(`${verb} ${id}`);
  }
  return done;
}

/** What the client was told. */
interface Told {
  readonly written: string[];
  readonly read: string[];
}

/** One life of the server: reports are written and read until it is killed. */
async function live(dir: string, round: number, told: Told): Promise<void> {
  const server = await start(dir, round);
  const key = JSON.parse(readFileSync(path.join(dir, "office", "keys", "desk-1.jwk.json"), "utf8")) as object;
  const who = { clientId: CLIENT, privateJwk: key, issuer: server.url };
  const agent = await connectAgent(`${server.url}/mcp/files`, who);
  const alive = new AbortController();
  const work = async (names: readonly string[]): Promise<void> => {
    for (const name of names) {
      if (alive.signal.aborted) return;
      const wrote = await agent.act("execute", "write_file", { path: name, content: name }).catch(() => undefined);
      if (wrote === undefined) return;
      if (!wrote.isError) told.written.push(name);
      const read = await agent.call("read_text_file", { path: name }).catch(() => undefined);
      if (read === undefined) return;
      if (read.text.includes(name)) told.read.push(name);
    }
  };
  const workers = reportsOf(round).map(work);
  // a moment that differs from run to run is the point of this test
  await sleep(150 + randomInt(500));
  await server.kill();
  alive.abort();
  await Promise.all(workers);
}

test("section 4: kill -9 of the server under load loses no answer and leaves no effect without its intent", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-kill-"));
  const told: Told = { written: [], read: [] };
  for (let round = 0; round < ROUNDS; round++) await live(dir, round, told);
  const done = await recorded(dir);
  expect(told.written.length).toBeGreaterThan(ROUNDS);
  expect(told.read.length).toBeGreaterThan(ROUNDS);
  for (const name of told.written) {
    expect(done, "acknowledged, and not in the record").toContain(`execute files/${name}`);
    expect(readFileSync(path.join(dir, "office", "files", name), "utf8")).toBe(name);
  }
  for (const name of told.read) expect(done, "read, and not in the record").toContain(`view files/${name}`);
  const reports = readdirSync(path.join(dir, "office", "files", "reports")).filter((name) => /^r\d/.test(name));
  for (const name of reports) expect(done, "written without an intent").toContain(`execute files/reports/${name}`);
  const last = spawnSync(process.execPath, [BIN, "up", "--demo", "--once", "--json", "--port", "0", "--data", dir], {
    encoding: "utf8",
    env: {},
  });
  expect(last.status, last.stderr).toBe(0);
  expect(last.stdout).toContain('"recordVerified":true');
  console.info(
    `${ROUNDS} kills: ${told.written.length} writes and ${told.read.length} reads acknowledged, ${reports.length} files`,
  );
  rmSync(dir, { recursive: true });
}, 120_000);
