// SPDX-License-Identifier: Apache-2.0
// `node test/faults/kill.ts [--kills N]`: the server killed so often at random moments. The last line is JSON.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { killRounds } from "./kill-rounds.ts";

const { values } = parseArgs({ options: { kills: { type: "string", default: "200" } } });
const kills = Number(values.kills);
if (!Number.isSafeInteger(kills) || kills < 1) throw new Error(`--kills ${values.kills}: write a number such as 200`);
const started = performance.now();
const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-kill-"));
const { wrong, ...figures } = await killRounds(dir, kills);
for (const line of wrong) console.error(line);
const seconds = Math.round((performance.now() - started) / 1000);
const failed = wrong.length;
console.log(
  JSON.stringify({ name: "faults:kill", figures: { ...figures, seconds }, ratios: {}, passed: kills, failed }),
);
// what is wrong is looked at there
if (failed > 0) process.exitCode = 1;
else rmSync(dir, { recursive: true });
