// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from "vitest";
import { type EntryDraft } from "../core/index.ts";
import { adminDraft, attemptDraft, eventDraft, intentDraft, outcomeDraft } from "./testing/drafts.ts";
import { entriesOf, memoryFs, ORIGIN, openTestRecord, turns, wordsOf } from "./testing/rooms.ts";

test("L16: past the queue's limit appends are refused at once, notes before them, outcomes last", async () => {
  const { room } = await openTestRecord({ settings: { queue: { entries: 20, bytes: 1_000_000 } } });
  const { ref } = await room.append(intentDraft());
  for (let i = 0; i < 10; i++) room.note(attemptDraft(i));
  expect(room.status()).toMatchObject({ waiting: 10, missed: 0 });
  room.note(attemptDraft(10));
  expect(room.status()).toMatchObject({ waiting: 10, missed: 1 });
  expect(room.room().entries).toBe(8);
  const appends = Array.from({ length: 8 }, (_, i) => room.append(intentDraft(i)));
  expect(room.room().entries).toBe(0);
  await expect(room.append(intentDraft())).rejects.toMatchObject({ code: "RECORD_BUSY" });
  const outcomes = [room.append(outcomeDraft(ref)), room.append(outcomeDraft(ref))];
  await expect(room.append(outcomeDraft(ref))).rejects.toMatchObject({ code: "RECORD_BUSY" });
  await Promise.all([...appends, ...outcomes]);
  expect(room.room().entries).toBe(18);
});

test("L16: the queue is bounded in bytes too", async () => {
  const { room } = await openTestRecord({ settings: { queue: { entries: 1000, bytes: 3000 } } });
  const appends = Array.from({ length: 4 }, () => room.append(intentDraft()));
  await expect(Promise.all(appends)).rejects.toMatchObject({ code: "RECORD_BUSY" });
  await expect(appends[0]).resolves.toMatchObject({ ref: { index: 1 } });
});

test("L19: entries that cannot be published are bounded in memory, and callers are told to wait", async () => {
  let isStuck = false;
  const fs = memoryFs({ fault: (_, operation) => (isStuck && operation === "create" ? "ENOSPC" : undefined) });
  const { room, clock } = await openTestRecord({ fs, settings: { unpublishedBytes: 20_000 } });
  isStuck = true;
  const untilRefused = async (): Promise<unknown> => {
    for (let i = 0; i < 100; i++) await room.append(intentDraft(i));
    return undefined;
  };
  await expect(untilRefused()).rejects.toMatchObject({ code: "RECORD_BUSY" });
  expect(room.room()).toEqual({ entries: 0, bytes: 0 });
  isStuck = false;
  const entriesLater = (): number => {
    clock.advance(1000);
    return room.room().entries;
  };
  await expect.poll(entriesLater).toBeGreaterThan(0);
  await expect(room.append(intentDraft())).resolves.toBeDefined();
});

test("L15: what could not be noted is counted, and becomes a gap entry when there is room", async () => {
  const world = await openTestRecord({ settings: { queue: { entries: 20, bytes: 1_000_000 } } });
  const { room, clock } = world;
  for (let i = 0; i < 10; i++) room.note(attemptDraft(i));
  const first = clock.now();
  room.note(attemptDraft());
  clock.advance(40);
  room.note(attemptDraft());
  await expect.poll(() => room.size()).toBe(12);
  const entries = await entriesOf(world);
  expect(entries.at(-1)?.entry).toMatchObject({ type: "gap", count: 2, first, last: first + 40 });
  expect(room.status().missed).toBe(0);
});

test("L15: a note never throws, not even of nonsense; a fault says so", async () => {
  const { room, log } = await openTestRecord();
  room.note(eventDraft({ text: "x".repeat(600) }));
  room.note({ type: "event", name: "session.opened", data: { half: 0.5 } });
  expect(room.status().missed).toBe(2);
  expect(log.faults.map(({ code }) => code)).toEqual(["record.note_refused", "record.note_refused"]);
});

test("L17: on a full disk new effects are refused, outcomes and admin entries go on", async () => {
  let freeBytes = 2 ** 40;
  const fs = memoryFs({ freeBytes: () => freeBytes });
  const { room, clock } = await openTestRecord({ fs, settings: { low: { percent: 0, bytes: 1000, warnPercent: 0 } } });
  const { ref } = await room.append(intentDraft());
  // a look that is still publishing passes a turn of the clock over
  const later = (): string => (clock.advance(1000), room.status().state);
  freeBytes = 999;
  await expect.poll(later).toBe("full");
  expect(room.room()).toEqual({ entries: 0, bytes: 0 });
  for (const shape of ["intent", "whole"] as const) {
    await expect(room.append({ ...intentDraft(), shape })).rejects.toMatchObject({ code: "RECORD_FULL" });
  }
  const allowed: readonly EntryDraft[] = [outcomeDraft(ref), adminDraft(), attemptDraft()];
  for (const draft of allowed) await expect(room.append(draft)).resolves.toBeDefined();
  freeBytes = 2000;
  await expect.poll(later).toBe("open");
  await expect(room.append(intentDraft())).resolves.toBeDefined();
});

