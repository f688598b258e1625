// SPDX-License-Identifier: Apache-2.0
// Says what went wrong: on three lines for people, as JSON for programs. Loaded only when something did.
import { SdkError, type SdkErrorCode } from "../sdk/index.ts";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";
import { jsonText, printable } from "./text.ts";

interface Fault {
  readonly message: string;
  readonly fix: string;
  readonly code: string;
  readonly ref?: string;
  readonly exit: number;
}

const VERBOSE_FIX = "run it again with --verbose, which prints where it comes from";

/** Prints a fault on three lines, or as JSON, both on stderr. @returns the exit code */
export function reportFault(
  error: unknown,
  io: CliIo,
  how: { readonly json: boolean; readonly verbose: boolean },
): number {
  const { message, fix, code, ref, exit } = faultOf(error);
  if (how.json) {
    io.err(`${jsonText({ error: { code, message, fix, ...(ref === undefined ? {} : { ref }) } })}\n`);
  } else {
    const name = ref === undefined ? code : `${code} · ${ref}`;
    io.err(`${printable(message)}\nfix: ${printable(fix)}\n${printable(name)}\n`);
  }
  if (how.verbose) io.err(`${stackOf(error)}\n`);
  return exit;
}

function faultOf(error: unknown): Fault {
  if (error instanceof CliError) return error;
  if (error instanceof SdkError) return sdkFault(error);
  if (!(error instanceof Error)) {
    return { message: String(error), fix: VERBOSE_FIX, code: "CLI_UNEXPECTED", exit: EXIT.failed };
  }
  const { message } = error;
  const code = "code" in error ? String(error.code) : "";
  if (code === "ERR_MODULE_NOT_FOUND" && message.includes("Cannot find package")) {
    return { message, fix: "run npm ci in the folder of bailiwick", code: "CLI_NOT_INSTALLED", exit: EXIT.failed };
  }
  // the faults of a room: a literal code, and a way to mend it where there is one
  const ours = /^[A-Z]+(?:_[A-Z0-9]+)+$/.test(code) && !code.startsWith("ERR_");
  const fix = "fix" in error && typeof error.fix === "string" ? error.fix : VERBOSE_FIX;
  return { message, fix, code: ours ? code : "CLI_UNEXPECTED", exit: EXIT.failed };
}

const START_AGAIN = "start the server again: it writes its address and its token anew";

/** Where the server says nothing better. */
const SDK_FAULTS: Readonly<Record<SdkErrorCode, Pick<Fault, "fix" | "exit">>> = {
  SDK_UNREACHABLE: { fix: "see whether the server still runs; npx bailiwick up starts it", exit: EXIT.unreachable },
  SDK_NOT_SIGNED_IN: { fix: "name the data folder of the server that runs, with --data", exit: EXIT.unreachable },
  SDK_BASE_URL_MALFORMED: { fix: START_AGAIN, exit: EXIT.failed },
  SDK_TOKEN_MALFORMED: { fix: START_AGAIN, exit: EXIT.failed },
  SDK_REFUSED: { fix: VERBOSE_FIX, exit: EXIT.failed },
  SDK_ANSWER_MALFORMED: { fix: "use the bailiwick of the same version as the server", exit: EXIT.failed },
  SDK_ANSWER_TOO_LARGE: { fix: "ask for fewer entries at once", exit: EXIT.failed },
};

/** The server understood, and what is there now says no: that is an answer. */
const CONFLICT = 409;
const SAID_NO: Pick<Fault, "fix" | "exit"> = { fix: "see what waits now: npx bailiwick approve list", exit: EXIT.no };

/** It binds, and no gate said so: done, and the answer is no (experience X15). */
const NO_POINT = "RESPOND_NO_POINT";

function sdkFault({ code, message, problem }: SdkError): Fault {
  const said = problem?.status === CONFLICT || problem?.code === NO_POINT;
  const { fix, exit } = said ? SAID_NO : SDK_FAULTS[code];
  const ref = problem?.ref === undefined ? {} : { ref: problem.ref };
  return { message, fix: problem?.fix ?? fix, code: problem?.code ?? code, ...ref, exit };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by ${stackOf(error.cause)}`;
}
