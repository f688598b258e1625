// SPDX-License-Identifier: Apache-2.0
// The journal: what is acknowledged is on disk. One flush is in flight; what arrives meanwhile queues, and goes together
// with the next write and sync (record L9). Nothing waits for a timer to be written.
import type { Clock, Timers } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import type { LogFolder } from "../folder.ts";
import type { Tree } from "../tree/tree.ts";
import {
  type FramedEntry,
  frameBytes,
  SEGMENT_HEADER_BYTES,
  segmentName,
  writeBatch,
  writeSegmentHeader,
} from "./frame.ts";
import { isFull, type JournalFile, writeAll } from "./fs.ts";
import type { OpenSegment, Recovered } from "./recover.ts";

/** An entry that waits for the disk. Exactly one of the two is called, once. */
export interface Waiting {
  readonly text: string;
  /** UNIT: bytes of UTF-8. */
  readonly bytes: number;
  readonly durable: (entry: FramedEntry) => void;
  readonly failed: (error: RecordError) => void;
}

export interface JournalOptions {
  readonly folder: LogFolder;
  readonly tree: Tree;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly origin: string;
  readonly segmentBytes: number;
  readonly batch: { readonly entries: number; readonly bytes: number };
  readonly sealAfterMs: number;
  /** Called with each batch once it is durable and in the tree, before its waiters are told. */
  readonly onDurable: (entries: readonly FramedEntry[]) => void;
  /** A segment that begins at this entry is about to be made, and everything before it is durable. */
  readonly onSegment: (first: number) => Promise<void>;
  /** The disk is full: was there something to give up, so that the batch is tried again, once? */
  readonly makeRoom: () => Promise<boolean>;
  /** Called once, when nothing may be written any more (record L10). */
  readonly onFatal: (cause: unknown) => void;
}

/** Mutable state is changed by `enqueue`, and otherwise only inside the one flush that is in flight. */
export class Journal {
  private readonly options: JournalOptions;
  private readonly epoch: bigint;
  private segment: OpenSegment;
  private batch: number;
  private queue: Waiting[] = [];
  private inFlight: readonly Waiting[] = [];
  private heldBytes = 0;
  private full = false;
  private dead: RecordError | undefined;
  private isClosed = false;
  private isRunning = false;
  private running: Promise<void> = Promise.resolve();
  private isSealed = true;
  private isSealDue = false;
  private cancelSeal: () => void = () => undefined;

  constructor(options: JournalOptions, recovered: Recovered) {
    this.options = options;
    this.segment = recovered.segment;
    this.batch = recovered.batch;
    this.epoch = recovered.epoch;
  }

