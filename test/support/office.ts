// SPDX-License-Identifier: Apache-2.0
// The example office with the real server in front of the real upstream, on a free port of loopback, in a temporary folder.
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fakeLog } from "../../src/core/testing/system.ts";
import { type Running, startServer } from "../../src/server/compose.ts";
import type { Config } from "../../src/server/config.ts";
import { type Agent, connectAgent } from "../../src/server/demo/agent.ts";
import { type DemoWorld, prepareWorld } from "../../src/server/demo/world.ts";
import type { PolicyNews } from "../../src/server/policies-in-force.ts";

export const ROOT: string = path.resolve(import.meta.dirname, "..", "..");

export interface Office extends AsyncDisposable {
  readonly dir: string;
  readonly world: DemoWorld;
  readonly running: Running;
  readonly log: ReturnType<typeof fakeLog>;
  /** URL of the gate in front of the files. */
  readonly gate: string;
  /** Signs the office's agent in, and opens a session. */
  connect(): Promise<Agent>;
}

export interface OfficeOptions {
  /** Cedar text of one file that stands instead of the demo's policies. */
  readonly policies?: string;
  /** Other files of that bundle by name, such as `obligations.yaml`. */
  readonly profiles?: Readonly<Record<string, string>>;
  /** False for a server where no key in software counts as a person. */
  readonly demo?: boolean;
  /** Told of every change of the policy folder. */
  readonly policyNews?: (news: PolicyNews) => void;
  /** Changes the configuration before the start. */
  readonly change?: (config: Config, world: DemoWorld) => Config;
  /** A folder that is opened again; it is not removed afterwards. */
  readonly dir?: string;
}

export async function openOffice(options: OfficeOptions = {}): Promise<Office> {
  const dir = options.dir ?? (await mkdtemp(path.join(tmpdir(), "bailiwick-office-")));
  const world = await prepareWorld(ROOT, dir, { port: 0 });
  const own =
    options.policies === undefined
      ? world.config
      : await withPolicies(world.config, dir, { ...options.profiles, "rules.cedar": options.policies });
  const log = fakeLog();
  const watched = { ...own, policies: { ...own.policies, watch: options.demo ?? true } };
  const config = options.change?.(watched, world) ?? watched;
  const io = {
    log,
    path: path.dirname(process.execPath),
    cwd: world.office,
    demo: options.demo ?? true,
    root: ROOT,
    version: "0.0.0-test",
    exit: die,
    ...(options.policyNews === undefined ? {} : { policyNews: options.policyNews }),
  };
  const running = await startServer(config, io);
  const gate = `${running.publicUrl}/mcp/files`;
  return {
    dir,
    world,
    running,
    log,
    gate,
    connect: () => connectAgent(gate, { ...world.agent, issuer: running.publicUrl }),
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

async function withPolicies(config: Config, dir: string, files: Readonly<Record<string, string>>): Promise<Config> {
  const own = path.join(dir, "policies", "own");
  await mkdir(own, { recursive: true });
  await cp(path.join(ROOT, "policies", "demo", "schema.cedarschema"), path.join(own, "schema.cedarschema"));
  await writeFile(path.join(own, "bailiwick.yaml"), "name: own\ndomain: main\nowner: a test\n");
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(own, name), text);
  return { ...config, policies: { ...config.policies, dir: own } };
}

function die(code: number): never {
  throw new Error(`the server wanted to end the process with ${code}`);
}
