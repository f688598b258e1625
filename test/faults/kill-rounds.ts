// SPDX-License-Identifier: Apache-2.0
// The whole server, killed again and again at random moments while a client reads and writes what nobody has to be asked
// about, and what is wrong afterwards: with what the client was told, with the record, with the files, with the processes.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { member } from "../../src/core/index.ts";
import { connectAgent } from "../../src/server/demo/agent.ts";
import { COMPILED } from "../support/compiled.ts";
import { openOffice, ROOT } from "../support/office.ts";
import { reportsOf } from "./reports.ts";

const SERVER = path.join(import.meta.dirname, "office-server.ts");
const BIN = path.join(ROOT, "bin", "bailiwick.js");
const CLIENT = "spiffe://office.example/agent/invoice-helper/desk-1";
/** UNIT: ms. A killed server's upstreams have ended by then: their input has. */
const ORPHAN_MS = 10_000;

/** What the client was told. */
interface Told {
  readonly written: string[];
  readonly read: string[];
}

export interface Killed {
  readonly kills: number;
  readonly written: number;
  readonly read: number;
  readonly files: number;
  /** Everything that should not be, in a sentence each. */
  readonly wrong: readonly string[];
}

/** @param dir - an empty folder, kept for all rounds */
export async function killRounds(dir: string, rounds: number): Promise<Killed> {
  const told: Told = { written: [], read: [] };
  const orphans: string[] = [];
  for (let round = 0; round < rounds; round++) {
    // each life goes on where the one before was ended
    await live(dir, round, told);
    orphans.push(...(await orphansOf(dir)).map((one) => `round ${round}: outlived its server: ${one}`));
  }
  const done = await recorded(dir);
  const files = readdirSync(path.join(dir, "office", "files", "reports")).filter((name) => /^r\d/.test(name));
  const wrong = [...orphans, ...lost(dir, told, done)];
  for (const name of files)
    if (!done.has(`execute files/reports/${name}`)) wrong.push(`written without an intent: ${name}`);
  wrong.push(...nextStart(dir));
  return { kills: rounds, written: told.written.length, read: told.read.length, files: files.length, wrong };
}

/** Starts the office's server over a kept folder and waits for its gate. */
async function start(dir: string, round: number): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [SERVER, dir, String(round)], {
    env: { ...COMPILED },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { url, child };
}

/** One life of the server: reports are written and read until it is killed. */
async function live(dir: string, round: number, told: Told): Promise<void> {
  const { url, child } = await start(dir, round);
  const key = JSON.parse(readFileSync(path.join(dir, "office", "keys", "desk-1.jwk.json"), "utf8")) as object;
  const agent = await connectAgent(`${url}/mcp/files`, { clientId: CLIENT, privateJwk: key, issuer: url });
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
  // a moment that differs from run to run is the point of this
  await sleep(150 + randomInt(500));
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  alive.abort();
  await Promise.all(workers);
}

/** Programs that still run over the office's files. */
async function orphansOf(dir: string): Promise<readonly string[]> {
  const until = performance.now() + ORPHAN_MS;
  for (;;) {
    const found = spawnSync("pgrep", ["-af", `server-filesystem.*${dir}`], { encoding: "utf8" }).stdout.trim();
    if (found === "" || performance.now() > until) return found === "" ? [] : found.split("\n");
    // there is no event for the end of somebody else's process
    await sleep(50);
  }
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

function lost(dir: string, told: Told, done: ReadonlySet<string>): string[] {
  const wrong: string[] = [];
  for (const name of told.written) {
    const file = path.join(dir, "office", "files", name);
    if (!done.has(`execute files/${name}`)) wrong.push(`acknowledged, and not in the record: ${name}`);
    if (!existsSync(file) || readFileSync(file, "utf8") !== name) wrong.push(`acknowledged, and not written: ${name}`);
  }
  for (const name of told.read) if (!done.has(`view files/${name}`)) wrong.push(`read, and not in the record: ${name}`);
  return wrong;
}

/** The whole story once more over what is left. */
function nextStart(dir: string): string[] {
  const args = [BIN, "up", "--demo", "--once", "--json", "--port", "0", "--data", dir];
  const last = spawnSync(process.execPath, args, { encoding: "utf8", env: {} });
  if (last.status !== 0) return [`the next start ended with ${last.status}: ${last.stderr.slice(0, 400)}`];
  return last.stdout.includes('"recordVerified":true') ? [] : ["the record does not verify"];
}
