// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { fakeClock } from "../../core/testing/system.ts";
import { CedarParser, PARSER_DEADLINE_MS } from "../cedar/parser.ts";
import { schemaText } from "../schema-text.ts";
import { bundleOf, FINE, loadFiles, PROFILES, problemsOf } from "../testing/bundle.ts";
import { loadBundle, loadFolder } from "./bundle.ts";

/** Each line doubles the one before it many times over. */
const RUNAWAY: string = Array.from({ length: 9 }, (_, n) =>
  n === 0
    ? "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"
    : `a${n}: &a${n} [${Array.from({ length: 10 }, () => `*a${n - 1}`).join(", ")}]`,
).join("\n");

const FORBID: string = FINE.replace("permit", "forbid").replace("==", "in");

/** Rules in one file beside a few profiles, and the codes of what is wrong with them. */
async function codes(rules: string): Promise<readonly string[]> {
  return (await problemsOf({ ...PROFILES, "10-rules.cedar": rules })).map(({ code }) => code);
}

test("D16: a folder becomes a set with its names, digests and places", async () => {
  const bundle = await bundleOf({
    "20-more.cedar": `// a note\n\n  @id("second") @reason("Why.") @owner("me") @control("AC-3") @doc("docs/x.md")\n${FINE.replace('@id("fine")\n', "")}`,
  });
  expect(bundle).toMatchObject({ name: "test", domain: "main", owner: "tests", problems: [] });
  expect(bundle.policies).toMatchObject([
    { id: "fine", effect: "permit", tier: "permit", file: "10-rules.cedar", line: 1, column: 1 },
    {
      id: "second",
      file: "20-more.cedar",
      line: 3,
      column: 3,
      reason: "Why.",
      owner: "me",
      control: "AC-3",
      doc: "docs/x.md",
    },
  ]);
  expect(bundle.set.digest).toBe(bundle.digest);
  expect(bundle.set.rules[1]?.hit).toEqual({
    id: "second",
    effect: "permit",
    tier: "permit",
    file: "20-more.cedar",
    line: 3,
    reason: "Why.",
    digest: bundle.policies[1]?.digest,
  });
});

test("D15: policies stand in the order of files and lines, twelve and more of them", async () => {
  const rules = Array.from({ length: 12 }, (_, n) => FINE.replace("fine", `rule-${n}`)).join("");
  const { policies } = await bundleOf({ "10-rules.cedar": rules, "05-first.cedar": FINE });
  expect(policies.map(({ id }) => id)).toEqual(["fine", ...Array.from({ length: 12 }, (_, n) => `rule-${n}`)]);
  expect(policies.map(({ line }) => line)).toEqual([1, ...Array.from({ length: 12 }, (_, n) => 2 * n + 1)]);
});

test("D16: one bad file and there is no bundle at all", async () => {
  const loaded = await loadFiles({ "20-bad.cedar": '@id("bad")\npermit (principal, action resource);\n' });
  expect(loaded).toMatchObject({
    problems: [{ code: "cedar", file: "20-bad.cedar", line: 2, column: 27, blocking: true }],
  });
});

test("D15: a problem stands at its character, where bytes are two, and stands there once", async () => {
  const rules = `${FINE}@id("x")\npermit (principal is Agent, action, resource)\nwhen { "üü" == "üü" && context.nowhere == 1 };`;
  const problems = await problemsOf({ "10-rules.cedar": rules });
  expect(problems).toMatchObject([{ code: "validation_error", line: 5, column: 24, fix: "did you mean `now`?" }]);
});

