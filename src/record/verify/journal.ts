// SPDX-License-Identifier: Apache-2.0
// Reads a journal strictly: every byte of every segment has one right value, and the first that has another is named.
// Only the very end may be missing, since a process can be killed while it writes: that is said, not refused.
import { hash } from "node:crypto";
import { crc32, sameBytes } from "./bytes.ts";
import { VerifyError } from "./fault.ts";
import { Frontier, leafHash } from "./merkle.ts";
import { segmentPath } from "./tiles.ts";

const SEGMENT_HEADER_BYTES = 64;
const FRAME_HEADER_BYTES = 32;
const SEAL_BYTES = 48;
const ENTRY_MAX_BYTES = 65_535;
const ENTRY = 1;
const SEAL = 3;

export interface Segment {
  /** Index of the first entry, from its name. */
  readonly first: number;
  /** Asked for once. */
  readonly bytes: Uint8Array;
}

export interface JournalEntry {
  readonly index: number;
  readonly entry: Uint8Array;
  readonly leaf: Uint8Array;
  /** Where its frame begins. */
  readonly place: string;
}

interface Frame {
  readonly kind: number;
  readonly isLast: boolean;
  readonly index: number;
  readonly payload: Uint8Array;
  readonly place: string;
  /** Offset after its padding. */
  readonly end: number;
}

/** Reads segments in order and gives each entry of each whole batch to `onEntry`. */
export class JournalReader {
  private readonly tree = new Frontier();
  private readonly originHash: Uint8Array;
  private readonly onEntry: (entry: JournalEntry) => void;
  private batch = 0;
  private epoch = 0n;
  /** Where batches of the segment before begin. */
  private starts = new Map<number, number>();
  private before: Segment | undefined;

  constructor(origin: string, onEntry: (entry: JournalEntry) => void) {
    this.originHash = hash("sha256", origin, "buffer");
    this.onEntry = onEntry;
  }

  /** Entries in whole batches so far. */
  get size(): number {
    return this.tree.size;
  }

  /** @returns where a batch that was never finished begins, at the end of the last segment. @throws VerifyError */
  read(segments: readonly Segment[]): string | undefined {
    for (const [i, segment] of segments.entries()) {
      const torn = this.segment(segment, i === segments.length - 1);
      if (torn !== undefined) return torn;
    }
    return undefined;
  }

  private segment(source: Segment, isLast: boolean): string | undefined {
    const path = segmentPath(source.first);
    const segment = { first: source.first, bytes: source.bytes };
    this.header(segment, path);
    if (this.repeatsTail(segment)) return undefined;
    if (segment.first !== this.size) throw new VerifyError(path, `the journal before it ends at entry ${this.size}`);
    const starts = new Map<number, number>();
    let offset = SEGMENT_HEADER_BYTES;
    while (offset < segment.bytes.length) {
      const frames = this.frames(segment, offset, isLast);
      const last = frames.at(-1);
      if (last === undefined || !last.isLast) return `${path} offset ${offset}`;
      starts.set(this.batch, offset);
      this.accept(frames);
      offset = last.end;
    }
    this.starts = starts;
    this.before = segment;
    return undefined;
  }

  private header({ first, bytes }: Segment, path: string): void {
    const place = `${path} offset 0`;
    if (bytes.length < SEGMENT_HEADER_BYTES) throw new VerifyError(place, "shorter than its header");
    const view = new DataView(bytes.buffer, bytes.byteOffset, SEGMENT_HEADER_BYTES);
    if (crc32(bytes.subarray(0, 60)) !== view.getUint32(60))
      throw new VerifyError(place, "the header's checksum is wrong");
    const isFormat = text(bytes, 0) === "BWJL" && view.getUint32(4) === 0x0001_0000 && view.getUint32(56) === 0;
    if (!isFormat) throw new VerifyError(place, "not a journal of format 1");
    if (!sameBytes(bytes.subarray(8, 40), this.originHash)) throw new VerifyError(place, "a journal of another log");
    if (view.getBigUint64(40) !== BigInt(first))
      throw new VerifyError(place, "its first entry is not the one it is named for");
    if (view.getBigUint64(48) < this.epoch) throw new VerifyError(place, "older than the segment before it");
    this.epoch = view.getBigUint64(48);
  }

  /** A start that was cut short leaves the last batches twice, in the old segment and copied to the new one. */
  private repeatsTail(segment: Segment): boolean {
    if (this.before === undefined || segment.bytes.length < SEGMENT_HEADER_BYTES + FRAME_HEADER_BYTES) return false;
    const view = new DataView(segment.bytes.buffer, segment.bytes.byteOffset + SEGMENT_HEADER_BYTES);
    const start = this.starts.get(Number(view.getBigUint64(12)));
    if (start === undefined) return false;
    const place = `${segmentPath(segment.first)} offset ${SEGMENT_HEADER_BYTES}`;
    const isSame = sameBytes(segment.bytes.subarray(SEGMENT_HEADER_BYTES), this.before.bytes.subarray(start));
    if (!isSame) throw new VerifyError(place, "entries of the segment before stand here again, and differ");
    return true;
  }

