// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Asked, ask, LIMITS, openParser, policiesOf, schemaOf } from "../testing/cedar.ts";
import type { EntityInput } from "./convert-entities.ts";
import { createEngine } from "./engine.ts";
import type { Expr, Policy } from "./policy.ts";
import type { Schema } from "./schema.ts";
import { EntityUid } from "./value.ts";

const SCHEMA = `
entity Group in [Group];
entity User in [Group] = { age: Long, name?: String, boss?: User } tags Long;
entity File in [Group] = { owner: User };
action all;
action read in [all] appliesTo { principal: [User], resource: [File], context: { n?: Long, deep?: { a?: { b?: Long } } } };
action write in [all] appliesTo { principal: [User], resource: [File] };
`;

const ENTITIES: readonly EntityInput[] = [
  { uid: { type: "User", id: "u" }, attrs: { age: 40 }, parents: [{ type: "Group", id: "g" }], tags: { level: 3 } },
  { uid: { type: "Group", id: "g" }, attrs: {}, parents: [{ type: "Group", id: "top" }] },
  {
    uid: { type: "File", id: "f" },
    attrs: { owner: { type: "User", id: "u" } },
    parents: [{ type: "Group", id: "g" }],
  },
];

const parser = openParser();
let schema: Schema;
beforeAll(async () => {
  schema = await schemaOf(parser, SCHEMA);
});
afterAll(async () => {
  await parser[Symbol.asyncDispose]();
});

/** What `permit .. when { expression }` comes to: held, not held, or the code of its error. */
async function outcome(expression: string, asked: Asked = {}): Promise<boolean | string> {
  const policies = await policiesOf(parser, [`permit(principal, action, resource) when { ${expression} };`]);
  const { satisfied, errors } = ask(createEngine(schema, policies, LIMITS), { entities: ENTITIES, ...asked });
  return errors[0]?.code ?? satisfied.length === 1;
}

test.each([
  ["false && 1", false],
  ["true || 1", true],
  ["true && 1", "type"],
  ["false || 1", "type"],
  ["1 && true", "type"],
  ["false && principal.nowhere", false],
  ["(true && false) && 1", false],
  ["true && (false || true)", true],
])("D3: %s: the right side is looked at only when needed, and its type with it", async (expression, expected) => {
  expect(await outcome(expression)).toBe(expected);
});

test.each([
  ["1 == true", false],
  ["1 != true", true],
  ['principal == "u"', false],
  ['decimal("1.0") == 1', false],
  ['ip("127.0.0.1") == ip("127.0.0.1/32")', true],
  ["[1, 2, 2] == [2, 1]", true],
])("D3: %s: equality across types is false, and no error", async (expression, expected) => {
  expect(await outcome(expression)).toBe(expected);
});

test.each([
  ['principal in [Group::"g", 1]', "type"],
  ["principal in 1", "type"],
  ["1 in principal", "type"],
  ['principal in [Group::"nowhere", Group::"top"]', true],
  ["principal in []", false],
  ["principal in principal", true],
  ['User::"ghost" in User::"ghost"', true],
  ['User::"ghost" in Group::"g"', false],
  ['action in Action::"all"', true],
  ['principal is User in Group::"top"', true],
  ["principal is File in 1", false],
  ["principal is User in 1", "type"],
])("D3: %s", async (expression, expected) => {
  expect(await outcome(expression)).toBe(expected);
});

test.each([
  ['User::"ghost" has age', false],
  ['User::"ghost".age == 1', "no_entity"],
  ["principal has name", false],
  ['principal.name == "x"', "no_attribute"],
  ["1 has x", "type"],
  ["context has deep.a.b", true],
  ["context has deep.a.c", false],
  ["context has nowhere.a", false],
  ["principal has age.x", "type"],
  ["context.n == 1", "no_attribute"],
  ['principal.hasTag("level") && principal.getTag("level") == 3', true],
  ['principal.getTag("nothing") == 3', "no_tag"],
  ['User::"ghost".hasTag("level")', false],
  ['User::"ghost".getTag("level") == 3', "no_entity"],
  ["principal.getTag(1) == 3", "type"],
])("D3: %s: has is false where . is an error", async (expression, expected) => {
  expect(await outcome(expression, { context: '{"deep":{"a":{"b":1}}}' })).toBe(expected);
});

