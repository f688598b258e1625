// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove regime show <row>`: one duty as a sentence beside its expression, with citation and state.
import type { Args } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { refuseProblems, regulationsFolder } from "../regulations-folder.ts";
import { nearest } from "../suggest.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [id = ""] = args.words;
  const { named, dir } = regulationsFolder(args.values.get("dir"), io);
  const { problems, row, known } = await shown(dir, id);
  refuseProblems(problems, named);
  if (row === undefined) {
    const near = nearest(id.toUpperCase(), known);
    const fix = near === undefined ? "see what there is: npx bailiwick prove regime list" : `did you mean ${near}?`;
    throw new CliError("CLI_NOT_FOUND", `${named} has no row ${id}`, { fix, exit: EXIT.failed });
  }
  answer(args, io, row, rowsOf(row));
  return EXIT.done;
}

async function shown(dir: string, id: string) {
  const { showRegime } = await import("../../server/index.ts");
  return showRegime(dir, id);
}

type Shown = NonNullable<Awaited<ReturnType<typeof shown>>["row"]>;
type Condition = Shown["appliesWhen"];

function rowsOf(row: Shown): readonly Row[] {
  const { id, instrument, citation, review, confidence, verified, status, reckoning, zone, calendar } = row;
  const days = [
    row.inForceFrom === undefined ? [] : `from ${row.inForceFrom}`,
    row.inForceUntil === undefined ? [] : `until ${row.inForceUntil}`,
  ].flat();
  return [
    ["row", { text: id, style: "bold" }],
    ["law", `${instrument}, ${citation}`],
    ["state", { text: `${review}: nobody here has signed that it says what the law says`, style: "yellow" }],
    ["source", `confidence ${confidence}, verified ${verified}`],
    ["status", [status, ...days].join(", ")],
    ...conditionRows("applies if", row.appliesWhen),
    ...conditionRows("unless", row.unless),
    ...row.stages.flatMap(stageRows),
    ["counted", `reckoning ${reckoning}, zone ${zone}, calendar ${calendar}`],
    ...(row.transposes === undefined ? [] : [["replaces", `${row.transposes}, in this state only`]]),
    ...(row.replacedBy.length === 0 ? [] : [["replaced", `by ${row.replacedBy.join(", ")}, in their own states`]]),
    ...row.sources.map(({ name, kind, ref }): Row => ["read in", `${name}: ${kind}, ${ref}`]),
    ...row.notes.map((note): Row => ["note", note]),
    ["file", `${row.file}, to be looked at again by ${row.reviewBy}`],
  ];
}

function stageRows({ stage, to, due, binding, appliesWhen, unless, note }: Shown["stages"][number]): readonly Row[] {
  return [
    ["stage", { text: `${stage}: to ${to}`, style: "bold" }],
    ["  due", `${due} (${binding})`],
    ...conditionRows("  applies if", appliesWhen),
    ...conditionRows("  unless", unless),
    ...(note === undefined ? [] : [["  note", note]]),
  ];
}

function conditionRows(label: string, condition: Condition | undefined): readonly Row[] {
  if (condition === undefined) return [];
  return [
    [label, condition.sentence],
    ["", { text: condition.expression, style: "dim" }],
  ];
}
