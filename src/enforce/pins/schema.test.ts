// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { isJsonObject, type JsonObject, jsonObject, parseJson } from "../../core/index.ts";
import { compileSchema } from "./schema.ts";

function check(schema: object, args: object): string | undefined {
  const compiled = compileSchema(json(schema));
  if (typeof compiled !== "function") throw new Error(compiled.unusable);
  return compiled(json(args));
}

function json(value: object): JsonObject {
  const parsed = parseJson(JSON.stringify(value));
  return isJsonObject(parsed) ? parsed : jsonObject([]);
}

const PATH = { type: "object", properties: { path: { type: "string", maxLength: 4 } }, required: ["path"] };

test.each<[string, object, object, string | undefined]>([
  ["what fits", PATH, { path: "a" }, undefined],
  ["what is missing", PATH, {}, "#/required"],
  ["another type", PATH, { path: 1 }, "#/properties/path/type"],
  ["a forbidden extra", { ...PATH, additionalProperties: false }, { path: "a", b: 1 }, "#/additionalProperties"],
  ["a word of 2020-12", { type: "object", dependentRequired: { a: ["b"] } }, { a: 1 }, "#/dependentRequired"],
  [
    "two of the same",
    { properties: { a: { uniqueItems: true } } },
    {
      a: [
        { b: 1, c: 2 },
        { c: 2, b: 1 },
      ],
    },
    "uniqueItems",
  ],
  ["a pattern that does not match", { properties: { a: { pattern: "^x+$" } } }, { a: "xy" }, "pattern"],
  [
    "a reference in the schema",
    { $defs: { n: { type: "number" } }, properties: { a: { $ref: "#/$defs/n" } } },
    { a: "x" },
    "type",
  ],
  [
    "draft-07 as declared",
    { $schema: "http://json-schema.org/draft-07/schema#", dependencies: { a: ["b"] } },
    { a: 1 },
    "#/dependencies",
  ],
  ["an unknown word", { "x-mcp-header": "A", properties: {} }, { a: 1 }, undefined],
])("E17: %s is told apart", (_, schema, args, why) => {
  expect(check(schema, args) ?? "fits").toContain(why ?? "fits");
});

test("E17: what breaks the schema is named, and never its value", () => {
  expect(check(PATH, { path: "a secret value" })).toBe("they break the tool's schema: #/properties/path/maxLength");
});

const deep = (levels: number): object => (levels === 0 ? {} : { items: deep(levels - 1) });
const wide = { properties: Object.fromEntries(Array.from({ length: 1100 }, (_, i) => [`a${i}`, {}])) };

test.each<[string, object, string]>([
  ["too deep", deep(40), "levels"],
  ["too wide", wide, "parts"],
  ["in a dialect nobody knows", { $schema: "https://example.org/mine" }, "dialect"],
  ["from elsewhere", { properties: { a: { $ref: "https://example.org/a.json" } } }, "another document"],
  ["from a file", { $ref: "file:///etc/passwd" }, "another document"],
  ["broken", { type: "no-such-type" }, "cannot be used"],
  ["with a pattern that would need to go back", { properties: { a: { pattern: "(?=x)y" } } }, "cannot be used"],
])("E17: a schema that is %s is not used", (_, schema, why) => {
  expect(() => check(schema, {})).toThrow(why);
});

test("E17: a bomb of references ends when its time is over", () => {
  const names = Array.from(
    { length: 60 },
    (_, i) => [`a${i}`, { allOf: [{ $ref: `#/$defs/a${i + 1}` }, { $ref: `#/$defs/a${i + 1}` }] }] as const,
  );
  const bomb = { $defs: { ...Object.fromEntries(names), a60: {} }, $ref: "#/$defs/a0" };
  expect(check(bomb, { a: 1 })).toContain("could not be checked within");
  // and whoever comes next is checked as before
  expect(check({ $defs: { n: {} }, properties: { a: { $ref: "#/$defs/n" } } }, { a: 1 })).toBeUndefined();
});

test("E17: a pattern that makes others go back for ever takes linear time", () => {
  expect(check({ properties: { a: { pattern: "^(a+)+$" } } }, { a: `${"a".repeat(50_000)}!` })).toContain("pattern");
});
