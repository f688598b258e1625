// SPDX-License-Identifier: Apache-2.0
// The bytes of a journal (record L8). A segment is a header of 64 bytes and batches of frames; each frame is 32 bytes of
// header, a payload, and zeros up to the next multiple of 8. All numbers are big-endian. A batch begins with a seal: the
// size and root of everything before it, which says that all of that was synced.
import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { type Bytes, ENTRY_MAX_BYTES } from "../../core/index.ts";
import { HASH_BYTES, type Hash, leafHash } from "../tree/hash.ts";

export const SEGMENT_HEADER_BYTES = 64;
export const FRAME_HEADER_BYTES = 32;
const SEAL_BYTES = 48;
const FORMAT = 1;
const ENTRY = 1;
const SEAL = 3;
const LAST = 1;
/** The first byte of a frame. */
const MAGIC_B = 0x42;
const NO_CRC: Buffer = Buffer.alloc(4);

export interface SegmentHeader {
  readonly origin: string;
  /** Index of the first entry. */
  readonly first: number;
  /** Grows with every opening of the log. */
  readonly epoch: bigint;
}

export interface BatchHead {
  /** Gapless, from 0. */
  readonly batch: number;
  /** Entries before the batch. */
  readonly size: number;
  readonly root: Hash;
}

/** An entry as it lies in a batch. */
export interface FramedEntry {
  readonly index: number;
  readonly hash: Hash;
  readonly leaf: Bytes;
}

/** Size of a frame on disk. */
export function frameBytes(payloadBytes: number): number {
  return FRAME_HEADER_BYTES + Math.ceil(payloadBytes / 8) * 8;
}

export function segmentName(first: number): string {
  return `journal/${first.toString(16).padStart(16, "0")}.bwj`;
}

export function writeSegmentHeader({ origin, first, epoch }: SegmentHeader): Bytes {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  header.write("BWJL", 0, "latin1");
  header.writeUInt16BE(FORMAT, 4);
  header.write(hash("sha256", origin, "binary"), 8, "latin1");
  header.writeBigUInt64BE(BigInt(first), 40);
  header.writeBigUInt64BE(epoch, 48);
  header.writeUInt32BE(crc32(header.subarray(0, 60)), 60);
  return header;
}

/** The epoch of a segment, if its header is the one that this log wrote. */
export function readEpoch(segment: Bytes, origin: string, first: number): bigint | undefined {
  if (segment.length < SEGMENT_HEADER_BYTES) return undefined;
  const epoch = Buffer.from(segment.subarray(48, 56)).readBigUInt64BE();
  const expected = writeSegmentHeader({ origin, first, epoch });
  return Buffer.compare(expected, segment.subarray(0, SEGMENT_HEADER_BYTES)) === 0 ? epoch : undefined;
}

/** Writes a batch into one buffer, so that one write carries it. `at` is epoch milliseconds. */
export function writeBatch(
  head: BatchHead,
  at: number,
  texts: readonly { readonly text: string; readonly bytes: number }[],
): { readonly bytes: Buffer; readonly entries: readonly FramedEntry[] } {
  const total = texts.reduce((sum, { bytes }) => sum + frameBytes(bytes), frameBytes(SEAL_BYTES));
  const buffer = Buffer.allocUnsafe(total);
  writeSeal(buffer, head, at);
  let offset = finishFrame(
    buffer,
    0,
    { ...head, kind: SEAL, index: head.size, length: SEAL_BYTES },
    texts.length === 0,
  );
  const entries = texts.map(({ text, bytes: length }, i) => {
    const start = offset + FRAME_HEADER_BYTES;
    buffer.write(text, start, length, "utf8");
    const index = head.size + i;
    offset = finishFrame(buffer, offset, { ...head, kind: ENTRY, index, length }, i === texts.length - 1);
    const leaf = buffer.subarray(start, start + length);
    return { index, leaf, hash: leafHash(leaf) };
  });
  return { bytes: buffer, entries };
}

function writeSeal(buffer: Buffer, { size, root }: BatchHead, at: number): void {
  buffer.writeBigUInt64BE(BigInt(size), FRAME_HEADER_BYTES);
  buffer.write(root, FRAME_HEADER_BYTES + 8, "latin1");
  buffer.writeBigUInt64BE(BigInt(at), FRAME_HEADER_BYTES + 8 + HASH_BYTES);
}

