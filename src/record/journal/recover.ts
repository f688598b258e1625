// SPDX-License-Identifier: Apache-2.0
// Opens a journal after whatever happened to it (record L11). Every batch but the highest was synced before the next one
// began, so what cannot be read is either the torn end of a batch that nobody was told of, and is cut, or it is damage,
// and the log refuses to start. The last whole batch is copied to a new segment before it is trusted: after a failed
// fsync the page cache may show bytes that the disk never got.
import type { Bytes } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import type { LogFolder } from "../folder.ts";
import { leafHash } from "../tree/hash.ts";
import type { Tree } from "../tree/tree.ts";
import {
  type Batch,
  type FramedEntry,
  highestBatch,
  readBatch,
  readEpoch,
  SEGMENT_HEADER_BYTES,
  segmentName,
  writeSegmentHeader,
} from "./frame.ts";
import type { JournalFile } from "./fs.ts";

/** The segment that is written to, and where. */
export interface OpenSegment {
  readonly file: JournalFile;
  readonly first: number;
  readonly offset: number;
}

export interface Recovered {
  readonly segment: OpenSegment;
  readonly epoch: bigint;
  /** Number of the next batch. */
  readonly batch: number;
}

export interface RecoverInto {
  readonly origin: string;
  /** With entries in it where a segment begins from which on the journal is read (`resume`). */
  readonly tree: Tree;
  /** Each entry in order, from the size that the tree has; the tree has it already. What it returns is awaited. */
  readonly onEntry: (entry: FramedEntry) => Promise<void> | void;
}

/** Reads and checks a whole journal, and changes nothing. @throws RecordError RECORD_CORRUPT naming file and offset */
export async function readJournal(folder: LogFolder, into: RecoverInto): Promise<Recovery> {
  const { size } = into.tree;
  const names = (await folder.list("journal")).toSorted().filter((name) => Number.parseInt(name, 16) >= size);
  const recovery = new Recovery(folder, into);
  for (const name of names) await recovery.segment(`journal/${name}`);
  return recovery;
}

/** A segment that was read. */
interface ReadSegment {
  readonly path: string;
  /** Where each batch begins. */
  readonly starts: ReadonlyMap<number, number>;
  /** Up to the end of the last whole batch. */
  readonly bytes: Bytes;
}

/** A journal that was read, and can be opened for writing. */
export class Recovery {
  private readonly folder: LogFolder;
  private readonly into: RecoverInto;
  private epoch = 0n;
  private batch = 0;
  /** A journal that is read from a later segment on takes the number of its first batch for granted. */
  private isNumbered: boolean;
  /** The last batch and the lone seals right before it: what begins at the same entry. Copied to the new segment. */
  private tail: { readonly first: number; readonly frames: Bytes } | undefined;
  /** Where the tail begins in the segments that hold it: there they are cut. */
  private cuts = new Map<string, number>();
  /** Segments without a whole batch. */
  private readonly empty: string[] = [];
  /** The last segment with a whole batch, and the one before it. */
  private before: ReadSegment | undefined;
  private earlier: ReadSegment | undefined;
  /** Where segments stop being readable. */
  private readonly torn = new Map<string, number>();

  constructor(folder: LogFolder, into: RecoverInto) {
    this.folder = folder;
    this.into = into;
    this.isNumbered = into.tree.size === 0;
  }

  async segment(path: string): Promise<void> {
    const bytes = await this.folder.read(path);
    const first = Number.parseInt(path.slice(-20, -4), 16);
    const epoch =
      bytes === undefined || path !== segmentName(first) ? undefined : readEpoch(bytes, this.into.origin, first);
    if (bytes === undefined || epoch === undefined) throw corrupt(path, "no header of a segment of this log");
    if (epoch > this.epoch) this.epoch = epoch;
    if (this.repeatsTail(path, bytes)) return;
    if (first !== this.into.tree.size)
      throw corrupt(path, `the journal before it ends at entry ${this.into.tree.size}`);
    await this.batches(path, bytes);
  }

