// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { member } from "../../core/index.ts";
import { openParser } from "../testing/cedar.ts";
import { CHAIN_MAX, NESTING_MAX, type Piece, scan } from "./scan.ts";

const parser = openParser();
afterAll(async () => {
  await parser[Symbol.asyncDispose]();
});

function pieces(text: string): readonly Piece[] {
  const scanned = scan(text);
  if ("code" in scanned) throw new Error(scanned.code);
  return scanned;
}

function when(body: string): string {
  return `permit(principal, action, resource) when { ${body} };`;
}

const HOSTILE = [
  'permit(principal, action, resource) when { ";" == "\\"; //" };',
  "// ; permit(principal, action, resource);\npermit(principal, action, resource);",
  '@id("; // \\" {") forbid(principal, action, resource) unless { [";"].isEmpty() };',
  'permit(principal == U::"a;b", action, resource);',
];

test("D15: every policy is found where it stands, whatever its strings and comments hold", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...HOSTILE), { minLength: 1 }),
      fc.constantFrom("", "\n", " // end"),
      (some, end) => {
        const text = `${some.join("\n\n")}${end}`;
        const found = pieces(text).map((piece) => text.slice(piece.start, piece.end));
        // a comment before a policy is not part of it
        expect(found).toEqual(some.map((policy) => policy.replace(/^\/\/.*\n/, "")));
      },
    ),
  );
});

test("D15: what follows the last semicolon is a piece for the parser to refuse", () => {
  expect(pieces("permit(principal, action, resource); permit")).toHaveLength(2);
  expect(pieces(" // nothing\n")).toEqual([]);
});

test("D5: a template is known by its slot, and not by a question mark in a string", () => {
  expect(pieces("permit(principal == ?principal, action, resource);")[0]?.template).toBe(true);
  expect(pieces(when('"?principal" == "?"'))[0]?.template).toBe(false);
});

test.each([
  ["brackets", "(".repeat(NESTING_MAX) + "true" + ")".repeat(NESTING_MAX), "nesting_too_deep"],
  ["sets", "[".repeat(200), "nesting_too_deep"],
  ["ifs", "if true then 1 else ".repeat(NESTING_MAX) + "1", "nesting_too_deep"],
  ["a chain", `true${" && true".repeat(CHAIN_MAX + 1)}`, "chain_too_long"],
  ["attributes", `context${".a".repeat(CHAIN_MAX + 1)}`, "chain_too_long"],
  ["a chain inside a chain", `(${"1 + ".repeat(300)}1)${" + 1".repeat(300)}`, "chain_too_long"],
])("D14: too many %s are seen before the parser sees them", (_, body, code) => {
  expect(scan(when(body))).toHaveProperty("code", code);
});

test("D14: members of a set and policies of a file do not add up", () => {
  const wide = when(`[${Array.from({ length: 2_000 }, () => "1 + 1").join(", ")}].isEmpty()`);
  expect(pieces(wide.repeat(3))).toHaveLength(3);
});

test("D14: what passes is parsed without a trap", async () => {
  const shapes = [
    "(".repeat(NESTING_MAX - 2) + "true" + ")".repeat(NESTING_MAX - 2),
    "if context.a then 1 else ".repeat(NESTING_MAX - 2) + "1",
    `true${" && true".repeat(CHAIN_MAX - 4)}`,
    `context${".a".repeat(CHAIN_MAX - 4)}`,
    "(true || ".repeat(NESTING_MAX - 2) + "true" + ")".repeat(NESTING_MAX - 2),
  ].map(when);
  for (const text of shapes) {
    expect(pieces(text)).toHaveLength(1);
    expect(member(await parser.call({ op: "policy", text }), "type")).toBe("success");
  }
});

test("D14: strings that do not end cost no more than those that do", () => {
  const text = `permit(principal, action, resource) when { "${'\\"'.repeat(500_000)}`;
  expect(pieces(text)).toEqual([{ start: 0, end: text.length, template: false }]);
  expect(pieces(`"${"x".repeat(3_000_000)}";`)).toHaveLength(1);
});

test("D14: in a schema the marks of a type are brackets too", () => {
  expect(scan(`entity A = { a: ${"Set<".repeat(200)}Long${">".repeat(200)} };`, true)).toHaveProperty(
    "code",
    "nesting_too_deep",
  );
});

test("D14: the scan takes any text, and every piece lies in it", () => {
  const mark = fc.constantFrom(
    '"',
    "\\",
    ";",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    "/",
    " ",
    "\n",
    "?",
    "a",
    "&",
    "|",
    "!",
  );
  fc.assert(
    fc.property(fc.string({ unit: mark }), (text) => {
      const scanned = scan(text);
      const found = "code" in scanned ? [] : scanned;
      expect(found.every(({ start, end }) => start >= 0 && end > start && end <= text.length)).toBe(true);
    }),
  );
});
