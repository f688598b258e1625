// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy check [DIR]`: what is wrong with the policies of a folder, with file and line. Needs no server.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { policyFolder } from "../policy-folder.ts";
import { problemRows } from "../problem-row.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { named, dir } = policyFolder(args, io);
  const { checkPolicies } = await import("../../server/index.ts");
  const checked = await checkPolicies(dir);
  const blocking = checked.problems.filter((problem) => problem.blocking).length;
  const digest = checked.digest === null ? "" : `, ${checked.digest}`;
  const end: Row =
    blocking === 0
      ? [{ text: "ok", style: "green" }, `${checked.policies} policies in ${named}${digest}`]
      : [{ text: "no", style: "red" }, `${blocking} must be mended before ${named} can be put in force`];
  answer(args, io, checked, [...problemRows(checked.problems), end]);
  return blocking === 0 ? EXIT.done : EXIT.no;
}
