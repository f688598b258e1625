// SPDX-License-Identifier: Apache-2.0
import { createSecretKey, type KeyObject } from "node:crypto";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type EntryId,
  type Instant,
  instant,
  parseEntryId,
  parseErasureDomainId,
  parseInstant,
} from "../../core/index.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { openSlices, readSlices, type SliceRoom } from "../index.ts";
import { fakeCustody } from "../testing/custody.ts";

let dir = "";
let clock: FakeClock;
let log: ReturnType<typeof fakeLog>;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-slices-"));
  clock = fakeClock();
  clock.step(parseInstant("2026-11-22T12:00:00Z") - clock.now());
  log = fakeLog();
});
afterEach(() => rm(dir, { recursive: true }));

const keys = new Map<string, KeyObject>();
const domainKeys = (domain: string): KeyObject | undefined => keys.get(domain);
let seed = 1;
function open(keepDays = 2, custody = fakeCustody()): Promise<SliceRoom> {
  seed += 1;
  return openSlices(
    { custody, clock, timers: clock.timers, random: fakeRandom(seed), log, domainKeys },
    { dir, keepDays },
  );
}

/** The id of an entry that is made at this instant. */
function idAt(at: Instant, n: number): EntryId {
  const ms = at.toString(16).padStart(12, "0");
  return parseEntryId(`${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-${n.toString(16).padStart(12, "0")}`);
}

function now(n: number): EntryId {
  return idAt(clock.now(), n);
}

test("L5: a slice is found again, before it is written, after, and by a reader without the process", async () => {
  const room = await open();
  const ids = Array.from({ length: 20 }, (_, n) => idAt(clock.now(), n));
  for (const id of ids) room.put(id, `{"about":"${id}"}`);
  expect(await room.get(idAt(clock.now(), 3))).toContain("0003");
  await room.close();
  for (const reader of [await open(), readSlices(fakeCustody(), dir, domainKeys)]) {
    for (const id of ids) expect(await reader.get(id)).toBe(`{"about":"${id}"}`);
    expect(await reader.get(idAt(clock.now(), 99))).toBeUndefined();
  }
});

test("L5: what lies on disk shows neither a slice nor a key, and opens under no other seal", async () => {
  const room = await open();
  room.put(idAt(clock.now(), 1), "the supplier is Example GmbH");
  await room.close();
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const file of files.filter((one) => one.isFile())) {
    expect((await readFile(path.join(file.parentPath, file.name))).includes("supplier")).toBe(false);
  }
  const stranger = readSlices(fakeCustody("OTHER"), dir, domainKeys);
  await expect(stranger.get(idAt(clock.now(), 1))).rejects.toMatchObject({ code: "RECORD_KEY_MISMATCH" });
});

test("L42: with its key a day is erased, and with it every copy of its file; the days around it stay", async () => {
  const room = await open(30);
  const days: Instant[] = [];
  for (let day = 0; day < 3; day += 1) {
    days.push(clock.now());
    room.put(idAt(clock.now(), 7), `day ${day}`);
    clock.advance(86_400_000);
    // the look of the hour makes the next day's key
    await expect.poll(() => room.current().id).toBe(new Date(clock.now()).toISOString().slice(0, 10));
  }
  await room.close();
  const [first = instant(0), second = instant(0)] = days;
  const copy = await readFile(path.join(dir, "2026-11-22.slices"));
  const again = await open(30);
  expect(await again.get(idAt(first, 7))).toBe("day 0");
  expect(await again.erase(second)).toEqual(["2026-11-22"]);
  await writeFile(path.join(dir, "2026-11-22.slices"), copy);
  expect(await again.get(idAt(first, 7))).toBeUndefined();
  expect(await again.key("2026-11-22")).toBeUndefined();
  expect(await again.get(idAt(second, 7))).toBe("day 1");
});

