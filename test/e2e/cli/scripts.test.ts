// SPDX-License-Identifier: Apache-2.0
// Runs each terminal script beside this file through bin/bailiwick.js.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { matcher, parseScript, type Script, type Step } from "./script.ts";
import { BIN, type Ended, ended, World } from "./world.ts";

const FILES = globSync("*.script", { cwd: import.meta.dirname }).toSorted();
const SCRIPTS = FILES.map((file) => {
  return { file, ...parseScript(readFileSync(path.join(import.meta.dirname, file), "utf8")) };
});

test.for(SCRIPTS)("$file: $title", async (script, { skip }) => {
  skip(script.terminal !== undefined && process.platform !== "linux", "needs the script program of util-linux");
  await using world = new World();
  if (script.log) world.addLog();
  if (script.rules) world.addRules();
  if (script.server) await world.addServer();
  for (const step of script.steps) {
    for (const file of step.changes) world.change(file);
    const { out, err, code } = await runStep(world, script, step);
    expect(out, `stdout of ${step.words}`).toMatch(matcher(step.out));
    expect(err, `stderr of ${step.words}`).toMatch(matcher(step.err));
    expect(code, `exit code of ${step.words}`).toBe(step.code);
  }
});

async function runStep(world: World, { terminal, env }: Script, { words, typed }: Step): Promise<Ended> {
  const [program, ...args] = words.split(" ");
  if (program !== "bailiwick") throw new Error(`a script runs bailiwick, not ${words}`);
  if (terminal === undefined) return ended(world.start(process.execPath, [BIN, ...args], env));
  const command = `stty cols ${terminal} rows 24; exec '${process.execPath}' '${BIN}' ${args.join(" ")}`;
  const { out, ...rest } = await ended(
    world.start("script", ["-qec", command, "/dev/null"], { TERM: "xterm", ...env }, typed),
  );
  return { ...rest, out: out.replaceAll("\r\n", "\n") };
}
