// SPDX-License-Identifier: Apache-2.0
// The program: gives the command line what it needs of this process, and takes its exit code back.
import { createInterface } from "node:readline";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";
import { runCli } from "./run.ts";

/** UNIT: ms. A second Ctrl-C sooner than this is the first one again: a launcher passes on what the terminal sent to both. */
const SAME_SIGNAL_MS = 300;
const COLUMNS = 80;

const stop = new AbortController();
let interruptedAt: number | undefined;

/** From here on signals end nothing by themselves: the command that asked does. */
function stopSignal(): AbortSignal {
  process.on("SIGINT", () => {
    const now = performance.now();
    if (interruptedAt !== undefined && now - interruptedAt > SAME_SIGNAL_MS) process.exit(EXIT.interrupted);
    interruptedAt ??= now;
    stop.abort("SIGINT");
  });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => stop.abort(signal));
  return stop.signal;
}

let unread = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    unread = true; // the reader left (`| head`): that is its right, and no fault
    stop.abort("EPIPE");
  });
}

/** One line of the terminal's own line editing, where Ctrl-C ends the process as everywhere. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, terminal: false });
  const line = await lines[Symbol.asyncIterator]().next();
  lines.close();
  return line.done === true ? "" : line.value;
}

// whoever is asked must also see what was shown before
const atTerminal = [process.stdin, process.stdout, process.stderr].every(({ isTTY }) => isTTY);

const io: CliIo = {
  out: (text) => void (unread || process.stdout.write(text)),
  err: (text) => void (unread || process.stderr.write(text)),
  color: process.stdout.isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb",
  columns: widthOf(process.env["COLUMNS"]) ?? process.stdout.columns ?? COLUMNS,
  cwd: process.cwd(),
  gate: process.env["BAILIWICK_GATE"],
  input: () => process.stdin,
  outTaken: (text) => new Promise((resolve) => (unread ? resolve() : process.stdout.write(text, () => resolve()))),
  stop: stopSignal,
  fetch: globalThis.fetch,
  ask: atTerminal ? ask : undefined,
};

/** A width that the caller states, as shells do; nothing narrower than a word is one. */
function widthOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9][0-9]{1,3}$/.test(text) ? Number(text) : undefined;
}

const code = await runCli(process.argv.slice(2), io);
process.exitCode = unread ? EXIT.done : code;
