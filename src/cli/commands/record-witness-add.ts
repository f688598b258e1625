// SPDX-License-Identifier: Apache-2.0
// `bailiwick record witness add ORG=FILE --policy FILE`: one more organisation in a policy, which is written anew.
import { renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Args } from "../command.ts";
import { CliError, misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { organisationsOf, policyText, readPolicyFile } from "../witness-policy.ts";
import { neededOf, organisationIn } from "./record-witness-policy.ts";

export async function run({ words, values }: Args, io: CliIo): Promise<number> {
  const named = values.get("policy");
  if (named === undefined) throw misuse("CLI_OPTION_VALUE", "no policy is named", "give --policy FILE");
  const file = path.resolve(io.cwd, named);
  const policy = readPolicyFile(file, named);
  const before = organisationsOf(policy, named);
  const added = words.map((word) => organisationIn(word, io.cwd));
  const names = new Set(added.map(({ name }) => name));
  // an organisation that is there already has new keys
  const organisations = [...before.organisations.filter(({ name }) => !names.has(name)), ...added];
  const needed = neededOf(values.get("need")) ?? before.needed;
  write(file, named, policyText(policy.logs, organisations, needed));
  io.err(`${needed} of ${organisations.length} organisations must cosign; it holds from the server's next start\n`);
  return EXIT.done;
}

function write(file: string, named: string, text: string): void {
  try {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch (cause) {
    const fix = "name a file in a folder that you may write to";
    throw new CliError("CLI_UNWRITABLE", `cannot write ${named}`, { fix, exit: EXIT.failed, cause });
  }
}
