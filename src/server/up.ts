// SPDX-License-Identifier: Apache-2.0
// `bailiwick up`: runs a server until it is told to stop, or the demo. Says what it does before it loads what it needs.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BailiwickError } from "../core/index.ts";
import type { Running } from "./compose.ts";
import { readEnvironment } from "./env.ts";

export interface UpOptions {
  readonly demo: boolean;
  readonly data?: string;
  readonly port?: number;
  readonly config?: string;
  /** Ends after the demo's story and keeps its folder. */
  readonly once: boolean;
  readonly json: boolean;
  /** Whether keys may be read from the terminal. */
  readonly input: boolean;
  readonly cwd: string;
}

export interface UpIo {
  out(text: string): void;
  err(text: string): void;
  readonly color: boolean;
  readonly columns: number;
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Of the package. */
  readonly version: string;
}

/** Two folders up: where `policies/` is, in a clone and in the package. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

const SETUP_FILE = "setup-link of the data folder";

/** The exit code of `up` (store C13). */
const EXIT_CONFIG = 78;
const EXIT_LOCKED = 75;

export async function runUp(options: UpOptions, io: UpIo): Promise<number> {
  try {
    if (!options.demo) return await serve(options, io);
    const { runDemo } = await import("./demo/run.ts");
    return await runDemo(options, io);
  } catch (cause) {
    if (!(cause instanceof BailiwickError)) throw cause;
    report(cause, options, io);
    return cause.code === "STORE_LOCKED" ? EXIT_LOCKED : EXIT_CONFIG;
  }
}

async function serve(options: UpOptions, io: UpIo): Promise<number> {
  const { readConfig } = await import("./config.ts");
  const file = path.resolve(options.cwd, options.config ?? "bailiwick.yaml");
  const environment = readEnvironment();
  const flags = {
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.data === undefined ? {} : { dataDir: path.resolve(options.cwd, options.data) }),
  };
  const config = await readConfig({ file, settings: environment.settings, flags });
  const [{ startServer }, { lineLog }] = await Promise.all([import("./compose.ts"), import("./system.ts")]);
  const log = lineLog((line) => io.err(line));
  const cwd = path.dirname(file);
  await using running = await startServer(config, {
    log,
    path: environment.path,
    cwd,
    configFile: file,
    demo: false,
    root: ROOT,
    version: io.version,
    exit: endProcess,
  });
  io.out(`${welcome(running, options.json)}\n`);
  await untilAborted(io.signal);
  return 0;
}

function welcome({ publicUrl, config, bundle, servers, setupLink }: Running, json: boolean): string {
  const list = [...servers.values()];
  if (json) {
    const gates = list.map(({ id, resource }) => ({ id, url: resource }));
    const setup = setupLink === undefined ? {} : { setupLink };
    return JSON.stringify({ name: "up", url: publicUrl, dataDir: config.dataDir, servers: gates, ...setup });
  }
  const { policies, name } = bundle;
  return [
    `serving  ${publicUrl} · everything is kept in ${config.dataDir}`,
    ...list.map(
      ({ resource, destination, tools }) => `gate     ${resource}   ${tools.size} tools, ${destination.jurisdiction}`,
    ),
    `policies ${name}: ${policies.length} rules, enforced`,
    ...(setupLink === undefined ? [] : [`owner    ${setupLink}   one-use, 15 minutes, also in ${SETUP_FILE}`]),
    `next     npx bailiwick status --data ${config.dataDir}`,
  ].join("\n");
}

/** For a room that found that nothing may go on: not even an orderly end. */
export function endProcess(code: number): never {
  process.exit(code);
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

interface Reported {
  readonly message: string;
  readonly fix: string | undefined;
  readonly code: string;
}

/** What, how to mend it, code: three lines, or the same as JSON. */
function report({ message, fix, code }: Reported, { json }: UpOptions, io: UpIo): void {
  if (json) io.err(`${JSON.stringify({ error: { message, ...(fix === undefined ? {} : { fix }), code } })}\n`);
  else io.err([message, ...(fix === undefined ? [] : [`fix: ${fix}`]), code, ""].join("\n"));
}
