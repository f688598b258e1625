// SPDX-License-Identifier: Apache-2.0
// `bailiwick store restore DIR`: a backup into an empty folder, and what a person does next.
import path from "node:path";
import { exitOf, readSets, testedRows } from "../backup-rows.ts";
import type { Args } from "../command.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const named = args.values.get("data") ?? "data";
  const { restoreBackup } = await import("../../server/index.ts");
  const started = performance.now();
  const tested = await restoreBackup(readSets(args, io), path.resolve(io.cwd, named));
  const ms = Math.round(performance.now() - started);
  answer(args, io, { ...tested, dataDir: named, ms }, [
    ...testedRows(tested),
    ["restored", `${named}, in ${ms} ms; what was written after ${tested.made} is not in it`],
    ["next", `npx bailiwick record adopt NAME --data ${named}, and set record.name to NAME`],
    ["then", "npx bailiwick up: tokens, sessions, approvals and mandates from before are dead"],
    ["then", "npx bailiwick store reopen, when agents may go on"],
  ]);
  return exitOf(tested);
}
