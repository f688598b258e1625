// SPDX-License-Identifier: Apache-2.0
// What the commands on an incident share: finding it, and saying something of it on the version that was seen.
import { type CaseStatement, type Client, SdkError } from "../sdk/index.ts";
import type { Args } from "./command.ts";
import { CliError, misuse } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";
import { printable } from "./text.ts";

/** What was asked for by a name, or that there is none. @throws CliError CLI_NOT_FOUND */
export async function foundIncident<T>(name: string, asked: Promise<T>): Promise<T> {
  return asked.catch((cause: unknown) => {
    if (!(cause instanceof SdkError) || cause.problem?.status !== 404) throw cause;
    const fix = "see what there is: npx bailiwick prove incident list";
    throw new CliError("CLI_NOT_FOUND", `there is no incident ${name}`, { fix, exit: EXIT.failed, cause });
  });
}

/** Where a statement comes from. @throws CliError CLI_OPTION_VALUE */
export function saidOf({ values }: Args): string {
  const note = values.get("note");
  if (note !== undefined && note.trim() !== "") return note;
  throw misuse("CLI_OPTION_VALUE", "a statement needs where it comes from", "say --note WHY");
}

/** Says it on the version that the case has now, and tells what became of it. */
export async function tellStatement(
  name: string,
  statement: CaseStatement,
  client: Client,
  io: CliIo,
): Promise<number> {
  const { v } = await foundIncident(name, client.caseVersion(name));
  const after = await foundIncident(name, client.sayOfCase(name, v, statement));
  io.out(`${printable(name)} is at version ${after.v}\n`);
  for (const doubt of after.doubts) io.err(`does not fit: ${printable(doubt)}\n`);
  io.err(`next: npx bailiwick prove incident clocks ${printable(name)}\n`);
  return EXIT.done;
}