test("L7: slices of one person go with that person's key, wherever copies are; the others of that day stay", async () => {
  const [ada, bob] = ["B", "C"].map((letter) => parseErasureDomainId(`e1:${letter.repeat(21)}A`));
  keys.set(String(ada), createSecretKey(Buffer.alloc(32, 1))).set(String(bob), createSecretKey(Buffer.alloc(32, 2)));
  const room = await open();
  room.put(now(1), "of Ada", ada);
  room.put(now(2), "of Bob", bob);
  room.put(now(3), "of nobody");
  await room.close();
  const all = async (reader: Pick<SliceRoom, "get">): Promise<unknown> =>
    Promise.all([1, 2, 3].map((n) => reader.get(now(n))));
  const reader = readSlices(fakeCustody(), dir, domainKeys);
  expect(await all(reader)).toEqual(["of Ada", "of Bob", "of nobody"]);
  const again = await open();
  expect(await again.get(now(1))).toBe("of Ada");
  keys.delete(String(ada));
  await again.forget();
  expect(await all(again)).toEqual([undefined, "of Bob", "of nobody"]);
  again.put(now(4), "of Ada, late", ada);
  await again.close();
  expect(await readSlices(fakeCustody(), dir, domainKeys).get(now(4))).toBeUndefined();
  expect((await again.status()).lost).toBe(0);
});

test("L40: what was kept long enough is gone by itself; a folder that keeps nothing has nothing", async () => {
  const room = await open(1);
  const at = clock.now();
  room.put(idAt(at, 1), "old");
  await room.close();
  clock.step(3 * 86_400_000);
  expect(await (await open(1)).get(idAt(at, 1))).toBeUndefined();
  expect((await readdir(path.join(dir, "keys"))).every((name) => name >= "2026-11-24")).toBe(true);
  const none = await open(0);
  none.put(idAt(clock.now(), 1), "never");
  await none.close();
  expect((await readdir(dir)).filter((name) => name.endsWith(".slices"))).toEqual([]);
});

test("D45: equal texts are sealed alike under one day's key, and otherwise under another's", async () => {
  const room = await open();
  const today = room.current();
  expect(today.seal("Bonn")).toBe(today.seal("Bonn"));
  expect(today.seal("Bonn")).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(today.seal("Bonn")).not.toBe(today.seal("bonn"));
  expect((await room.key(today.id))?.seal("Bonn")).toBe(today.seal("Bonn"));
  clock.step(86_400_000);
  expect(room.current().seal("Bonn")).not.toBe(today.seal("Bonn"));
  expect(new Set(Array.from({ length: 600 }, () => room.salt())).size).toBe(600);
});

test("L11: half a block of a killed process hides nothing that is written behind it", async () => {
  const room = await open();
  room.put(idAt(clock.now(), 1), "one");
  await room.close();
  const file = path.join(dir, "2026-11-22.slices");
  const whole = await readFile(file);
  await appendFile(file, whole.subarray(0, whole.length - 5));
  const again = await open();
  again.put(idAt(clock.now(), 2), "two");
  await again.close();
  const reader = readSlices(fakeCustody(), dir, domainKeys);
  expect([await reader.get(idAt(clock.now(), 1)), await reader.get(idAt(clock.now(), 2))]).toEqual(["one", "two"]);
});

test("L5: a changed block is not believed", async () => {
  const room = await open();
  room.put(idAt(clock.now(), 1), "one");
  await room.close();
  const file = path.join(dir, "2026-11-22.slices");
  const bytes = await readFile(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(file, bytes);
  expect(await readSlices(fakeCustody(), dir, domainKeys).get(idAt(clock.now(), 1))).toBeUndefined();
});

test("L17: a folder that cannot be written stops nothing, and is told once", async () => {
  const room = await open();
  await rm(dir, { recursive: true });
  room.put(idAt(clock.now(), 1), "one");
  await room.close();
  room.put(idAt(clock.now(), 2), "two");
  await room.close();
  expect(await room.status()).toMatchObject({ lost: 2 });
  expect(log.faults.map(({ code }) => code)).toEqual(["record.slices_failed"]);
  await openSlices(
    { custody: fakeCustody(), clock, timers: clock.timers, random: fakeRandom(9), log, domainKeys },
    { dir, keepDays: 1 },
  );
});
