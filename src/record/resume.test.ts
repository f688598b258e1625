// SPDX-License-Identifier: Apache-2.0
// A start that does not read the whole journal is the same start: same root, same open effects, same answers, and where
// anything does not fit together it reads everything, as before.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type EntryRef, member, parseEntryId, referenceOf } from "../core/index.ts";
import { adminDraft, intentDraft, outcomeDraft } from "./testing/drafts.ts";
import type { LyingFs } from "./testing/lying-fs.ts";
import {
  entriesOf,
  folderOf,
  memoryFs,
  openTestRecord,
  type TestRecord,
  type TestRecordOptions,
} from "./testing/rooms.ts";
import { parsePolicy, verifyLog, verifyProof } from "./verify/index.ts";

const SEGMENT_BYTES = 64 * 1024;
const ENTRIES = 600;
const AT_LEAST = 40;
const STATE = "/data/main-1.state";

type Settings = TestRecordOptions["settings"];
const settings = (startEntries: number): Settings => ({ segmentBytes: SEGMENT_BYTES, startEntries });

const open = (fs: LyingFs, startEntries = AT_LEAST, more: TestRecordOptions = {}): Promise<TestRecord> =>
  openTestRecord({ ...more, fs, settings: { ...settings(startEntries) } });

/** Segments that a start reads. */
async function readBy(fs: LyingFs, work: () => Promise<TestRecord>): Promise<{ world: TestRecord; segments: number }> {
  const read = fs.read.bind(fs);
  const seen = new Set<string>();
  fs.read = (path) => {
    if (path.includes("/journal/")) seen.add(path);
    return read(path);
  };
  const world = await work();
  fs.read = read;
  return { world, segments: seen.size };
}

/** A log of many segments, of which effects at the beginning, in the middle and at the end are open. */
async function grown(): Promise<{ readonly fs: LyingFs; readonly open: readonly EntryRef[] }> {
  const fs = memoryFs();
  const world = await open(fs);
  const left: EntryRef[] = [];
  for (let n = 0; n < ENTRIES; n += 1) {
    const { ref } = await world.room.append(n % 3 === 0 ? intentDraft() : adminDraft());
    if (n % 3 !== 0) continue;
    if (n % 99 === 0) left.push(ref);
    else await world.room.append(outcomeDraft(ref));
  }
  await world.room.close();
  return { fs, open: left };
}

const journalOf = (fs: LyingFs): readonly string[] => [...fs.files("/data/main-1/journal").keys()];

async function unknownOutcomes(world: TestRecord): Promise<readonly unknown[]> {
  const entries = await entriesOf(world);
  return entries
    .filter(({ entry }) => entry["type"] === "outcome" && entry["result"] === "unknown")
    .map(({ entry }) => member(entry["of"], "index"));
}

async function isSound(world: TestRecord): Promise<void> {
  await world.room.checkpoint();
  const trust = parsePolicy(Buffer.from(world.room.trustPolicy()));
  const verdict = verifyLog(folderOf(world.fs), trust);
  expect(verdict.checks.filter(({ result }) => result === "failed")).toEqual([]);
  const size = world.room.size();
  for (const index of [0, 1, 255, 256, size - 1].filter((one) => one >= 0 && one < size)) {
    const proof = await world.room.prove(index);
    expect(verifyProof(proof, trust).ok, `entry ${index}`).toBe(true);
  }
}

test("section 4: a start reads the newest segments, and is the start that reads all of them", async () => {
  const { fs, open: left } = await grown();
  const before = journalOf(fs).length;
  expect(before).toBeGreaterThan(5);
  const { world, segments } = await readBy(fs, () => open(fs));
  expect(segments).toBeLessThan(before / 2);
  expect(await unknownOutcomes(world)).toEqual(left.map(({ index }) => index));
  await isSound(world);
  const [, , third] = await entriesOf(world);
  const id = third?.entry["id"];
  if (typeof id !== "string") throw new Error("an entry has an id");
  expect((await world.room.find(referenceOf(parseEntryId(id)))).map(({ ref }) => ref.index)).toEqual([2]);
  expect(await world.room.proveGrowth(3, world.room.size())).not.toHaveLength(0);
  await world.room.close();
  const whole = await readBy(fs, () => open(fs, ENTRIES * 10));
  expect(whole.segments).toBe(journalOf(fs).length - 1);
  expect(await unknownOutcomes(whole.world)).toEqual(left.map(({ index }) => index));
  await isSound(whole.world);
});

test.each<[string, (fs: LyingFs) => Promise<void>]>([
  ["what was open is nowhere written down", (fs) => fs.remove(STATE)],
  ["the tile that leads there is missing", (fs) => fs.remove("/data/main-1/tile/0")],
  ["the bundle that it begins in is missing", (fs) => fs.remove("/data/main-1/tile/entries")],
])("section 4: where %s, everything is read, and nothing is lost", async (_, damage) => {
  const { fs, open: left } = await grown();
  await damage(fs);
  const { world, segments } = await readBy(fs, () => open(fs));
  expect(segments).toBe(journalOf(fs).length - 1);
  expect(await unknownOutcomes(world)).toEqual(left.map(({ index }) => index));
  await isSound(world);
});

test("L23: a head that somebody holds of the time before is compared with the entries behind it", async () => {
  const { fs } = await grown();
  const cosigner = {
    lines: "",
    heads: async () => [{ witness: "w", size: 5, root: "x".repeat(32) }],
    cosign: async ({ note }: { readonly note: string }) => ({ note, isMet: true }),
  };
  await expect(open(fs, AT_LEAST, { cosigner })).rejects.toMatchObject({ code: "RECORD_ROLLBACK" });
});

test("section 4: many lives of any length end in one sound log, whatever each of them reads", async () => {
  const life = fc.record({ entries: fc.integer({ min: 1, max: 150 }), startEntries: fc.constantFrom(0, 40, 10_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 3, maxLength: 7 }), async (lives) => {
      const fs = memoryFs();
      let size = 0;
      for (const { entries, startEntries } of lives) {
        const world = await open(fs, startEntries);
        expect(world.room.size()).toBeGreaterThanOrEqual(size);
        for (let n = 0; n < entries; n += 1) await world.room.append(n % 7 === 0 ? intentDraft() : adminDraft());
        await world.room.close();
        size = world.room.size();
      }
      const world = await open(fs, 0);
      expect(new Set(await unknownOutcomes(world)).size).toBe((await unknownOutcomes(world)).length);
      await isSound(world);
      await world.room.close();
    }),
    { numRuns: 8 },
  );
});
