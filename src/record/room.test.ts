// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { formatEntryRef, parseEntryIndex, type RecordedEntry, referenceOf } from "../core/index.ts";
import { fakeCustody } from "./testing/custody.ts";
import { adminDraft, attemptDraft, eventDraft, intentDraft } from "./testing/drafts.ts";
import { entriesOf, folderOf, memoryFs, ORIGIN, openTestRecord, turns, wordsOf } from "./testing/rooms.ts";
import { leafHash, parseNote, parsePolicy, parseVkey, rootOf, signersOf, verifyNote } from "./verify/index.ts";

test("L15: an append is acknowledged with its place, and read back as it was written", async () => {
  const { room, clock } = await openTestRecord();
  const receipt = await room.append(intentDraft(7));
  expect(receipt).toMatchObject({ ref: { log: ORIGIN, index: 1 }, at: clock.now() });
  const [found] = await room.find(receipt.ref.index);
  expect(found?.ref).toEqual(receipt.ref);
  expect(found?.entry).toMatchObject({ ...intentDraft(7), v: 1, log: ORIGIN, at: clock.now() });
  expect(formatEntryRef(receipt.ref)).toMatch(/^gate\.example\/log\/main-1#1:[\w-]{43}$/);
});

test("L1: a draft that no log can hold is refused, and nothing of it is written", async () => {
  const { room } = await openTestRecord();
  const long = eventDraft({ text: "x".repeat(513) });
  await expect(room.append(long)).rejects.toMatchObject({ code: "RECORD_ENTRY_MALFORMED" });
  const huge = eventDraft({ list: Array.from({ length: 200 }, () => "x".repeat(500)) });
  await expect(room.append(huge)).rejects.toMatchObject({ code: "RECORD_ENTRY_TOO_LARGE" });
  expect(room.size()).toBe(1);
});

test("L2: a clock that was set is written down before the entry that met it", async () => {
  const world = await openTestRecord();
  world.clock.step(-2000);
  await world.room.append(adminDraft());
  expect(wordsOf(await entriesOf(world))).toEqual(["log.opened", "clock.stepped", "process.started"]);
});

test("L21: a checkpoint is origin, size and root, signed twice by keys that are named as the origin", async () => {
  const world = await openTestRecord();
  await world.room.append(eventDraft());
  const note = await world.room.checkpoint();
  const leaves = (await entriesOf(world)).map(({ ref }) => Buffer.from(ref.leaf, "base64url"));
  const root = Buffer.from(rootOf(leaves)).toString("base64");
  expect(note.split("\n— ")[0]).toBe(`${ORIGIN}\n2\n${root}\n`);
  const key = parseVkey(world.room.status().vkey);
  expect(key).toMatchObject({ name: ORIGIN, type: 1 });
  const second = parseVkey(world.room.status().vkeys[1] ?? "");
  expect(second).toMatchObject({ name: ORIGIN, type: 6 });
  const time = BigInt(Math.floor(world.clock.now() / 1000));
  expect(signersOf(parseNote(note), [key, second])).toEqual([
    { key, time: undefined },
    { key: second, time },
  ]);
  expect(parseNote(note).signatures).toHaveLength(2);
  expect(parsePolicy(world.room.trustPolicy())).toMatchObject({ logs: [key, second], quorum: "none" });
});

test("L21: where the runtime has no ML-DSA-44, `auto` says so, and `required` does not start", async () => {
  const custody = fakeCustody("TEST", ["Ed25519"]);
  const { room, fs, clock } = await openTestRecord({ custody });
  expect(room.status()).toMatchObject({ secondSignature: "not-run" });
  expect(parseNote(await room.checkpoint()).signatures).toHaveLength(1);
  await room.close();
  const required = openTestRecord({ custody, fs, settings: { keys: { mldsa44: "required" } } });
  await expect(required).rejects.toMatchObject({ code: "RECORD_CONFIG" });
  // a log that was begun without a second key is signed with it as soon as there is one
  const later = await openTestRecord({ fs, clock });
  expect(later.room.status()).toMatchObject({ secondSignature: "signed", size: 1 });
  expect(parseNote(await later.room.checkpoint()).signatures).toHaveLength(2);
});

test("L22: a log that does not grow is signed again, so that its age can be told", async () => {
  const { room, clock } = await openTestRecord();
  const first = await room.checkpoint();
  clock.advance(599_000);
  expect(await room.checkpoint()).toBe(first);
  clock.advance(1000);
  const again = await room.checkpoint();
  expect(again.split("\n").slice(0, 3)).toEqual(first.split("\n").slice(0, 3));
  const trust = parsePolicy(room.trustPolicy());
  expect(again).not.toBe(first);
  const nowS = clock.now() / 1000;
  const age = (note: string, maxAgeS: number): unknown =>
    verifyNote(note, trust, { maxAgeS, nowS }).checks.find(({ name }) => name === "age")?.result;
  expect([age(again, 0), age(first, 599), age(first, 600)]).toEqual(["passed", "failed", "passed"]);
});

test("L24: the status says that an old copy of the folder would not be noticed", async () => {
  const { room } = await openTestRecord();
  expect(room.status().rollback).toBe("not detectable");
});

test("L22: a grown log is published each interval, one that rests is not", async () => {
  let renames = 0;
  const fs = memoryFs({ fault: (_, operation) => void (operation === "rename" && (renames += 1)) });
  const { room, clock } = await openTestRecord({ fs });
  await room.append(eventDraft());
  expect(room.status().published).toBe(1);
  clock.advance(1000);
  await expect.poll(() => room.status().published).toBe(2);
  const before = renames;
  clock.advance(1000);
  await turns();
  expect(renames).toBe(before);
});

test("L33: a proof of an entry that is not covered publishes first, of none there is none", async () => {
  const { room } = await openTestRecord();
  await room.append(eventDraft());
  await room.prove(1);
  expect(room.status().published).toBe(2);
  for (const index of [2, -1, 0.5]) await expect(room.prove(index)).rejects.toMatchObject({ code: "RECORD_NOT_FOUND" });
  for (const [from, to] of [
    [0, 2],
    [2, 1],
    [1, 3],
  ] as const) {
    await expect(room.proveGrowth(from, to)).rejects.toMatchObject({ code: "RECORD_NOT_FOUND" });
  }
});

test("L19: entries and proofs come from tiles once they are no longer in memory", async () => {
  const before = await openTestRecord();
  const { room } = before;
  await Promise.all(Array.from({ length: 700 }, (_, n) => room.append(eventDraft({ n }))));
  const receipt = await room.append(intentDraft());
  await Promise.all(Array.from({ length: 300 }, (_, n) => room.append(eventDraft({ n }))));
  await room.close();
  const after = await openTestRecord({ fs: before.fs, clock: before.clock });
  expect(wordsOf(await entriesOf(after))).toHaveLength(1003);
  const [found] = await after.room.find(receipt.id);
  expect(found?.ref).toEqual(receipt.ref);
  expect(await after.room.find(referenceOf(receipt.id))).toEqual([found]);
  const index = receipt.ref.index;
  expect(await after.room.prove(index)).toContain(`\nindex ${index}\n`);
  expect(await after.room.proveGrowth(300, 1000)).not.toHaveLength(0);
});

test("L19: an entry that was changed on disk is not read back", async () => {
  const { room, fs } = await openTestRecord();
  await Promise.all(Array.from({ length: 300 }, (_, n) => room.append(eventDraft({ n }))));
  await room.checkpoint();
  const bundle = folderOf(fs).files.get("tile/entries/000") ?? Buffer.alloc(0);
  bundle.set(Buffer.from("9"), Buffer.from(bundle).indexOf('"n":7') + 4);
  await expect(room.find(parseEntryIndex(8))).rejects.toMatchObject({ code: "RECORD_CORRUPT" });
  await expect(room.find(parseEntryIndex(7))).resolves.toHaveLength(1);
  await expect(room.find(parseEntryIndex(299))).resolves.toHaveLength(1);
});

test("L38: live listeners get each durable entry in order, and cannot hurt the writer", async () => {
  const { room, log } = await openTestRecord();
  const seen: RecordedEntry[] = [];
  const stop = room.live((entry) => void seen.push(entry));
  const stopBad = room.live(() => {
    throw new TypeError("a listener's own fault");
  });
  const receipts = await Promise.all([room.append(eventDraft({ n: 1 })), room.append(eventDraft({ n: 2 }))]);
  // whoever waits for an entry goes on before the onlookers are told
  expect(seen).toEqual([]);
  const late: RecordedEntry[] = [];
  const stopLate = room.live((entry) => void late.push(entry));
  await turns();
  expect(seen.map(({ ref }) => ref)).toEqual(receipts.map(({ ref }) => ref));
  expect(seen.map(({ entry }) => entry["data"])).toEqual([{ n: 1 }, { n: 2 }]);
  expect(log.faults[0]).toEqual({ code: "record.listener_failed", fields: { index: 1, error: "TypeError" } });
  // who began to listen when it was durable reads it with the others
  expect(late).toEqual([]);
  await room.append(eventDraft());
  for (const end of [stop, stopBad, stopLate]) end();
  await turns();
  expect([seen.length, late.length]).toEqual([2, 0]);
});

test("L38: a range is read from its first to before its last, and no further than there is", async () => {
  const { room } = await openTestRecord();
  for (let n = 1; n < 6; n++) await room.append(eventDraft({ n }));
  const indexes = async (range: { from: number; to?: number }): Promise<readonly number[]> => {
    const found: number[] = [];
    for await (const { ref } of room.read(range)) found.push(ref.index);
    return found;
  };
  expect(await indexes({ from: 2, to: 4 })).toEqual([2, 3]);
  expect(await indexes({ from: 4 })).toEqual([4, 5]);
  expect(await indexes({ from: 4, to: 99 })).toEqual([4, 5]);
  expect(await indexes({ from: 9 })).toEqual([]);
});

test("L33: several entries can share an id's reference, and all are found", async () => {
  const { room } = await openTestRecord();
  const { id } = intentDraft().interaction;
  await room.append(intentDraft(1), { id });
  await room.append(attemptDraft(2), { id });
  expect((await room.find(id)).map(({ ref }) => ref.index)).toEqual([1, 2]);
  expect((await room.find(referenceOf(id))).map(({ ref }) => ref.index)).toEqual([1, 2]);
  expect(await room.find(parseEntryIndex(77))).toEqual([]);
});

test("L22: a closed record has published everything, and takes nothing more", async () => {
  const world = await openTestRecord();
  const last = world.room.append(eventDraft());
  await world.room.close();
  expect((await last).ref.index).toBe(1);
  expect(world.room.status()).toMatchObject({ state: "closed", size: 2, published: 2 });
  await expect(world.room.append(eventDraft())).rejects.toMatchObject({ code: "RECORD_DOWN" });
  await world.room.close();
});

test("L8: a receipt's leaf is the hash of the entry that a stranger computes", async () => {
  const { room, fs } = await openTestRecord();
  const { ref } = await room.append(eventDraft());
  await room.checkpoint();
  const bundle = folderOf(fs).files.get("tile/entries/000.p/2") ?? Buffer.alloc(0);
  const length = Buffer.from(bundle).readUInt16BE(0);
  expect(Buffer.from(leafHash(bundle.subarray(length + 4))).toString("base64url")).toBe(ref.leaf);
});
