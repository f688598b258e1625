// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EMPTY_ROOT, leafHash } from "../tree/hash.ts";
import { highestBatch, readBatch, readEpoch, segmentName, writeBatch, writeSegmentHeader } from "./frame.ts";

const head = { batch: 7, size: 300, root: leafHash(Buffer.from("before")) };
const textOf = (text: string): { text: string; bytes: number } => ({ text, bytes: Buffer.byteLength(text) });

/** Cuts bytes into fields of these lengths, in hexadecimal. */
function fields(bytes: Uint8Array, lengths: readonly number[]): readonly string[] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return Buffer.from(bytes.subarray(end - length, end)).toString("hex");
  });
}

/** Where a frame's checksum stands; its payload is behind it. */
const CRC = 28;

test("L8: a segment header is laid out as specified", () => {
  const header = writeSegmentHeader({ origin: "gate.example/log/a", first: 0x1234, epoch: 9n });
  expect(segmentName(0x1234)).toBe("journal/0000000000001234.bwj");
  expect(header).toHaveLength(64);
  // magic, format, flags, origin, first index, epoch, zero
  expect(fields(header, [4, 2, 2, 32, 8, 8, 4])).toEqual([
    Buffer.from("BWJL").toString("hex"),
    "0001",
    "0000",
    hash("sha256", "gate.example/log/a"),
    "0000000000001234",
    "0000000000000009",
    "00000000",
  ]);
});

test("L8: a batch is a seal and its entries, laid out as specified", () => {
  const { bytes } = writeBatch(head, 0x19a_0000_0000, [textOf('{"a":1}'), textOf('{"b":"é"}')]);
  const [seal, first, second] = [bytes.subarray(0, 80), bytes.subarray(80, 120), bytes.subarray(120)];
  const magic = Buffer.from("BWJF").toString("hex");
  // magic, length, kind, flags, zero, batch, index
  const header = [4, 4, 1, 1, 2, 8, 8];
  expect(fields(seal, header)).toEqual([magic, "00000030", "03", "00", "0000", "0000000000000007", "000000000000012c"]);
  expect(fields(first, header)).toEqual([
    magic,
    "00000007",
    "01",
    "00",
    "0000",
    "0000000000000007",
    "000000000000012c",
  ]);
  expect(fields(second, header)).toEqual([
    magic,
    "0000000a",
    "01",
    "01",
    "0000",
    "0000000000000007",
    "000000000000012d",
  ]);
  // size, root, time
  const root = Buffer.from(head.root, "latin1").toString("hex");
  expect(fields(seal.subarray(CRC + 4), [8, 32, 8])).toEqual(["000000000000012c", root, "0000019a00000000"]);
  expect(first.toString("utf8", CRC + 4)).toBe('{"a":1}\0');
  expect(second.toString("utf8", CRC + 4)).toBe('{"b":"é"}\0\0\0\0\0\0');
});

test("L8: the checksum is CRC-32 over the header with a checksum of zero, and the payload", () => {
  const { bytes } = writeBatch(head, 1, []);
  const zeroed = Buffer.from(bytes.subarray(0, 80));
  zeroed.writeUInt32BE(0, CRC);
  expect(bytes.readUInt32BE(CRC)).toBe(crc32(zeroed));
});

test("L8: what is written is read, with its place and its leaf hashes", () => {
  const texts = fc.array(
    fc.string({ minLength: 1 }).filter((text) => text.isWellFormed()),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(texts, (all) => {
      const { bytes, entries } = writeBatch(head, 1, all.map(textOf));
      const batch = readBatch(bytes, 0);
      expect(batch).toMatchObject({ ...head, end: bytes.length });
      expect(batch?.leaves.map((leaf) => Buffer.from(leaf).toString())).toEqual(all);
      expect(entries.map(({ index }) => index)).toEqual(all.map((_, i) => 300 + i));
      expect(entries.map((entry) => entry.hash)).toEqual(all.map((text) => leafHash(Buffer.from(text))));
    }),
  );
});

test("L11: a batch with any byte changed, or cut anywhere, is not whole", () => {
  const { bytes } = writeBatch(head, 1, [textOf('{"a":1}'), textOf('{"b":22}')]);
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(readBatch(changed, 0)).toBeUndefined();
    expect(readBatch(bytes.subarray(0, at), 0)).toBeUndefined();
  }
});

test("L11: a frame is found behind a bad spot, at any multiple of 8", () => {
  const { bytes } = writeBatch({ ...head, root: EMPTY_ROOT }, 1, [textOf('{"a":1}')]);
  const segment = Buffer.concat([Buffer.from("BWJFgarbage BWJF".padEnd(48, "!")), bytes.subarray(80)]);
  expect(highestBatch(segment, 0)).toBe(7);
  expect(highestBatch(segment.subarray(0, -1), 0)).toBeUndefined();
});

test("L8: a segment of another log, of another start, or changed anywhere has no epoch", () => {
  const header = writeSegmentHeader({ origin: "a", first: 3, epoch: 2n });
  expect(readEpoch(header, "a", 3)).toBe(2n);
  expect(readEpoch(header, "b", 3)).toBeUndefined();
  expect(readEpoch(header, "a", 4)).toBeUndefined();
  expect(readEpoch(header.subarray(0, 63), "a", 3)).toBeUndefined();
  for (let at = 0; at < 64; at++) {
    const changed = Uint8Array.from(header, (byte, i) => (i === at ? byte ^ 0x80 : byte));
    expect(readEpoch(changed, "a", 3)).toBeUndefined();
  }
});
