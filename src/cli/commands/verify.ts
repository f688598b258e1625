// SPDX-License-Identifier: Apache-2.0
// `bailiwick verify`: checks logs and proofs with the offline verifier. Opens no connection and trusts only the policy
// file that the caller had before.
import path from "node:path";
import {
  type AgeLimit,
  type Opening,
  type Policy,
  parseOpenings,
  parsePolicy,
  VerifyError,
} from "../../record/verify/index.ts";
import type { Args } from "../command.ts";
import { CliError, misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { type Asked, judge, readText } from "../judge.ts";
import { readFileBytes } from "../log-folder.ts";
import { answer } from "../output.ts";
import { verdictRows } from "../verdict-rows.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const file = args.values.get("policy");
  const trust = file === undefined ? undefined : readTrust(path.resolve(io.cwd, file), file);
  const older = args.values.get("older");
  const asked: Asked = {
    trust,
    age: ageOf(args),
    openings: openingsOf(args, io.cwd),
    older: older === undefined ? undefined : readText(path.resolve(io.cwd, older)),
  };
  const judged = args.words.flatMap((named) => judge(named, io.cwd, asked));
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

/** @throws CliError CLI_UNREADABLE */
function openingsOf({ values }: Args, cwd: string): readonly Opening[] | undefined {
  const named = values.get("openings");
  if (named === undefined) return undefined;
  try {
    return parseOpenings(Buffer.from(readFileBytes(path.resolve(cwd, named))).toString("utf8"));
  } catch (cause) {
    if (!(cause instanceof VerifyError)) throw cause;
    const fix = "give the JSON that npx bailiwick record open wrote";
    throw new CliError("CLI_UNREADABLE", `cannot read ${named}: ${cause.message}`, { fix, exit: EXIT.failed, cause });
  }
}
