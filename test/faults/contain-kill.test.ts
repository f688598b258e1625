// SPDX-License-Identifier: Apache-2.0
// The whole server, killed right after it acknowledged an order, and while it is giving one: whoever was stopped is stopped
// before the next process lets anybody in (respond R17).
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from "../../src/core/index.ts";
import { connectAgent } from "../../src/server/demo/agent.ts";
import { COMPILED } from "../support/compiled.ts";

const PROGRAM = path.join(import.meta.dirname, "office-server.ts");
/** More of them, at random moments. */
const KILLS = process.env["BAILIWICK_KILLS"]; // oxlint-disable-line node/no-process-env -- how long a run may take is the caller's to say
const AGENT = "spiffe://office.example/agent/invoice-helper";

interface Server {
  readonly url: string;
  kill(): Promise<void>;
}

async function start(dir: string): Promise<Server> {
  const child = spawn(process.execPath, [PROGRAM, dir], { env: { ...COMPILED } });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
  const ended = once(child, "exit");
  await expect.poll(() => out, { timeout: 60_000, message: `the server starts\n${err}` }).toContain("\n");
  return {
    url: out.trim(),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function api(dir: string, url: string, body?: object): Promise<Json> {
  const token = readFileSync(path.join(dir, "data", "cli-token"), "utf8").trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": "k-1" };
  const sent = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(url, { ...sent, signal: AbortSignal.timeout(5000) });
  return (await response.json()) as Json;
}

async function orders(dir: string, url: string): Promise<readonly JsonObject[]> {
  const list = member(await api(dir, `${url}/api/containments`), "containments");
  return isJsonArray(list) ? list.filter(isJsonObject) : [];
}

function connect(dir: string, url: string): Promise<AsyncDisposable> {
  const key = JSON.parse(readFileSync(path.join(dir, "office", "keys", "desk-1.jwk.json"), "utf8")) as object;
  return connectAgent(`${url}/mcp/files`, { clientId: `${AGENT}/desk-1`, privateJwk: key, issuer: url });
}

const ORDER = { effect: "isolate", scope: { kind: "identity", id: AGENT }, because: "a test" };

test("R17: killed after the answer, the order binds before the next process is ready", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-contain-"));
  const first = await start(dir);
  await (await connect(dir, first.url))[Symbol.asyncDispose]();
  const done = await api(dir, `${first.url}/api/containments`, ORDER);
  expect(done).toMatchObject({ state: "effective", recorded: true });
  await first.kill();

  const second = await start(dir);
  // the very first request that it takes
  await expect(connect(dir, second.url)).rejects.toThrow(/not active|stopped/);
  const [order, ...more] = await orders(dir, second.url);
  expect(order).toMatchObject({ id: member(done, "id"), state: "effective", because: "a test" });
  expect(more).toEqual([]);
  // the answer that was lost is asked for again by its key, and is the same order
  expect(member(await api(dir, `${second.url}/api/containments`, ORDER), "id")).toBe(member(done, "id"));
  await second.kill();
  rmSync(dir, { recursive: true });
}, 300_000);

/** What one kill left: whether somebody was told that it holds, what the next process has, and whether the agent gets in. */
async function killed(waitMs: number): Promise<{ told: boolean; bound: boolean; isIn: boolean; settled: boolean }> {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-contain-"));
  const first = await start(dir);
  const asked = api(dir, `${first.url}/api/containments`, ORDER).catch(() => undefined);
  await sleep(waitMs);
  await first.kill();
  const told = (await asked) !== undefined;

  const second = await start(dir);
  const bound = (await orders(dir, second.url)).length > 0;
  const isIn = await connect(dir, second.url).then(
    (agent) => agent[Symbol.asyncDispose]().then(() => true),
    () => false,
  );
  // what was not level with the disk when it was killed is made so
  let settled = !bound;
  for (let n = 0; n < 250 && !settled; n++) {
    const [order] = await orders(dir, second.url);
    settled = order?.["state"] === "effective" && order["recorded"] === true;
    if (!settled) await sleep(20);
  }
  await second.kill();
  rmSync(dir, { recursive: true });
  return { told, bound, isIn, settled };
}

test("R13, R17: killed at any moment of an order, it is there whole or not at all, and never half", async () => {
  const waits = KILLS === undefined ? [0, 8, 40] : Array.from({ length: Number(KILLS) }, () => randomInt(50));
  let count = 0;
  for (const waitMs of waits) {
    const { told, bound, isIn, settled } = await killed(waitMs);
    count += Number(bound);
    expect(told && !bound, `acknowledged and lost, after ${waitMs} ms`).toBe(false);
    expect([isIn, settled], `killed after ${waitMs} ms`).toEqual([!bound, true]);
  }
  console.info(`${waits.length} kills: ${count} orders bind, ${waits.length - count} were never given`);
}, 300_000);
