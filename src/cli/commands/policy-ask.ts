// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy ask [DIR] --case TEXT`: why the rules answer a case as they do, clause by clause, what came nearest, and
// what would change it. Needs no server.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { policyFolder } from "../policy-folder.ts";
import { problemRows } from "../problem-row.ts";
import type { Row } from "../table.ts";

interface Clause {
  readonly text: string;
  readonly outcome: string;
  readonly values: readonly { readonly path: string; readonly value: string }[];
}

interface Policy {
  readonly id: string;
  readonly effect: string;
  readonly file: string;
  readonly line: number;
  readonly clauses: readonly Clause[];
}

/** One case, as it is explained. */
interface Explained {
  readonly file: string;
  readonly name: string;
  readonly explanation: {
    readonly decision: { readonly answer: string; readonly reason: string };
    readonly policies: readonly Policy[];
    readonly nearest: readonly (Policy & { readonly outside?: string })[];
    readonly remedies: readonly { readonly profile: string; readonly policy: string }[];
    readonly changes: readonly {
      readonly changes: readonly { readonly path: string; readonly to: unknown }[];
      readonly answer: string;
    }[];
  };
}

export async function run(args: Args, io: CliIo): Promise<number> {
  const { named, dir } = policyFolder(args, io);
  const text = args.values.get("case") ?? "";
  const changeable = (args.values.get("change") ?? "").split(",").filter((path) => path !== "");
  const { explainPolicies } = await import("../../server/index.ts");
  const asked = await explainPolicies(dir, text, changeable);
  if (asked.cases.length === 0 && asked.problems.length === 0)
    throw misuse("CLI_ARGUMENTS", `no case of ${named} is called ${text}`, `policy test ${named} --plain lists them`);
  answer(args, io, asked, [...problemRows(asked.problems), ...asked.cases.flatMap(caseRows)]);
  return asked.problems.some(({ blocking }) => blocking) ? EXIT.no : EXIT.done;
}

function caseRows({ file, name, explanation }: Explained): readonly Row[] {
  const { decision, policies, nearest, remedies, changes } = explanation;
  return [
    ["case", `${file}: ${name}`],
    ["answer", `${decision.answer} (${decision.reason})`],
    ...policies.flatMap((policy): readonly Row[] => [
      [policy.effect, `${policy.id}, ${policy.file}:${policy.line}`],
      ...policy.clauses.flatMap(clauseRows),
    ]),
    ...nearest.flatMap((policy): readonly Row[] => [
      [
        "nearest",
        `${policy.id}, ${policy.file}:${policy.line}${policy.outside === undefined ? "" : `, another ${policy.outside}`}`,
      ],
      ...policy.clauses.flatMap(clauseRows),
    ]),
    ...remedies.map(({ profile, policy }): Row => ["lifted by", `${profile}, for ${policy}`]),
    ...changes.map(({ changes: made, answer: then }): Row => {
      const what = made.map(({ path, to }) => `${path} = ${JSON.stringify(to)}`).join(" and ");
      return ["otherwise", `${then} with ${what}`];
    }),
  ];
}

function clauseRows({ outcome, text, values }: Clause): readonly Row[] {
  const style = outcome === "true" ? "green" : outcome === "false" ? "yellow" : "red";
  return [
    [{ text: `  ${outcome}`, style }, text],
    ...values.map(({ path, value }): Row => ["", { text: `${path} is ${value}`, style: "dim" }]),
  ];
}
