// SPDX-License-Identifier: Apache-2.0
// The configuration file of an MCP client, such as `.mcp.json`: one member is put into it, and the rest stays as it is.
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit.ts";
import { jsonText, printable } from "./text.ts";

/** A file that was read and can take the member. */
export interface ClientPlan {
  readonly file: string;
  /** What it holds beside the member. */
  readonly rest: Readonly<Record<string, unknown>>;
  readonly servers: Readonly<Record<string, unknown>>;
  readonly mode: number;
}

/** Only its owner reads a file that is new: the entries of other servers often hold secrets. */
const NEW_MODE = 0o600;

/** Reads it before anything else is done. @throws CliError CLI_CLIENT_FILE where the member could not be put into it */
export function planClient(file: string, server: string): ClientPlan {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const isNew = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (isNew) return { file, rest: {}, servers: {}, mode: NEW_MODE };
    throw unfit(file, "cannot be read", "name a file that you may read and write", cause);
  }
  const whole = objectIn(file, text);
  const { mcpServers = {}, ...rest } = whole;
  if (!isRecord(mcpServers)) throw unfit(file, "has an `mcpServers` that is no object", "mend it, and say it again");
  if (Object.hasOwn(mcpServers, server))
    throw unfit(file, `has a server ${server} already`, `take mcpServers.${server} out of it, and say it again`);
  return { file, rest, servers: mcpServers, mode: statSync(file).mode & 0o777 };
}

/** Puts the member in, whole or not at all. @throws CliError CLI_CLIENT_FILE */
export function writeClient({ file, rest, servers, mode }: ClientPlan, server: string, entry: object): void {
  const text = jsonText({ ...rest, mcpServers: { ...servers, [server]: entry } }, 2);
  try {
    writeFileSync(`${file}.new`, `${text}\n`, { mode, flag: "wx" });
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw unfit(file, "cannot be written", `put this under mcpServers yourself: ${jsonText(entry, 0)}`, cause);
  }
}

function objectIn(file: string, text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw unfit(file, "is not JSON", "mend it (comments are not JSON), or put the printed lines in yourself", cause);
  }
  if (isRecord(parsed)) return parsed;
  throw unfit(file, "is no JSON object", "name the client's configuration file");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unfit(file: string, why: string, fix: string, cause?: unknown): CliError {
  return new CliError("CLI_CLIENT_FILE", `${printable(file)} ${why}`, {
    fix,
    exit: EXIT.failed,
    ...(cause === undefined ? {} : { cause }),
  });
}
