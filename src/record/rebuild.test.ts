// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rebuildLog } from "./rebuild.ts";
import { eventDraft } from "./testing/drafts.ts";
import type { LyingFs } from "./testing/lying-fs.ts";
import { folderOf, memoryFs, openTestRecord } from "./testing/rooms.ts";
import { policyOf, verifyLog } from "./verify/index.ts";

const ROOT = "/data/main-1";

/** A log of 700 entries that was published as it grew, and is closed. */
async function closedLog(): Promise<{ readonly fs: LyingFs; readonly vkey: string }> {
  const { room, fs } = await openTestRecord();
  for (const size of [100, 250, 349]) {
    await Promise.all(Array.from({ length: size }, (_, n) => room.append(eventDraft({ n }))));
    await room.checkpoint();
  }
  await room.close();
  return { fs, vkey: room.status().vkey };
}

/** Everything but what may go at any time: partial tiles of sizes before. */
function needed(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  return new Map(
    [...files].filter(([path]) => !path.includes(".p/") || path.endsWith(".p/188") || path.endsWith(".p/2")),
  );
}

function textsOf(files: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const path of [...files.keys()].toSorted()) texts[path] = Buffer.from(files.get(path) ?? []).toString("base64");
  return texts;
}

test("L20: whatever is lost or changed of tiles and bundles is made again, byte for byte", async () => {
  const { fs, vkey } = await closedLog();
  const whole = new Map(folderOf(fs).files);
  expect([...needed(whole).keys()]).toEqual(expect.arrayContaining(["tile/entries/002.p/188", "tile/1/000.p/2"]));
  const made = [...needed(whole).keys()].filter((path) => path.startsWith("tile/"));
  const damage = fc.array(
    fc.record({ path: fc.constantFrom(...made), how: fc.constantFrom("gone", "changed", "cut") }),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(damage, async (all) => {
      for (const { path, how } of all) {
        const bytes = new Uint8Array(whole.get(path) ?? []);
        await fs.remove(`${ROOT}/${path}`);
        if (how === "gone") continue;
        bytes[0] = (bytes[0] ?? 0) ^ 1;
        await (await fs.create(`${ROOT}/${path}`)).write(how === "cut" ? bytes.subarray(1) : bytes, 0);
      }
      const rebuilt = await rebuildLog(ROOT, fs);
      expect(rebuilt).toMatchObject({ log: "main-1", size: 700, from: "journal" });
      expect(new Set([...rebuilt.written, ...rebuilt.replaced])).toEqual(new Set(all.map(({ path }) => path)));
      expect(textsOf(folderOf(fs).files)).toEqual(textsOf(whole));
    }),
    { numRuns: 40 },
  );
  expect(verifyLog(folderOf(fs), policyOf(vkey)).ok).toBe(true);
});

test("L20: a lost checkpoint is taken from the history, with the signature that is kept there", async () => {
  const { fs, vkey } = await closedLog();
  const before = Buffer.from(folderOf(fs).files.get("checkpoint") ?? []).toString();
  await fs.remove(`${ROOT}/checkpoint`);
  expect(await rebuildLog(ROOT, fs)).toMatchObject({ written: ["checkpoint"], replaced: [] });
  const after = Buffer.from(folderOf(fs).files.get("checkpoint") ?? []).toString();
  expect(before.startsWith(after)).toBe(true);
  expect(verifyLog(folderOf(fs), policyOf(vkey)).ok).toBe(true);
});

test("L20: without a journal the hashes are made again from the bundles", async () => {
  const { fs } = await closedLog();
  const whole = new Map(folderOf(fs).files);
  await fs.remove(`${ROOT}/journal`);
  await fs.remove(`${ROOT}/tile/0`);
  const rebuilt = await rebuildLog(ROOT, fs);
  expect(rebuilt).toMatchObject({ from: "bundles", written: ["tile/0/000", "tile/0/001", "tile/0/002.p/188"] });
  expect(rebuilt.why).toContain("the journal have 0 entries");
  const left = new Map([...needed(whole)].filter(([path]) => !path.startsWith("journal/")));
  expect(textsOf(folderOf(fs).files)).toMatchObject(textsOf(left));
});

test("L20: where neither journal nor bundles have the signed root, nothing is changed", async () => {
  const { fs } = await closedLog();
  await fs.remove(`${ROOT}/journal`);
  await fs.remove(`${ROOT}/tile/entries/001`);
  const left = textsOf(folderOf(fs).files);
  await expect(rebuildLog(ROOT, fs)).rejects.toMatchObject({ code: "RECORD_CORRUPT" });
  expect(textsOf(folderOf(fs).files)).toEqual(left);
  await expect(rebuildLog("/data/other", memoryFs())).rejects.toMatchObject({ code: "RECORD_NOT_FOUND" });
});