  /** The frames of one batch; fewer, without a last one, where the file ends in the middle of it. */
  private frames(segment: Segment, start: number, isLastSegment: boolean): readonly Frame[] {
    const path = segmentPath(segment.first);
    const frames: Frame[] = [];
    let offset = start;
    for (;;) {
      const isCut = endsInside(segment.bytes, offset);
      if (isCut && !isLastSegment)
        throw new VerifyError(`${path} offset ${offset}`, "the segment ends in the middle of a batch");
      if (isCut) return frames;
      const frame = this.frame(segment.bytes, offset, path);
      const kind = frames.length === 0 ? SEAL : ENTRY;
      if (frame.kind !== kind) throw new VerifyError(frame.place, `a frame of kind ${frame.kind} instead of ${kind}`);
      if (frame.index !== this.size + Math.max(0, frames.length - 1))
        throw new VerifyError(frame.place, `entry ${frame.index} is out of order`);
      frames.push(frame);
      if (frame.isLast) return frames;
      offset = frame.end;
    }
  }

  private frame(bytes: Uint8Array, offset: number, path: string): Frame {
    if (!startsFrame(bytes.subarray(offset))) throw new VerifyError(`${path} offset ${offset}`, "no frame begins here");
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
    const length = view.getUint32(4);
    const end = offset + frameBytes(length);
    const index = Number(view.getBigUint64(20));
    const place = `${path} offset ${offset} (entry ${index})`;
    if (end > bytes.length) throw new VerifyError(place, "it does not end inside the segment");
    const [kind = 0, flags = 0] = bytes.subarray(offset + 8);
    const payload = bytes.subarray(offset + FRAME_HEADER_BYTES, offset + FRAME_HEADER_BYTES + length);
    const checked = crc32(bytes.subarray(offset, offset + 28), new Uint8Array(4), payload);
    if (checked !== view.getUint32(28)) throw new VerifyError(place, "the frame's checksum is wrong");
    if (flags > 1 || view.getUint16(10) !== 0) throw new VerifyError(place, "unknown flags");
    if (view.getBigUint64(12) !== BigInt(this.batch)) throw new VerifyError(place, `not of batch ${this.batch}`);
    const padding = bytes.subarray(offset + FRAME_HEADER_BYTES + length, end);
    if (padding.some((byte) => byte !== 0)) throw new VerifyError(place, "the padding after it is not zero");
    return { kind, isLast: flags === 1, index, payload, place, end };
  }

  private accept([seal, ...entries]: readonly Frame[]): void {
    if (seal === undefined) return;
    const view = new DataView(seal.payload.buffer, seal.payload.byteOffset, SEAL_BYTES);
    const isSize = view.getBigUint64(0) === BigInt(this.size);
    if (!isSize || !sameBytes(seal.payload.subarray(8, 40), this.tree.root())) {
      throw new VerifyError(seal.place, `the seal is not that of the ${this.size} entries before it`);
    }
    for (const frame of entries) {
      const leaf = leafHash(frame.payload);
      this.onEntry({ index: frame.index, entry: frame.payload, leaf, place: frame.place });
      this.tree.push(leaf);
    }
    this.batch += 1;
  }
}

/**
 * Does the file end inside the frame at this offset, as it does when writing was cut off? What is there must look like
 * the beginning of a frame; anything else is no torn end but damage, which reading the frame will name.
 */
function endsInside(bytes: Uint8Array, offset: number): boolean {
  const rest = bytes.subarray(offset);
  if (rest.length < FRAME_HEADER_BYTES) return "BWJF".startsWith(text(rest, 0));
  return startsFrame(rest) && frameBytes(lengthOf(rest)) > rest.length;
}

/** Does a frame header stand here, of a kind and with a length that there is? */
function startsFrame(rest: Uint8Array): boolean {
  if (rest.length < FRAME_HEADER_BYTES || text(rest, 0) !== "BWJF") return false;
  const length = lengthOf(rest);
  return rest[8] === SEAL ? length === SEAL_BYTES : rest[8] === ENTRY && length > 0 && length <= ENTRY_MAX_BYTES;
}

function lengthOf(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getUint32(4);
}

function frameBytes(payloadBytes: number): number {
  return FRAME_HEADER_BYTES + Math.ceil(payloadBytes / 8) * 8;
}

function text(bytes: Uint8Array, offset: number): string {
  return Buffer.from(bytes.subarray(offset, offset + 4)).toString("latin1");
}
