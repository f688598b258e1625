// SPDX-License-Identifier: Apache-2.0
// What a checkpoint costs: signed twice, tiles written, published. Measured on the real disk, beside one bare write that is
// synced and renamed, since a busy disk is busy for both. Bars (record, section 6): 50 ms of wall, 5 ms of main thread.
import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openRecord } from "../../src/record/index.ts";
import { intentDraft } from "../../src/record/testing/drafts.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";

const { values } = parseArgs({ options: { dir: { type: "string" }, rounds: { type: "string", default: "60" } } });
const ROUNDS = Number(values.rounds);
/** Entries between two checkpoints: a gate under some load. */
const ENTRIES = 200;

const dir = await mkdtemp(join(values.dir ?? tmpdir(), "bailiwick-bench-"));
// the clock of the log is still: each checkpoint is one that is asked for here
const room = await openRecord(machinePorts(), machineConfig(dir, { checkpointMs: 60_000 }));
const draft = intentDraft();
const walls: number[] = [];
const threads: number[] = [];
const bare: number[] = [];

for (let round = 0; round < ROUNDS; round++) {
  await Promise.all(Array.from({ length: ENTRIES }, () => room.append(draft)));
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  await room.checkpoint();
  walls.push(performance.now() - start);
  const { user, system } = process.threadCpuUsage(cpu);
  threads.push((user + system) / 1000);
  bare.push(await onePublish(round));
}

/** One file as a checkpoint is one: written, synced, renamed, its folder synced. */
async function onePublish(round: number): Promise<number> {
  const start = performance.now();
  const file = await open(join(dir, `bare-${round}`), "wx");
  await file.write(Buffer.alloc(3600, 1));
  await file.datasync();
  await rename(join(dir, `bare-${round}`), join(dir, "bare"));
  await file.close();
  const folder = await open(dir);
  await folder.sync();
  await folder.close();
  return performance.now() - start;
}

const at = (all: readonly number[], share: number): number =>
  all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) * share)] ?? 0;
const row = (name: string, all: readonly number[]): void =>
  console.log(`${name.padEnd(34)} p50 ${at(all, 0.5).toFixed(2)} ms   p90 ${at(all, 0.9).toFixed(2)} ms`);

row(`checkpoint over ${ENTRIES} entries, wall`, walls);
row("checkpoint, this thread", threads);
row("one file, synced and renamed", bare);
console.log(`files a checkpoint takes as long as  ${(at(walls, 0.5) / at(bare, 0.5)).toFixed(1)}`);
await room.close();
await rm(dir, { recursive: true });
const isWell = at(walls, 0.5) <= 50 && at(threads, 0.5) <= 5;
process.exitCode = isWell ? 0 : 1;