test("L17: a disk that is really full refuses everything, and goes on when there is room", async () => {
  let isDiskFull = false;
  const fs = memoryFs({ fault: (_, operation) => (isDiskFull && operation === "write" ? "ENOSPC" : undefined) });
  const { room, clock, exits } = await openTestRecord({ fs });
  isDiskFull = true;
  await expect(room.append(adminDraft())).rejects.toMatchObject({ code: "RECORD_FULL" });
  room.note(attemptDraft());
  await expect.poll(() => room.status()).toMatchObject({ state: "full", missed: 1 });
  await expect(room.checkpoint()).resolves.toContain("\n1\n");
  isDiskFull = false;
  await expect.poll(() => (clock.advance(1000), room.status())).toMatchObject({ state: "open", missed: 0, size: 2 });
  expect(exits).toEqual([]);
});

test("L17: on a disk that is full the reserve is given up for outcomes, and the record says so", async () => {
  let free = Number.POSITIVE_INFINITY;
  const fs = memoryFs({
    freeBytes: () => free,
    fault: (_, operation) => (operation === "write" && free <= 0 ? "ENOSPC" : undefined),
  });
  const remove = fs.remove.bind(fs);
  fs.remove = async (path) => {
    if (path.endsWith("/reserve")) free = 4096;
    await remove(path);
  };
  const settings = { reserveBytes: 4096, low: { percent: 0, bytes: 0, warnPercent: 0 } };
  const world = await openTestRecord({ fs, settings });
  const { room, clock } = world;
  expect(fs.files("/data/main-1.state").get("reserve")).toHaveLength(4096);
  const { ref } = await room.append(intentDraft());
  free = 0;
  await expect(room.append(outcomeDraft(ref))).resolves.toBeDefined();
  expect(fs.files("/data/main-1.state").has("reserve")).toBe(false);
  expect(room.status().state).toBe("full");
  await expect(room.append(intentDraft())).rejects.toMatchObject({ code: "RECORD_FULL" });
  free = Number.POSITIVE_INFINITY;
  await expect.poll(() => (clock.advance(1000), room.status().state)).toBe("open");
  expect(fs.files("/data/main-1.state").get("reserve")).toHaveLength(4096);
});

test("L17: a disk that was low lets effects begin again only above the upper limit; both are entries", async () => {
  let freeBytes = 2 ** 40;
  let looks = 0;
  const fs = memoryFs({ freeBytes: () => ((looks += 1), freeBytes) });
  const settings = { low: { percent: 2, bytes: 0, warnPercent: 10 } };
  const world = await openTestRecord({ fs, settings });
  const stateAt = async (percent: number): Promise<unknown> => {
    freeBytes = Math.floor((2 ** 40 * percent) / 100);
    const before = looks;
    await expect.poll(() => (world.clock.advance(1000), looks)).toBeGreaterThan(before);
    await turns(20);
    const { state, hasRoom } = world.room.status();
    return { state, hasRoom };
  };
  expect(await stateAt(9)).toEqual({ state: "open", hasRoom: false });
  expect(await stateAt(1)).toEqual({ state: "full", hasRoom: false });
  expect(await stateAt(9)).toEqual({ state: "full", hasRoom: false });
  expect(await stateAt(11)).toEqual({ state: "open", hasRoom: true });
  await expect
    .poll(async () => wordsOf(await entriesOf(world)))
    .toEqual(["log.opened", "degraded.entered", "degraded.left"]);
});

test("L10: after a failed sync the record is down, and asks for exit code 74 once", async () => {
  let isBroken = false;
  const fs = memoryFs({ fault: (_, operation) => (isBroken && operation === "sync" ? "EIO" : undefined) });
  const { room, exits, log } = await openTestRecord({ fs });
  isBroken = true;
  const appends = [room.append(adminDraft()), room.append(adminDraft())];
  for (const append of appends) await expect(append).rejects.toMatchObject({ code: "RECORD_DOWN" });
  room.note(attemptDraft());
  expect(exits).toEqual([74]);
  expect(log.faults).toEqual([{ code: "record.stopped", fields: { error: "EIO", log: ORIGIN } }]);
  expect(room.status()).toMatchObject({ state: "down", missed: 1 });
  expect(room.room()).toEqual({ entries: 0, bytes: 0 });
  await expect(room.checkpoint()).rejects.toMatchObject({ code: "RECORD_DOWN" });
});

test("L19: a tile that is there with other bytes stops the log", async () => {
  const fs = memoryFs();
  const { room, exits } = await openTestRecord({ fs });
  await fs.makeDir("/data/main-1/tile/0/000.p");
  await (await fs.create("/data/main-1/tile/0/000.p/2")).write(Buffer.alloc(64), 0);
  await room.append(adminDraft());
  await expect(room.checkpoint()).rejects.toMatchObject({ code: "RECORD_DOWN" });
  expect(exits).toEqual([74]);
  await expect(room.append(adminDraft())).rejects.toMatchObject({ code: "RECORD_DOWN" });
});

test("L10: a fault of the clock's tick is logged and is no end", async () => {
  let isBroken = false;
  const fs = memoryFs({ fault: (_, operation) => (isBroken && operation === "space" ? "EIO" : undefined) });
  const { room, clock, log } = await openTestRecord({ fs });
  isBroken = true;
  clock.advance(1000);
  await vi.waitFor(() => expect(log.faults).toEqual([{ code: "record.tick_failed", fields: { code: "EIO" } }]));
  await expect(room.append(adminDraft())).resolves.toBeDefined();
});
