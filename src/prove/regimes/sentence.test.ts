// SPDX-License-Identifier: Apache-2.0
// Rows in words: nothing that is evaluated is left unsaid, and no figure is said that the row does not have.
import { expect, test } from "vitest";
import { REGIMES, rowOf } from "../testing/regimes.ts";
import { childrenOf } from "./build-row.ts";
import { dueSentence } from "./due-sentence.ts";
import type { Expr, Leaf } from "./expression.ts";
import type { Stage } from "./row.ts";
import { sentenceOf } from "./sentence.ts";

const { vocabulary } = REGIMES;
const rows = [...REGIMES.rows.values()];
const conditions = rows.flatMap(({ appliesWhen, unless, stages }) =>
  [appliesWhen, unless, ...stages.flatMap((stage) => [stage.appliesWhen, stage.unless])].flatMap(
    (one) => one?.expr ?? [],
  ),
);

function leavesOf(expr: Expr): readonly Leaf[] {
  const parts = childrenOf(expr);
  if (expr.type === "and" || expr.type === "or" || expr.type === "not" || expr.type === "at_least")
    return parts.flatMap(leavesOf);
  return [expr];
}

/** What a reader has to find in the sentence for one leaf. */
function saidBy(leaf: Leaf): readonly string[] {
  const ask = (fact: string): string => vocabulary.facts.get(fact)?.ask ?? "?!";
  if ("region" in leaf) return [leaf.region.place, ...leaf.region.without];
  if (leaf.type === "fact") return [ask(leaf.fact)];
  if (leaf.type === "in") return [ask(leaf.fact), ...leaf.values.map(String)];
  if (leaf.type === "role") return [vocabulary.roles.get(leaf.id) ?? "?!"];
  if (leaf.type === "kind") return leavesOf(vocabulary.kinds.get(leaf.id)?.is ?? leaf).flatMap(saidBy);
  if (leaf.type === "free_zone") return [leaf.id];
  const { left, right } = leaf;
  const about = left.type === "fact" ? [ask(left.fact)] : [];
  return [String(right), ...about, ...("region" in left ? [left.region.place, ...left.region.without] : [])];
}

test("J6: the sentence says every question, role, place and figure of the expression", () => {
  expect(conditions).toHaveLength(286);
  for (const expr of conditions) {
    const sentence = sentenceOf(expr, vocabulary);
    expect(
      leavesOf(expr)
        .flatMap(saidBy)
        .filter((said) => !sentence.includes(said)),
    ).toEqual([]);
    expect(sentence).not.toMatch(/undefined|\[object/);
  }
});

test.each<[Expr, string]>([
  [
    { type: "not", of: { type: "role", id: "processor" } },
    'your role is not "processes personal data for another (processor, data intermediary, service provider)"',
  ],
  [{ type: "not", of: { type: "fact", fact: "data.health" } }, 'no to "Health data?"'],
  [{ type: "not", of: { type: "est", region: { place: "EU27", without: [] } } }, "you are not established in EU27"],
  [
    { type: "not", of: { type: "compare", left: { type: "subjects" }, by: ">=", right: 5 } },
    "it is not so that the number of all people affected is at least 5",
  ],
  [
    { type: "compare", left: { type: "fact", fact: "risk.people" }, by: "!=", right: "high" },
    '"Risk to the rights and freedoms of the people (a recorded assessment)?" is not high',
  ],
  [
    { type: "serves", region: { place: "EU27", without: ["DE"] } },
    "you offer goods or services, or operate, in EU27 (not counting DE)",
  ],
])("J6: %j", (expr, sentence) => {
  expect(sentenceOf(expr, vocabulary)).toBe(sentence);
});

const stages = rows.flatMap((row) => row.stages.map(({ stage }) => ({ id: row.duty.id, stage })));

test("J47: a stage without a number in the law is said in the law's words, and with no figure of ours", () => {
  const silent = stages.filter(({ stage }) => stage.due.op === undefined && stage.due.duration === null);
  expect(silent).toHaveLength(81);
  for (const { stage } of silent) {
    const said = dueSentence(stage);
    expect(said).toContain(`no number in the law: "${stage.due.standard ?? "?!"}"`);
    expect(said).not.toMatch(/\bwithin \d/);
  }
});

test("J4: every other stage is said with its figure, and what is not statutory says so", () => {
  const figures = stages.filter(({ stage }) => stage.due.op !== undefined || stage.due.duration !== null);
  expect(figures).toHaveLength(217);
  for (const { id, stage } of figures) {
    const { due } = stage;
    const numbers = due.op === undefined ? [due.duration] : due.terms.map(({ duration }) => duration);
    for (const one of numbers)
      expect([id, dueSentence(stage)]).toEqual([
        id,
        expect.stringMatching(new RegExp(`\\b${/\d+/.exec(one ?? "")?.[0] ?? "?!"} `)),
      ]);
    expect(dueSentence(stage).includes("not statutory")).toBe(stage.binding !== undefined);
  }
});

test.each([
  ["EU-GDPR-33", "notification", "within 72 hours of awareness; without undue delay and, where feasible"],
  ["EU-DORA-19", "final", "within 1 month of the latest submission of intermediate"],
  ["EU-NIS2-23", "final", "within 1 month of the first submission of notification or notification trust"],
  ["US-SEC-8K-105", "public_filing", "within 4 business days of materiality determination"],
  ["US-VT-2435", "ag", "within 14 business days of discovery; before individuals"],
  ["US-HIPAA-404", "hhs_small", "within 60 days of end of calendar year of discovery"],
  [
    "ID-PDP-46",
    "authority",
    "within 72 hours of awareness; contested: from occurrence (the Act does not name the start of the clock)",
  ],
  ["IN-CERTIN", "report", "within the earliest of 6 hours of noticing and 6 hours of brought to notice"],
])("J4: %s %s: %s", (id, stage, sentence) => {
  const found: Stage | undefined = rowOf(id).duty.stages.find((one) => one.stage === stage);
  expect(found && dueSentence(found)).toContain(sentence);
});
