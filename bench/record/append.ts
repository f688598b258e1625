// SPDX-License-Identifier: Apache-2.0
// How fast entries become durable. Three contenders take turns on the same disk, so that a busy machine is busy for all:
// the record with 1, 16 and 256 callers that each wait for their entry; the same bytes, assembled before, written and
// synced by 256 (what no log can beat); and SQLite with one row a commit. Only ratios are judged.
import { hash } from "node:crypto";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import type { EntryDraft } from "../../src/core/index.ts";
import { openRecord } from "../../src/record/index.ts";
import { intentDraft } from "../../src/record/testing/drafts.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";

const { values } = parseArgs({
  options: {
    dir: { type: "string" },
    rounds: { type: "string", default: "7" },
    ms: { type: "string", default: "700" },
  },
});
const ROUNDS = Number(values.rounds);
const ROUND_MS = Number(values.ms);
const GROUP = 256;

interface Sample {
  /** Entries a second. */
  readonly rate: number;
  /** UNIT: ms, sorted. */
  readonly waits: readonly number[];
  /** UNIT: us of this thread for each entry. */
  readonly cpu: number;
}

const dir = await mkdtemp(join(values.dir ?? tmpdir(), "bailiwick-bench-"));
const room = await openRecord(machinePorts(), machineConfig(dir));
const draft: EntryDraft = intentDraft();
const { ref } = await room.append(draft);
const [entry] = await room.find(ref.index);
const entryBytes = Buffer.byteLength(JSON.stringify(entry?.entry));

/** Callers that each append, wait, and append again. */
async function ours(callers: number): Promise<Sample> {
  const waits: number[] = [];
  const caller = async (until: number): Promise<void> => {
    for (let now = performance.now(); now < until; ) {
      await room.append(draft);
      const then = performance.now();
      waits.push(then - now);
      now = then;
    }
  };
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: callers }, () => caller(start + ROUND_MS)));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.threadCpuUsage(cpu);
  return { rate: waits.length / seconds, waits: waits.toSorted((a, b) => a - b), cpu: (user + system) / waits.length };
}

/** The most the disk allows: one write and one sync for each group, nothing to compute. */
function ceiling(): Sample {
  const file = openSync(join(dir, "ceiling"), "w");
  const bytes = Buffer.alloc(GROUP * (entryBytes + 36), "x");
  return timed(
    GROUP,
    (i) => {
      writeSync(file, bytes, 0, bytes.length, i * bytes.length);
      fdatasyncSync(file);
    },
    () => closeSync(file),
  );
}

function sqlite(): Sample {
  const db = new DatabaseSync(join(dir, "rows.db"));
  db.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, json TEXT)",
  );
  const insert = db.prepare("INSERT INTO entry (json) VALUES (?)");
  const text = "x".repeat(entryBytes);
  return timed(
    1,
    () => void insert.run(text),
    () => db.close(),
  );
}

/** One small write and its sync: what a single caller must wait for at least. */
function bareSync(): Sample {
  const file = openSync(join(dir, "bare"), "w");
  const bytes = Buffer.alloc(entryBytes, "x");
  return timed(
    1,
    (i) => {
      writeSync(file, bytes, 0, bytes.length, i * bytes.length);
      fdatasyncSync(file);
    },
    () => closeSync(file),
  );
}

/** What any signed log must compute for an entry: its text, and one hash of it. */
function leastWork(): Sample {
  return timed(
    1,
    () => void hash("sha256", JSON.stringify(draft)),
    () => undefined,
    100,
  );
}

function timed(entries: number, work: (i: number) => void, end: () => void, ms = ROUND_MS): Sample {
  const waits: number[] = [];
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  for (let now = start; now < start + ms; ) {
    work(waits.length);
    const then = performance.now();
    waits.push(then - now);
    now = then;
  }
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.threadCpuUsage(cpu);
  end();
  const count = waits.length * entries;
  return { rate: count / seconds, waits: waits.toSorted((a, b) => a - b), cpu: (user + system) / count };
}

/** JSON lines without a sync: what most programs call an audit log. It promises nothing, and is no bar. */
function jsonl(): Sample {
  const file = openSync(join(dir, "audit.jsonl"), "w");
  return timed(
    1,
    () => void writeSync(file, `${JSON.stringify(draft)}\n`),
    () => closeSync(file),
    100,
  );
}

const contenders: Readonly<Record<string, () => Sample | Promise<Sample>>> = {
  ceiling,
  ours256: () => ours(256),
  sqlite,
  ours16: () => ours(16),
  bareSync,
  ours1: () => ours(1),
  jsonl,
  leastWork,
};
const samples = new Map<string, Sample[]>(Object.keys(contenders).map((name) => [name, []]));
await ours(256); // warm: code compiled, files made
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(contenders)) samples.get(name)?.push(await run());
}
await room.close();
await rm(dir, { recursive: true });

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
const of = (name: string, measure: (sample: Sample) => number): number =>
  median((samples.get(name) ?? []).map(measure));
const rate = (name: string): number => of(name, (sample) => sample.rate);
const wait = (name: string, part: number): number =>
  of(name, ({ waits }) => waits[Math.floor((waits.length - 1) * part)] ?? Number.NaN);
const round = (value: number): number => Number(value.toPrecision(3));

const figures = {
  entryBytes,
  rounds: ROUNDS,
  perSecond: Object.fromEntries(Object.keys(contenders).map((name) => [name, Math.round(rate(name))])),
  p50Ms: Object.fromEntries(["ours1", "ours16", "ours256", "bareSync"].map((name) => [name, round(wait(name, 0.5))])),
  p99Ms: Object.fromEntries(["ours1", "ours16", "ours256", "bareSync"].map((name) => [name, round(wait(name, 0.99))])),
  cpuUs: { ours256: round(of("ours256", (s) => s.cpu)), leastWork: round(of("leastWork", (s) => s.cpu)) },
};
/** Ratio, and the bar it must keep. */
const bars: readonly (readonly [name: string, ratio: number, isKept: (ratio: number) => boolean])[] = [
  ["256 callers / ceiling (>= 0.25)", rate("ours256") / rate("ceiling"), (r) => r >= 0.25],
  ["256 callers / SQLite (>= 10)", rate("ours256") / rate("sqlite"), (r) => r >= 10],
  ["256 callers a second (>= 15,000)", rate("ours256"), (r) => r >= 15_000],
  ["256 callers p99 in ms (<= 50)", wait("ours256", 0.99), (r) => r <= 50],
  ["16 callers / SQLite (>= 4)", rate("ours16") / rate("sqlite"), (r) => r >= 4],
  ["16 callers p99 / bare sync p50 (<= 10)", wait("ours16", 0.99) / wait("bareSync", 0.5), (r) => r <= 10],
  ["CPU of an entry / least work (<= 3)", figures.cpuUs.ours256 / figures.cpuUs.leastWork, (r) => r <= 3],
];
const passed = bars.filter(([, ratio, isKept]) => isKept(ratio)).length;
const failed = bars.length - passed;
const ratios = Object.fromEntries(bars.map(([name, ratio]) => [name, round(ratio)]));
console.log(JSON.stringify({ name: "record append", figures, ratios, passed, failed }));
process.exitCode = failed === 0 ? 0 : 1;
