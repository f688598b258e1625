// SPDX-License-Identifier: Apache-2.0
// The folder of rules that a command names, `./regulations` where it names none.
import { existsSync } from "node:fs";
import path from "node:path";
import { CliError } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";

/** The file that makes a folder a set of rules. */
const WORDS = "facts.yaml";

/** @throws CliError CLI_UNREADABLE where it is no folder of rules */
export function regulationsFolder(
  named: string | undefined,
  io: CliIo,
): { readonly named: string; readonly dir: string } {
  const name = named ?? "regulations";
  const dir = path.resolve(io.cwd, name);
  if (!existsSync(path.join(dir, WORDS))) {
    const fix = "name the folder of the rules: it has a facts.yaml, and one folder for each jurisdiction";
    throw new CliError("CLI_UNREADABLE", `${name} is no folder of rules`, { fix, exit: EXIT.failed });
  }
  return { named: name, dir };
}

/** Rules that must be mended are not shown in part. @throws CliError CLI_UNREADABLE */
export function refuseProblems(
  problems: readonly { readonly file: string; readonly line: number; readonly text: string }[],
  named: string,
): void {
  const [first] = problems;
  if (first === undefined) return;
  const fix = `see all of them: npx bailiwick prove regime check ${named}`;
  const why = `the rules of ${named} must be mended: ${first.file}:${first.line} ${first.text}`;
  throw new CliError("CLI_UNREADABLE", why, { fix, exit: EXIT.failed });
}
