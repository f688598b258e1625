// SPDX-License-Identifier: Apache-2.0
// `bailiwick record witness policy ORG=FILE...`: a policy of these organisations, from the keys that each of them gave.
import path from "node:path";
import type { VerifierKey } from "../../record/verify/index.ts";
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { type Organisation, organisationOf, policyText, readPolicyFile } from "../witness-policy.ts";

export async function run({ words, values }: Args, io: CliIo): Promise<number> {
  const own = values.get("own");
  const ours = own === undefined ? undefined : readPolicyFile(path.resolve(io.cwd, own), own);
  const organisations = words.map((word) => organisationIn(word, io.cwd));
  const ownKeys = [...(ours?.witnesses.values() ?? [])].map(({ key }) => Buffer.from(key).toString("hex"));
  refuseOwn(organisations, new Set(ownKeys));
  const needed = neededOf(values.get("need")) ?? organisations.length;
  const logs: readonly VerifierKey[] = ours?.logs ?? [];
  io.out(policyText(logs, organisations, needed));
  return EXIT.done;
}

/** `north=north.keys`. @throws CliError CLI_ARGUMENTS, CLI_UNREADABLE */
export function organisationIn(word: string, cwd: string): Organisation {
  const [, name = "", file = ""] = /^([^=]+)=(.+)$/.exec(word) ?? [];
  if (name === "") throw misuse("CLI_ARGUMENTS", `${word} is not ORGANISATION=FILE`, "write north=north.keys");
  return organisationOf(name, readPolicyFile(path.resolve(cwd, file), file), file);
}

/** @throws CliError CLI_OPTION_VALUE */
export function neededOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]?$/.test(text)) return Number(text);
  throw misuse("CLI_OPTION_VALUE", `--need ${text} is no number of organisations`, "give one from 1 to 99");
}

/** What our own witness says, the log says itself. */
function refuseOwn(organisations: readonly Organisation[], own: ReadonlySet<string>): void {
  for (const { name, witnesses } of organisations) {
    if (!witnesses.some(({ key }) => own.has(Buffer.from(key.key).toString("hex")))) continue;
    throw misuse("CLI_ARGUMENTS", `${name} is the log's own organisation`, "leave it out: it signs the log already");
  }
}
