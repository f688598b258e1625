// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy fmt [DIR] [--check]`: the rules of a folder in the one form, with their comments. Needs no server.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { policyFolder } from "../policy-folder.ts";
import { problemRows } from "../problem-row.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { dir } = policyFolder(args, io);
  const check = args.switches.has("check");
  const { formatPolicies } = await import("../../server/index.ts");
  const formatted = await formatPolicies(dir, { check });
  const { changed, same, problems } = formatted;
  const count = changed.length + same.length;
  answer(args, io, formatted, [
    ...changed.map((file): Row => [{ text: check ? "differs" : "written", style: "yellow" }, file]),
    ...problemRows(problems),
    [
      "files",
      `${count}, ${changed.length === 0 ? "all in their form" : `${changed.length} ${check ? "not in their form" : "written"}`}`,
    ],
  ]);
  const isOff = check && changed.length > 0;
  return isOff || problems.some(({ blocking }) => blocking) ? EXIT.no : EXIT.done;
}
