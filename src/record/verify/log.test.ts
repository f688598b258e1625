// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { eventDraft } from "../testing/drafts.ts";
import { folderOf, openTestRecord, type TestRecord } from "../testing/rooms.ts";
import { type CheckName, type LogSource, type Policy, parsePolicy, type Verdict, verifyLog } from "./index.ts";

/** Files of a log, changed as a test likes. */
function sourceOf(files: ReadonlyMap<string, Uint8Array>): LogSource {
  return { read: (path) => files.get(path), list: () => [...files.keys()] };
}

interface Closed {
  readonly files: Map<string, Uint8Array>;
  readonly policy: Policy;
}

/** A log whose life had several processes and checkpoints, the last of them closed. */
async function closedLog(sizes: readonly number[]): Promise<Closed> {
  let world: TestRecord = await openTestRecord();
  for (const [i, size] of sizes.entries()) {
    if (i > 0) world = await openTestRecord({ fs: world.fs, clock: world.clock });
    await Promise.all(Array.from({ length: size }, (_, n) => world.room.append(eventDraft({ n }))));
    await world.room.close();
  }
  return { files: folderOf(world.fs).files, policy: parsePolicy(world.room.trustPolicy()) };
}

function details(verdict: Verdict, result: "failed" | "not-run"): readonly string[] {
  return verdict.checks.filter((check) => check.result === result).map(({ detail }) => detail);
}

function failed(verdict: Verdict): readonly CheckName[] {
  return verdict.checks.filter(({ result }) => result === "failed").map(({ name }) => name);
}

/** What is not the checkpoint needs no second look at who signed it. */
function trustFor(path: string, policy: Policy): Policy {
  return path === "checkpoint" ? policy : { ...policy, logs: policy.logs.slice(0, 1) };
}

test("L34: the folder of a closed log verifies, every check passed", async () => {
  const { files, policy } = await closedLog([3, 300, 5]);
  const verdict = verifyLog(sourceOf(files), policy);
  expect(verdict.checks.filter(({ result }) => result !== "passed")).toEqual([]);
  expect(verdict.ok).toBe(true);
  expect([...files.keys()]).toContain("tile/entries/001.p/53");
});

test("L34: a log that goes on from an older checkpoint says so, and one that does not is found out", async () => {
  const world = await openTestRecord();
  const older: string[] = [];
  for (let n = 0; n < 4; n++) {
    await Promise.all(Array.from({ length: 90 }, () => world.room.append(eventDraft({ n }))));
    older.push(await world.room.checkpoint());
  }
  await world.room.close();
  const policy = parsePolicy(world.room.trustPolicy());
  const source = sourceOf(folderOf(world.fs).files);
  for (const one of older) {
    const verdict = verifyLog(source, policy, { older: one });
    expect(verdict.ok).toBe(true);
    expect(verdict.checks.find(({ name }) => name === "growth")?.result).toBe("passed");
  }
  const other = await openTestRecord({ seed: 99 });
  await Promise.all(Array.from({ length: 90 }, () => other.room.append(eventDraft())));
  expect(failed(verifyLog(source, policy, { older: await other.room.checkpoint() }))).toContain("growth");
  expect(failed(verifyLog(source, policy, { older: "no checkpoint" }))).toEqual(["format"]);
});

/** UNIT: ms. Each byte is a whole verification, and machines are busy. */
const EVERY_BYTE_MS = 60_000;

test("L34: a change of any one byte of any file is found, and its file is named", {
  timeout: EVERY_BYTE_MS,
}, async () => {
  const { files, policy } = await closedLog([1, 1]);
  expect(files.size).toBeGreaterThanOrEqual(7);
  for (const [path, bytes] of files) {
    // one in three, and of the 3,200 characters of the ML-DSA-44 signature at the checkpoint's end one in 64
    const dense = path === "checkpoint" ? bytes.length - 3200 : bytes.length;
    for (let at = 0; at < bytes.length; at += at < dense ? 3 : 64) {
      const changed = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 0x04 : byte));
      const verdict = verifyLog(sourceOf(new Map(files).set(path, changed)), policy);
      expect(verdict.ok, `${path} at ${at}`).toBe(false);
      // a signature line that is nobody's any more is one that is missing
      const said = [...details(verdict, "failed"), ...details(verdict, "not-run")].join("\n");
      expect(said, `${path} at ${at}`).toContain(path);
    }
  }
});

test("L34: a change of any one bit of a journal's end and of each file's first bytes is found", {
  timeout: EVERY_BYTE_MS,
}, async () => {
  const { files, policy } = await closedLog([2]);
  for (const [path, bytes] of files) {
    const places = Array.from({ length: bytes.length }, (_, i) => i).filter((i) => i < 12 || i >= bytes.length - 80);
    for (const at of places) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ (1 << bit) : byte));
        const verdict = verifyLog(sourceOf(new Map(files).set(path, changed)), trustFor(path, policy));
        expect(verdict.ok, `${path} at ${at}`).toBe(false);
      }
    }
  }
});

