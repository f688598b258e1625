// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fakeCustody } from "./testing/custody.ts";
import { eventDraft, intentDraft, outcomeDraft } from "./testing/drafts.ts";
import { LyingFs, type LyingFsOptions } from "./testing/lying-fs.ts";
import { chances, entriesOf, folderOf, openTestRecord, type TestRecord, turns, wordsOf } from "./testing/rooms.ts";
import { policyOf, verifyLog } from "./verify/index.ts";

test("L25: a new log begins with the entry that opened it, and its key", async () => {
  const world = await openTestRecord();
  const [first] = await entriesOf(world);
  expect(first?.entry).toMatchObject({
    type: "admin",
    name: "log.opened",
    by: "system",
    data: { vkey: world.room.status().vkey },
  });
  expect(world.room.status()).toMatchObject({ state: "open", size: 1, published: 1, rollback: "not detectable" });
});

test("L14: on opening, every intent without an outcome gets one that says it is unknown", async () => {
  const before = await openTestRecord();
  const [lost, done] = [await before.room.append(intentDraft(1)), await before.room.append(intentDraft(2))];
  await before.room.append(outcomeDraft(done.ref));
  const after = await openTestRecord({ fs: before.fs.afterKill({ chance: () => 0.5 }), clock: before.clock });
  const entries = await entriesOf(after);
  expect(wordsOf(entries)).toEqual(["log.opened", "intent", "intent", "completed", "unknown"]);
  expect(entries.at(-1)?.entry["of"]).toEqual({ ...lost.ref });
  const third = await openTestRecord({ fs: after.fs.afterKill({ chance: () => 0.5 }), clock: before.clock });
  expect(third.room.size()).toBe(5); // said once
});

test("L19: missing tiles are made again from the journal", async () => {
  const before = await openTestRecord();
  await Promise.all(Array.from({ length: 300 }, (_, n) => before.room.append(eventDraft({ n }))));
  await before.room.close();
  const whole = new Map([...folderOf(before.fs).files].filter(([path]) => path.startsWith("tile/")));
  for (const path of ["tile/0/000", "tile/entries/000", "tile/0/001.p/45"]) {
    await before.fs.remove(`/data/main-1/${path}`);
  }
  const after = await openTestRecord({ fs: before.fs, clock: before.clock });
  const now = folderOf(after.fs).files;
  for (const [path, bytes] of whole) expect(now.get(path), path).toEqual(bytes);
});

test("L23: a journal behind the published checkpoint is refused, and both heads are named", async () => {
  const before = await openTestRecord();
  const old = folderOf(before.fs).files.get("journal/0000000000000000.bwj")?.slice() ?? Buffer.alloc(0);
  await before.room.append(eventDraft());
  await before.room.close();
  await before.fs.remove("/data/main-1/journal/0000000000000000.bwj");
  const file = await before.fs.create("/data/main-1/journal/0000000000000000.bwj");
  await file.write(old, 0);
  const refusal = await openTestRecord({ fs: before.fs }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "RECORD_ROLLBACK" });
  expect(String(refusal)).toMatch(/: size 2 with root [\w+/]{43}= was published, the journal has 1 entries$/);
});

test("L23: a journal with another history is refused", async () => {
  const [one, other] = [await openTestRecord({ seed: 1 }), await openTestRecord({ seed: 2 })];
  await Promise.all([one.room.close(), other.room.close()]);
  await one.fs.remove("/data/main-1/checkpoint");
  const file = await one.fs.create("/data/main-1/checkpoint");
  await file.write(folderOf(other.fs).files.get("checkpoint") ?? Buffer.alloc(0), 0);
  await expect(openTestRecord({ fs: one.fs })).rejects.toMatchObject({ code: "RECORD_ROLLBACK" });
});

test("L25: another key, or another origin, does not go on with a log", async () => {
  const { room, fs } = await openTestRecord();
  await room.close();
  const custody = fakeCustody("another");
  await expect(openTestRecord({ fs, custody })).rejects.toMatchObject({ code: "RECORD_KEY_MISMATCH" });
  const place = { origin: "other.example/log/main-1" };
  await expect(openTestRecord({ fs, place })).rejects.toMatchObject({ code: "RECORD_CONFIG" });
  await expect(openTestRecord({ place: { origin: "a b+c" } })).rejects.toMatchObject({ code: "RECORD_CONFIG" });
});

/** Opens and uses a record whose process dies at some call; says what was acknowledged. */
async function liveAndDie(
  fs: LyingFs,
  clock: TestRecord["clock"],
  groups: readonly number[],
): Promise<Map<number, string>> {
  const acknowledged = new Map<number, string>();
  try {
    const { room } = await openTestRecord({ fs, clock });
    for (const size of groups) {
      const appends = Array.from({ length: size }, (_, n) => room.append(eventDraft({ n })));
      for (const fate of await Promise.allSettled(appends)) {
        if (fate.status === "fulfilled") acknowledged.set(fate.value.ref.index, fate.value.ref.leaf);
      }
      clock.advance(1000);
      await turns(2);
    }
    await room.close();
  } catch (error) {
    if (!/killed|RECORD_DOWN|stopped/.test(String(error))) throw error;
  }
  return acknowledged;
}

test("L22: killed at any call, with or without the power, the log goes on, verifies, and has all that was told", async () => {
  const life = fc.record({
    dies: fc.integer({ min: 1, max: 120 }),
    isPowerCut: fc.boolean(),
    groups: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 3 }),
  });
  const lives = fc.asyncProperty(fc.nat(), fc.array(life, { minLength: 1, maxLength: 3 }), async (seed, all) => {
    const base: LyingFsOptions = { chance: chances(seed), shortWrites: true };
    let world = await openTestRecord({ fs: new LyingFs(base) });
    const policy = policyOf(world.room.status().vkey);
    const told = new Map<number, string>();
    for (const { dies, isPowerCut, groups } of all) {
      const fs = world.fs.afterKill({ ...base, fault: (call) => (call >= dies ? "killed" : undefined) });
      for (const [index, leaf] of await liveAndDie(fs, world.clock, groups)) told.set(index, leaf);
      const left = isPowerCut ? fs.afterPowerCut(base) : fs.afterKill(base);
      world = await openTestRecord({ fs: left, clock: world.clock });
      expect(verifyLog(folderOf(world.fs), policy).checks.filter(({ result }) => result === "failed")).toEqual([]);
    }
    await world.room.close();
    expect(verifyLog(folderOf(world.fs), policy).ok).toBe(true);
    const leaves = (await entriesOf(world)).map(({ ref }) => ref.leaf);
    for (const [index, leaf] of told) expect(leaves[index]).toBe(leaf);
  });
  await fc.assert(lives, { numRuns: 30 });
});

test("L17: a disk too full for what a start must write refuses it, and nothing stays open", async () => {
  const before = await openTestRecord();
  await before.room.append(intentDraft());
  const kept = before.fs.afterKill({ chance: () => 0.5 });
  let writes = 0;
  // the new segment fits, the outcome of the intent does not
  const fault: LyingFsOptions["fault"] = (_, operation) =>
    operation === "write" && (writes += 1) > 1 ? "ENOSPC" : undefined;
  const full = kept.afterKill({ chance: () => 0.5, fault });
  await expect(openTestRecord({ fs: full, clock: before.clock })).rejects.toMatchObject({ code: "RECORD_FULL" });
  const after = await openTestRecord({ fs: kept, clock: before.clock });
  expect(wordsOf(await entriesOf(after))).toEqual(["log.opened", "intent", "unknown"]);
});
