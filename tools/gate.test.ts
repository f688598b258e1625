// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { runGate, STAGES, type Stage } from "./gate.ts";

const THREE: readonly Stage[] = [
  { name: "one", commands: ["a", "b --check"] },
  { name: "two", commands: ["c"] },
  { name: "three", commands: ["d"], live: true },
];

/** Runs the three stages with these commands red. */
function gate(red: readonly string[], names: readonly string[] = []): { code: number; ran: string[]; lines: string[] } {
  const ran: string[] = [];
  const lines: string[] = [];
  const run = (command: string): { ok: boolean; output: string } => {
    ran.push(command);
    return { ok: !red.includes(command), output: `what ${command} says\n` };
  };
  const code = runGate(THREE, names, run, (line) => lines.push(line));
  return { code, ran, lines };
}

test("gate: runs every stage in order, and leaves the last word to the tests", () => {
  const { code, ran, lines } = gate([]);
  expect(code).toBe(0);
  expect(ran).toEqual(["a", "b --check", "c", "d"]);
  expect(lines).toEqual([
    expect.stringMatching(/^gate one ok \d+\.\ds$/),
    expect.stringMatching(/^gate two ok \d+\.\ds$/),
    "gate three starts; again: npx d",
  ]);
});

test("gate: stops at the first red stage, with its output and the command that repeats it", () => {
  const { code, ran, lines } = gate(["b --check"]);
  expect(code).toBe(1);
  expect(ran).toEqual(["a", "b --check"]);
  expect(lines).toEqual([expect.stringMatching(/^what b --check says\ngate one RED \d+\.\ds; again: npx b --check$/)]);
});

test("gate: red tests say nothing after their closing line", () => {
  const { code, lines } = gate(["d"]);
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe("gate three starts; again: npx d");
});

test("gate: names choose stages, and a name that is none is wrong use", () => {
  expect(gate([], ["two"]).ran).toEqual(["c"]);
  expect(gate([], ["two", "four"])).toEqual({
    code: 2,
    ran: [],
    lines: ["gate: no stage four; there are one two three"],
  });
});

test("gate: only the tests speak for themselves, and they come last", () => {
  expect(STAGES.filter(({ live }) => live).map(({ name }) => name)).toEqual(["tests"]);
  expect(STAGES.at(-1)?.name).toBe("tests");
});
