// SPDX-License-Identifier: Apache-2.0
// `bailiwick verify`: checks logs and proofs with the offline verifier. Opens no connection and trusts only the policy
// file that the caller had before.
import { statSync } from "node:fs";
import path from "node:path";
import {
  type AgeLimit,
  isExport,
  type Policy,
  parsePolicy,
  type Verdict,
  VerifyError,
  verifyExport,
  verifyLog,
  verifyNote,
  verifyProof,
} from "../../record/verify/index.ts";
import type { Args } from "../command.ts";
import { CliError, misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { logFolders, logSource, readFileBytes } from "../log-folder.ts";
import { answer } from "../output.ts";
import { verdictRows } from "../verdict-rows.ts";

interface Judged extends Verdict {
  /** A log's folder, or a proof file, as the caller would name it. */
  readonly target: string;
}

export async function run(args: Args, io: CliIo): Promise<number> {
  const file = args.values.get("policy");
  const trust = file === undefined ? undefined : readTrust(path.resolve(io.cwd, file), file);
  const age = ageOf(args);
  const judged = args.words.flatMap((named) => judge(named, io.cwd, trust, age));
  const broken = judged.some(({ checks }) => checks.some(({ result }) => result === "failed"));
  const ok = judged.every((verdict) => verdict.ok);
  answer(args, io, { ok, verdicts: judged }, [
    ...judged.flatMap(({ target, checks }) => verdictRows(target, checks)),
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

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function ageOf({ values }: Args): AgeLimit | undefined {
  const text = values.get("max-age");
  if (text === undefined) return undefined;
  const [, count = "", unit = ""] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = UNITS[unit];
  if (seconds === undefined) {
    throw misuse("CLI_OPTION_VALUE", `--max-age ${text} is no length of time`, "give one such as 90s, 10m, 1h or 7d");
  }
  return { maxAgeS: Number(count) * seconds, nowS: Date.now() / 1000 };
}

function judge(named: string, cwd: string, trust: Policy | undefined, age: AgeLimit | undefined): readonly Judged[] {
  const target = path.resolve(cwd, named);
  if (!statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    const text = Buffer.from(readFileBytes(target)).toString("utf8");
    const isProof = text.startsWith("c2sp.org/tlog-proof@");
    return [{ target: named, ...(isProof ? verifyProof(text, trust, { age }) : verifyNote(text, trust, age)) }];
  }
  const source = logSource(target);
  if (isExport(source)) return [{ target: named, ...verifyExport(source, trust, { age }) }];
  return logFolders(target).map((folder) => {
    const verdict = verifyLog(logSource(folder), trust, { age });
    return { target: path.join(named, path.relative(target, folder)), ...verdict };
  });
}
