// SPDX-License-Identifier: Apache-2.0
// The official suites, as their programs run them: which checks there were, and what each said.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";

export interface Suite {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

const PROGRAMS = path.join(import.meta.dirname, "..", "..", "node_modules");
const OLD = path.join(PROGRAMS, "conformance-0-1", "dist", "index.js");
const NEW = path.join(PROGRAMS, "conformance-0-2", "dist", "index.js");

export const SUITES: readonly [Suite, ...Suite[]] = [
  { name: "0.1.16 active", program: OLD, args: ["--suite", "active"] },
  { name: "0.2.0-alpha.12 2025-11-25", program: NEW, args: ["--requirements", "2025-11-25"] },
  { name: "0.2.0-alpha.12 2026-07-28", program: NEW, args: ["--requirements", "2026-07-28"] },
];

/** What one check said, by scenario, check and its turn among those of that name. */
export type Said = ReadonlyMap<string, { readonly status: string; readonly why: string }>;

/** UNIT: ms. Longest run of one suite. */
const RUN_MS = 240_000;

const CHECKS = z.array(z.object({ id: z.string(), status: z.string(), errorMessage: z.string().optional() }));
/** What only tells of a request or an event on the way, and checks nothing. */
const TOLD = new Set(["INFO"]);

/** Scenarios of the client suite that are about a client of servers, and not of authorization servers. */
export const CLIENT_SCENARIOS: readonly string[] = [
  "initialize",
  "tools_call",
  "sse-retry",
  "elicitation-sep1034-client-defaults",
  "request-metadata",
  "sep-2322-client-request-state",
  "http-standard-headers",
  "http-custom-headers",
  "http-invalid-tool-headers",
  "json-schema-ref-no-deref",
  "json-schema-2020-12-preservation",
];

/** The gate's links as the client of one scenario. */
export function runClient(scenario: string): Promise<Said> {
  const client = path.join(import.meta.dirname, "link-client.ts");
  return run(NEW, ["client", "--command", `${process.execPath} ${client}`, "--scenario", scenario]);
}

export function runSuite({ program, args }: Suite, url: URL): Promise<Said> {
  return run(program, ["server", "--url", url.href, ...args]);
}

async function run(program: string, args: readonly string[]): Promise<Said> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-conformance-"));
  try {
    const asked = [program, ...args, "--output-dir", dir];
    const child = spawn(process.execPath, asked, { stdio: "ignore", timeout: RUN_MS, env: {} });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code === null) throw new Error(`${args.join(" ")} did not end within ${RUN_MS} ms`);
    return await readResults(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function readResults(dir: string): Promise<Said> {
  const said = new Map<string, { status: string; why: string }>();
  for (const folder of (await readdir(dir)).toSorted((a, b) => a.localeCompare(b))) {
    const scenario = /^(?:server-)?(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(folder)?.[1] ?? folder;
    // one small file after the other
    const checks = CHECKS.parse(JSON.parse(await readFile(path.join(dir, folder, "checks.json"), "utf8")));
    for (const { id, status, errorMessage } of checks) {
      if (TOLD.has(status)) continue;
      said.set(keyOf(said, scenario, id), { status, why: errorMessage ?? "" });
    }
  }
  return said;
}

function keyOf(said: Said, scenario: string, id: string): string {
  for (let turn = 1; ; turn += 1) {
    const key = turn === 1 ? `${scenario} ${id}` : `${scenario} ${id} ${turn}`;
    if (!said.has(key)) return key;
  }
}

/** What the second said otherwise than the first. */
export function differences(direct: Said, through: Said): string[] {
  return [...new Set([...direct.keys(), ...through.keys()])].flatMap((key) => {
    const [one, other] = [direct.get(key), through.get(key)];
    if (one?.status === other?.status) return [];
    const why = other === undefined || other.why === "" ? "" : `: ${other.why.slice(0, 300)}`;
    return [`${key}: ${one?.status ?? "absent"} directly, ${other?.status ?? "absent"} through the gate${why}`];
  });
}
