// SPDX-License-Identifier: Apache-2.0
// What a verifier is given, and which judge it needs: the folder of a log, a folder of logs, an export, either of them in a
// zip, a proof, a checkpoint.
import { statSync } from "node:fs";
import path from "node:path";
import {
  type AgeLimit,
  isExport,
  type LogSource,
  type Opening,
  type Policy,
  type Verdict,
  verifyExport,
  verifyLog,
  verifyNote,
  verifyProof,
} from "../record/verify/index.ts";
import { logFolders, logSource, readFileBytes } from "./log-folder.ts";
import { isZip, zipSource } from "./zip.ts";

export interface Judged extends Verdict {
  /** A log's folder, or a proof file, as the caller would name it. */
  readonly target: string;
}

export interface Asked {
  readonly trust: Policy | undefined;
  readonly age: AgeLimit | undefined;
  /** Text of a checkpoint of before. */
  readonly older: string | undefined;
  /** What entries committed to. */
  readonly openings: readonly Opening[] | undefined;
}

/** @param named - as the caller named it @throws CliError CLI_UNREADABLE */
export function judge(named: string, cwd: string, asked: Asked): readonly Judged[] {
  const target = path.resolve(cwd, named);
  if (!statSync(target, { throwIfNoEntry: false })?.isDirectory()) return judgeFile(named, target, asked);
  const source = logSource(target);
  if (isExport(source)) return [{ target: named, ...alone(verifyExport(source, asked.trust, asked), asked) }];
  return logFolders(target).map((folder) => {
    const verdict = verifyLog(logSource(folder), asked.trust, asked);
    return { target: path.join(named, path.relative(target, folder)), ...verdict };
  });
}

export function readText(file: string): string {
  return Buffer.from(readFileBytes(file)).toString("utf8");
}

function judgeFile(named: string, file: string, asked: Asked): readonly Judged[] {
  const { trust, age, openings } = asked;
  const bytes = readFileBytes(file);
  if (isZip(bytes)) return judgeZip(named, zipSource(bytes, named), asked);
  const text = Buffer.from(bytes).toString("utf8");
  const isProof = text.startsWith("c2sp.org/tlog-proof@");
  const verdict = isProof ? verifyProof(text, trust, { age, openings }) : verifyNote(text, trust, age);
  return [{ target: named, ...alone(verdict, asked) }];
}

/** What can only be told where all entries of a log are, or an entry with its proof, was not checked here. */
function alone(verdict: Verdict, { older, openings }: Asked): Verdict {
  const left: Verdict["checks"][number][] = [];
  if (older !== undefined)
    left.push({
      result: "not-run",
      name: "growth",
      detail: "an older checkpoint is compared with the folder of a log",
    });
  if (openings !== undefined && !verdict.checks.some(({ name }) => name === "opening"))
    left.push({
      result: "not-run",
      name: "opening",
      detail: "openings are compared with a proof or the folder of a log",
    });
  return left.length === 0 ? verdict : { ok: false, checks: [...verdict.checks, ...left] };
}

/** Everything may stand in one folder of the zip, as packers do it. */
function judgeZip(named: string, source: LogSource, asked: Asked): readonly Judged[] {
  const inside = insideOf(source);
  const verdict = isExport(inside)
    ? alone(verifyExport(inside, asked.trust, asked), asked)
    : verifyLog(inside, asked.trust, asked);
  return [{ target: named, ...verdict }];
}

function insideOf(source: LogSource): LogSource {
  const tops = new Set(source.list().map((name) => name.split("/", 1)[0] ?? ""));
  const [top = ""] = tops;
  if (tops.size !== 1 || source.read(top) !== undefined) return source;
  const prefix = `${top}/`;
  return {
    list: () => source.list().map((name) => name.slice(prefix.length)),
    read: (name) => source.read(`${prefix}${name}`),
  };
}
