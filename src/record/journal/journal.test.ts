// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fakeClock } from "../../core/testing/system.ts";
import { LogFolder } from "../folder.ts";
import { LyingFs, type LyingFsOptions } from "../testing/lying-fs.ts";
import { chances, turns } from "../testing/rooms.ts";
import { Tree } from "../tree/tree.ts";
import { errorCode } from "./fs.ts";
import { Journal } from "./journal.ts";
import { readJournal } from "./recover.ts";

const ORIGIN = "gate.example/log/test";

/** A process that opened the journal. */
interface Life {
  readonly found: readonly string[];
  readonly journal: Journal;
  readonly fatal: unknown[];
}

/** Small batches and segments, so that a few entries make many of both. */
async function open(fs: LyingFs, clock = fakeClock()): Promise<Life> {
  const tree = new Tree();
  const found: string[] = [];
  const fatal: unknown[] = [];
  const folder = await LogFolder.open(fs, "/log");
  const onEntry = ({ leaf }: { leaf: Uint8Array }): void => void found.push(Buffer.from(leaf).toString());
  const recovery = await readJournal(folder, { origin: ORIGIN, tree, onEntry });
  const recovered = await recovery.finish();
  const options = { origin: ORIGIN, segmentBytes: 700, batch: { entries: 3, bytes: 4096 }, sealAfterMs: 100 };
  const ports = { folder, tree, clock, timers: clock.timers };
  const callbacks = {
    onDurable: () => undefined,
    onSegment: async () => undefined,
    makeRoom: async () => false,
    onFatal: (cause: unknown) => void fatal.push(cause),
  };
  return { found, fatal, journal: new Journal({ ...options, ...ports, ...callbacks }, recovered) };
}

/** Appends, and says what became of it: its index, or the code it was refused with. */
function append(journal: Journal, text: string): Promise<number | string> {
  return new Promise((resolve) => {
    journal.enqueue({
      text,
      bytes: Buffer.byteLength(text),
      durable: ({ index }) => resolve(index),
      failed: ({ code }) => resolve(code),
    });
  });
}

interface Step {
  /** The process dies at this call of the file system, counted from its start. */
  readonly dies: number;
  readonly isPowerCut: boolean;
  /** Calls that fail, and how. */
  readonly fault: { readonly call: number; readonly code: "EIO" | "ENOSPC" };
  /** Entries in each group that is appended at once. */
  readonly groups: readonly number[];
}

/** One process after another over the same disk; checks at each start what must hold. */
class World {
  fs: LyingFs;
  private readonly base: LyingFsOptions;
  private readonly chance: () => number;
  private readonly submitted = new Set<string>();
  private readonly acknowledged = new Map<number, string>();

  constructor(seed: number) {
    this.chance = chances(seed);
    this.base = { chance: this.chance, shortWrites: true };
    this.fs = new LyingFs(this.base);
  }

  async process(step: Step): Promise<void> {
    const fault: LyingFsOptions["fault"] = (call) =>
      call >= step.dies ? "killed" : call === step.fault.call ? step.fault.code : undefined;
    this.fs = this.fs.afterKill({ ...this.base, fault });
    try {
      const { journal, found } = await open(this.fs);
      this.check(found);
      for (const size of step.groups) await this.appendGroup(journal, size);
      await journal.close();
    } catch (error) {
      // the process died, or a call failed, while it opened or closed; anything else is a fault of the journal
      if (!/^(killed|EIO|ENOSPC)$/.test(errorCode(error) ?? "")) throw error;
    }
    this.fs = step.isPowerCut ? this.fs.afterPowerCut(this.base) : this.fs.afterKill(this.base);
  }

  /** @throws where something is missing, stands twice, or was never appended */
  check(found: readonly string[]): void {
    for (const [index, text] of this.acknowledged) assert.equal(found[index], text);
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(
      found.filter((text) => !this.submitted.has(text)),
      [],
    );
    // whoever opened the log answers with what it found: from here on that counts as told
    for (const [index, text] of found.entries()) this.acknowledged.set(index, text);
  }