  /** Puts the tail into a segment of its own, and only then cuts it from where it was. */
  async finish(): Promise<Recovered> {
    const { origin } = this.into;
    const { first, frames } = this.tail ?? { first: 0, frames: new Uint8Array() };
    const epoch = this.epoch + 1n;
    const path = segmentName(first);
    const bytes = Buffer.concat([writeSegmentHeader({ origin, first, epoch }), frames]);
    const file = await this.folder.put({ path, bytes });
    await this.folder.sync([path]);
    for (const name of this.empty) if (name !== path) await this.folder.remove(name);
    const cuts = new Map([...this.torn, ...this.cuts]);
    // an opening that was killed may have cut this one and not synced it: a power cut would bring back what was cut
    if (this.earlier !== undefined) cuts.set(this.earlier.path, this.earlier.bytes.length);
    for (const [name, offset] of cuts) if (name !== path && !this.empty.includes(name)) await this.cut(name, offset);
    await this.folder.sync([path]);
    return { segment: { file, first, offset: bytes.length }, epoch, batch: this.batch };
  }

  private async batches(path: string, bytes: Bytes): Promise<void> {
    const starts = new Map<number, number>();
    let offset = SEGMENT_HEADER_BYTES;
    let tail: { readonly first: number; readonly offset: number } | undefined;
    for (;;) {
      const batch = readBatch(bytes, offset);
      if (!this.isNumbered) this.batch = batch?.batch ?? 0;
      this.isNumbered = true;
      if (batch?.batch !== this.batch) break;
      starts.set(batch.batch, offset);
      if (tail?.first !== batch.size) tail = { first: batch.size, offset };
      await this.apply(batch, `${path} offset ${offset}`);
      offset = batch.end;
    }
    if (offset < bytes.length) this.judge(path, bytes, offset);
    if (tail === undefined) {
      this.empty.push(path);
      return;
    }
    this.tail = { first: tail.first, frames: bytes.subarray(tail.offset, offset) };
    this.cuts = new Map([[path, tail.offset]]);
    this.earlier = this.before;
    this.before = { path, starts, bytes: bytes.subarray(0, offset) };
  }

  private async apply(batch: Batch, place: string): Promise<void> {
    const { tree, onEntry } = this.into;
    if (batch.size !== tree.size || batch.root !== tree.root()) {
      throw corrupt(place, `its seal is not that of the ${tree.size} entries before it`);
    }
    for (const leaf of batch.leaves) {
      const hash = leafHash(leaf);
      const index = tree.size;
      tree.append(hash);
      await onEntry({ index, hash, leaf });
    }
    this.batch += 1;
  }

  /**
   * What cannot be read is a torn end only if no later batch was begun behind it. Should the batch that it was part of
   * stand in the next segment, an opening was cut short between copying and cutting; that the journal goes on without a
   * hole is in its numbers and seals.
   */
  private judge(path: string, bytes: Bytes, offset: number): void {
    const highest = highestBatch(bytes, offset);
    if (highest !== undefined && highest > this.batch) {
      throw corrupt(`${path} offset ${offset}`, `batch ${this.batch} is unreadable, and batch ${highest} follows it`);
    }
    this.torn.set(path, offset);
  }

  /** An opening that was cut short leaves the tail twice, in the old segment and in the new one. */
  private repeatsTail(path: string, bytes: Bytes): boolean {
    const batch = readBatch(bytes, SEGMENT_HEADER_BYTES);
    const start = batch === undefined ? undefined : this.before?.starts.get(batch.batch);
    if (this.before === undefined || start === undefined) return false;
    if (Buffer.compare(bytes.subarray(SEGMENT_HEADER_BYTES), this.before.bytes.subarray(start)) !== 0) {
      throw corrupt(path, "entries of the segment before stand here again, and differ");
    }
    this.cuts = new Map([
      [this.before.path, start],
      [path, SEGMENT_HEADER_BYTES],
    ]);
    return true;
  }

  private async cut(path: string, offset: number): Promise<void> {
    const file = await this.folder.fs.open(this.folder.path(path));
    try {
      await file.truncate(offset);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

function corrupt(place: string, reason: string): RecordError {
  return new RecordError("RECORD_CORRUPT", `opening ${place}: ${reason}`, {
    fix: "restore the log's folder from a copy, or verify it to see what else is damaged",
  });
}
