// SPDX-License-Identifier: Apache-2.0
// The folder of a policy set that a command names, `./policies` where it names none.
import { globSync, statSync } from "node:fs";
import path from "node:path";
import type { Args } from "./command.ts";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";

/** The file that makes a folder a policy set. */
const MANIFEST = "bailiwick.yaml";

export interface PolicyFolder {
  /** As the caller would name it. */
  readonly named: string;
  readonly dir: string;
}

/** @throws CliError CLI_UNREADABLE where it is no folder, or a folder of several sets */
export function policyFolder({ words }: Args, io: CliIo): PolicyFolder {
  const [named = "policies"] = words;
  const dir = path.resolve(io.cwd, named);
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
    throw unreadable(`${named} is no folder`, "name the folder of a policy set: it has a bailiwick.yaml");
  }
  const sets = globSync(`*/${MANIFEST}`, { cwd: dir }).map((file) => path.join(named, path.dirname(file)));
  if (sets.length > 0 && !globSync(MANIFEST, { cwd: dir }).length) {
    throw unreadable(`${named} holds several policy sets`, `name one of them: ${sets.toSorted().join(", ")}`);
  }
  return { named, dir };
}

function unreadable(message: string, fix: string): CliError {
  return new CliError("CLI_UNREADABLE", message, { fix, exit: EXIT.failed });
}
