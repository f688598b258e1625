// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { instant } from "../../core/index.ts";
import type { Bundle } from "../sets/bundle.ts";
import { bundleOf } from "../testing/bundle.ts";
import { type BundleDiff, diffBundles } from "./diff.ts";
import { seeded } from "./draw.ts";

const SCHEMA = `
entity Team;
entity Person in [Team] = { level: Long };
entity Paper = { kind: String };
action look, send appliesTo { principal: Person, resource: Paper, context: { amount: decimal, count: Long, place: String, at?: datetime } };
`;

function bundle(rules: string, schema: string = SCHEMA): Promise<Bundle> {
  return bundleOf({
    "bailiwick.yaml": "name: papers\ndomain: papers\nowner: tests\n",
    "schema.cedarschema": schema,
    "10-rules.cedar": rules,
    "remedies.yaml": "ask: { kind: approval, approvers: { group: approver } }\n",
  });
}

async function diff(before: string, after: string, tries = 2000): Promise<BundleDiff> {
  return diffBundles(await bundle(before), await bundle(after), { tries, seed: 1, at: instant(1_796_547_600_000) });
}

const LOOK = '@id("look") permit (principal is Person, action == Action::"look", resource is Paper);\n';

function rule(clause: string): string {
  return `${LOOK}@id("no") forbid (principal is Person, action in Action::"look", resource is Paper) when { ${clause} };`;
}

function team(name: string): string {
  return `@id("send") permit (principal in Team::"${name}", action == Action::"send", resource is Paper);`;
}

function stop(notes: string): string {
  return `${LOOK}@id("stop") ${notes} forbid (principal is Person, action in Action::"look", resource is Paper) when { context.count == 5 };`;
}

describe("D47: what tells two sets apart", () => {
  test("rules that came, went and changed, by digest; layout and comments are nothing", async () => {
    const before = `${LOOK}@id("gone") permit (principal in Team::"a", action == Action::"send", resource is Paper);`;
    const after = `// the same\n${LOOK}\n@id("new") permit (principal in Team::"b", action == Action::"send", resource is Paper);`;
    expect(await diff(before, after, 1)).toMatchObject({
      added: ["new"],
      removed: ["gone"],
      changed: [],
      isSchemaSame: true,
    });
    expect(await diff(LOOK, `// a comment\n${LOOK}`)).toMatchObject({
      added: [],
      removed: [],
      changed: [],
      found: [],
      tries: 2000,
    });
  });

  test.each([
    ["a bound that moves by one", "context.count > 41", "context.count > 42"],
    [
      "a decimal that moves by its last digit",
      'context.amount.greaterThan(decimal("10.0"))',
      'context.amount.greaterThan(decimal("10.0001"))',
    ],
    ["a comparison that takes its edge in", "principal.level < 7", "principal.level <= 7"],
    ["a word", 'context.place == "Nantes"', 'context.place == "Nice"'],
    ["a pattern", 'resource.kind like "in*"', 'resource.kind like "inv*"'],
    [
      "a date",
      'context has at && context.at < datetime("2026-01-01")',
      'context has at && context.at <= datetime("2026-01-01")',
    ],
    ["one of two conditions", 'context.count > 41 && context.place == "Nantes"', "context.count > 41"],
  ])("a question is found for %s", async (_, one, two) => {
    const { changed, found } = await diff(rule(one), rule(two));
    expect(changed).toEqual(["no"]);
    expect(found).not.toEqual([]);
    expect(new Set(found.flatMap(({ before, after }) => [before.answer, after.answer]))).toEqual(
      new Set(["allow", "deny"]),
    );
  });

  test("a group in a scope, and a challenge in place of a deny; what loosens comes first", async () => {
    const { found } = await diff(team("red"), team("blue"));
    expect(found.map(({ before, after }) => `${before.answer} ${after.answer}`)).toEqual(["deny allow", "allow deny"]);
    const softer = await diff(stop(""), stop('@answer("challenge") @remedy("ask")'));
    expect(softer.found.map(({ before, after }) => `${before.answer} ${after.answer}`)).toEqual(["deny challenge"]);
  });

  test("the same seed finds the same; over two schemas nothing is searched, and it is said", async () => {
    const [one, two] = [
      LOOK,
      `${LOOK}@id("no") forbid (principal, action in Action::"look", resource) when { context.count == 77 };`,
    ];
    expect(await diff(one, two)).toEqual(await diff(one, two));
    const other = await bundle(LOOK, SCHEMA.replace("count: Long", "count: Long, more?: Bool"));
    const result = diffBundles(await bundle(LOOK), other, { tries: 100, seed: 1, at: instant(0) });
    expect(result).toMatchObject({ isSchemaSame: false, found: [], tries: 0 });
  });
});

test("D47: chance from a seed is even enough to reach every edge", () => {
  const chance = seeded(7);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let n = 0; n < 10_000; n += 1) {
    const at = Math.floor(chance() * 10);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(200);
});
