// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Decision,
  instant,
  type JsonObject,
  parseDomainId,
  parsePointId,
  type Question,
} from "../../core/index.ts";
import { fakeClock, fakeLog } from "../../core/testing/system.ts";
import { createDecider } from "../decider.ts";
import type { PolicySet } from "../policy-set.ts";
import { bundleOf } from "../testing/bundle.ts";
import { type Explanation, explain } from "./explain.ts";

const SCHEMA = `
entity Team;
entity Person in [Team] = { level: Long };
entity Paper = { owner: Person, tags: Set<String>, kind: String };
action look, sign, send appliesTo { principal: Person, resource: Paper, context: {
  amount: decimal, count: Long, reviewed: Bool, place: String, auth: { age: Long, strong: Bool }
} };
`;
const RULES = `
@id("look-own") permit (principal is Person, action == Action::"look", resource is Paper)
when { resource.owner == principal && principal.level >= 3 }
unless { resource.tags.contains("secret") || context.place == "abroad" };
@id("look-team") permit (principal in Team::"red", action == Action::"look", resource is Paper);
@id("sign-small") permit (principal is Person, action == Action::"sign", resource is Paper)
when { context.amount.lessThanOrEqual(decimal("100.0")) && context.reviewed };
@id("send-all") permit (principal is Person, action == Action::"send", resource is Paper);
@id("send-fresh") forbid (principal is Person, action in Action::"send", resource is Paper)
when { context.auth.age > 900 || !context.auth.strong };
@id("send-many") @answer("challenge") @remedy("ask") forbid (principal is Person, action in Action::"send", resource is Paper)
when { context.count >= 10 };
@id("send-odd") forbid (principal is Person, action in Action::"send", resource is Paper) when { resource.owner.level > 100 };
`;

const DOMAIN = parseDomainId("papers");
const CONTEXT: JsonObject = {
  amount: "250.5",
  count: 3,
  reviewed: false,
  place: "home",
  auth: { age: 10, strong: true },
};
const QUESTION: Question = {
  domain: DOMAIN,
  principal: { type: "Person", id: "ann" },
  action: "look",
  resource: { type: "Paper", id: "p1" },
  context: CONTEXT,
  entities: [
    { uid: { type: "Person", id: "ann" }, attrs: { level: 2 }, parents: [{ type: "Team", id: "blue" }] },
    {
      uid: { type: "Paper", id: "p1" },
      attrs: { owner: { type: "Person", id: "ann" }, tags: ["draft\u202e"], kind: "memo" },
      parents: [],
    },
  ],
  pep: { id: parsePointId("test/mcp") },
  at: instant(1_796_547_600_000),
};

let set: PolicySet;
let decide: (question: Question) => Decision;

beforeAll(async () => {
  const bundle = await bundleOf({
    "bailiwick.yaml": "name: papers\ndomain: papers\nowner: tests\n",
    "schema.cedarschema": SCHEMA,
    "10-rules.cedar": RULES,
    "remedies.yaml": "ask: { kind: approval, approvers: { group: approver } }\n",
  });
  set = bundle.set;
  const decider = createDecider({ clock: fakeClock(), log: fakeLog() });
  decider.swap(DOMAIN, set);
  decide = (question) => decider.decide(question);
});

function ask(more: Partial<Question>, changeable: readonly string[] = []): Explanation {
  return explain(set, { ...QUESTION, ...more }, decide, { changeable });
}

function withContext(action: string, context: JsonObject, changeable: readonly string[] = []): Explanation {
  return ask({ action, context: { ...CONTEXT, ...context } }, changeable);
}