test("L36: in a log of several tiles every tile is checked, full and partial, also beyond the first", async () => {
  const { files, policy } = await closedLog([3, 600, 1]);
  const tiles = [...files].filter(([path]) => path.startsWith("tile/"));
  expect(tiles.length).toBeGreaterThan(8);
  for (const [path, bytes] of tiles) {
    for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
      const changed = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 0x80 : byte));
      const verdict = verifyLog(sourceOf(new Map(files).set(path, changed)), trustFor(path, policy));
      // a signature line that is nobody's any more is one that is missing
      const said = [...details(verdict, "failed"), ...details(verdict, "not-run")].join("\n");
      expect(said, `${path} at ${at}`).toContain(path);
    }
  }
});

test("L34: a file that is missing, longer or shorter is found", async () => {
  const { files, policy } = await closedLog([2, 260]);
  const needed = ["checkpoint", "journal/0000000000000000.bwj", "tile/0/000", "tile/entries/000", "tile/1/000.p/1"];
  for (const path of needed) {
    const without = new Map(files);
    expect(without.delete(path), path).toBe(true);
    expect(verifyLog(sourceOf(without), policy).ok, path).toBe(false);
    const bytes = files.get(path) ?? new Uint8Array();
    for (const changed of [bytes.subarray(0, -1), Buffer.concat([bytes, Uint8Array.of(0)]), new Uint8Array()]) {
      const verdict = verifyLog(sourceOf(new Map(files).set(path, changed)), policy);
      expect(verdict.ok, path).toBe(false);
      expect(details(verdict, "failed").join("\n")).toContain(path);
    }
  }
});

test.each([
  "notes.txt",
  "tile/0/0",
  "tile/0/x000/000",
  "tile/0/000.p/0",
  "tile/0/000.p/256",
  "tile/0/000.p/01",
  "tile/00/000",
  "tile/64/000",
  "tile/entries/000.gz",
  "journal/0.bwj",
  "journal/00000000000000FF.bwj",
  "checkpoint ",
  "../checkpoint",
])("L34: a stray file %s is no part of a log", async (path) => {
  const { files, policy } = await closedLog([1]);
  const verdict = verifyLog(sourceOf(files.set(path, new Uint8Array())), policy);
  expect(failed(verdict)).toEqual(["files"]);
  expect(details(verdict, "failed")[0]).toContain(path);
});

test("L34: a tile that no entries stand behind is refused", async () => {
  const { files, policy } = await closedLog([1]);
  const verdict = verifyLog(sourceOf(files.set("tile/0/000.p/9", new Uint8Array(9 * 32))), policy);
  expect(details(verdict, "failed")).toEqual(["tile/0/000.p/9: there are no entries behind it"]);
});

test("L34: without a key, or with another log's, nothing passes for signed", async () => {
  const { files, policy } = await closedLog([1]);
  const nobody = verifyLog(sourceOf(files), undefined);
  expect(nobody.ok).toBe(false);
  expect(nobody.checks).toContainEqual(expect.objectContaining({ name: "log-signature", result: "not-run" }));
  const other = await openTestRecord({ place: { origin: "other.example/log/main-1" } });
  expect(failed(verifyLog(sourceOf(files), parsePolicy(other.room.trustPolicy())))).toEqual(["origin"]);
  expect(policy.logs).toHaveLength(2);
});

test("L34: entries after the checkpoint are counted apart, and a torn end is named; neither is a failure", async () => {
  const world = await openTestRecord();
  for (let i = 0; i < 3; i++) await world.room.append(eventDraft({ i }));
  const { files } = folderOf(world.fs);
  const policy = parsePolicy(world.room.trustPolicy());
  const verdict = verifyLog(sourceOf(files), policy);
  expect(verdict.ok).toBe(true);
  expect(details(verdict, "not-run")).toEqual(["3 entries after the checkpoint, checksummed only"]);
  const path = "journal/0000000000000000.bwj";
  const journal = files.get(path) ?? new Uint8Array();
  const torn = verifyLog(sourceOf(new Map(files).set(path, journal.subarray(0, -9))), policy);
  expect(torn.ok).toBe(true);
  expect(details(torn, "not-run")[0]).toMatch(
    /^2 entries after the checkpoint, checksummed only; journal\/0{16}\.bwj offset \d+: writing was cut off here/,
  );
});

test("L34: a torn end before the published size is a failure", async () => {
  const world = await openTestRecord();
  await world.room.append(eventDraft());
  await world.room.checkpoint();
  const { files } = folderOf(world.fs);
  const path = "journal/0000000000000000.bwj";
  const torn = (files.get(path) ?? new Uint8Array()).subarray(0, -1);
  const verdict = verifyLog(sourceOf(files.set(path, torn)), parsePolicy(world.room.trustPolicy()));
  expect(failed(verdict)).toEqual(["journal"]);
  expect(details(verdict, "failed")[0]).toMatch(
    /^journal\/0{16}\.bwj offset \d+: it ends at entry 1, before the published 2$/,
  );
});

test("L34: a copy of the published tiles is judged without a journal", async () => {
  const { files, policy } = await closedLog([5]);
  for (const path of files.keys()) if (path.startsWith("journal/")) files.delete(path);
  const verdict = verifyLog(sourceOf(files), policy);
  expect(verdict.ok).toBe(true);
  expect(details(verdict, "not-run")).toEqual(["no journal in this folder"]);
});