test.each([
  ["9223372036854775807 + 1 == 0", "overflow"],
  ["-9223372036854775808 - 1 == 0", "overflow"],
  ["9223372036854775807 * 2 == 0", "overflow"],
  ["-(-9223372036854775808) == 0", "overflow"],
  ["9223372036854775807 + 0 == 9223372036854775807", true],
  ["9007199254740993 - 1 == 9007199254740992", true],
  ['-("x") == 0', "type"],
])("D3: %s: 64 bits, and an error beyond", async (expression, expected) => {
  expect(await outcome(expression)).toBe(expected);
});

test.each([
  ['false && ip("nonsense").isLoopback()', false],
  ['ip("nonsense").isLoopback()', "extension"],
  ['decimal("1.00000").lessThan(decimal("2.0"))', "extension"],
  ['decimal("1.5").lessThan(decimal("2.0"))', true],
  ['decimal("1.5") < decimal("2.0")', "type"],
  ['datetime("2024-01-01") < datetime("2024-01-02")', true],
  ['duration("1h") >= duration("60m")', true],
  ['datetime("2024-01-01") < duration("1h")', "type"],
  ['datetime("2024-01-01").offset(duration("1d")) == datetime("2024-01-02")', true],
  ['datetime("1969-12-31T23:00:00Z").toTime() == duration("23h")', true],
  ['duration("-1500ms").toSeconds() == -1', true],
  ['ip("10.1.2.3").isInRange(ip("10.0.0.0/8")) && ip("::1").isIpv6() && ip("::1").isLoopback()', true],
])("D4: %s: a bad constant errs when it is evaluated, not when it is loaded", async (expression, expected) => {
  expect(await outcome(expression)).toBe(expected);
});

test.each([
  ['decimal("1.5").lessThanOrEqual(decimal("1.50")) && !decimal("1.5").lessThan(decimal("1.5"))', true],
  ['decimal("2.0").greaterThan(decimal("1.9999")) && decimal("2.0").greaterThanOrEqual(decimal("2.0"))', true],
  ['decimal("2.0").greaterThan(decimal("2.0")) || decimal("1.0").greaterThanOrEqual(decimal("2.0"))', false],
  ['decimal("2.0").greaterThan(ip("::1"))', "type"],
  ['ip("10.0.0.1").isIpv4() && !ip("10.0.0.1").isIpv6() && !ip("10.0.0.1").isLoopback()', true],
  ['ip("224.0.0.1").isMulticast() && !ip("10.0.0.1").isMulticast()', true],
  ["principal.isIpv4()", "type"],
  ['datetime("2024-03-01").durationSince(datetime("2024-02-28")).toDays() == 2', true],
  ['datetime("2024-03-01T23:59:59Z").toDate() == datetime("2024-03-01")', true],
  ['duration("26h").toDays() == 1 && duration("26h").toHours() == 26', true],
  ['duration("90s").toMinutes() == 1 && duration("90s").toSeconds() == 90', true],
  ['duration("-5ms").toMilliseconds() == -5', true],
  ['duration("1h") <= duration("1h") && duration("2h") > duration("1h")', true],
  ["ip(1).isIpv4()", "type"],
])("D1: %s", async (expression, expected) => {
  expect(await outcome(expression)).toBe(expected);
});

test.each([
  ["if 1 then true else true", "type"],
  ["if true then true else 1", true],
  ["[].isEmpty()", true],
  ["1.isEmpty()", "type"],
  ["[1, [2]].contains([2])", true],
  ["[1, 2].containsAll([2]) && [1, 2].containsAny([3, 2]) && ![1].containsAny([])", true],
  ["[1].containsAll(1)", "type"],
  ['{a: 1, "b c": {d: 2}}["b c"].d == 2', true],
  ["{a: 1}.b == 1", "no_attribute"],
  ['"a*b" like "a\\*b" && !("axb" like "a\\*b")', true],
  ['1 like "*"', "type"],
  ["1", "type"],
  ["principal", "type"],
  ["[principal.nowhere].isEmpty()", "no_attribute"],
])("D1: %s", async (expression, expected) => {
  expect(await outcome(expression)).toBe(expected);
});