  /** Entries and bytes that wait for the disk, the flush in flight included. */
  get held(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.queue.length + this.inFlight.length, bytes: this.heldBytes };
  }

  /** `full`: the disk had no room for the last batch. `down`: nothing is written any more after a failed write. */
  get state(): "open" | "full" | "down" | "closed" {
    if (this.isClosed) return "closed";
    if (this.dead !== undefined) return "down";
    return this.full ? "full" : "open";
  }

  enqueue(entry: Waiting): void {
    if (this.dead !== undefined) {
      entry.failed(this.dead);
      return;
    }
    this.cancelSeal();
    this.queue.push(entry);
    this.heldBytes += entry.bytes;
    this.start();
  }

  /** There is room again: the next append may try. */
  retry(): void {
    this.full = false;
  }

  /** Stops for ever: every waiter is refused, and nothing is written, read or tried again. */
  fail(cause: unknown): void {
    if (this.dead !== undefined) return;
    this.end(new RecordError("RECORD_DOWN", "appending: the record stopped after a failed write", { cause }));
    this.options.onFatal(cause);
  }

  /** Writes what waits, seals it, and closes. */
  async close(): Promise<void> {
    this.cancelSeal();
    this.isSealDue = true;
    this.start();
    await this.running;
    this.isClosed = this.dead === undefined;
    this.end(new RecordError("RECORD_DOWN", "appending: the record is closed"));
    await this.segment.file.close();
  }

  private end(error: RecordError): void {
    this.dead ??= error;
    this.cancelSeal();
    const waiting = [...this.inFlight, ...this.queue];
    [this.inFlight, this.queue, this.heldBytes] = [[], [], 0];
    for (const entry of waiting) entry.failed(error);
  }

  private start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.running = this.run().catch((cause: unknown) => this.fail(cause));
  }

  private async run(): Promise<void> {
    // callers of one turn of the event loop, and those that the last flush released, go together
    await turn();
    while (this.dead === undefined && (this.queue.length > 0 || (this.isSealDue && !this.isSealed))) {
      await this.flush(this.take());
      await turn();
    }
    // INVARIANT: from the last look at the queue to here nothing else runs, so no entry is left behind
    this.isRunning = false;
    this.isSealDue = false;
    if (!this.isSealed && this.dead === undefined) {
      this.cancelSeal = this.options.timers.after(this.options.sealAfterMs, () => {
        this.isSealDue = true;
        this.start();
      });
    }
  }

  /** The next batch: as much as queues, up to the limits of one. */
  private take(): readonly Waiting[] {
    const { entries, bytes } = this.options.batch;
    let size = 0;
    const end = this.queue.findIndex((entry, i) => {
      size += frameBytes(entry.bytes);
      return i >= entries || (i > 0 && size > bytes);
    });
    return this.queue.splice(0, end < 0 ? this.queue.length : end);
  }

  private async flush(batch: readonly Waiting[]): Promise<void> {
    const { tree, clock } = this.options;
    this.inFlight = batch;
    const head = { batch: this.batch, size: tree.size, root: tree.root() };
    const { bytes, entries } = writeBatch(head, clock.now(), batch);
    try {
      if (!(await this.put(bytes)) && !((await this.options.makeRoom()) && (await this.put(bytes)))) {
        return this.refuse(batch);
      }
      await this.segment.file.sync();
    } catch (cause) {
      return this.fail(cause);
    }
    if (this.dead !== undefined) return; // stopped from outside meanwhile: the waiters were told so
    this.segment = { ...this.segment, offset: this.segment.offset + bytes.length };
    this.batch += 1;
    this.full = false;
    this.isSealed = batch.length === 0;
    for (const { hash } of entries) tree.append(hash);
    this.options.onDurable(entries);
    this.settle(batch);
    for (const [i, entry] of entries.entries()) batch[i]?.durable(entry);
  }

  private refuse(batch: readonly Waiting[]): void {
    this.full = true;
    this.settle(batch);
    // a seal that found no room is tried again after the next batch
    this.isSealed ||= batch.length === 0;
    for (const entry of batch) entry.failed(new RecordError("RECORD_FULL", "appending: no room on the disk"));
  }

  private settle(batch: readonly Waiting[]): void {
    this.inFlight = [];
    for (const entry of batch) this.heldBytes -= entry.bytes;
  }

  private async put(bytes: Buffer): Promise<boolean> {
    return (await this.roll(bytes.length)) && (await this.write(bytes));
  }

  /** False where the disk is full, with the segment as it was. Every other failure is final. */
  private async write(bytes: Buffer): Promise<boolean> {
    const { file, offset } = this.segment;
    try {
      await writeAll(file, bytes, offset);
      return true;
    } catch (cause) {
      if (!isFull(cause)) throw cause;
      await file.truncate(offset);
      await file.sync();
      return false;
    }
  }

  /** Opens the next segment where this one has no room for the batch; durable before use. False as in `write`. */
  private async roll(bytes: number): Promise<boolean> {
    const { folder, tree, origin, segmentBytes } = this.options;
    // a segment without entries is not left: the next one would have the same name
    if (this.segment.offset + bytes <= segmentBytes || tree.size === this.segment.first) return true;
    const first = tree.size;
    await this.options.onSegment(first);
    const path = segmentName(first);
    let file: JournalFile;
    try {
      file = await folder.put({ path, bytes: writeSegmentHeader({ origin, first, epoch: this.epoch }) });
    } catch (cause) {
      if (isFull(cause)) return false;
      throw cause;
    }
    await folder.sync([path]);
    await this.segment.file.close();
    this.segment = { file, first, offset: SEGMENT_HEADER_BYTES };
    return true;
  }
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
