// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Json, type JsonObject, parseJson } from "../../core/index.ts";
import { openParser, schemaOf } from "../testing/cedar.ts";
import type { EntityInput } from "./convert-entities.ts";
import { createEngine, type Engine } from "./engine.ts";
import { bodyOf, isIn } from "./entities.ts";
import { InputFault } from "./input.ts";
import { CedarRecord, CedarSet, EntityUid, entityKey, type Value } from "./value.ts";

const SCHEMA = `
namespace App {
  type Place = { street: String, zip?: Long };
  entity Group in [Group];
  entity Color enum ["red", "green"];
  entity User in [Group] = { place?: Place, friends?: Set<User> } tags Set<Long>;
}
action read appliesTo { principal: [App::User], resource: [App::User], context: {
  n?: Long, b?: Bool, s?: String, who?: App::User, plain?: { type: String, id: String }, color?: App::Color,
  at?: datetime, amount?: decimal, host?: ipaddr, took?: duration, names?: Set<String>, place?: App::Place, act?: Action,
} };
action need appliesTo { principal: [App::User], resource: [App::User], context: { must: Long } };
`;

const parser = openParser();
let engine: Engine;
beforeAll(async () => {
  engine = createEngine(await schemaOf(parser, SCHEMA), [], { depth: 3, setSize: 3, entities: 4 });
});
afterAll(async () => {
  await parser[Symbol.asyncDispose]();
});

function convert(context: string | Json, action = "read"): CedarRecord | InputFault {
  const json = typeof context === "string" ? parseJson(context) : context;
  return engine.actions.get("Action")?.get(action)?.context(json) ?? new InputFault("undeclared_type");
}

function value(context: string, name: string): Value | undefined {
  const converted = convert(context);
  return converted instanceof CedarRecord ? converted.get(name) : undefined;
}

const USER = new EntityUid("App::User", "a");

test("D7: {type, id} is an entity only where the schema says so", () => {
  expect(value('{"who":{"type":"App::User","id":"a"}}', "who")).toEqual(USER);
  expect(value('{"who":{"__entity":{"type":"App::User","id":"a"}}}', "who")).toEqual(USER);
  const plain = value('{"plain":{"type":"App::User","id":"a"}}', "plain");
  expect(plain instanceof CedarRecord && plain.entries()).toEqual([
    ["id", "a"],
    ["type", "App::User"],
  ]);
});

test.each([
  ['{"at":"2024-01-01"}', "at", "datetime 1704067200000"],
  ['{"at":{"__extn":{"fn":"datetime","arg":"2024-01-01"}}}', "at", "datetime 1704067200000"],
  ['{"at":{"fn":"datetime","arg":"2024-01-01"}}', "at", "datetime 1704067200000"],
  ['{"at":{"fn":"datetime","args":["2024-01-01"]}}', "at", "datetime 1704067200000"],
  [
    '{"at":{"__extn":{"fn":"offset","args":[{"__extn":{"fn":"datetime","arg":"2024-01-01"}},{"fn":"duration","arg":"1ms"}]}}}',
    "at",
    "datetime 1704067200001",
  ],
  ['{"amount":"1.5"}', "amount", "decimal 15000"],
  ['{"host":{"fn":"ip","arg":"::1"}}', "host", "ip6 1/128"],
  ['{"took":"1s"}', "took", "duration 1000"],
])("D7: %s", (context, name, canonical) => {
  expect(value(context, name)).toHaveProperty("canonical", canonical);
});

test("D7: a string is a string where no extension type is declared", () => {
  expect(value('{"s":"2024-01-01"}', "s")).toBe("2024-01-01");
});

test("D6: numbers keep all their digits", () => {
  expect(value('{"n":9223372036854775807}', "n")).toBe(9223372036854775807n);
});

test.each([
  ['{"n":null}', "null", "n"],
  ['{"n":"1"}', "wrong_type", "n"],
  ['{"n":1.0}', "wrong_type", "n"],
  ['{"b":1}', "wrong_type", "b"],
  ['{"s":true}', "wrong_type", "s"],
  ['{"who":"a"}', "wrong_type", "who"],
  ['{"who":{"type":"App::Group","id":"a"}}', "wrong_type", "who"],
  ['{"color":{"type":"App::Color","id":"blue"}}', "outside_enum", "color"],
  ['{"at":"yesterday"}', "extension", "at"],
  ['{"at":{"fn":"decimal","arg":"1.0"}}', "wrong_type", "at"],
  ['{"at":{"fn":"today","arg":"1.0"}}', "wrong_type", "at"],
  ['{"at":{"fn":"offset","args":["2024-01-01","1s"]}}', "extension", "at"],
  ['{"at":5}', "wrong_type", "at"],
  ['{"names":"a"}', "wrong_type", "names"],
  ['{"names":["a",null]}', "null", "names.1"],
  ['{"names":["a","b","c","d"]}', "too_large", "names"],
  ['{"place":{"zip":1}}', "missing_attribute", "place.street"],
  ['{"place":{"street":"s","town":"t"}}', "undeclared_attribute", "place.town"],
  ['{"other":1}', "undeclared_attribute", "other"],
  ['{"__proto__":{"n":1}}', "undeclared_attribute", "__proto__"],
  ['{"toString":1}', "undeclared_attribute", "toString"],
  ["[]", "wrong_type", ""],
  ["null", "null", ""],
])("D8: %s is %s at %j", (context, code, path) => {
  expect(convert(context)).toEqual(new InputFault(code as InputFault["code"], path));
});

