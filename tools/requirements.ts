// SPDX-License-Identifier: Apache-2.0
// Which numbered requirements of a specification no test names. A requirement is a list item that starts with its number
// (`- L9 Group commit ...`); a test names it at the start of its title (`L9: ...`, `L9, L10: ...`).
import { globSync, readFileSync } from "node:fs";

const REQUIREMENT = /^\s*- \**([A-Z][0-9]+)\**[ .:](.*)$/gm;
const TITLE = /["'`]([A-Z][0-9]+(?:(?:, | and )[A-Z][0-9]+)*): /g;
/** UNIT: characters. What is shown of a requirement. */
const SHOWN = 90;

export interface Requirement {
  readonly number: string;
  readonly text: string;
}

export function requirementsOf(specification: string): readonly Requirement[] {
  return [...specification.matchAll(REQUIREMENT)].map(([, number = "", text = ""]) => ({ number, text: text.trim() }));
}

/** The numbers that the titles in a test file start with. */
export function numbersIn(test: string): readonly string[] {
  return [...test.matchAll(TITLE)].flatMap(([, numbers = ""]) => numbers.split(/, | and /));
}

function main(files: readonly string[]): number {
  if (files.length === 0) {
    console.error("requirements: name a specification: npm run requirements -- <spec.md>");
    return 2;
  }
  const tests = globSync("{src,test,tools,policies,examples,conformance}/**/*.test.ts");
  const tested = new Set(tests.flatMap((file) => numbersIn(readFileSync(file, "utf8"))));
  const all = files.flatMap((file) => requirementsOf(readFileSync(file, "utf8")));
  const open = all.filter(({ number }) => !tested.has(number));
  for (const { number, text } of open) console.log(`${number.padEnd(5)} ${text.slice(0, SHOWN)}`);
  console.log(`requirements: ${all.length - open.length} of ${all.length} have a test, ${open.length} have none`);
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
