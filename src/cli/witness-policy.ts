// SPDX-License-Identifier: Apache-2.0
// Writes the tlog-policy file that a log asks its witnesses by: one group for each organisation, so that what is counted
// are organisations and not keys (record L27).
import {
  type Group,
  type Policy,
  parsePolicy,
  readUtf8,
  type VerifierKey,
  VerifyError,
} from "../record/verify/index.ts";
import { CliError, misuse } from "./errors.ts";
import { EXIT } from "./exit.ts";
import { readFileBytes } from "./log-folder.ts";

/** The group of all organisations. */
const ALL = "organisations";

export interface Organisation {
  readonly name: string;
  readonly witnesses: readonly { readonly key: VerifierKey; readonly url: string }[];
}

/** @throws CliError CLI_UNREADABLE */
export function readPolicyFile(file: string, named: string): Policy {
  const octets = readFileBytes(file);
  try {
    readUtf8(octets, named);
    return parsePolicy(octets);
  } catch (cause) {
    if (!(cause instanceof VerifyError)) throw cause;
    const fix = "give the file that `bailiwick record keys` wrote at the partner";
    throw new CliError("CLI_UNREADABLE", `cannot read ${named}: ${cause.message}`, { fix, exit: EXIT.failed, cause });
  }
}

/** The witness that a partner's file of keys names. @throws CliError CLI_ARGUMENTS */
export function organisationOf(name: string, policy: Policy, named: string): Organisation {
  if (!/^[a-z0-9][a-z0-9.-]{0,62}$/.test(name) || name === ALL || name === "none") {
    throw misuse(
      "CLI_ARGUMENTS",
      `${name} cannot be the name of an organisation`,
      "use small letters, digits, . and -",
    );
  }
  const witnesses = [...policy.witnesses].flatMap(([witness, key]) => {
    const url = policy.urls.get(witness);
    return url === undefined ? [] : [{ key, url }];
  });
  if (witnesses.length > 0) return { name, witnesses };
  const fix = "the partner switches record.witness.server.on, and writes its keys with `bailiwick record keys`";
  throw misuse("CLI_ARGUMENTS", `${named} names no witness with a URL`, fix);
}

/** The organisations of a policy that was written here, and how many of them must cosign. @throws CliError CLI_ARGUMENTS */
export function organisationsOf(policy: Policy, named: string): { organisations: Organisation[]; needed: number } {
  const all = policy.groups.get(ALL);
  if (all === undefined || policy.quorum !== ALL) {
    const fix = "write it anew with `bailiwick record witness policy`";
    throw misuse("CLI_ARGUMENTS", `${named} has no group \`${ALL}\` as its quorum`, fix);
  }
  const organisations = all.members.map((name) => {
    const group: Group = policy.groups.get(name) ?? { atLeast: 1, members: [name] };
    const witnesses = group.members.flatMap((member) => {
      const key = policy.witnesses.get(member);
      return key === undefined ? [] : [{ key, url: policy.urls.get(member) ?? "" }];
    });
    return { name, witnesses };
  });
  return { organisations, needed: all.atLeast };
}

/**
 * @param logs - the log's own keys; none where strangers get them elsewhere
 * @param needed - how many organisations must cosign
 * @throws CliError CLI_ARGUMENTS
 */
export function policyText(
  logs: readonly VerifierKey[],
  organisations: readonly Organisation[],
  needed: number,
): string {
  const keys = organisations.flatMap(({ witnesses }) =>
    witnesses.map(({ key }) => Buffer.from(key.key).toString("hex")),
  );
  if (new Set(keys).size !== keys.length) {
    throw misuse("CLI_ARGUMENTS", "two organisations have one key", "each must have a witness of its own");
  }
  if (needed < 1 || needed > organisations.length) {
    const fix = `give --need 1 to ${organisations.length}`;
    throw misuse("CLI_ARGUMENTS", `${needed} of ${organisations.length} organisations cannot cosign`, fix);
  }
  const groups = organisations.map(({ name, witnesses }) => {
    const lines = witnesses.map(({ key, url }, i) => `witness ${name}-${i + 1} ${vkeyText(key)} ${url}`.trimEnd());
    return [...lines, `group ${name} any ${witnesses.map((_, i) => `${name}-${i + 1}`).join(" ")}`, ""].join("\n");
  });
  const names = organisations.map(({ name }) => name).join(" ");
  const head = logs.map((key) => `log ${vkeyText(key)}\n`).join("");
  return `# ${needed} of ${organisations.length} organisations\n${head}${groups.join("")}group ${ALL} ${needed} ${names}\nquorum ${ALL}\n`;
}

function vkeyText({ name, id, type, key }: VerifierKey): string {
  return `${name}+${id}+${Buffer.concat([Uint8Array.of(type), key]).toString("base64")}`;
}
