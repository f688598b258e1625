// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy explain <reference>`: why one call was answered as it was, with the line in the file that decided.
import type { DecidingPolicy, DecisionView } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { answerCell, shortIdentity } from "../entry-row.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf, found } from "../server.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [ref = ""] = args.words;
  const decision = await found(ref, clientOf(args, io).decision(ref));
  answer(args, io, decision, explainRows(decision));
  return EXIT.done;
}

export function explainRows(decision: DecisionView): readonly Row[] {
  const { reference, at, who, verb, resource, reason, refusal, would, objections, policies, errors, origins, outcome } =
    decision;
  const because = [reason, refusal].filter((why) => why !== undefined);
  const result = outcome?.["result"];
  return [
    ["answer", answerCell(decision.answer)],
    ...(would === undefined ? [] : [["would be", answerCell(would)] as const]),
    ...objections.map((why): Row => ["objection", why]),
    ["asked", `${verb} ${resource}`],
    ["by", who === undefined ? "somebody who did not prove who they are" : shortIdentity(who)],
    ["at", `${at}, ${reference}`],
    ["because", because.join(": ")],
    ...policies.flatMap(policyRows),
    ...origins.map(
      ({ role, source, allowed }): Row => [role, `from ${source}${allowed ? "" : ", which may not choose it"}`],
    ),
    ...errors.map((error): Row => ["fault", `policy ${error.policy}: ${error.code}`]),
    ...(typeof result === "string" ? [["outcome", result]] : []),
  ];
}

function policyRows({ id, effect, file, line, reason, text }: DecidingPolicy): readonly Row[] {
  return [
    [effect, `${id}, ${file}:${line}`],
    ...(reason === undefined ? [] : [["", reason]]),
    ...(text === undefined
      ? []
      : text
          .trimEnd()
          .split("\n")
          .map((source): Row => ["", { text: source, style: "dim" }])),
  ];
}