test.each([
  ["no id", FINE.replace('@id("fine")', ""), ["missing_id"]],
  ["an id in capitals", FINE.replace("fine", "Fine"), ["bad_id"]],
  ["an empty id", FINE.replace('("fine")', ""), ["missing_id", "empty_annotation"]],
  ["an id twice", FINE + FINE, ["duplicate_id"]],
  ["a key nobody knows", `@reasn("x") ${FINE}`, ["unknown_annotation"]],
  ["an empty reason", `@reason("") ${FINE}`, ["empty_annotation"]],
  ["an answer on a permit", `@answer("log") ${FINE}`, ["answer_on_permit"]],
  ["an unknown answer", `@answer("maybe") ${FINE.replace("permit", "forbid").replace("==", "in")}`, ["unknown_answer"]],
  [
    "a limit on a permit",
    `@answer("limit") @obligation("mask") ${FINE}`,
    ["answer_on_permit", "obligation_without_limit"],
  ],
  ["a limit without an obligation", `@answer("limit") ${FORBID}`, ["limit_without_obligation"]],
  ["a limit with an empty obligation", `@answer("limit") @obligation(" , ") ${FORBID}`, ["limit_without_obligation"]],
  ["a challenge without a remedy", `@answer("challenge") ${FORBID}`, ["challenge_without_remedy"]],
  ["an obligation of a permit", `@obligation("mask") ${FINE}`, ["obligation_without_limit"]],
  ["an obligation of a plain forbid", `@obligation("mask") ${FORBID}`, ["obligation_without_limit"]],
  [
    "a remedy of a limit",
    `@answer("limit") @obligation("mask") @remedy("ask") ${FORBID}`,
    ["remedy_without_challenge"],
  ],
  ["an obligation nobody defined", `@answer("limit") @obligation("mask, shred") ${FORBID}`, ["unknown_obligation"]],
  ["a remedy nobody defined", `@answer("challenge") @remedy("toString") ${FORBID}`, ["unknown_remedy"]],
  ["shadow mode", `@mode("shadow") ${FINE}`, ["not_in_this_version"]],
  ["a problem nobody may accept", `@accept("validation_error") ${FINE}`, ["not_acceptable"]],
])("D17: %s is refused", async (_, rules, expected) => {
  expect(await codes(rules)).toEqual(expected);
});

test.each([
  [
    "a forbid on one action",
    '@id("x") forbid (principal, action == Action::"execute", resource);',
    ["forbid_action_eq"],
  ],
  [
    "a forbid that compares the action in a condition",
    '@id("x") forbid (principal, action, resource) when { !(resource is Tool && action == Action::"execute") };',
    ["forbid_action_eq"],
  ],
  [
    "a forbid that compares the action deep inside",
    '@id("x") forbid (principal, action, resource) when { {a: [if action != Action::"view" then 1 else 2]} == {a: [1]} && context.auth.age > 0 && "x" like "*" && context has tool && (resource is Tool in Server::"s") && context.now.toTime() > duration("1h") };',
    ["forbid_action_eq"],
  ],
  [
    "a permit for everything",
    '@id("x") permit (principal, action, resource) when { context.facet == "act" };',
    ["unscoped_permit"],
  ],
  [
    "an attribute nobody declared",
    '@id("x") permit (principal is Agent, action, resource) when { principal.nick == "x" };',
    ["validation_error"],
  ],
  [
    "a forbid that never holds",
    '@id("x") forbid (principal, action, resource) when { principal is Agent && principal is Human };',
    ["impossible_forbid"],
  ],
  [
    "a permit that never holds",
    '@id("x") permit (principal is Agent, action, resource) when { false };',
    ["impossible_permit"],
  ],
  [
    "a name in two scripts",
    '@id("x") permit (principal == Agent::"spiffe://demo/agent/аdmin", action, resource);',
    ["mixed_script"],
  ],
  [
    "a name with an unusual character",
    '@id("x") permit (principal is Agent, action, resource == Document::"files/Q3\u2013Q4");',
    ["unusual_character"],
  ],
  [
    "a name that runs backwards",
    '@id("x") permit (principal == Agent::"a\u202eb", action, resource);',
    ["bidi_characters"],
  ],
  [
    "a principal that fits no action",
    '@id("x") permit (principal is Team, action, resource);',
    ["no_applicable_action", "impossible_permit"],
  ],
  ["a template", '@id("x") permit (principal == ?principal, action, resource);', ["template_not_linked"]],
  [
    "nesting",
    `@id("x") permit (principal is Agent, action, resource) when { ${"(".repeat(70)}true${")".repeat(70)} };`,
    ["nesting_too_deep"],
  ],
  [
    "a very long policy",
    `@id("x") @reason("${"x".repeat(70_000)}") permit (principal is Agent, action, resource);`,
    ["policy_too_large"],
  ],
])("D18, D19: %s", async (_, rules, expected) => {
  const found = await codes(rules);
  expect(found.toSorted()).toEqual([...expected].toSorted());
});

