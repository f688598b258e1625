// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { eventDraft } from "../testing/drafts.ts";
import type { LyingFs } from "../testing/lying-fs.ts";
import { folderOf, memoryFs, openTestRecord, type TestRecord } from "../testing/rooms.ts";
import { type Policy, policyOf, verifyLog } from "../verify/index.ts";

const FIRST = "checkpoints/0000000000000001.log";

/** A log that was published at sizes 1 to 4. */
async function published(): Promise<TestRecord & { readonly policy: Policy }> {
  const world = await openTestRecord();
  for (let n = 0; n < 3; n++) {
    await world.room.append(eventDraft({ n }));
    await world.room.checkpoint();
  }
  return { ...world, policy: policyOf(world.room.status().vkey) };
}

const linesOf = (fs: LyingFs): readonly string[] =>
  Buffer.from(folderOf(fs).files.get(FIRST) ?? [])
    .toString()
    .split("\n");

const historyOf = (files: Map<string, Uint8Array>, policy: Policy): unknown =>
  verifyLog({ read: (path) => files.get(path), list: () => [...files.keys()] }, policy).checks.find(
    ({ name }) => name === "history",
  );

function failed(detail: string): object {
  return { result: "failed", detail: expect.stringContaining(detail) as string };
}

test("L22: every checkpoint that was published has its line, and verifies by it", async () => {
  const { fs, room, policy } = await published();
  const lines = linesOf(fs);
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["1", "2", "3", "4", ""]);
  const [, , root = ""] = (await room.checkpoint()).split("\n");
  expect(lines[3]).toContain(` ${root} `);
  expect(historyOf(folderOf(fs).files, policy)).toMatchObject({ result: "passed" });
});

test("L20: a checkpoint of before that the entries do not have, or that nobody signed, is found", async () => {
  const { fs, policy } = await published();
  const lines = linesOf(fs);
  const [one = "", two = "", three = ""] = lines;
  const with2 = (line: string): Map<string, Uint8Array> =>
    new Map(folderOf(fs).files).set(FIRST, Buffer.from([one, line, three, lines[3], ""].join("\n")));
  const [, root3 = "", signature3 = ""] = three.split(" ");
  expect(historyOf(with2(`2 ${root3} ${signature3}`), policy)).toMatchObject(failed("does not verify"));
  expect(historyOf(with2(two.replace("2 ", "3 ")), policy)).toMatchObject(failed("size 3 after size 3"));
  expect(historyOf(with2(`${two} x`), policy)).toMatchObject(failed("not a size, a root and a signature"));
  expect(historyOf(with2(one), policy)).toMatchObject(failed("size 1 after size 1"));
  const older = new Map(folderOf(fs).files);
  older.set("checkpoint", Buffer.from(await (await openTestRecord()).room.checkpoint()));
  expect(historyOf(older, policy)).toMatchObject(failed("was published, and the checkpoint has 1"));
});

test("L22: a line that a killed process left half written is written over at the next start", async () => {
  const { fs, policy, clock } = await published();
  const whole = folderOf(fs).files.get(FIRST) ?? new Uint8Array();
  await fs.remove(`/data/main-1/${FIRST}`);
  await (await fs.create(`/data/main-1/${FIRST}`)).write(whole.slice(0, -20), 0);
  expect(historyOf(folderOf(fs).files, policy)).toMatchObject({ result: "passed" });
  await openTestRecord({ fs, clock });
  expect(folderOf(fs).files.get(FIRST)).toEqual(whole);
});

test("L17: a line that found no room is written with the next one", async () => {
  let isFull = false;
  const fs = memoryFs({ fault: (_, operation) => (isFull && operation === "open" ? "ENOSPC" : undefined) });
  const { room } = await openTestRecord({ fs });
  await room.append(eventDraft());
  isFull = true;
  await room.checkpoint();
  isFull = false;
  await room.append(eventDraft());
  await room.checkpoint();
  expect(linesOf(fs).map((line) => line.split(" ")[0])).toEqual(["1", "2", "3", ""]);
});
