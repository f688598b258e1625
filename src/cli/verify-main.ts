// SPDX-License-Identifier: Apache-2.0
// The verifier as a program of its own: built into the one file `verify.mjs`, which runs with Node alone and travels in
// exports. `tools/build-verify.ts` makes it; the command `bailiwick verify` is the same code.
import { Readable } from "node:stream";
import { parseWords } from "./command.ts";
import { run } from "./commands/verify.ts";
import { EXIT } from "./exit.ts";
import { page } from "./help.ts";
import type { CliIo } from "./io.ts";
import { reportFault } from "./report.ts";
import { VERIFY_COMMAND } from "./verify-command.ts";

const COLUMNS = 80;

/** Nobody is asked and nothing is fetched: what is not in the files is not known. */
const io: CliIo = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  outTaken: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
  color: process.stdout.isTTY && !process.env["NO_COLOR"],
  columns: process.stdout.columns ?? COLUMNS,
  cwd: process.cwd(),
  gate: undefined,
  input: () => Readable.from([]),
  stop: () => new AbortController().signal,
  fetch: () => Promise.reject(new Error("the verifier opens no connection")),
  ask: undefined,
};

const words = process.argv.slice(2);
try {
  const args = parseWords(VERIFY_COMMAND, words);
  if (args.switches.has("help")) io.out(page(VERIFY_COMMAND, io).replaceAll("npx bailiwick verify", "node verify.mjs"));
  process.exitCode = args.switches.has("help") ? EXIT.done : await run(args, io);
} catch (error) {
  process.exitCode = reportFault(error, io, { json: words.includes("--json"), verbose: words.includes("--verbose") });
}
