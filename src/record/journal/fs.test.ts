// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { openRecord, recordConfig } from "../index.ts";
import { fakeCustody } from "../testing/custody.ts";
import { testDomains } from "../testing/domains.ts";
import { eventDraft } from "../testing/drafts.ts";
import { ORIGIN } from "../testing/rooms.ts";
import { parsePolicy, verifyLog } from "../verify/index.ts";
import { isFull, type JournalFile, nodeFs, writeAll } from "./fs.ts";

const fs = nodeFs();
let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-fs-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("L12: a folder is made with those above it, once, for this user only", async () => {
  const deep = path.join(dir, "a", "b", "c");
  await fs.makeDir(deep);
  await fs.makeDir(deep);
  expect(await fs.list(path.join(dir, "a"))).toEqual(["b"]);
  expect((await stat(deep)).mode & 0o777).toBe(0o700);
});

test("L12: a file is made once, and written at any position", async () => {
  const name = path.join(dir, "file");
  const file = await fs.create(name);
  await expect(fs.create(name)).rejects.toMatchObject({ code: "EEXIST" });
  await writeAll(file, Buffer.from("hello world"), 0);
  await file.truncate(6);
  await writeAll(file, Buffer.from("there"), 6);
  await file.sync();
  await file.close();
  expect(await readFile(name, "utf8")).toBe("hello there");
  expect((await stat(name)).mode & 0o777).toBe(0o600);
  const again = await fs.open(name);
  await writeAll(again, Buffer.from("J"), 0);
  await again.close();
  expect(Buffer.from((await fs.read(name)) ?? []).toString()).toBe("Jello there");
});

test("L12: what is not there is nothing, and other errors are errors", async () => {
  const name = path.join(dir, "absent");
  expect(await fs.read(name)).toBeUndefined();
  expect(await fs.list(name)).toEqual([]);
  await fs.remove(name);
  await expect(fs.open(name)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(fs.read(dir)).rejects.toMatchObject({ code: "EISDIR" });
});

test("L12: a file takes the place of another, and folders go with what is in them", async () => {
  const [from, to] = [path.join(dir, "from"), path.join(dir, "to")];
  for (const name of [from, to]) await (await fs.create(name)).close();
  await fs.rename(from, to);
  await fs.syncDir(dir);
  expect(await fs.list(dir)).toEqual(["to"]);
  await fs.makeDir(path.join(dir, "folder"));
  await (await fs.create(path.join(dir, "folder", "file"))).close();
  await fs.remove(path.join(dir, "folder"));
  expect(await fs.list(dir)).toEqual(["to"]);
});

test("L17: the free space of a disk is part of all of it", async () => {
  const { freeBytes, totalBytes } = await fs.space(dir);
  expect(freeBytes).toBeGreaterThan(0);
  expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
});

test("L9: a file system that takes nothing is an error, not an endless loop", async () => {
  const file = { write: async () => 0 } as unknown as JournalFile;
  await expect(writeAll(file, Buffer.from("x"), 7)).rejects.toThrow("writing at 7: the file system took nothing");
});

test.each([
  ["ENOSPC", true],
  ["EDQUOT", true],
  ["EIO", false],
  [undefined, false],
])("L10: the error %s is a full disk: %s", (code, is) => {
  expect(isFull(Object.assign(new Error("failed"), { code }))).toBe(is);
});

test("L34: a log on a real disk verifies, and is read again", async () => {
  const clock = fakeClock();
  const config = { ...recordConfig.parse({}), dir, origin: ORIGIN, node: "gate-1", tenant: "main" };
  const ports = { custody: fakeCustody(), clock, timers: clock.timers, random: fakeRandom(), log: fakeLog() };
  for (const size of [301, 311]) {
    const domains = testDomains(ports);
    const room = await openRecord({ ...ports, domains, onFatal: () => expect.unreachable() }, config);
    await Promise.all(Array.from({ length: size === 301 ? 300 : 10 }, (_, n) => room.append(eventDraft({ n }))));
    expect(room.size()).toBe(size);
    await room.close();
    const root = path.join(dir, "main-1");
    const files = new Map<string, Uint8Array>();
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const name = path.join(entry.parentPath, entry.name);
      if (entry.isFile()) files.set(path.relative(root, name), await readFile(name));
    }
    const verdict = verifyLog(
      { read: (name) => files.get(name), list: () => [...files.keys()] },
      parsePolicy(room.trustPolicy()),
    );
    expect(verdict.checks.filter(({ result }) => result !== "passed")).toEqual([]);
  }
  expect(await readdir(path.join(dir, "main-1.tmp"))).toEqual([]);
});
