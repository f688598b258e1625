// SPDX-License-Identifier: Apache-2.0
// The whole server, killed at random moments while a client works: every answer that the client got is in the record, no
// effect is without its intent, the log verifies, and the next process goes on.
import { spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { connectAgent } from "../../src/server/demo/agent.ts";
import { ROOT } from "../support/office.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");
const CLIENT = "spiffe://office.example/agent/invoice-helper/desk-1";
const ROUNDS = 5;

/** Starts the demo's server over a kept folder and waits for its gate. */
async function start(dir: string): Promise<{ kill: () => Promise<void>; url: string }> {
  const child = spawn(process.execPath, [BIN, "up", "--demo", "--port", "0", "--data", dir], { env: {} });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.resume();
  await expect.poll(() => out, { timeout: 30_000 }).toContain("Ctrl-C ends it");
  return {
    url: /http:\S+(?=\/mcp\/files)/.exec(out)?.[0] ?? "",
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** Entries of the log, read from its journal as text: the kill may have left no server to ask. */
function recorded(dir: string): string {
  const journal = path.join(dir, "data", "record", "main-1", "journal");
  return readdirSync(journal)
    .map((file) => readFileSync(path.join(journal, file), "latin1"))
    .join("");
}

test("section 4: kill -9 of the server under load loses no answer and leaves no effect without its intent", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-kill-"));
  const answered: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const server = await start(dir);
    const key: unknown = JSON.parse(readFileSync(path.join(dir, "office", "keys", "desk-1.jwk.json"), "utf8"));
    const agent = await connectAgent(`${server.url}/mcp/files`, {
      clientId: CLIENT,
      privateJwk: key as object,
      issuer: server.url,
    });
    const alive = new AbortController();
    const work = async (worker: number): Promise<void> => {
      for (let n = 0; !alive.signal.aborted; n++) {
        const name = `r${round}-w${worker}-n${n}.txt`;
        const said = await agent.call("write_file", { path: `reports/${name}`, content: name }).catch(() => undefined);
        if (said === undefined) return;
        if (!said.isError) answered.push(name);
      }
    };
    const workers = [work(1), work(2), work(3)];
    // a moment that differs from run to run is the point of this test
    await new Promise((resolve) => setTimeout(resolve, 100 + randomInt(400)));
    await server.kill();
    alive.abort();
    await Promise.all(workers);
  }
  const log = recorded(dir);
  expect(answered.length).toBeGreaterThan(ROUNDS);
  for (const name of answered) expect(log, name).toContain(`files/reports/${name}`);
  const written = readdirSync(path.join(dir, "office", "files", "reports")).filter((name) => /^r.*\.txt$/.test(name));
  for (const name of written) expect(log, `an effect without its intent: ${name}`).toContain(`files/reports/${name}`);
  const last = spawnSync(process.execPath, [BIN, "up", "--demo", "--once", "--json", "--port", "0", "--data", dir], {
    encoding: "utf8",
    env: {},
  });
  expect(last.status, last.stderr).toBe(0);
  expect(last.stdout).toContain('"recordVerified":true');
  rmSync(dir, { recursive: true });
}, 120_000);
