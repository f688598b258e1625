// SPDX-License-Identifier: Apache-2.0
// `bailiwick verify`: checks logs and proofs with the offline verifier. Opens no connection and trusts only the policy
// file that the caller had before.
import { statSync } from "node:fs";
import path from "node:path";
import {
  type Policy,
  parsePolicy,
  type Verdict,
  VerifyError,
  verifyLog,
  verifyProof,
} from "../../record/verify/index.ts";
import type { Args } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo, Style } from "../io.ts";
import { logFolders, logSource, readFileBytes } from "../log-folder.ts";
import { answer } from "../output.ts";
import type { Row } from "../table.ts";

interface Judged extends Verdict {
  /** A log's folder, or a proof file, as the caller would name it. */
  readonly target: string;
}

const STYLES: Readonly<Record<Verdict["checks"][number]["result"], Style>> = {
  passed: "green",
  failed: "red",
  "not-run": "yellow",
};

export async function run(args: Args, io: CliIo): Promise<number> {
  const file = args.values.get("policy");
  const trust = file === undefined ? undefined : readTrust(path.resolve(io.cwd, file), file);
  const judged = args.words.flatMap((named) => judge(named, io.cwd, trust));
  const broken = judged.some(({ checks }) => checks.some(({ result }) => result === "failed"));
  const ok = judged.every((verdict) => verdict.ok);
  answer(args, io, { ok, verdicts: judged }, [
    ...judged.flatMap(verdictRows),
    [
      "verdict",
      { text: ok ? "ok" : broken ? "FAILED" : "not proven: a required check was not run", style: ok ? "green" : "red" },
    ],
  ]);
  return ok ? EXIT.done : broken ? EXIT.broken : EXIT.no;
}

/** @throws CliError CLI_UNREADABLE */
function readTrust(file: string, named: string): Policy {
  try {
    return parsePolicy(readFileBytes(file));
  } catch (cause) {
    if (!(cause instanceof VerifyError)) throw cause;
    const fix = "give a tlog-policy file: log lines with keys, and a quorum line";
    throw new CliError("CLI_UNREADABLE", `cannot read ${named}: ${cause.message}`, { fix, exit: EXIT.failed, cause });
  }
}

function judge(named: string, cwd: string, trust: Policy | undefined): readonly Judged[] {
  const target = path.resolve(cwd, named);
  if (!statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    const text = Buffer.from(readFileBytes(target)).toString("utf8");
    return [{ target: named, ...verifyProof(text, trust) }];
  }
  return logFolders(target).map((folder) => {
    const verdict = verifyLog(logSource(folder), trust);
    return { target: path.join(named, path.relative(target, folder)), ...verdict };
  });
}

function verdictRows({ target, checks }: Judged): readonly Row[] {
  return [
    ["checked", target],
    ...checks.map(({ result, name, detail }): Row => [{ text: result, style: STYLES[result] }, `${name}: ${detail}`]),
  ];
}
