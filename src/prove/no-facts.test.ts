// SPDX-License-Identifier: Apache-2.0
// J2: what the law says is data. The sources hold no place, zone, role, category, mechanism, rule, duration or month.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { expect, test } from "vitest";
import { FILES } from "./testing/plain-reading.ts";
import { REGIMES } from "./testing/regimes.ts";

const { places, words, eu } = FILES;
const { rows, calendars, vocabulary } = REGIMES;
/** Groups of kinds that have a meaning of their own in code, and are kinds as well. */
const MEANT = new Set(["adequacy", "none"]);
const FACTS = new Set([
  ...places.known,
  ...Object.keys(places.groups),
  "EU",
  ...words.categories,
  ...eu.rules.flatMap(({ mechanisms }) => mechanisms).filter((kind) => !MEANT.has(kind)),
  ...rows.keys(),
  ...calendars.keys(),
  ...vocabulary.roles.keys(),
  ...vocabulary.kinds.keys(),
]);
const DURATION = /^P(?:\d+[YMWD]|T\d)/;
/** `Europe/Berlin`: a zone of IANA's. */
const ZONE = /^(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)\//;
const MONTH = /\b(?:january|february|march|april|june|july|august|september|october|november|december)\b/i;

/** The pieces of text of one source that state a fact of the law. */
function factsIn(file: string, source: string): readonly string[] {
  const found: string[] = [];
  const look = (text: string): void => {
    if (FACTS.has(text) || DURATION.test(text) || ZONE.test(text) || MONTH.test(text) || /-[TS]-/.test(text))
      found.push(text);
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
  const source =
    'f("FR", "EEA", "personal", "bcr", "EU-T-health", "P30D", "PT72H", `1 January`, "reading", `${x}`, "Asia/Tokyo", "EU-GDPR-33", "us.credit_union", "US-SEC")';
  expect(factsIn("a.ts", source)).toEqual([
    "FR",
    "EEA",
    "personal",
    "bcr",
    "EU-T-health",
    "P30D",
    "PT72H",
    "1 January",
    "Asia/Tokyo",
    "EU-GDPR-33",
    "us.credit_union",
    "US-SEC",
  ]);
});
