// SPDX-License-Identifier: Apache-2.0
// A life of a log in which one system call fails, or is the last one: at the nth, for every n until a life has fewer.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { livedWorld, type World } from "./world.ts";

/** What a log does to files. It writes at positions only, so `write` is never called on one. */
export const CALLS = ["pwrite64", "pwritev", "fdatasync", "fsync", "rename", "ftruncate", "openat"] as const;
export type Call = (typeof CALLS)[number];

export const FAULTS = { EIO: "error=EIO", ENOSPC: "error=ENOSPC", SIGKILL: "signal=SIGKILL" } as const;
export type Fault = keyof typeof FAULTS;

export interface Injected {
  readonly lives: number;
  /** How a life ended: exit code or signal, and how often. */
  readonly ends: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

/** Is there an strace that may inject here? */
export function canInject(): boolean {
  return spawnSync("strace", ["-f", "-e", "inject=fsync:error=EIO:when=1", "-o", "/dev/null", "true"]).status === 0;
}

/** @param step - 1 for every call of a life, 5 for each fifth */
export async function injectAll(calls: readonly Call[], faults: readonly Fault[], step: number): Promise<Injected> {
  const wrong: string[] = [];
  const ends: Record<string, number> = {};
  let lives = 0;
  using world = livedWorld();
  for (const call of calls) {
    const { first, last } = countCalls(world, call);
    for (const fault of faults) {
      for (let n = first; n <= last; n += step) {
        using life = world.copy();
        const end = inject(life, call, fault, n);
        ends[end] = (ends[end] ?? 0) + 1;
        lives += 1;
        for (const line of await life.check()) wrong.push(`${fault} at ${call} ${n}: ${line}`);
      }
    }
  }
  return { lives, ends, wrong };
}

/** Which of its calls of this kind a life does to its log: the first and the last, counted from 1. */
function countCalls(world: World, call: Call): { readonly first: number; readonly last: number } {
  using life = world.copy();
  const trace = path.join(life.dir, "..", "trace");
  const { status, stderr } = life.run(["strace", "-ff", "-y", "-e", `trace=${call}`, "-o", trace, ...life.life]);
  if (status !== 0) throw new Error(`the traced life ended with ${status}: ${stderr}`);
  let [first, last] = [0, -1];
  for (const lines of tracesAt(trace)) {
    const ours = lines.flatMap((line, i) => (line.startsWith(call) && line.includes(life.dir) ? [i + 1] : []));
    if (ours.length > last - first + 1) [first, last] = [ours[0] ?? 0, ours.at(-1) ?? -1];
  }
  return { first, last };
}

/** The lines of each thread. */
function tracesAt(prefix: string): readonly (readonly string[])[] {
  const listed = spawnSync("sh", ["-c", 'ls "$1".*', "sh", prefix], { encoding: "utf8" }).stdout.trim();
  return listed.split("\n").map((file) => readFileSync(file, "utf8").split("\n"));
}

function inject(life: World, call: Call, fault: Fault, n: number): string {
  const spec = `inject=${call}:${FAULTS[fault]}:when=${n}`;
  const { status, signal } = life.run([
    "strace",
    "-f",
    "-e",
    `trace=${call}`,
    "-e",
    spec,
    "-o",
    "/dev/null",
    ...life.life,
  ]);
  return signal ?? String(status);
}
