// SPDX-License-Identifier: Apache-2.0
// A record in memory, for tests only: time stands still, chance repeats itself, and the disk does what it is told.
import type { RecordedEntry } from "../../core/index.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import {
  type Cosigner,
  openRecord,
  type RecordConfig,
  type RecordRoom,
  type RecordSettings,
  recordConfig,
} from "../index.ts";
import type { DomainRow, DomainShelf, Domains } from "../keep/domains.ts";
import { fakeCustody } from "./custody.ts";
import { testDomains } from "./domains.ts";
import { LyingFs, type LyingFsOptions } from "./lying-fs.ts";

export const ORIGIN = "gate.example/log/main-1";

export interface TestRecord {
  readonly room: RecordRoom;
  readonly clock: FakeClock;
  readonly log: ReturnType<typeof fakeLog>;
  /** Exit codes the record asked for. */
  readonly exits: number[];
  readonly fs: LyingFs;
}

export interface TestRecordOptions {
  readonly fs?: LyingFs;
  readonly clock?: FakeClock;
  readonly settings?: Partial<RecordSettings>;
  readonly place?: Partial<Pick<RecordConfig, "origin" | "dir">>;
  readonly custody?: ReturnType<typeof fakeCustody>;
  /** Other ids and nonces. */
  readonly seed?: number;
  /** Keys of erasure domains, as they are stored. */
  readonly keys?: DomainRow[];
  /** Where new ones are stored, instead of among those. */
  readonly shelf?: DomainShelf;
  /** Keys that are stored elsewhere. */
  readonly domains?: (clock: FakeClock) => Promise<Domains>;
  /** Who asks the witnesses. */
  readonly cosigner?: Cosigner;
}

/** A disk in memory that keeps what it is given. */
export function memoryFs(options: Partial<LyingFsOptions> = {}): LyingFs {
  return new LyingFs({ chance: () => 0.5, pageBytes: 65_536, ...options });
}

export async function openTestRecord(options: TestRecordOptions = {}): Promise<TestRecord> {
  const { fs = memoryFs(), clock = fakeClock(), custody = fakeCustody() } = options;
  const log = fakeLog();
  const exits: number[] = [];
  const place = { dir: "/data", origin: ORIGIN, node: "gate-1", tenant: "main", ...options.place };
  const config = { ...recordConfig.parse({ reserveBytes: 0 }), ...options.settings, ...place };
  const random = fakeRandom(options.seed ?? fs.calls + 1);
  const onFatal = (exitCode: number): void => void exits.push(exitCode);
  const domains =
    (await options.domains?.(clock)) ??
    testDomains({ custody, clock, random: fakeRandom(999) }, options.keys, options.shelf);
  const ports = { fs, custody, domains, clock, timers: clock.timers, random, log, onFatal, cosigner: options.cosigner };
  return { room: await openRecord(ports, config), clock, log, exits, fs };
}

/** The folder of the test log as the verifier reads it. */
export function folderOf(fs: LyingFs): {
  readonly files: Map<string, Uint8Array>;
  read(path: string): Uint8Array | undefined;
  list(): readonly string[];
} {
  const files = fs.files("/data/main-1");
  return { files, read: (path) => files.get(path), list: () => [...files.keys()] };
}

/** Every entry of the log. */
export async function entriesOf({ room }: TestRecord): Promise<readonly RecordedEntry[]> {
  const entries: RecordedEntry[] = [];
  for await (const entry of room.read({ from: 0 })) entries.push(entry);
  return entries;
}

/** What each entry is, in one word. */
export function wordsOf(entries: readonly RecordedEntry[]): readonly unknown[] {
  return entries.map(({ entry }) => entry["name"] ?? entry["shape"] ?? entry["result"] ?? entry["type"]);
}

/** Lets what is under way go on for some turns of the event loop. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A repeatable stream of numbers in [0, 1). */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
