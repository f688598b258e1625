// SPDX-License-Identifier: Apache-2.0
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { eventDraft } from "../testing/drafts.ts";
import { folderOf, ORIGIN, openTestRecord } from "../testing/rooms.ts";
import { JournalReader, type Segment } from "./journal.ts";

const HEADER = 64;

/** A journal of two entries in two batches, and a seal. */
async function journal(): Promise<Buffer> {
  const world = await openTestRecord();
  await world.room.append(eventDraft());
  await world.room.close();
  return Buffer.from(folderOf(world.fs).files.get("journal/0000000000000000.bwj") ?? []);
}

/** Where its frames begin. */
function framesOf(bytes: Buffer): readonly number[] {
  const starts: number[] = [];
  for (let at = HEADER; at < bytes.length; at += 32 + Math.ceil(bytes.readUInt32BE(at + 4) / 8) * 8) starts.push(at);
  return starts;
}

/** Changes a frame and makes its checksum right again: what somebody does who knows the format. */
function forge(bytes: Buffer, frame: number, change: (frame: Buffer) => void): Buffer {
  const forged = Buffer.from(bytes);
  const start = framesOf(bytes)[frame] ?? 0;
  const part = forged.subarray(start, start + 32 + forged.readUInt32BE(start + 4));
  change(part);
  part.writeUInt32BE(0, 28);
  part.writeUInt32BE(crc32(part), 28);
  return forged;
}

function forgeHeader(bytes: Buffer, change: (header: Buffer) => void): Buffer {
  const forged = Buffer.from(bytes);
  change(forged);
  forged.writeUInt32BE(crc32(forged.subarray(0, 60)), 60);
  return forged;
}

function read(...segments: readonly Segment[]): { readonly size: number; readonly torn: string | undefined } {
  const reader = new JournalReader(ORIGIN, () => undefined);
  const torn = reader.read(segments);
  return { size: reader.size, torn };
}

test("L8: what was written is read", async () => {
  const bytes = await journal();
  expect(framesOf(bytes)).toHaveLength(5);
  expect(read({ first: 0, bytes })).toEqual({ size: 2, torn: undefined });
});

test.each<[string, number, (frame: Buffer) => void, string]>([
  ["a body, which there is none of", 1, (frame) => frame.writeUInt8(2, 8), "no frame begins here"],
  ["a batch that does not end", 3, (frame) => frame.writeUInt8(0, 9), "not of batch 1"],
  ["an entry where a seal must be", 2, (frame) => frame.writeUInt8(1, 8), "a frame of kind 1 instead of 3"],
  ["flags that do not exist", 1, (frame) => frame.writeUInt8(3, 9), "unknown flags"],
  ["a reserved field that is used", 1, (frame) => frame.writeUInt16BE(1, 10), "unknown flags"],
  ["another batch", 2, (frame) => frame.writeBigUInt64BE(5n, 12), "not of batch 1"],
  ["another index", 3, (frame) => frame.writeBigUInt64BE(7n, 20), "entry 7 is out of order"],
  ["a seal of another size", 2, (frame) => frame.writeBigUInt64BE(9n, 32), "the seal is not that of the 1 entries"],
  ["a seal of another root", 2, (frame) => frame.writeUInt8(0, 40), "the seal is not that of the 1 entries"],
  [
    "an entry that later seals do not cover",
    1,
    (frame) => frame.write("x", 40),
    "the seal is not that of the 1 entries",
  ],
])("L8: a journal forged with %s is refused", async (_, frame, change, reason) => {
  const bytes = forge(await journal(), frame, change);
  expect(() => read({ first: 0, bytes })).toThrow(reason);
});

test.each<[string, (header: Buffer) => void, string]>([
  ["another format", (header) => header.writeUInt16BE(2, 4), "not a journal of format 1"],
  ["flags", (header) => header.writeUInt16BE(1, 6), "not a journal of format 1"],
  ["another origin", (header) => header.writeUInt8(0, 8), "a journal of another log"],
  ["another first entry", (header) => header.writeBigUInt64BE(1n, 40), "not the one it is named for"],
])("L8: a segment forged with %s is refused", async (_, change, reason) => {
  const bytes = forgeHeader(await journal(), change);
  expect(() => read({ first: 0, bytes })).toThrow(reason);
});

test("L11: a tail that a start cut short has copied, and not yet cut, stands twice and counts once", async () => {
  const old = await journal();
  const tail = framesOf(old)[2] ?? 0; // the batch of the second entry, and the seal behind it
  const copy = forgeHeader(Buffer.concat([old.subarray(0, HEADER), old.subarray(tail)]), (header) => {
    header.writeBigUInt64BE(1n, 40);
    header.writeBigUInt64BE(2n, 48);
  });
  expect(read({ first: 0, bytes: old }, { first: 1, bytes: copy })).toEqual({ size: 2, torn: undefined });
  expect(read({ first: 0, bytes: old.subarray(0, tail) }, { first: 1, bytes: copy })).toEqual({
    size: 2,
    torn: undefined,
  });
  const other = copy.subarray(0, -80);
  expect(() => read({ first: 0, bytes: old }, { first: 1, bytes: other })).toThrow("stand here again, and differ");
  const older = forgeHeader(copy, (header) => header.writeBigUInt64BE(0n, 48));
  expect(() => read({ first: 0, bytes: old }, { first: 1, bytes: older })).toThrow("older than the segment before it");
});

test("L11: a hole between segments, and a torn end before the last of them, are refused", async () => {
  const bytes = await journal();
  const next = forgeHeader(bytes.subarray(0, HEADER), (header) => header.writeBigUInt64BE(3n, 40));
  expect(() => read({ first: 0, bytes }, { first: 3, bytes: next })).toThrow("the journal before it ends at entry 2");
  const empty = forgeHeader(bytes.subarray(0, HEADER), (header) => header.writeBigUInt64BE(2n, 40));
  expect(read({ first: 0, bytes }, { first: 2, bytes: empty })).toEqual({ size: 2, torn: undefined });
  const torn = { first: 0, bytes: bytes.subarray(0, -1) };
  expect(read(torn)).toEqual({ size: 2, torn: `journal/0000000000000000.bwj offset ${framesOf(bytes)[4]}` });
  expect(() => read(torn, { first: 2, bytes: empty })).toThrow("ends in the middle of a batch");
  expect(() => read({ first: 0, bytes: bytes.subarray(0, 63) })).toThrow("shorter than its header");
});

test("L11: every way to cut a journal off is a torn end, and none is damage", async () => {
  const bytes = await journal();
  for (let length = HEADER; length < bytes.length; length++) {
    expect(() => read({ first: 0, bytes: bytes.subarray(0, length) })).not.toThrow();
  }
});