describe("why", () => {
  test("D40: each policy that decided, with each clause, its outcome and every value that it read", () => {
    const { decision, policies } = withContext("send", { auth: { age: 1000, strong: true } });
    expect(decision).toMatchObject({ answer: "deny", reason: "forbidden" });
    expect(policies).toEqual([
      {
        id: "send-fresh",
        effect: "forbid",
        tier: "deny",
        file: "10-rules.cedar",
        line: 9,
        clauses: [
          {
            text: "(context.auth.age > 900) || !context.auth.strong",
            outcome: "true",
            values: [
              { path: "context.auth.age", value: "1000" },
              { path: "context.auth.strong", value: "true" },
            ],
          },
        ],
      },
    ]);
  });

  test("D40: a clause that erred says so, with what could be read of it", () => {
    const [person, paper] = QUESTION.entities;
    if (person === undefined || paper === undefined) throw new Error("two entities");
    const other = { ...paper, attrs: { ...paper.attrs, owner: { type: "Person", id: "bob" } } };
    const { decision, policies } = ask({ action: "send", entities: [person, other] });
    expect(decision.reason).toBe("forbid_error");
    expect(policies).toMatchObject([
      {
        id: "send-odd",
        clauses: [
          {
            text: "resource.owner.level > 100",
            outcome: "no_entity",
            values: [{ path: "resource.owner", value: 'Person::"bob"' }],
          },
        ],
      },
    ]);
  });

  test("X26: what cannot be seen in a value is written as its number", () => {
    const { nearest } = ask({});
    const values = nearest[0]?.clauses.flatMap((clause) => clause.values) ?? [];
    expect(values).toContainEqual({ path: "resource.tags", value: String.raw`["draft\u{202e}"]` });
  });
});

describe("nearest miss", () => {
  test("D41: where no permit held, first those whose scope fits, by clauses passed; then those outside", () => {
    const { decision, nearest } = ask({});
    expect(decision).toMatchObject({ answer: "deny", reason: "no_permit" });
    expect(nearest.map(({ id, outside }) => [id, outside])).toEqual([
      ["look-own", undefined],
      ["look-team", "principal"],
    ]);
    expect(nearest[0]?.clauses.map(({ text, outcome }) => [text, outcome])).toEqual([
      ["resource.owner == principal", "true"],
      ["principal.level >= 3", "false"],
      ['!resource.tags.contains("secret")', "true"],
      ['!(context.place == "abroad")', "true"],
    ]);
  });
});

describe("what would change it", () => {
  test("D42: only what the asker may change, and each suggestion was decided with", () => {
    expect(ask({}, ["place", "count"]).changes).toEqual([]);
    const { changes } = withContext("send", { auth: { age: 1000, strong: true } }, ["auth.age"]);
    expect(changes).toEqual([{ changes: [{ path: "auth.age", to: 900 }], answer: "allow" }]);
    expect(withContext("send", { auth: { age: 1000, strong: true } }, ["auth.strong"]).changes).toEqual([]);
  });

  test("D42: two changes where one does not help", () => {
    const { changes } = withContext("sign", {}, ["amount", "reviewed"]);
    expect(changes).toEqual([
      {
        changes: [
          { path: "amount", to: "100.0" },
          { path: "reviewed", to: true },
        ],
        answer: "allow",
      },
    ]);
    expect(withContext("sign", {}, ["amount"]).changes).toEqual([]);
  });

  test("D42: a challenge names what would lift it, and a smaller count would not need it", () => {
    const { decision, remedies, changes } = withContext("send", { count: 12 }, ["count"]);
    expect(decision.answer).toBe("challenge");
    expect(remedies).toMatchObject([{ policy: "send-many", profile: "ask" }]);
    expect(changes).toEqual([{ changes: [{ path: "count", to: 9 }], answer: "allow" }]);
  });

  test("D42: an allowed question has nothing to change, and one that cannot be read has no policies", () => {
    expect(withContext("send", {}, ["count"]).changes).toEqual([]);
    const unread = ask({ principal: { type: "Robot", id: "x" } }, ["count"]);
    expect(unread).toMatchObject({ decision: { reason: "unknown_type" }, policies: [], nearest: [], changes: [] });
  });
});