test("D18: what an author may accept is told, and does not block", async () => {
  const rules =
    '@id("x") @accept("unscoped_permit") permit (principal, action, resource) when { context.facet == "act" };';
  const loaded = await loadFiles({ "10-rules.cedar": rules });
  expect(loaded).toMatchObject({ bundle: { problems: [{ code: "unscoped_permit", blocking: false }] } });
});

test("D19: every problem names a file, a line, a column and what to do", async () => {
  const problems = await problemsOf({
    "10-rules.cedar": '\n  @id("x") forbid (principal, action == Action::"execute", resource);',
  });
  expect(problems).toEqual([
    expect.objectContaining({ file: "10-rules.cedar", line: 2, column: 3, fix: "write `action in`", blocking: true }),
  ]);
});

test.each<[string, Record<string, string | undefined>, string, string]>([
  ["no manifest", { "bailiwick.yaml": undefined }, "file_missing", "bailiwick.yaml"],
  ["no schema", { "schema.cedarschema": undefined }, "file_missing", "schema.cedarschema"],
  ["no policies", { "10-rules.cedar": "// none yet\n" }, "no_policies", ""],
  [
    "a manifest with an unknown member",
    { "bailiwick.yaml": "name: a\ndomain: main\nowner: b\nextra: 1\n" },
    "yaml_invalid",
    "bailiwick.yaml",
  ],
  [
    "a domain that is no name",
    { "bailiwick.yaml": "name: a\ndomain: Main!\nowner: b\n" },
    "yaml_invalid",
    "bailiwick.yaml",
  ],
  ["a manifest that is no YAML", { "bailiwick.yaml": "name: [" }, "yaml_malformed", "bailiwick.yaml"],
  ["a schema that is no schema", { "schema.cedarschema": "entity;" }, "cedar", "schema.cedarschema"],
  ["a manifest of runaway aliases", { "bailiwick.yaml": RUNAWAY }, "yaml_malformed", "bailiwick.yaml"],
  [
    "a case at no time",
    {
      "cases/a.yaml":
        'given: {at: noon, context: {}, entities: []}\ncases: [{name: a, ask: {who: A::"a", verb: view, what: A::"b"}, expect: {answer: deny}}]\n',
    },
    "yaml_invalid",
    "cases/a.yaml",
  ],
  ["links", { "links.json": "{}" }, "not_in_this_version", "links.json"],
  ["history", { "history.yaml": "{}" }, "not_in_this_version", "history.yaml"],
  [
    "a case without an expectation",
    {
      "cases/a.yaml":
        'given: {at: 2026-01-01T00:00:00Z, context: {}, entities: []}\ncases: [{name: a, ask: {who: A::"a", verb: view, what: A::"b"}}]\n',
    },
    "yaml_invalid",
    "cases/a.yaml",
  ],
])("D16: %s: no bundle", async (_, files, code, file) => {
  const loaded = await loadFiles(files);
  expect(loaded).toMatchObject({ problems: [{ code, file, blocking: true }] });
});

