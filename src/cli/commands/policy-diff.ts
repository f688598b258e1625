// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy diff BEFORE AFTER`: rules that came, went or changed, and questions that the two sets answer differently.
// Needs no server.
import path from "node:path";
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import type { Row } from "../table.ts";

interface Side {
  readonly answer: string;
  readonly policies: readonly string[];
}

interface Separating {
  readonly question: {
    readonly principal: { readonly type: string; readonly id: string };
    readonly action: string;
    readonly resource: { readonly type: string; readonly id: string };
    readonly context: unknown;
  };
  readonly before: Side;
  readonly after: Side;
}

export async function run(args: Args, io: CliIo): Promise<number> {
  const [before = "", after = ""] = args.words.map((word) => path.resolve(io.cwd, word));
  const tries = wholeNumber(args, "tries", 20_000);
  const seed = wholeNumber(args, "seed", 1);
  const { diffPolicies } = await import("../../server/index.ts");
  const diff = await diffPolicies(before, after, { tries, seed });
  const { added, removed, changed, found, isSchemaSame } = diff;
  answer(args, io, diff, [
    ...added.map((id): Row => [{ text: "added", style: "green" }, id]),
    ...removed.map((id): Row => [{ text: "removed", style: "red" }, id]),
    ...changed.map((id): Row => [{ text: "changed", style: "yellow" }, id]),
    ...found.flatMap(foundRows),
    [
      "search",
      isSchemaSame
        ? `${found.length === 0 ? "no difference found" : "differences found"} in ${tries} tries`
        : "not run: the schemas differ",
    ],
  ]);
  return added.length + removed.length + changed.length + found.length === 0 && isSchemaSame ? EXIT.done : EXIT.no;
}

function foundRows({ question, before, after }: Separating): readonly Row[] {
  const { principal, action, resource, context } = question;
  return [
    ["differs", `${sideText(before)} before, ${sideText(after)} after`],
    ["", `${principal.type}::"${principal.id}" ${action} ${resource.type}::"${resource.id}"`],
    ["", { text: JSON.stringify(context), style: "dim" }],
  ];
}

function sideText({ answer: said, policies }: Side): string {
  return policies.length === 0 ? said : `${said} (${policies.join(", ")})`;
}

function wholeNumber(args: Args, name: string, otherwise: number): number {
  const given = args.values.get(name);
  if (given === undefined) return otherwise;
  const number = Number(given);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw misuse(
    "CLI_OPTION_VALUE",
    `--${name} ${given} is no whole number from 1`,
    `write a number such as ${otherwise}`,
  );
}