  private async appendGroup(journal: Journal, size: number): Promise<void> {
    const text = (): string => `{"n":${this.submitted.size},"fill":"${"x".repeat(this.chance() * 150)}"}`;
    const appendOne = async (): Promise<void> => {
      const entry = text();
      this.submitted.add(entry);
      const fate = await append(journal, entry);
      if (typeof fate === "number") this.acknowledged.set(fate, entry);
    };
    await Promise.all(Array.from({ length: size }, appendOne));
  }
}

const step: fc.Arbitrary<Step> = fc.record({
  dies: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 150 }), fc.constant(Infinity)),
  isPowerCut: fc.boolean(),
  fault: fc.record({ call: fc.integer({ min: 1, max: 200 }), code: fc.constantFrom("EIO", "ENOSPC") }),
  groups: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 6 }),
});

/** A step in which no call fails but those after its death. */
function stepOf(dies: number, isPowerCut: boolean, groups: readonly number[] = []): Step {
  return { dies, isPowerCut, groups, fault: { call: dies, code: "EIO" } };
}

/** An opening cuts a segment and dies before the sync; the next one goes on, and a power cut brings back what was cut. */
const CUT_AND_NOT_SYNCED: [number, Step[]] = [
  1_114_634_985,
  [stepOf(51, true, [1, 3]), stepOf(17, false), stepOf(23, true, [1])],
];

test("L11: after any failures, kills and power cuts, what is found begins with all that was acknowledged", async () => {
  const world = fc.asyncProperty(fc.nat(), fc.array(step, { minLength: 1, maxLength: 6 }), async (seed, steps) => {
    const disk = new World(seed);
    for (const one of steps) await disk.process(one);
    disk.check((await open(disk.fs)).found);
  });
  await expect(fc.assert(world, { numRuns: 300, examples: [CUT_AND_NOT_SYNCED] })).resolves.toBeUndefined();
});

/** A journal on a disk of its own, the calls that were made of the disk, and a switch for what they do. */
async function quiet(
  fault: LyingFsOptions["fault"] = () => undefined,
): Promise<Life & { readonly fs: LyingFs; readonly done: string[] }> {
  const done: string[] = [];
  let isOpen = false;
  const fs = new LyingFs({
    chance: () => 0.5,
    fault: (call, operation) => {
      if (!isOpen) return undefined;
      done.push(operation);
      return fault(call, operation);
    },
  });
  const life = await open(fs);
  isOpen = true;
  return { ...life, fs, done };
}

test("L9: what arrives during a flush goes together with the next one", async () => {
  const late: Promise<number | string>[] = [];
  const arrive = (operation: string): undefined => {
    if (operation === "write" && late.length === 0) for (const text of ["2", "3"]) late.push(append(journal, text));
  };
  const { journal, done } = await quiet((_, operation) => arrive(operation));
  expect(await append(journal, "1")).toBe(0);
  expect(await Promise.all(late)).toEqual([1, 2]);
  expect(done).toEqual(["write", "sync", "write", "sync"]);
});

test("L9: entries of one turn share one sync, up to the limit of a batch", async () => {
  const { journal, done } = await quiet();
  await Promise.all(["1", "2", "3", "4"].map((text) => append(journal, text)));
  expect(done).toEqual(["write", "sync", "write", "sync"]); // the limit here is three
});

test("L9: after some quiet the last batch is sealed, once", async () => {
  const clock = fakeClock();
  const fs = new LyingFs({ chance: () => 0.5 });
  const { journal } = await open(fs, clock);
  await append(journal, "1");
  await turns(3);
  const before = fs.calls;
  clock.advance(99);
  await turns(3);
  expect(fs.calls).toBe(before);
  clock.advance(1);
  await turns(3);
  expect(fs.calls).toBe(before + 2); // write and sync
  clock.advance(1000);
  await turns(3);
  expect(fs.calls).toBe(before + 2);
});

