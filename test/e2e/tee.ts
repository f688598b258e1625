// SPDX-License-Identifier: Apache-2.0
// Stands between the gate and an upstream and writes down every line that goes up: `node tee.ts <log> <program> <args>`.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [log = "", program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["pipe", "inherit", "inherit"] });
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  appendFileSync(log, `${line}\n`);
  child.stdin.write(`${line}\n`);
});
lines.on("close", () => child.stdin.end());
child.on("close", (code) => process.exit(code ?? 1));
