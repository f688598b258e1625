// SPDX-License-Identifier: Apache-2.0
// J2: what the law says is data. The sources hold no place, category, mechanism, rule, duration or month.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { expect, test } from "vitest";
import { FILES } from "./testing/plain-reading.ts";

const { places, words, eu } = FILES;
/** Groups of kinds that have a meaning of their own in code, and are kinds as well. */
const MEANT = new Set(["adequacy", "none"]);
const FACTS = new Set([
  ...places.known,
  ...Object.keys(places.groups),
  "EU",
  ...words.categories,
  ...eu.rules.flatMap(({ mechanisms }) => mechanisms).filter((kind) => !MEANT.has(kind)),
]);
const DURATION = /^P(?:\d+[YMWD]|T\d)/;
const MONTH = /\b(?:january|february|march|april|june|july|august|september|october|november|december)\b/i;

/** The pieces of text of one source that state a fact of the law. */
function factsIn(file: string, source: string): readonly string[] {
  const found: string[] = [];
  const look = (text: string): void => {
    if (FACTS.has(text) || DURATION.test(text) || MONTH.test(text) || /-[TS]-/.test(text)) found.push(text);
  };
  new Visitor({
    Literal: ({ value }) => void (typeof value === "string" && look(value)),
    TemplateElement: ({ value }) => look(value.raw),
  }).visit(parseSync(file, source).program);
  return found;
}

test("J2: no source of this room states a fact of the law", () => {
  const files = globSync("**/*.ts", { cwd: import.meta.dirname }).filter((file) => !/\.test\.ts$|^testing/.test(file));
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    expect(factsIn(file, readFileSync(path.join(import.meta.dirname, file), "utf8")), file).toEqual([]);
  }
});

test("J2: the scan sees each kind of fact", () => {
  const source = 'f("FR", "EEA", "personal", "bcr", "EU-T-health", "P30D", "PT72H", `1 January`, "reading", `${x}`)';
  expect(factsIn("a.ts", source)).toEqual([
    "FR",
    "EEA",
    "personal",
    "bcr",
    "EU-T-health",
    "P30D",
    "PT72H",
    "1 January",
  ]);
});
