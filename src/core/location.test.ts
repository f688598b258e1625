// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isWithin, locationBelow, normalizeLocation } from "./location.ts";

const area = (text: string): string | undefined => normalizeLocation(text, { area: true });

test.each([
  ["HTTPS://Gate.Example:443/mcp/%66iles", "https://gate.example/mcp/files"],
  ["http://gate.example:80", "http://gate.example"],
  ["http://gate.example/", "http://gate.example"],
  ["http://gate.example:8080/a%2Ab%c3%a9", "http://gate.example:8080/a%2Ab%C3%A9"],
  ["http://gate.example/é x", "http://gate.example/%C3%A9%20x"],
  ["http://[::1]:7400/mcp", "http://[::1]:7400/mcp"],
  ["file:///data/proj", "file:///data/proj"],
  ["/data/proj", "/data/proj"],
  ["data/proj", "data/proj"],
  ["/", "/"],
])("I13: one spelling: %s", (text, normal) => {
  expect(area(text)).toBe(normal);
});

test.each([
  "",
  "https://user@gate.example/a",
  "https://gate.example/a/../b",
  "https://gate.example/./a",
  "https://gate.example//a",
  "https://gate.example/a/",
  "https://gate.example/a%2fb",
  "https://gate.example/%2e%2e/b",
  "https://gate.example/%252e",
  "https://gate.example/a%5cb",
  "https://gate.example/a%00",
  "https://gate.example/a%zz",
  "https://gate.example\\a",
  "https://gate.example/a\u0000",
  "https://gäte.example/a",
  "https://gate.example:0443/a",
  "https://gate.example:/a",
  "https:///a",
  "https://gate.example/a?x=1",
  "https://gate.example/a#x",
  "//gate.example/a",
  "../a",
  "a//b",
  "a/",
  "data/%2e%2e/x",
  "data\\x",
  "https:/\\gate.example",
])("I13: refused, not repaired: %j", (text) => {
  expect(area(text)).toBeUndefined();
});

test("I13: query and fragment lie in the place that they are of", () => {
  expect(normalizeLocation("https://gate.example/a?x=../b#c", { area: false })).toBe("https://gate.example/a");
});

test("I13: segments end where they end", () => {
  expect(isWithin("/data/project", "/data/proj")).toBe(false);
  expect(isWithin("/data/proj", "/data/proj")).toBe(true);
  expect(isWithin("/data/proj/x", "/data/proj")).toBe(true);
  expect(isWithin("/x", "/")).toBe(true);
  expect(isWithin("https://gate.example.evil/x", "https://gate.example")).toBe(false);
  expect(isWithin("https://gate.example:8443/x", "https://gate.example")).toBe(false);
});

const below = (path: string): string | undefined => locationBelow("https://gate.example/mcp/files", path);

test("I13: what lies below a resource has one URI, whatever is in its name", () => {
  expect(below("")).toBe("https://gate.example/mcp/files");
  expect(below("in voices/r\u00e9sum\u00e9?.txt")).toBe(
    "https://gate.example/mcp/files/in%20voices/r%C3%A9sum%C3%A9%3F.txt",
  );
  for (const path of ["a/../b", "a//b", "a\\b", "100%", "a/"]) expect(below(path)).toBeUndefined();
});

test("I13: normalising twice changes nothing, and never throws", () => {
  const part = fc.constantFrom(
    "a",
    "%41",
    "%2f",
    "..",
    ".",
    "",
    "é",
    " ",
    "%",
    ":443",
    "?",
    "#",
    "@",
    "%7e",
    "~",
    "\ud800",
  );
  const text = fc
    .tuple(fc.constantFrom("https://h", "HTTP://H:80", "/", "", "file://"), fc.array(part))
    .map(([head, parts]) => `${head}/${parts.join("/")}`);
  fc.assert(
    fc.property(text, (given) => {
      const once = area(given);
      expect(once === undefined ? undefined : area(once)).toBe(once);
    }),
    { numRuns: 2000 },
  );
});
