// SPDX-License-Identifier: Apache-2.0
// `bailiwick record rebuild`: makes tiles, bundles and a lost checkpoint again from the entries of a stopped server's logs.
import path from "node:path";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { logFolders } from "../log-folder.ts";
import { answer } from "../output.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const data = path.resolve(io.cwd, args.values.get("data") ?? "data");
  const folders = logFolders(path.join(data, "record"));
  const { rebuildRecord } = await import("../../server/index.ts");
  const logs = await rebuildRecord(data, folders);
  const rows = logs.flatMap(({ log, size, from, why, written, replaced }): Row[] => [
    ["rebuilt", `${log}: ${size} entries from its ${from}${why === undefined ? "" : ` (${why})`}`],
    ...written.map((file): Row => [{ text: "written", style: "green" }, file]),
    ...replaced.map((file): Row => [{ text: "replaced", style: "yellow" }, file]),
  ]);
  answer(args, io, { logs }, rows);
  return EXIT.done;
}
