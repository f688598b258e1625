// SPDX-License-Identifier: Apache-2.0
// What a person or a script is told when a command cannot do what was asked: what, how to mend it, and a stable code.
import type { ConnectErrorCode } from "../connect/index.ts";
import { EXIT } from "./exit.ts";

export type CliErrorCode =
  | "CLI_COMMAND_UNKNOWN"
  | "CLI_COMMAND_NOT_YET"
  | "CLI_OPTION_UNKNOWN"
  | "CLI_OPTION_VALUE"
  | "CLI_ARGUMENTS"
  | "CLI_YES_MISSING"
  | "CLI_NOT_WAITING"
  | "CLI_NOT_RUNNING"
  | "CLI_CLIENT_FILE"
  | "CLI_ADDRESS_UNSAFE"
  | "CLI_TOKEN_UNSAFE"
  | "CLI_NOT_FOUND"
  | "CLI_UNREADABLE"
  | "CLI_UNWRITABLE"
  | "CLI_STREAM_ENDED"
  | "CLI_NOT_INSTALLED"
  | "CLI_UNEXPECTED"
  // bin/bailiwick.js says this one itself, before anything of ours can be loaded
  | "CLI_RUNTIME_TOO_OLD"
  | ConnectErrorCode;

/** A fault of a command. Every one says how to mend it. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly fix: string;
  readonly exit: number;

  constructor(code: CliErrorCode, message: string, options: { fix: string; exit: number; cause?: unknown }) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "CliError";
    this.code = code;
    this.fix = options.fix;
    this.exit = options.exit;
  }
}

/** Wrong use of the command line: exit code 2. */
export function misuse(code: CliErrorCode, message: string, fix: string): CliError {
  return new CliError(code, message, { fix, exit: EXIT.usage });
}
