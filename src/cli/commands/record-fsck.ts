// SPDX-License-Identifier: Apache-2.0
// `bailiwick record fsck`: reads every byte of every log of a stopped server, and says what is not as it must be.
import { existsSync } from "node:fs";
import path from "node:path";
import { parsePolicy, verifyLog } from "../../record/verify/index.ts";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { logFolders, logSource, readFileBytes } from "../log-folder.ts";
import { answer } from "../output.ts";
import { verdictRows } from "../verdict-rows.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const named = args.values.get("data") ?? "data";
  const data = path.resolve(io.cwd, named);
  const folders = logFolders(path.join(data, "record"));
  const file = path.join(data, "trust.policy");
  const trust = existsSync(file) ? parsePolicy(readFileBytes(file)) : undefined;
  const { whileStopped } = await import("../../server/index.ts");
  const logs = await whileStopped(data, () =>
    folders.map((folder) => ({ log: path.basename(folder), ...verifyLog(logSource(folder), trust) })),
  );
  const ok = logs.every((log) => log.ok);
  const isBroken = logs.some(({ checks }) => checks.some(({ result }) => result === "failed"));
  const end = ok
    ? "sound"
    : isBroken
      ? "DAMAGED: npx bailiwick record rebuild makes tiles and bundles again from the journal"
      : "not all of it could be checked";
  answer(args, io, { ok, logs }, [
    ...logs.flatMap(({ log, checks }) => verdictRows(path.join(named, "record", log), checks)),
    ["verdict", { text: end, style: ok ? "green" : "red" }],
  ]);
  return ok ? EXIT.done : isBroken ? EXIT.broken : EXIT.no;
}
