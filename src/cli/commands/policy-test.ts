// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy test [DIR]`: runs the cases that lie beside the policies of a folder. Needs no server.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { policyFolder } from "../policy-folder.ts";
import { problemRows } from "../problem-row.ts";
import type { Row } from "../table.ts";

interface Case {
  readonly name: string;
  readonly file: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly got: string;
}

interface Coverage {
  readonly policy: string;
  readonly satisfied: boolean;
  readonly unsatisfied: boolean;
}

export async function run(args: Args, io: CliIo): Promise<number> {
  const { named, dir } = policyFolder(args, io);
  const { testPolicies } = await import("../../server/index.ts");
  const tested = await testPolicies(dir);
  const fallen = tested.cases.filter(({ passed }) => !passed).length;
  const blocking = tested.problems.some((problem) => problem.blocking);
  // no case at all is not a test that passed
  const ok = fallen === 0 && !blocking && tested.cases.length > 0;
  const shown = args.switches.has("plain") ? tested.cases : tested.cases.filter(({ passed }) => !passed);
  answer(args, io, tested, [
    ...problemRows(tested.problems),
    ...shown.flatMap(caseRows),
    ...tested.coverage.flatMap(coverageRows),
    [
      ok ? { text: "ok", style: "green" } : { text: "no", style: "red" },
      `${tested.cases.length - fallen} of ${tested.cases.length} cases passed in ${named}`,
    ],
  ]);
  return ok ? EXIT.done : EXIT.no;
}

function caseRows({ name, file, passed, expected, got }: Case): readonly Row[] {
  if (passed) return [["passed", `${file}: ${name}`]];
  return [
    [{ text: "fell", style: "red" }, `${file}: ${name}`],
    ["", expected],
    ["", `the answer was ${got}`],
  ];
}

/** Policies of which the cases saw one side only. */
function coverageRows({ policy, satisfied, unsatisfied }: Coverage): readonly Row[] {
  if (satisfied && unsatisfied) return [];
  const what = satisfied
    ? "no case in which it does not apply"
    : unsatisfied
      ? "no case in which it applies"
      : "no case";
  return [[{ text: "untested", style: "yellow" }, `${policy}: ${what}`]];
}
