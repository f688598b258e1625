// SPDX-License-Identifier: Apache-2.0
// The power is cut at some moment of a real life of a log, as strace saw it: what a disk may have then is opened and checked.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { LyingFs } from "../../../src/record/testing/lying-fs.ts";
import { chances } from "../../../src/record/testing/rooms.ts";
import { Disk } from "../../../tools/powerloss/disk.ts";
import { type Operation, readTrace, TRACER } from "../../../tools/powerloss/trace.ts";
import { type Acknowledged, checkLog, readAcknowledged } from "./check.ts";
import { livedWorld } from "./world.ts";

export interface PowerCuts {
  readonly cuts: number;
  /** System calls of the life that was cut short. */
  readonly calls: number;
  readonly wrong: readonly string[];
}

/** A life that was recorded, to be cut at any call. */
export interface Recorded {
  readonly dir: string;
  /** The log's folder, its guard, and what else is on that disk. */
  readonly root: string;
  /** What was on the disk before. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly told: string;
  readonly acknowledgements: string;
  readonly operations: readonly Operation[];
}

/** @throws where the traced life does not end well */
export function recordLife(): Recorded {
  using world = livedWorld();
  const root = path.dirname(world.dir);
  const files = filesUnder(root);
  const told = readFileSync(world.acknowledgements, "utf8");
  const trace = path.join(world.dir, "..", "trace");
  const { status, stderr } = world.run([...TRACER, "-o", trace, ...world.life]);
  if (status !== 0) throw new Error(`the traced life ended with ${status}: ${stderr}`);
  const { dir, acknowledgements } = world;
  return { dir, root, files, told, acknowledgements, operations: readTrace(trace) };
}

/** The same life of a program that never synced anything. */
export function withoutSync(life: Recorded): Recorded {
  const operations = life.operations
    .filter(({ kind }) => kind !== "sync")
    .map((operation) => (operation.kind === "write" ? { ...operation, isSynced: false } : operation));
  return { ...life, operations };
}

export async function cutPower(life: Recorded, cuts: number, seed: number): Promise<PowerCuts> {
  const chance = chances(seed);
  const touching = life.operations.flatMap(({ path: file }, i) => (isOfTheLog(life, file) ? [i] : []));
  const wrong: string[] = [];
  for (let cut = 0; cut < cuts; cut++) {
    const at = touching[Math.floor(chance() * touching.length)] ?? 0;
    const disk = new Disk(life.root, life.files);
    for (const operation of life.operations.slice(0, at)) disk.apply(operation);
    const last = life.operations[at];
    if (last !== undefined) disk.apply(last, true);
    const fs = await laid(disk.afterPowerCut(chance));
    const root = path.join(life.dir, "main-1");
    const source = (): { read: (name: string) => Uint8Array | undefined; list: () => readonly string[] } => {
      const files = fs.files(root);
      return { read: (name) => files.get(name), list: () => [...files.keys()] };
    };
    const place = { dir: life.dir, ports: { fs }, source };
    for (const line of await checkLog(acknowledgedBefore(life, at), place)) wrong.push(`cut at call ${at}: ${line}`);
  }
  return { cuts, calls: touching.length, wrong };
}

/** The acknowledgements are the test's own: they say what was told, and are never lost. */
function isOfTheLog({ root, acknowledgements }: Recorded, file: string): boolean {
  return file.startsWith(`${root}/`) && file !== acknowledgements;
}

function acknowledgedBefore({ operations, acknowledgements, told }: Recorded, at: number): Acknowledged {
  const lines = operations
    .slice(0, at)
    .map((one) => (one.kind === "write" && one.path === acknowledgements ? Buffer.from(one.bytes).toString() : ""));
  return readAcknowledged(told + lines.join(""));
}

/** A file system in memory that has all of it, durable. */
async function laid({ files, folders }: ReturnType<Disk["afterPowerCut"]>): Promise<LyingFs> {
  const fs = new LyingFs({ chance: () => 0.5, pageBytes: 65_536 });
  for (const folder of folders) await fs.makeDir(folder);
  for (const [file, bytes] of files) {
    const handle = await fs.create(file);
    await handle.write(bytes, 0);
    await handle.sync();
  }
  return fs;
}

function filesUnder(root: string): ReadonlyMap<string, Uint8Array> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(paths.map((file) => [file, readFileSync(file)]));
}
