// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy explain <reference>`: why one call was answered as it was, with the line in the file that decided.
import { type DecidingPolicy, type DecisionView, type PartWhy, type RuleWhy, SdkError } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { answerCell, shortIdentity } from "../entry-row.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf, found } from "../server.ts";
import type { Cell, Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [ref = ""] = args.words;
  const client = clientOf(args, io);
  const decision = await found(ref, client.decision(ref));
  const why = await client.why(ref).catch(unknown);
  answer(args, io, { ...decision, why }, [...explainRows(decision), ...whyRows(why)]);
  return EXIT.done;
}

/** What is not kept any more, or not for everybody's eyes, is said and is no fault. */
function unknown(cause: unknown): string {
  if (!(cause instanceof SdkError) || cause.problem === undefined) throw cause;
  return cause.problem.detail ?? cause.problem.title;
}

const PARTS: Readonly<Record<string, string>> = {
  call: "before it was done",
  release: "before its result was handed over",
  question: "as it was asked",
};

/** Clause by clause, in words. */
function whyRows(why: readonly PartWhy[] | string): readonly Row[] {
  if (typeof why === "string") return [["values", why]];
  return why.flatMap(({ part, answer: said, action, resource, rules, nearest }): readonly Row[] => [
    ["", ""],
    [answerCell(said), `to ${action} ${resource}, ${PARTS[part] ?? part}`],
    ...(rules.length === 0 && nearest.length === 0 ? [["", "no rule was asked"] as const] : []),
    ...rules.flatMap((rule) => ruleRows(EFFECTS[rule.tier] ?? rule.effect, rule)),
    ...nearest.flatMap((rule) => ruleRows("nearest", rule)),
  ]);
}

/** What a rule does where it holds. */
const EFFECTS: Readonly<Record<string, string>> = {
  permit: "allows",
  log: "on record",
  limit: "limits",
  challenge: "asks",
  deny: "refuses",
};

function ruleRows(does: string, { id, reason, scope, outside, clauses }: RuleWhy): readonly Row[] {
  const missed = outside === "principal" ? "somebody else" : "something else";
  return [
    [does, id],
    ...(reason === undefined ? [] : [["", reason] as const]),
    ["for", outside === undefined ? scope : `${scope}: this was ${missed}`],
    ...clauses.flatMap(({ words, outcome, values }): readonly Row[] => [
      [OUTCOMES[outcome] ?? { text: "cannot say", style: "red" }, words],
      ...values.map(({ name, value }): Row => {
        const text = values.length === 1 ? `it was ${value}` : `${name}: ${value}`;
        return ["", { text, style: "dim" }];
      }),
    ]),
  ];
}

const OUTCOMES: Readonly<Record<string, Cell>> = {
  true: { text: "so it is", style: "green" },
  false: { text: "not so", style: "yellow" },
};

export function explainRows(decision: DecisionView): readonly Row[] {
  const { reference, at, who, verb, resource, reason, refusal, would, objections, policies, errors, origins, outcome } =
    decision;
  const because = [reason, refusal].filter((why) => why !== undefined);
  const result = outcome?.["result"];
  return [
    ["answer", answerCell(decision.answer)],
    ...(decision.shown === decision.answer ? [] : [["in the end", answerCell(decision.shown)] as const]),
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
