// SPDX-License-Identifier: Apache-2.0
// Reads logs from folders for the verifier, which opens no file itself.
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { LogSource } from "../record/verify/index.ts";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit.ts";

/** UNIT: bytes. Twice the largest journal segment; a larger file is no part of a log. */
export const FILE_MAX_BYTES: number = 256 * 1024 * 1024;

/** What only a log has. One of them is enough: a log that lost its checkpoint must not pass unseen. */
const MARKS = new Set(["checkpoint", "journal", "tile"]);

/** The folder itself where it is a log, else every log directly in it. @throws CliError CLI_UNREADABLE */
export function logFolders(folder: string): readonly string[] {
  if (isLog(folder)) return [folder];
  const inside = list(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name))
    .filter(isLog);
  if (inside.length > 0) return inside.toSorted();
  throw unreadable(folder, "no log in it: no checkpoint, no journal, no tiles");
}

function isLog(folder: string): boolean {
  return list(folder).some(({ name }) => MARKS.has(name));
}

/** @throws CliError CLI_UNREADABLE */
export function logSource(folder: string): LogSource {
  const files = new Set(filesUnder(folder, ""));
  return {
    list: () => [...files],
    // what is not listed is not there: no path from inside a log leads out of its folder
    read: (file) => (files.has(file) ? readFileBytes(path.join(folder, file)) : undefined),
  };
}

/** @throws CliError CLI_UNREADABLE */
export function readFileBytes(file: string): Uint8Array {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw new Error("it is no file");
    if (stats.size > FILE_MAX_BYTES) throw new Error(`it is over ${FILE_MAX_BYTES} bytes`);
    return readFileSync(file);
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function filesUnder(folder: string, prefix: string): readonly string[] {
  return list(path.join(folder, prefix)).flatMap((entry) => {
    const name = `${prefix}${entry.name}`;
    return entry.isDirectory() ? filesUnder(folder, `${name}/`) : [name];
  });
}

function list(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(folder, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unreadable(what: string, why: string, cause?: unknown): CliError {
  const fix = "name a log's folder, a folder of logs, or a proof file that you may read";
  return new CliError("CLI_UNREADABLE", `cannot read ${what}: ${why}`, { fix, exit: EXIT.failed, cause });
}
