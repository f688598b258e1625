// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { bundleOf, problemsOf } from "../testing/bundle.ts";
import { runCases } from "./run-cases.ts";

const RULES = `
@id("reads") permit (principal is Agent, action == Action::"view", resource is Document);
@id("never-asked") forbid (principal is Human, action in Action::"read", resource);
`;

const WORLD = `
given:
  at: 2026-12-06T09:00:00Z
  context:
    auth: { age: 9007199254740993 }
  entities:
    - uid: &agent Agent::"spiffe://demo/agent/a"
      attrs: { status: active, expires: 2027-01-01T00:00:00Z, environment: test, jurisdiction: DE, purpose: tests, synthetic: false }
cases:
`;

function caseFile(...cases: readonly string[]): string {
  return WORLD + cases.map((one) => `  - { ${one} }\n`).join("");
}

const VIEW = 'ask: { who: *agent, verb: view, what: Document::"a\\"b" }';

test("D75: a case passes where answer, reason and policies are as expected", async () => {
  const bundle = await bundleOf({
    "10-rules.cedar": RULES,
    "cases/a.yaml": caseFile(
      `name: right, ${VIEW}, expect: { answer: allow, reason: permitted, policies: [reads] }`,
      `name: wrong answer, ${VIEW}, expect: { answer: deny }`,
      `name: wrong policies, ${VIEW}, expect: { answer: allow, policies: [] }`,
    ),
  });
  expect(runCases(bundle).results).toEqual([
    {
      file: "cases/a.yaml",
      name: "right",
      passed: true,
      answer: "allow",
      reason: "permitted",
      policies: ["reads"],
      differences: [],
    },
    expect.objectContaining({ name: "wrong answer", passed: false, differences: ["answer: expected deny, got allow"] }),
    expect.objectContaining({
      name: "wrong policies",
      passed: false,
      differences: ["policies: expected none, got reads"],
    }),
  ]);
});

test("D75: coverage counts where a policy held and where it did not, and no case that no policy saw", async () => {
  const bundle = await bundleOf({
    "10-rules.cedar": RULES,
    "cases/a.yaml": caseFile(
      `name: a, ${VIEW}, expect: { answer: allow }`,
      'name: b, ask: { who: *agent, verb: train, what: Document::"x" }, expect: { answer: deny }',
      'name: c, ask: { who: Agent::"nobody", verb: view, what: Document::"x" }, expect: { answer: deny }',
    ),
  });
  expect(runCases(bundle).coverage).toEqual([
    { id: "reads", satisfied: 1, unsatisfied: 1 },
    { id: "never-asked", satisfied: 0, unsatisfied: 2 },
  ]);
});

test("D75: a case may change the context, and hears where its own input is refused", async () => {
  const bundle = await bundleOf({
    "10-rules.cedar": RULES,
    "cases/a.yaml": caseFile(
      'name: a, ask: { who: *agent, verb: view, what: Document::"x", context: { facet: 1 } }, expect: { answer: allow }',
    ),
  });
  const [result] = runCases(bundle).results;
  expect(result?.differences).toContain("the question was refused: wrong_type at facet");
});

test("D75: a case changes what it is about; the rest is an ordinary call under a mandate", async () => {
  const bundle = await bundleOf({
    "10-rules.cedar": `
@id("ordinary") permit (principal is Agent, action == Action::"view", resource) when {
  context.mandate.covers && context.mandate.deadline > context.now && context.data.flow.level == 0 &&
  context.data.flow.complete && context.origin.broken.isEmpty() && !context.transfer.crossing &&
  context.auth.pop == "software" && context.auth.age == 9007199254740993 && context.phase == "before" };`,
    "cases/a.yaml": caseFile(
      `name: ordinary, ${VIEW}, expect: { answer: allow }`,
      ...[
        "mandate: { covers: false }",
        "data: { flow: { level: 1 } }",
        "data: { flow: { complete: false } }",
        "origin: { broken: [target] }",
        "transfer: { crossing: true }",
        "phase: after",
      ].map(
        (change) => `name: "${change}", ${VIEW.replace(" }", `, context: { ${change} } }`)}, expect: { answer: deny }`,
      ),
    ),
  });
  expect(runCases(bundle).results.filter(({ passed }) => !passed)).toEqual([]);
});

const SOFT = `${RULES}
@id("masked") @answer("limit") @obligation("mask")
forbid (principal, action in Action::"read", resource) when { context.data.flow.categories.contains("personal") };
@id("asked") @answer("challenge") @remedy("someone")
forbid (principal, action in Action::"read", resource) when { context.data.flow.level > 1 };
`;

/** A case with this label of what moves. */
function flowing(flow: string, expected: string, evidence = ""): string {
  const ask = VIEW.replace(" }", `, context: { data: { flow: { ${flow} } } }${evidence} }`);
  return `name: "${expected}", ${ask}, expect: { ${expected} }`;
}

test("D75: a case says what must be done, what would lift a challenge, and what people agreed to", async () => {
  const bundle = await bundleOf({
    "10-rules.cedar": SOFT,
    "obligations.yaml": "mask: { type: redact, categories: [personal], style: mask }\n",
    "remedies.yaml": "someone: { kind: approval, approvers: { group: g } }\n",
    "cases/a.yaml": caseFile(
      flowing(
        "categories: [personal]",
        "answer: limit, obligations: [{ style: mask, type: redact, categories: [personal] }]",
      ),
      flowing("level: 2", "answer: challenge, remedies: [someone]"),
      flowing("level: 2", "answer: log, reason: discharged, remedies: []", ", evidence: [asked]"),
      flowing("categories: [personal]", "answer: limit, obligations: []"),
      flowing("level: 2", "answer: challenge, remedies: [nobody]"),
      flowing("level: 0", "answer: allow", ", evidence: [masked]"),
    ),
  });
  expect(runCases(bundle).results.map(({ differences }) => differences)).toEqual([
    [],
    [],
    [],
    ['obligations: expected none, got {"categories":["personal"],"style":"mask","type":"redact"}'],
    ["remedies: expected nobody, got someone"],
    ["evidence: no policy masked asks for any"],
  ]);
});

test.each([
  ["an entity without quotes", VIEW.replace('Document::"a\\"b"', "Document::x")],
  ["an answer nobody gives", `${VIEW}, expect: { answer: perhaps }`],
])("D75: %s is a problem of the file", async (_, one) => {
  const expectation = one.includes("expect") ? "" : ", expect: { answer: deny }";
  const problems = await problemsOf({
    "10-rules.cedar": RULES,
    "cases/a.yaml": caseFile(`name: a, ${one}${expectation}`),
  });
  expect(problems).toMatchObject([{ code: "yaml_invalid", file: "cases/a.yaml", line: 10 }]);
});
