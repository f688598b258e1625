// SPDX-License-Identifier: Apache-2.0
// What every change passes: the stages in order, cheapest first, until the first red one. Names as arguments run only
// those. What CI does, a person does with `npm test`.
import { spawnSync } from "node:child_process";
import path from "node:path";

export interface Stage {
  readonly name: string;
  /** Each as a person would type it after `npx`. */
  readonly commands: readonly string[];
  /** Shows its output while it runs, and has the last word: a full run ends with the tests' closing line. */
  readonly live?: boolean;
}

export const STAGES: readonly Stage[] = [
  { name: "format", commands: ["biome check ."] },
  { name: "lint", commands: ["oxlint"] },
  { name: "types", commands: ["tsc", "tsc -p console"] },
  { name: "directions", commands: ["node tools/check-directions.ts"] },
  { name: "lock", commands: ["node tools/complete-lock.ts --check"] },
  { name: "unused", commands: ["knip"] },
  { name: "generated", commands: ["node tools/generate.ts --check"] },
  { name: "licences", commands: ["node tools/check-licences.ts"] },
  // built before the tests, which show it in a browser; too large is red
  { name: "console", commands: ["node tools/build-console.ts"] },
  // one run, so that there is one closing line: unit, then e2e, faults, conformance, browser (vitest.config.ts has the order)
  { name: "tests", commands: ["vitest run"], live: true },
];

/** Runs one command: whether it ended well, and what it printed unless it was live. */
export type Run = (command: string, live: boolean) => { readonly ok: boolean; readonly output: string };

/** @returns the exit code: 0 all green, 1 one is red, 2 there is no such stage */
export function runGate(
  stages: readonly Stage[],
  names: readonly string[],
  run: Run,
  print: (line: string) => void,
): number {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    print(`gate: no stage ${unknown.join(", ")}; there are ${stages.map(({ name }) => name).join(" ")}`);
    return 2;
  }
  const chosen = names.length === 0 ? stages : stages.filter(({ name }) => names.includes(name));
  return chosen.every((stage) => runStage(stage, run, print)) ? 0 : 1;
}

function runStage({ name, commands, live = false }: Stage, run: Run, print: (line: string) => void): boolean {
  const start = performance.now();
  const took = (): string => `${((performance.now() - start) / 1000).toFixed(1)}s`;
  for (const command of commands) {
    if (live) print(`gate ${name} starts; again: npx ${command}`);
    const { ok, output } = run(command, live);
    if (ok) continue;
    if (!live) print(`${output.trimEnd()}\ngate ${name} RED ${took()}; again: npx ${command}`);
    return false;
  }
  if (!live) print(`gate ${name} ok ${took()}`);
  return true;
}

const ROOT = path.join(import.meta.dirname, "..");

/** Runs one of the project's own programs, with its own Node, as `npm run` does. */
function runHere(command: string, live: boolean): ReturnType<Run> {
  const [program = "", ...args] = command.split(" ");
  // oxlint-disable-next-line node/no-process-env -- a stage sees the machine as a person's shell does
  const env = process.env;
  const done = spawnSync(program, args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: live ? "inherit" : "pipe",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...env, PATH: `${path.join(ROOT, "node_modules/.bin")}${path.delimiter}${env["PATH"] ?? ""}` },
  });
  const fault = done.error === undefined ? "" : `${done.error.message}\n`;
  return { ok: done.status === 0, output: `${fault}${done.stdout ?? ""}${done.stderr ?? ""}` };
}

if (import.meta.main) process.exitCode = runGate(STAGES, process.argv.slice(2), runHere, console.log);
