// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { type Json, parseJson } from "../../core/index.ts";
import { DecideError } from "../errors.ts";
import { BINARY, UNARY } from "./policy.ts";
import { readPolicy } from "./read-policy.ts";

function policy(body: Json, scope: Json = { op: "All" }): Json {
  return {
    effect: "permit",
    principal: scope,
    action: { op: "All" },
    resource: { op: "All" },
    conditions: [{ kind: "when", body }],
  };
}

const ONE: Json = { Value: 1 };

test("D1: every expression kind of Cedar 4.5 is read", () => {
  const sides = { left: ONE, right: ONE };
  const kinds: readonly Json[] = [
    ONE,
    { Var: "context" },
    ...UNARY.map((op) => ({ [op]: { arg: ONE } })),
    ...BINARY.map((op) => ({ [op]: sides })),
    { "&&": sides },
    { "||": sides },
    { ".": { left: ONE, attr: "a" } },
    { has: { left: ONE, attr: "a" } },
    { has: { left: ONE, attr: ["a", "b"] } },
    { like: { left: ONE, pattern: ["Wildcard", { Literal: "a" }] } },
    { is: { left: ONE, entity_type: "A" } },
    { is: { left: ONE, entity_type: "A", in: ONE } },
    parseJson('{"if-then-else":{"if":{"Value":1},"then":{"Value":1},"else":{"Value":1}}}'),
    { Set: [ONE] },
    { Record: { a: ONE } },
    { decimal: [{ Value: "1.0" }] },
  ];
  for (const body of kinds) expect(readPolicy("p", policy(body)).conditions).toHaveLength(1);
});

test.each<[string, Json]>([
  ["an unknown kind", { xor: { left: ONE, right: ONE } }],
  ["an unknown function", { base64: [ONE] }],
  ["an unknown variable", { Var: "environment" }],
  ["a slot in a condition", { Slot: "?principal" }],
  ["an error of the parser", { Error: ["x"] }],
  ["two kinds in one", { Value: 1, Var: "context" }],
  ["no kind", {}],
  ["a literal record", { Value: { a: 1 } }],
  ["a literal that is no number of 64 bits", { Value: 1.5 }],
  ["null", { Value: null }],
  ["no expression", null],
])("D2: %s stops the load, and never compiles to false", (_, body) => {
  expect(() => readPolicy("p", policy(body))).toThrow(DecideError);
});

test.each<[string, Json]>([
  ["an unknown operator", { op: "near", entity: { type: "A", id: "a" } }],
  ["the resource's slot", { op: "==", slot: "?resource" }],
  ["an entity without a type", { op: "==", entity: { id: "a" } }],
])("D5: a principal scope with %s stops the load", (_, scope) => {
  expect(() => readPolicy("p", policy(ONE, scope))).toThrow(DecideError);
});

test("D6: literals beyond 2^53 stay whole", () => {
  const body = parseJson('{"Value":9223372036854775807}');
  expect(readPolicy("p", policy(body)).conditions[0]?.body).toEqual({ kind: "value", value: 9223372036854775807n });
});

function or(left: Json = 0, right: Json = 0): Json {
  return { "||": { left, right } };
}

test("D13: a chain becomes one list, however it was bracketed", () => {
  const [a, b, c, d]: Json[] = [{ Value: "a" }, { Value: "b" }, { Value: "c" }, { Value: "d" }];
  const expected = ["a", "b", "c", "d"].map((value) => ({ kind: "value", value }));
  for (const body of [or(or(or(a, b), c), d), or(a, or(b, or(c, d)))])
    expect(readPolicy("p", policy(body)).conditions[0]?.body).toEqual({ kind: "or", operands: expected });
});

test("D17: annotations come with their values, and null where there is none", () => {
  const json = { ...(policy(ONE) as object), annotations: { id: "x", reason: null } } as Json;
  expect(readPolicy("p", json).annotations).toEqual(
    new Map([
      ["id", "x"],
      ["reason", null],
    ]),
  );
});
