// SPDX-License-Identifier: Apache-2.0
// `bailiwick store verify-backup DIR`: every file, every row and every entry of a backup, in a scratch folder.
import { exitOf, readSets, testedRows } from "../backup-rows.ts";
import type { Args } from "../command.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { testBackup } = await import("../../server/index.ts");
  const tested = await testBackup(readSets(args, io));
  answer(args, io, tested, testedRows(tested));
  return exitOf(tested);
}