test("D14: a parser that hangs is a problem of the file, and no exception", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-decide-"));
  const clock = fakeClock();
  await using parser = new CedarParser(clock.timers);
  try {
    await writeFile(path.join(dir, "bailiwick.yaml"), "name: a\ndomain: main\nowner: b\n");
    await writeFile(path.join(dir, "schema.cedarschema"), schemaText());
    await writeFile(path.join(dir, "10.cedar"), FINE);
    const loading = loadFolder(dir, parser);
    // each call's deadline passes before its worker has even started
    const hurry = setInterval(() => clock.advance(PARSER_DEADLINE_MS), 0);
    const loaded = await loading.finally(() => clearInterval(hurry));
    expect(loaded).toMatchObject({
      problems: [
        { code: "parser_failed", file: "schema.cedarschema", blocking: true },
        { code: "parser_failed", file: "10.cedar", line: 1, blocking: true },
      ],
    });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("D16: a file that is no text, or too much of it, is a problem", async () => {
  const problems = await problemsOf({ "20-rules.cedar": `// ${"x".repeat(5 * 1024 * 1024)}` });
  expect(problems).toMatchObject([{ code: "file_too_large", file: "20-rules.cedar", blocking: true }]);
});

test("D16: a problem of a YAML file has a line", async () => {
  const [problem] = await problemsOf({ "bailiwick.yaml": "name: a\ndomain: Main!\nowner: b\n" });
  expect(problem).toMatchObject({ line: 2, column: 9 });
});

test("D16: a file that no bundle has is told of; hidden files and notes are not", async () => {
  const problems = await problemsOf({
    "10-rules.cedar.bak": "",
    ".10-rules.cedar.swp": "",
    "README.md": "",
    "cases/a.yml": "",
  });
  expect(problems).toMatchObject([
    { code: "unknown_file", file: "10-rules.cedar.bak", blocking: false },
    { code: "unknown_file", file: "cases/a.yml", blocking: false },
  ]);
});

test("D16: a policy behind a link is refused, not followed and not left out", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-decide-"));
  try {
    await writeFile(path.join(dir, "bailiwick.yaml"), "name: a\ndomain: main\nowner: b\n");
    await writeFile(path.join(dir, "schema.cedarschema"), schemaText());
    await writeFile(path.join(dir, "10.cedar"), FINE);
    await symlink("10.cedar", path.join(dir, "20.cedar"));
    const loaded = await loadBundle({ dir, timers: fakeClock().timers });
    expect(loaded).toMatchObject({ problems: [{ code: "not_a_file", file: "20.cedar", blocking: true }] });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("D16: a folder that is not there is a problem, not an exception", async () => {
  const loaded = await loadBundle({ dir: path.join(tmpdir(), "bailiwick-not-there"), timers: fakeClock().timers });
  expect(loaded).toMatchObject({ problems: [{ code: "folder_unreadable", blocking: true }] });
});

test("D21: comments and layout change the digest of the bytes alone", async () => {
  const one = await bundleOf({});
  const other = await bundleOf({ "10-rules.cedar": `// a note\n${FINE.replaceAll(" ", "  ")}` });
  expect(other.digest).toBe(one.digest);
  expect(other.policies[0]?.digest).toBe(one.policies[0]?.digest);
  expect(other.sourceDigest).not.toBe(one.sourceDigest);
});

test.each([
  ["a condition", FINE.replace(";", " when { 9007199254740993 == 9007199254740993 };")],
  ["an integer beyond 2^53", FINE.replace(";", " when { 9007199254740992 == 9007199254740993 };")],
  ["an annotation", `@reason("Because.") ${FINE}`],
  ["an id", FINE.replace("fine", "finer")],
])("D21: %s changes the digest of the set", async (_, rules) => {
  const digests = await Promise.all(
    [FINE, rules, FINE.replace(";", " when { 9007199254740992 == 9007199254740992 };")].map(
      async (r) => (await bundleOf({ "10-rules.cedar": r })).digest,
    ),
  );
  expect(new Set(digests).size).toBe(3);
});

test("D21: the schema is part of the digest", async () => {
  const schema = schemaText().replace("entity Task;", "entity Task, Attic;");
  expect((await bundleOf({ "schema.cedarschema": schema })).digest).not.toBe((await bundleOf({})).digest);
});
