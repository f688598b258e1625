// SPDX-License-Identifier: Apache-2.0
// `bailiwick up`: runs a server until it is told to stop, or the demo. Says what it does before it loads what it needs.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BailiwickError } from "../core/index.ts";
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
  const [{ readConfig }, { prepareFolder }] = await Promise.all([import("./config.ts"), import("./folder/prepare.ts")]);
  const file = path.resolve(options.cwd, options.config ?? "bailiwick.yaml");
  const environment = readEnvironment();
  const flags = {
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.data === undefined ? {} : { dataDir: path.resolve(options.cwd, options.data) }),
  };
  const dataDir = path.resolve(options.cwd, options.data ?? path.join(path.dirname(file), "data"));
  // a file that was named is somebody's mistake where it is not there, and nothing is written in its place
  const prepared = options.config === undefined ? await prepareFolder({ file, dataDir, root: ROOT }) : undefined;
  const config = await readConfig({ ...environment, file, flags });
  const [{ startServer }, { lineLog, systemClock }, { welcomeText, welcomeJson }] = await Promise.all([
    import("./compose.ts"),
    import("./system.ts"),
    import("./welcome.ts"),
  ]);
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
  const welcome = { running, prepared, folder: cwd, now: systemClock.now() };
  io.out(`${options.json ? welcomeJson(welcome) : welcomeText(welcome)}\n`);
  await untilAborted(io.signal);
  return 0;
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
