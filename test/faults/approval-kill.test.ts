// SPDX-License-Identifier: Apache-2.0
// The whole server, killed between a yes and its effect, and between an intent and its effect: no file without an intent, no
// yes used twice, nothing that was acknowledged is missing, and the next start goes on.
import { spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from "../../src/core/index.ts";
import { type Agent, connectAgent } from "../../src/server/demo/agent.ts";
import { COMPILED } from "../support/compiled.ts";
import { ROOT } from "../support/office.ts";

const SERVER = path.join(import.meta.dirname, "office-server.ts");
const BIN = path.join(ROOT, "bin", "bailiwick.js");
const CLIENT = "spiffe://office.example/agent/invoice-helper/desk-1";
const ROUNDS = Number(process.env["BAILIWICK_KILLS"] ?? "4"); // oxlint-disable-line node/no-process-env -- how long a run may take is the caller's to say
const WORKERS = 2;

interface Server {
  readonly url: string;
  kill(): Promise<void>;
}

/** Starts the office's server over a kept folder, and waits for its gate. */
async function start(dir: string): Promise<Server> {
  const child = spawn(process.execPath, [SERVER, dir], { env: { ...COMPILED } });
  let out = "";
  let err = "";
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
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(url, { ...sent, signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as Json;
}

function listOf(json: Json | undefined): readonly JsonObject[] {
  return isJsonArray(json) ? json.filter(isJsonObject) : [];
}

const textOf = (json: Json | undefined): string => (typeof json === "string" ? json : "");

/** Says yes to whatever waits, until told to stop. */
async function approveAll(dir: string, url: string, alive: AbortSignal, agreed: () => void): Promise<void> {
  while (!alive.aborted) {
    try {
      for (const { id, digest } of listOf(member(await api(dir, `${url}/api/approvals`), "approvals"))) {
        await api(dir, `${url}/api/approvals/${textOf(id)}/approve`, { digest });
        agreed();
      }
    } catch {
      // answered meanwhile, or the server is gone: the next look says which
    }
    await sleep(5);
  }
}

function connect(dir: string, url: string): Promise<Agent> {
  const key = JSON.parse(readFileSync(path.join(dir, "office", "keys", "desk-1.jwk.json"), "utf8")) as object;
  return connectAgent(`${url}/mcp/files`, { clientId: CLIENT, privateJwk: key, issuer: url });
}

/** One life of the server: payments are asked for and agreed to until it is killed. */
async function live(dir: string, round: number, acknowledged: string[]): Promise<void> {
  const server = await start(dir);
  const alive = new AbortController();
  const agent = await connect(dir, server.url);
  const pay = async (worker: number): Promise<void> => {
    for (let n = 0; !alive.signal.aborted; n++) {
      const name = `r${round}-w${worker}-n${n}.json`;
      const order = { path: `payments/${name}`, content: name };
      const said = await agent.act("execute", "write_file", order).catch(() => undefined);
      if (said === undefined) return;
      if (!said.isError) acknowledged.push(name);
    }
  };
  const after = 2 + randomInt(8);
  const someYes = Promise.withResolvers<undefined>();
  let yeses = 0;
  const agreed = (): void => {
    yeses += 1;
    if (yeses === after) someYes.resolve(undefined);
  };
  const work = Array.from({ length: WORKERS }, (_, worker) => pay(worker));
  work.push(approveAll(dir, server.url, alive.signal, agreed));
  // every other time a moment after some yes, which is when it is used; else any moment. Each run has other moments.
  if (round % 2 === 0) {
    await Promise.race([someYes.promise, sleep(15_000, undefined, { ref: false })]);
    await sleep(randomInt(12));
  } else await sleep(150 + randomInt(600));
  await server.kill();
  alive.abort();
  await Promise.all(work);
}

async function entriesOf(dir: string): Promise<readonly JsonObject[]> {
  const server = await start(dir);
  const entries: JsonObject[] = [];
  for (let size = 1; entries.length < size; ) {
    const page = await api(dir, `${server.url}/api/record/entries?from=${entries.length}&limit=1000`);
    entries.push(...listOf(member(page, "entries")));
    size = Number(member(page, "size"));
  }
  await server.kill();
  return entries.map((row) => member(row, "entry")).filter(isJsonObject);
}

function usedBy(intent: JsonObject): readonly string[] {
  return listOf(intent["uses"]).flatMap(({ scope, key }) => (scope === "approval" ? [textOf(key)] : []));
}

function namesOf(intent: JsonObject): readonly string[] {
  const resources = [member(intent, "resource"), ...listOf(intent["resources"])];
  return resources.map((resource) => textOf(member(resource, "id")).replace(/^files\/payments\//, ""));
}

test("section 4: kill -9 between a yes, its intent and its effect: each yes is used once, no effect is without an intent", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-yes-"));
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round++) await live(dir, round, acknowledged);
  const entries = await entriesOf(dir);

  const intents = entries.filter((entry) => entry["type"] === "decision" && entry["shape"] === "intent");
  const intended = new Set(intents.flatMap(namesOf));
  const written = readdirSync(path.join(dir, "office", "files", "payments")).filter((name) => name.startsWith("r"));
  for (const name of written) expect(intended.has(name), `an effect without its intent: ${name}`).toBe(true);
  expect(acknowledged.length).toBeGreaterThan(ROUNDS / 2);
  for (const name of acknowledged) {
    expect(intended.has(name), `acknowledged, and not in the record: ${name}`).toBe(true);
    expect(readFileSync(path.join(dir, "office", "files", "payments", name), "utf8")).toBe(name);
  }

  const payments = intents.filter((intent) => namesOf(intent).some((name) => /^r\d/.test(name)));
  for (const intent of payments) expect(usedBy(intent).length, namesOf(intent).join()).toBeGreaterThan(0);
  const uses = intents.flatMap(usedBy);
  expect(new Set(uses).size, "a yes that two intents use").toBe(uses.length);
  const decided = entries.filter((entry) => entry["name"] === "approval.decided");
  const granted = decided.filter(({ data }) => member(data, "outcome") === "approved");
  const grantedIds = new Set(granted.map((entry) => textOf(member(entry["subject"], "id"))));
  for (const id of uses) expect(grantedIds.has(id), `a use without a yes: ${id}`).toBe(true);

  const last = spawnSync(process.execPath, [BIN, "up", "--demo", "--once", "--json", "--port", "0", "--data", dir], {
    encoding: "utf8",
    env: {},
  });
  expect(last.status, last.stderr).toBe(0);
  expect(last.stdout).toContain('"recordVerified":true');
  console.info(
    `${ROUNDS} kills: ${acknowledged.length} acknowledged, ${written.length} written, ${payments.length} intents, ` +
      `${granted.length} yes, ${uses.length} used`,
  );
  rmSync(dir, { recursive: true });
}, 400_000);
