// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "vitest";
import type { Json } from "../../core/index.ts";
import { DecideError } from "../errors.ts";
import { openParser, schemaOf } from "../testing/cedar.ts";
import { readSchema } from "./schema.ts";
import { entityKey } from "./value.ts";

const parser = openParser();
afterAll(async () => {
  await parser[Symbol.asyncDispose]();
});

const NAMED = `
namespace A {
  type Long2 = Long;
  type decimal = { inner: __cedar::decimal };
  entity Top;
  entity Middle in [Top];
  entity Low in [Middle] = { n?: Long2, d: decimal, e: Set<Top> } tags Long2;
  entity E enum ["x"];
  action all;
  action reads in [all];
  action read in [reads] appliesTo { principal: Low, resource: [Low, B], context: { n: Long2 } };
}
entity B in [A::Middle];`;

function found<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(key);
  return value;
}

test("D7: types have full names, common types are resolved, hierarchies closed", async () => {
  const { entityTypes } = await schemaOf(parser, NAMED);
  const low = found(entityTypes, "A::Low");
  expect(low.ancestors).toEqual(new Set(["A::Middle", "A::Top"]));
  expect(low.tags).toEqual({ kind: "long" });
  const { attributes } = low.attributes;
  expect(found(attributes, "n")).toEqual({ type: { kind: "long" }, required: false });
  expect(found(attributes, "e").type).toEqual({ kind: "set", element: { kind: "entity", name: "A::Top" } });
  expect(found(attributes, "d").type).toHaveProperty("kind", "record");
  expect(found(entityTypes, "A::E").ids).toEqual(new Set(["x"]));
  expect(found(entityTypes, "B").ancestors).toEqual(new Set(["A::Middle", "A::Top"]));
});

test("D10: an action knows its groups, directly and through others, and what it applies to", async () => {
  const { actions } = await schemaOf(parser, NAMED);
  const read = found(actions, entityKey("A::Action", "read"));
  expect(read.ancestors).toEqual(new Set([entityKey("A::Action", "all"), entityKey("A::Action", "reads")]));
  expect(read.principals).toEqual(new Set(["A::Low"]));
  expect(read.resources).toEqual(new Set(["A::Low", "B"]));
  expect(found(read.context.attributes, "n").type).toEqual({ kind: "long" });
});

test.each<[string, Json]>([
  ["a type nobody declared", { type: "Mystery" }],
  ["an extension nobody knows", { type: "Extension", name: "money" }],
  ["an open record", { type: "Record", attributes: {}, additionalAttributes: true }],
  ["attributes that are no record", { type: "Long" }],
  ["a type without a name", { type: 1 }],
])("D2: a schema with %s stops the load", (_, shape) => {
  expect(() => readSchema({ "": { entityTypes: { A: { shape } }, actions: {} } })).toThrow(DecideError);
});

test("D2: common types in a circle stop the load", () => {
  const json = { "": { commonTypes: { T: { type: "T" } }, entityTypes: { A: { shape: { type: "T" } } }, actions: {} } };
  expect(() => readSchema(json)).toThrow("too deep");
});
