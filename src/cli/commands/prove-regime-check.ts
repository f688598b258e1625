// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove regime check [DIR]`: what is wrong with the rules of a folder, with file, line and column.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { problemRows } from "../problem-row.ts";
import { regulationsFolder } from "../regulations-folder.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { named, dir } = regulationsFolder(args.words[0], io);
  const { listRegimes } = await import("../../server/index.ts");
  const { problems, standing, digest, rows } = await listRegimes(dir);
  const ok = problems.length === 0;
  const end: Row = ok
    ? [{ text: "ok", style: "green" }, `${rows.length} duties in ${named}, ${digest ?? ""}`]
    : [{ text: "no", style: "red" }, `${problems.length} must be mended before ${named} can be used`];
  const state: readonly Row[] = standing === undefined ? [] : [["state", standing]];
  answer(args, io, { problems, duties: rows.length, digest: digest ?? null }, [
    ...problemRows(problems),
    ...state,
    end,
  ]);
  return ok ? EXIT.done : EXIT.no;
}