test.each(["sync", "write", "truncate"])("L10: a %s that fails is final", async (broken) => {
  // a full disk is what makes the journal truncate
  const codes = (operation: string): "EIO" | "ENOSPC" | undefined =>
    operation === broken ? "EIO" : broken === "truncate" && operation === "write" ? "ENOSPC" : undefined;
  const { journal, fatal, done } = await quiet((_, operation) => codes(operation));
  const fates = await Promise.all(["1", "2", "3", "4", "5"].map((text) => append(journal, text)));
  expect(fates).toEqual(Array.from({ length: 5 }, () => "RECORD_DOWN"));
  expect(fatal).toHaveLength(1);
  expect(journal.state).toBe("down");
  const calls = done.length;
  expect(await append(journal, "6")).toBe("RECORD_DOWN");
  await turns(3);
  expect(done).toHaveLength(calls);
});

test("L10: a full disk refuses the batch, leaves the segment as it was, and is no end", async () => {
  let isDiskFull = true;
  const { journal, fs, fatal } = await quiet((_, operation) =>
    isDiskFull && operation === "write" ? "ENOSPC" : undefined,
  );
  expect(await Promise.all(["1", "2"].map((text) => append(journal, text)))).toEqual(["RECORD_FULL", "RECORD_FULL"]);
  expect(journal.state).toBe("full");
  isDiskFull = false;
  expect(await append(journal, "3")).toBe(0);
  expect(journal.state).toBe("open");
  expect(fatal).toEqual([]);
  await journal.close();
  expect((await open(fs)).found).toEqual(["3"]);
});

test("L10: a disk that fills up in the middle of a batch leaves nothing of it", async () => {
  let writes = 0;
  const fs = new LyingFs({
    chance: () => 0.3,
    shortWrites: true,
    fault: (call, operation) => (call > 20 && operation === "write" && (writes += 1) === 3 ? "ENOSPC" : undefined),
  });
  const { journal } = await open(fs);
  expect(await append(journal, "a".repeat(400))).toBe("RECORD_FULL");
  expect(await append(journal, "b")).toBe(0);
  await journal.close();
  expect((await open(fs)).found).toEqual(["b"]);
});

test("L12: segments are named for their first entry, and follow each other without a hole", async () => {
  const { journal, fs } = await quiet();
  for (let i = 0; i < 6; i++) await append(journal, String(i).padEnd(150, "x"));
  await journal.close();
  expect([...fs.files("/log/journal").keys()].toSorted()).toEqual([
    "0000000000000000.bwj",
    "0000000000000002.bwj",
    "0000000000000004.bwj",
  ]);
});

test("L11: damage with a later batch behind it refuses the start and names the place", async () => {
  const { journal, fs } = await quiet();
  for (const text of ["one", "two", "three"]) await append(journal, text);
  await journal.close();
  const [segment = Buffer.alloc(0)] = fs.files("/log/journal").values();
  const at = Buffer.from(segment).indexOf("two");
  segment.set(Buffer.from("TWO"), at);
  await expect(open(fs)).rejects.toThrow(
    /^opening journal\/0{16}\.bwj offset \d+: batch 1 is unreadable, and batch 3 follows it$/,
  );
});

test("L11: an opening writes the last batch to a segment of its own, of a new epoch", async () => {
  const { journal, fs } = await quiet();
  for (const text of ["one", "two"]) await append(journal, text);
  const killed = fs.afterKill({ chance: () => 0.5 });
  const { found } = await open(killed);
  expect(found).toEqual(["one", "two"]);
  const segments = killed.files("/log/journal");
  expect([...segments.keys()]).toEqual(["0000000000000000.bwj", "0000000000000001.bwj"]);
  expect([...segments.values()].map((bytes) => Buffer.from(bytes).readBigUInt64BE(48))).toEqual([1n, 2n]);
});

test("L9: a closed journal takes nothing more", async () => {
  const { journal } = await quiet();
  await journal.close();
  expect(await append(journal, "late")).toBe("RECORD_DOWN");
  expect(journal.state).toBe("closed");
});