test("D3: unless turns a condition round, and its type is looked at too", async () => {
  const policies = await policiesOf(parser, [
    "permit(principal, action, resource) unless { false };",
    "permit(principal, action, resource) unless { 1 };",
    "permit(principal, action, resource) when { true } unless { true };",
  ]);
  const { satisfied, errors } = ask(createEngine(schema, policies, LIMITS), {});
  expect(satisfied).toEqual([0]);
  expect(errors).toEqual([{ index: 1, code: "type" }]);
});

test("D13: a chain of 400 operands is evaluated without a frame for each", async () => {
  expect(await outcome(Array.from({ length: 400 }, () => "principal.age == 40").join(" && "))).toBe(true);
});

const group = fc.constantFrom("g", "top", "other").map((id) => new EntityUid("Group", id));
const principalScope = fc.oneof(
  fc.constant({ op: "all" } as const),
  fc.constantFrom("u", "v").map((id) => ({ op: "==", entity: new EntityUid("User", id) }) as const),
  group.map((entity) => ({ op: "in", entity }) as const),
  group.map((entity) => ({ op: "is", type: "User", in: entity }) as const),
  fc.constantFrom("User", "Group").map((type) => ({ op: "is", type }) as const),
);
const resourceScope = fc.oneof(
  fc.constant({ op: "all" } as const),
  fc.constantFrom("f", "h").map((id) => ({ op: "==", entity: new EntityUid("File", id) }) as const),
  group.map((entity) => ({ op: "in", entity }) as const),
  fc.constantFrom("File", "User").map((type) => ({ op: "is", type, in: new EntityUid("Group", "g") }) as const),
);
const actionScope = fc.oneof(
  fc.constant({ op: "all" } as const),
  fc.constantFrom("read", "write").map((id) => ({ op: "==", entity: new EntityUid("Action", id) }) as const),
  fc.constantFrom("read", "write", "all").map((id) => ({ op: "in", entities: [new EntityUid("Action", id)] }) as const),
);
const scoped = fc.record({
  principal: principalScope,
  action: actionScope,
  resource: resourceScope,
  errs: fc.boolean(),
});

function value(entity: unknown): Expr {
  return { kind: "value", value: entity as EntityUid };
}

function scopeAsExpr(name: "principal" | "action" | "resource", scope: Policy["principal"] | Policy["action"]): Expr {
  const left: Expr = { kind: "var", name };
  if (scope.op === "all") return { kind: "value", value: true };
  if (scope.op === "is")
    return { kind: "is", left, type: scope.type, ...(scope.in === undefined ? {} : { in: value(scope.in) }) };
  const right: Expr = "entities" in scope ? { kind: "set", items: scope.entities.map(value) } : value(scope.entity);
  return { kind: "binary", op: scope.op, left, right };
}

test("D10: selection changes neither what holds, nor what errs, nor their order", () => {
  const error: Expr = { kind: "unary", op: "neg", arg: { kind: "value", value: "no number" } };
  fc.assert(
    fc.property(fc.array(scoped, { maxLength: 20 }), (all) => {
      const selected = all.map(({ principal, action, resource, errs }, index): Policy => {
        const conditions = errs ? [{ kind: "when", body: error } as const] : [];
        return { id: `p${index}`, effect: "permit", principal, action, resource, conditions, annotations: new Map() };
      });
      // the same scopes as conditions of policies that every question reaches
      const walked = selected.map(
        (policy): Policy => ({
          ...policy,
          principal: { op: "all" },
          action: { op: "all" },
          resource: { op: "all" },
          conditions: [
            { kind: "when", body: scopeAsExpr("principal", policy.principal) },
            { kind: "when", body: scopeAsExpr("action", policy.action) },
            { kind: "when", body: scopeAsExpr("resource", policy.resource) },
            ...policy.conditions,
          ],
        }),
      );
      const [one, other] = [selected, walked].map((policies) =>
        ask(createEngine(schema, policies, LIMITS), { entities: ENTITIES }),
      );
      expect(one).toEqual(other);
    }),
  );
});
