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
    now: 2026-12-06T09:00:00Z
    channel: mcp
    phase: before
    facet: act
    server: notes
    tool: ""
    auth: { pop: software, assurance: 2, age: 9007199254740993 }
    destination: { kind: none, operator: "", jurisdiction: "", listed: true }
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

test.each([
  ["an entity without quotes", VIEW.replace('Document::"a\\"b"', "Document::x")],
  ["an answer nobody gives", `${VIEW}, expect: { answer: perhaps }`],
])("D75: %s is a problem of the file", async (_, one) => {
  const expectation = one.includes("expect") ? "" : ", expect: { answer: deny }";
  const problems = await problemsOf({
    "10-rules.cedar": RULES,
    "cases/a.yaml": caseFile(`name: a, ${one}${expectation}`),
  });
  expect(problems).toMatchObject([{ code: "yaml_invalid", file: "cases/a.yaml", line: 17 }]);
});