test("D8: what is required is missed", () => {
  expect(convert("{}", "need")).toEqual(new InputFault("missing_attribute", "must"));
});

test("D8: what an object inherits is not in it", async () => {
  const schema = await schemaOf(
    parser,
    "entity U; action a appliesTo { principal: U, resource: U, context: { toString?: Long, facet?: String, other?: Long } };",
  );
  const made = createEngine(schema, [], { depth: 3, setSize: 3, entities: 3 }).actions.get("Action")?.get("a");
  expect(made?.context({})).toBeInstanceOf(CedarRecord);
  const polluted = Object.create({ facet: "act" }) as JsonObject;
  expect(made?.context(polluted)).toBeInstanceOf(InputFault);
});

test("D8: half a character is refused", () => {
  expect(convert({ s: "\ud800" })).toEqual(new InputFault("lone_surrogate", "s"));
  expect(convert({ who: { type: "App::User", id: "\udfff" } })).toEqual(new InputFault("lone_surrogate", "who"));
});

test("D8: extension values in one another end somewhere", () => {
  let nested: Json = { fn: "datetime", arg: "2024-01-01" };
  for (let depth = 0; depth < 20; depth += 1) nested = { fn: "toDate", arg: nested };
  expect(convert({ at: nested })).toEqual(new InputFault("too_deep", "at"));
});

test("D8: a type that nests deeper than the limit takes no value", async () => {
  const schema = await schemaOf(
    parser,
    "entity U; action a appliesTo { principal: U, resource: U, context: { a?: { b?: { c?: { d?: Long } } } } };",
  );
  const deep = createEngine(schema, [], { depth: 3, setSize: 3, entities: 3 }).actions.get("Action")?.get("a");
  expect(deep?.context(parseJson('{"a":{"b":{}}}'))).toBeInstanceOf(CedarRecord);
  expect(deep?.context(parseJson('{"a":{"b":{"c":{}}}}'))).toEqual(new InputFault("too_deep", "a.b.c"));
});

function user(id: string, more: Partial<EntityInput> = {}): EntityInput {
  return { uid: { type: "App::User", id }, attrs: {}, parents: [], ...more };
}
function group(id: string, ...parents: readonly string[]): EntityInput {
  return { uid: { type: "App::Group", id }, attrs: {}, parents: parents.map((p) => ({ type: "App::Group", id: p })) };
}
const attrs = (json: string): JsonObject => parseJson(json) as JsonObject;

test("D7: entities get their attributes, tags and everything they are in", () => {
  const entities = engine.entities([
    user("a", {
      attrs: attrs('{"friends":[{"type":"App::User","id":"b"}]}'),
      tags: { t: [1] },
      parents: [{ type: "App::Group", id: "g" }],
    }),
    group("g", "h"),
    group("h", "nobody described this one"),
  ]);
  if (entities instanceof InputFault) throw new Error(entities.path);
  expect(bodyOf(entities, USER)?.attributes.get("friends")).toEqual(new CedarSet([new EntityUid("App::User", "b")]));
  expect(bodyOf(entities, USER)?.tags.get("t")).toEqual(new CedarSet([1]));
  expect(
    ["g", "h", "nobody described this one", "z"].map((id) => isIn(entities, USER, entityKey("App::Group", id))),
  ).toEqual([true, true, true, false]);
});

test.each<[string, readonly EntityInput[], string]>([
  ["an undeclared type", [{ uid: { type: "Ghost", id: "a" }, attrs: {}, parents: [] }], "undeclared_type"],
  ["an undeclared action", [{ uid: { type: "Action", id: "fly" }, attrs: {}, parents: [] }], "undeclared_type"],
  ["an id outside its enum", [{ uid: { type: "App::Color", id: "blue" }, attrs: {}, parents: [] }], "outside_enum"],
  ["an undeclared attribute", [user("a", { attrs: { x: 1 } })], "undeclared_attribute"],
  ["a wrong attribute", [user("a", { attrs: { place: 1 } })], "wrong_type"],
  ["a wrong tag", [user("a", { tags: { t: 1 } })], "wrong_type"],
  ["a tag where none are declared", [{ ...group("g"), tags: { t: 1 } }], "undeclared_attribute"],
  ["half a character in a tag's name", [user("a", { tags: { "\ud800": [1] } })], "lone_surrogate"],
  ["an undeclared parent", [user("a", { parents: [{ type: "App::User", id: "b" }] })], "undeclared_parent"],
  ["half a character in a parent", [user("a", { parents: [{ type: "App::Group", id: "\ud800" }] })], "lone_surrogate"],
  ["two bodies", [user("a"), user("a")], "two_bodies"],
  ["itself as parent", [group("g", "g")], "parent_cycle"],
  ["a circle of parents", [user("a"), group("g", "h"), group("h", "i"), group("i", "g")], "parent_cycle"],
  ["too many", ["a", "b", "c", "d", "e"].map((id) => user(id)), "too_many"],
])("D8: entities with %s are refused", (_, entities, code) => {
  expect(engine.entities(entities)).toHaveProperty("code", code);
});

test("D7: actions are the schema's: what a question says of them is not looked at", () => {
  const entities = engine.entities([{ uid: { type: "Action", id: "read" }, attrs: { x: 1 }, parents: [] }]);
  if (entities instanceof InputFault) throw new Error(entities.code);
  expect(bodyOf(entities, new EntityUid("Action", "read"))?.attributes.entries()).toEqual([]);
});
