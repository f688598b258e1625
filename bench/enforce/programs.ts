// SPDX-License-Identifier: Apache-2.0
// Programs that the bench runs beside each other, what processor time each has used, and the peers, which are fetched once
// into a cache folder: together they bring 150 packages, one with an install script, one of 90 MB, and nothing of ours needs them.
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";

export const ROOT: string = path.resolve(import.meta.dirname, "../..");
export const STANDIN: string = path.join(import.meta.dirname, "standin.ts");

/** Exact versions of the peers: another version is another measurement. */
export const PEERS = { "mcp-proxy": "6.7.19", supergateway: "4.0.0", cerbos: "0.51.0" } as const;

const CACHE = path.join(ROOT, "node_modules", ".cache", "bench-peers");
/** UNIT: ms. From its start to its first sign. */
const START_MS = 30_000;

export interface Program extends AsyncDisposable {
  readonly stdin: Writable;
  readonly lines: AsyncIterator<string, undefined>;
  /** UNIT: ms of processor time of this process so far, all its threads, without its children. */
  cpu(): number;
}

/** Runs `args` under this Node; what it says on stderr is shown when it ends by itself. */
export function run(args: readonly string[], cwd: string = ROOT): Program {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(process.execPath, args, {
    cwd,
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin` },
  });
  let said = "";
  let isStopping = false;
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said = (said + chunk).slice(-4000)));
  child.stdin.on("error", () => undefined); // it ended: said below
  child.once("exit", (code) => {
    if (!isStopping) process.stderr.write(`${args.join(" ")} ended with ${code}\n${said}\n`);
  });
  return {
    stdin: child.stdin,
    lines: linesOf(child.stdout),
    cpu: () => cpuOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      isStopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const stop = setTimeout(() => child.kill("SIGKILL"), 3000);
      await once(child, "exit");
      clearTimeout(stop);
    },
  };
}

/** SOURCE: proc(5): the first number of `schedstat` is the time on the processor in ns, for each thread. */
export function cpuOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const ns = readdirSync(tasks).map((task) => Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]));
  return ns.reduce((sum, one) => sum + one, 0) / 1e6;
}

async function* linesOf(stream: Readable): AsyncGenerator<string, undefined> {
  yield* createInterface({ input: stream });
  return undefined;
}

export async function nextLine({ lines }: Program): Promise<string> {
  const next = await lines.next();
  if (next.done === true) throw new Error("a program of the bench ended before it said anything");
  return next.value;
}

/** A port that was free a moment ago, for programs that cannot take any free one and say which. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Resolves when something answers at `url`, whatever it says. */
export async function listening(url: string): Promise<void> {
  for (const until = performance.now() + START_MS; performance.now() < until; ) {
    const isThere = await fetch(url, { method: "GET", headers: { accept: "text/html" } }).then(
      (response) => response.body?.cancel().then(() => true) ?? true,
      () => false,
    );
    if (isThere) return;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  throw new Error(`nothing answers at ${url}`);
}

/** The program of a peer, fetched if it is not there. */
export async function peer(name: keyof typeof PEERS, program: string): Promise<string> {
  const folder = path.join(CACHE, `${name}-${PEERS[name]}`);
  const file = path.join(folder, "node_modules", name, program);
  if (!existsSync(file)) {
    await mkdir(folder, { recursive: true });
    const args = ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
    await promisify(execFile)("npm", [...args, `${name}@${PEERS[name]}`], { cwd: folder });
  }
  return file;
}