/** Writes header, padding and checksum around a payload that is in place. Returns where the next frame begins. */
function finishFrame(
  buffer: Buffer,
  offset: number,
  frame: { readonly kind: number; readonly batch: number; readonly index: number; readonly length: number },
  isLast: boolean,
): number {
  const end = offset + FRAME_HEADER_BYTES + frame.length;
  const next = offset + frameBytes(frame.length);
  buffer.write("BWJF", offset, "latin1");
  buffer.writeUInt32BE(frame.length, offset + 4);
  buffer.writeUInt32BE((frame.kind << 24) | ((isLast ? LAST : 0) << 16), offset + 8);
  writeUInt64(buffer, frame.batch, offset + 12);
  writeUInt64(buffer, frame.index, offset + 20);
  buffer.writeUInt32BE(0, offset + 28);
  buffer.writeUInt32BE(crc32(buffer.subarray(offset, end)), offset + 28);
  buffer.fill(0, end, next);
  return next;
}

/** Numbers here are below 2^53; two halves are ten times as fast to write as one BigInt. */
function writeUInt64(buffer: Buffer, value: number, offset: number): void {
  buffer.writeUInt32BE(Math.floor(value / 2 ** 32), offset);
  buffer.writeUInt32BE(value >>> 0, offset + 4);
}

/** A whole batch as it lies in a segment. */
export interface Batch extends BatchHead {
  readonly leaves: readonly Bytes[];
  /** Offset after it. */
  readonly end: number;
}

interface Frame {
  readonly kind: number;
  readonly isLast: boolean;
  readonly batch: number;
  readonly index: number;
  readonly payload: Bytes;
  readonly end: number;
}

/** The batch that begins here, if every frame of it is whole. */
export function readBatch(segment: Bytes, start: number): Batch | undefined {
  const seal = readFrame(segment, start);
  if (seal?.kind !== SEAL) return undefined;
  const leaves: Bytes[] = [];
  let frame = seal;
  while (!frame.isLast) {
    const next = readFrame(segment, frame.end);
    if (next?.kind !== ENTRY || next.batch !== seal.batch || next.index !== seal.index + leaves.length)
      return undefined;
    leaves.push(next.payload);
    frame = next;
  }
  const payload = Buffer.from(seal.payload);
  const root = payload.toString("latin1", 8, 8 + HASH_BYTES);
  return { batch: seal.batch, size: Number(payload.readBigUInt64BE()), root, leaves, end: frame.end };
}

/** The highest batch of any valid frame at or after an offset; frames begin at multiples of 8. */
export function highestBatch(segment: Bytes, from: number): number | undefined {
  let highest: number | undefined;
  for (let offset = from; offset < segment.length; ) {
    const frame = readFrame(segment, offset);
    if (frame !== undefined) highest = Math.max(highest ?? 0, frame.batch);
    offset = frame?.end ?? offset + 8;
  }
  return highest;
}

function readFrame(segment: Bytes, offset: number): Frame | undefined {
  if (segment[offset] !== MAGIC_B) return undefined; // most offsets of a bad spot end here
  const bytes = Buffer.from(segment.buffer, segment.byteOffset + offset, segment.length - offset);
  if (bytes.length < FRAME_HEADER_BYTES || bytes.toString("latin1", 0, 4) !== "BWJF") return undefined;
  const length = bytes.readUInt32BE(4);
  const next = frameBytes(length);
  if (length > ENTRY_MAX_BYTES || next > bytes.length) return undefined;
  const payload = bytes.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + length);
  const crc = crc32(payload, crc32(NO_CRC, crc32(bytes.subarray(0, 28))));
  const padding = bytes.subarray(FRAME_HEADER_BYTES + length, next);
  if (crc !== bytes.readUInt32BE(28) || padding.some((byte) => byte !== 0)) return undefined;
  const kind = bytes.readUInt8(8);
  if (kind === SEAL && length !== SEAL_BYTES) return undefined;
  return {
    kind,
    isLast: bytes.readUInt8(9) === LAST,
    batch: Number(bytes.readBigUInt64BE(12)),
    index: Number(bytes.readBigUInt64BE(20)),
    payload,
    end: offset + next,
  };
}
