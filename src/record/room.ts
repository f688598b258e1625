// SPDX-License-Identifier: Apache-2.0
// The record as other rooms see it: what may be appended now, what became of it, and what can be read and proved.
import {
  type Bytes,
  type Clock,
  type Commitment,
  type EntryDraft,
  type EntryId,
  type EntryIndex,
  type EntrySource,
  type ErasureDomainId,
  jsonObject,
  type Log,
  member,
  parseEntryIndex,
  type Receipt,
  type RecordedEntry,
  type Recorder,
  type Reference,
  type TaskOwner,
  type Timers,
} from "../core/index.ts";
import type { Commitments } from "./commitment.ts";
import type { RecordConfig } from "./config.ts";
import type { Disk } from "./disk.ts";
import type { EntryWriter } from "./entry/writer.ts";
import { full, notFound, RecordError, type RecordErrorCode } from "./errors.ts";
import { Gap } from "./gap.ts";
import type { FramedEntry } from "./journal/frame.ts";
import { errorCode, isFull } from "./journal/fs.ts";
import type { Journal } from "./journal/journal.ts";
import type { Domains } from "./keep/domains.ts";
import { type OpenedField, type Opening, openingsOf } from "./keep/openings.ts";
import type { OpenIntents } from "./open-intents.ts";
import type { Cosigner, Quorum, QuorumState } from "./publish/cosign.ts";
import type { Head } from "./publish/head.ts";
import type { Leaves } from "./publish/leaves.ts";
import type { Publisher } from "./publish/publisher.ts";
import { trustPolicy } from "./publish/signer.ts";
import type { LogFiles } from "./read/files.ts";
import type { LeafLine, LogReader, SharedProofs } from "./read/reader.ts";
import { findEntries, type References } from "./read/references.ts";
import type { Reserve } from "./reserve.ts";
import { base64urlOf } from "./tree/hash.ts";
import type { Tree } from "./tree/tree.ts";

/** What part of the entries that may be in memory unpublished makes the next checkpoint be made at once. */
const PUBLISH_EARLY = 0.25;

/** What part of the queue an append may fill: what callers wait for has the other half, outcomes a last tenth (L16). */
const SHARE = { note: 0.5, most: 0.9, outcome: 1 } as const;

/** What keeps a checkpoint from being published, and entries not from being written. */
const WAITS: ReadonlySet<RecordErrorCode> = new Set(["RECORD_GUARD", "RECORD_ROLLBACK"]);

/** How the record is. */
export interface RecordStatus {
  /**
   * `full`: no new effect is let through for want of disk space. `rollback`: none is, for somebody else signed under this
   * origin. `down`: stopped for ever.
   */
  readonly state: "open" | "full" | "rollback" | "down" | "closed";
  readonly origin: string;
  /** Of its Ed25519 key. */
  readonly vkey: string;
  /** Of all its keys. */
  readonly vkeys: readonly string[];
  /** Whether checkpoints have a second signature (ML-DSA-44): not where this runtime cannot make one. */
  readonly secondSignature: "signed" | "not-run";
  readonly witnesses: QuorumState;
  /** Durable entries. */
  readonly size: number;
  /** Entries that the published checkpoint covers. */
  readonly published: number;
  /** Entries that wait for the disk. */
  readonly waiting: number;
  /** Refusals that could not be written, and are not yet in a `gap` entry. */
  readonly missed: number;
  readonly freeBytes: number;
  /** Is there more room on the disk than what is warned of? */
  readonly hasRoom: boolean;
  /** Whether an old copy of the folder, put in its place, would show: not without a guard or a witness elsewhere. */
  readonly rollback: "detected by the guard" | "detected by witnesses" | "not detectable";
}

export interface RecordRoom extends Recorder, EntrySource {
  /** Publishes what is durable now, and answers the signed note (C2SP tlog-checkpoint). @throws RecordError */
  checkpoint(): Promise<string>;
  /**
   * A C2SP tlog-proof of one entry, which it carries; publishes first if need be.
   * @throws RecordError RECORD_NOT_FOUND, or RECORD_UNPUBLISHED where too few witnesses cosigned a checkpoint over it
   */
  prove(index: number): Promise<string>;
  /** Durable entries as their own text, in order. */
  lines(range: { readonly from: number; readonly to: number }): AsyncIterable<LeafLine>;
  /** The hashes that lead from each of these entries to the root of one and the same checkpoint. @throws RecordError */
  proveEach(indexes: readonly number[]): Promise<SharedProofs>;
  /** That entries [from, to) are all there is between them (record L37). @throws RecordError RECORD_NOT_FOUND */
  proveRange(from: number, to: number): Promise<string>;
  /** RFC 6962 consistency proof between two sizes, both at least 1 and durable. @throws RecordError RECORD_NOT_FOUND */
  proveGrowth(oldSize: number, newSize: number): Promise<readonly Bytes[]>;
  /** Entries by what a caller was shown, by id, or by index; several can share a reference. */
  find(what: Reference | EntryId | EntryIndex): Promise<readonly RecordedEntry[]>;
  /** What one entry commits to, so that somebody else can check it. @throws RecordError RECORD_NOT_FOUND, RECORD_OPENING_REFUSED */
  open(index: EntryIndex, contents?: Readonly<Partial<Record<OpenedField, string>>>): Promise<readonly Opening[]>;
  status(): RecordStatus;
  /** What strangers fetch. */
  readonly files: LogFiles;
  /** C2SP tlog-policy text that trusts this log's keys, and asks for the witnesses that it asks itself. */
  trustPolicy(): string;
  /** Writes what waits, publishes it, and closes. */
  close(): Promise<void>;
}

/** What a room is made of; `openRecord` makes it. */
export interface RecordParts {
  readonly config: RecordConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly vkeys: readonly [string, ...string[]];
  readonly quorum: Quorum;
  readonly cosigner?: Cosigner | undefined;
  readonly isGuarded: boolean;
  readonly commitments: Commitments;
  readonly domains: Domains;
  readonly tree: Tree;
  readonly leaves: Leaves;
  readonly writer: EntryWriter;
  readonly publisher: Publisher;
  readonly files: LogFiles;
  readonly reader: LogReader;
  readonly references: References;
  readonly intents: OpenIntents;
  readonly journal: Journal;
  readonly disk: Disk;
  readonly reserve: Reserve;
}

/** What becomes of one append; exactly one of the two is called. */
interface Fate {
  readonly durable: (receipt: Receipt) => void;
  readonly failed: (error: RecordError) => void;
}

export class Room implements RecordRoom {
  readonly files: LogFiles;
  private readonly parts: RecordParts;
  private readonly gap = new Gap();
  private readonly listeners = new Set<(entry: RecordedEntry) => void>();
  private publishing: Promise<unknown> = Promise.resolve();
  private isTicking = false;
  private isDegraded = false;
  private isClosing = false;
  private stopTicking: () => void = () => undefined;

  constructor(parts: RecordParts) {
    this.parts = parts;
    this.files = parts.files;
  }

  /** From now on the log is published as it grows. */
  start(): void {
    const { timers, config } = this.parts;
    this.stopTicking = timers.every(config.checkpointMs, () => void this.tick());
  }

  append(draft: EntryDraft, options: { readonly id?: EntryId } = {}): Promise<Receipt> {
    const storing = this.keyOf(draft);
    // the key before what is under it: an entry that nobody can ever open must not be left by a crash
    if (storing !== undefined) return storing.then(() => this.appendNow(draft, options));
    return this.appendNow(draft, options);
  }

  private appendNow(draft: EntryDraft, options: { readonly id?: EntryId }): Promise<Receipt> {
    return new Promise((durable, failed) => {
      if (letsThrough(draft)) this.refuseEffects();
      this.submit(draft, options.id, draft.type === "outcome" ? SHARE.outcome : SHARE.most, { durable, failed });
    });
  }

  note(draft: EntryDraft, options: { readonly id?: EntryId } = {}): void {
    const storing = this.keyOf(draft);
    const now = (): void => this.noteWithin(SHARE.note, draft, options.id);
    if (storing === undefined) now();
    // its content is not needed to say that it happened: what cannot be opened is better than what was never told
    else void storing.then(now, now);
  }

  private keyOf(draft: EntryDraft): Promise<void> | undefined {
    return "domain" in draft && draft.domain !== undefined ? this.parts.domains.storingOf(draft.domain) : undefined;
  }

  room(): { readonly entries: number; readonly bytes: number } {
    const { config, journal, disk, leaves } = this.parts;
    const { entries, bytes } = journal.held;
    const isBehind = leaves.unpublishedBytes > config.unpublishedBytes * SHARE.most;
    if (this.state() !== "open" || isBehind) return { entries: 0, bytes: 0 };
    return {
      entries: Math.max(0, Math.floor(config.queue.entries * SHARE.most) - entries),
      bytes: Math.max(0, Math.min(Math.floor(config.queue.bytes * SHARE.most) - bytes, disk.usableBytes)),
    };
  }

  domain(owner: TaskOwner): ErasureDomainId {
    return this.parts.domains.of(owner).id;
  }

  commit(owner: TaskOwner, field: string, content: Bytes): Commitment {
    return this.parts.commitments.commit(owner, field, content);
  }

  size(): number {
    return this.parts.tree.size;
  }

  read(range: { readonly from: number; readonly to?: number }): AsyncIterable<RecordedEntry> {
    return this.parts.reader.entries(Math.max(0, range.from), Math.min(range.to ?? this.size(), this.size()));
  }

  lines({ from, to }: { readonly from: number; readonly to: number }): AsyncIterable<LeafLine> {
    return this.parts.reader.lines(Math.max(0, from), Math.min(to, this.size()));
  }

  live(callback: (entry: RecordedEntry) => void): () => void {
    this.listeners.add(callback);
    return () => void this.listeners.delete(callback);
  }

  checkpoint(): Promise<string> {
    const next = this.publishing.then(() => this.publish());
    // whoever asks next waits for this one, whatever became of it
    this.publishing = next.catch(() => undefined);
    return next;
  }

  async prove(index: number): Promise<string> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.size()) throw notFound(`entry ${index}`);
    return this.parts.reader.proof(index, await this.publishedOver(index));
  }

  async proveEach(indexes: readonly number[]): Promise<SharedProofs> {
    const unknown = indexes.find((index) => !Number.isSafeInteger(index) || index < 0 || index >= this.size());
    if (unknown !== undefined) throw notFound(`entry ${unknown}`);
    return this.parts.reader.sharedProofs(indexes, await this.publishedOver(Math.max(0, ...indexes)));
  }

  async proveRange(from: number, to: number): Promise<string> {
    const isRange = [from, to].every(Number.isSafeInteger) && from >= 0 && from < to && to <= this.size();
    if (!isRange) throw notFound(`entries ${from} to ${to}`);
    return this.parts.reader.rangeProof(from, to, await this.publishedOver(to - 1));
  }

  async proveGrowth(oldSize: number, newSize: number): Promise<readonly Bytes[]> {
    const isKnown = Number.isSafeInteger(oldSize) && Number.isSafeInteger(newSize) && newSize <= this.size();
    if (!isKnown || oldSize < 1 || oldSize > newSize) throw notFound(`growth from ${oldSize} to ${newSize}`);
    return this.parts.reader.growth(oldSize, newSize);
  }

  async find(what: Reference | EntryId | EntryIndex): Promise<readonly RecordedEntry[]> {
    if (typeof what === "number") return gathered(this.read({ from: what, to: what + 1 }));
    const { references, reader } = this.parts;
    return gathered(findEntries(reader, references, what));
  }

  async open(
    index: EntryIndex,
    contents: Readonly<Partial<Record<OpenedField, string>>> = {},
  ): Promise<readonly Opening[]> {
    const [found] = await this.find(index);
    if (found === undefined) throw notFound(`entry ${index}`);
    const of = member(member(found.entry, "of"), "index");
    const [intent] = typeof of === "number" ? await this.find(parseEntryIndex(of)) : [];
    return openingsOf(this.parts, found, intent, contents);
  }

  status(): RecordStatus {
    const { config, vkeys, publisher, disk, journal, quorum } = this.parts;
    return {
      state: this.state(),
      origin: config.origin,
      vkey: vkeys[0],
      vkeys,
      secondSignature: vkeys.length > 1 ? "signed" : "not-run",
      witnesses: quorum.state,
      size: this.size(),
      published: publisher.published.size,
      waiting: journal.held.entries,
      missed: this.gap.count,
      freeBytes: disk.freeBytes,
      hasRoom: disk.isWell,
      rollback: this.rollback(),
    };
  }

  trustPolicy(): string {
    return trustPolicy(this.parts.vkeys, this.parts.cosigner?.lines);
  }

  async close(): Promise<void> {
    if (this.isClosing) return;
    this.stopTicking();
    this.writeGap();
    this.isClosing = true;
    await this.parts.journal.close();
    if (this.state() === "closed") await this.lastCheckpoint();
  }

  /** What waits for the guard, or for room, is published at the next start: the entries are durable. */
  private async lastCheckpoint(): Promise<void> {
    try {
      await this.checkpoint();
    } catch (error) {
      if (!(error instanceof RecordError) || (!WAITS.has(error.code) && error.code !== "RECORD_FULL")) throw error;
      this.parts.log.fault("record.tick_failed", { code: error.code });
    }
  }

  /** The journal's: these entries are durable and in the tree. */
  onDurable(entries: readonly FramedEntry[]): void {
    const { config, leaves } = this.parts;
    for (const { leaf } of entries) leaves.push(leaf);
    if (this.gap.count > 0) this.writeGap();
    if (leaves.unpublishedBytes > config.unpublishedBytes * PUBLISH_EARLY) void this.tick();
    const listeners = [...this.listeners];
    // after this turn: whoever waits for these entries is answered before the onlookers are told
    if (listeners.length > 0) setImmediate(() => this.tell(entries, listeners));
  }

  private tell(entries: readonly FramedEntry[], listeners: readonly ((entry: RecordedEntry) => void)[]): void {
    const { reader, log } = this.parts;
    for (const { index, leaf, hash } of entries) {
      const entry = reader.entry(index, leaf, hash);
      for (const listener of listeners) {
        if (!this.listeners.has(listener)) continue; // it left meanwhile
        try {
          listener(entry);
        } catch (error) {
          // a listener's fault must not become the writer's
          log.fault("record.listener_failed", { index, error: error instanceof Error ? error.name : "unknown" });
        }
      }
    }
  }

  private noteWithin(share: number, draft: EntryDraft, id?: EntryId): void {
    const at = this.parts.clock.now();
    const missed = (error: unknown): void => {
      this.gap.add(at);
      const code = error instanceof RecordError ? error.code : "RECORD_ENTRY_MALFORMED";
      // the others pass with time; a draft that no log can hold is a fault of the room that made it
      if (code === "RECORD_ENTRY_MALFORMED" || code === "RECORD_ENTRY_TOO_LARGE") {
        this.parts.log.fault("record.note_refused", { code, type: draft.type });
      }
    };
    try {
      this.submit(draft, id, share, { durable: () => undefined, failed: missed });
    } catch (error) {
      missed(error);
    }
  }

  private submit(draft: EntryDraft, id: EntryId | undefined, share: number, fate: Fate): void {
    const { writer, journal, references, intents, config } = this.parts;
    if (this.isClosing) throw new RecordError("RECORD_DOWN", "appending: the record is closed");
    const step = writer.clockStep();
    if (step !== undefined) this.noteWithin(SHARE.outcome, step);
    const { text, bytes, id: entryId, at } = writer.write(draft, id);
    this.refuseIfBusy(bytes, share);
    journal.enqueue({
      text,
      bytes,
      durable: ({ index, hash }) => {
        references.add(index, entryId);
        intents.wrote(index, hash, draft);
        const ref = { log: config.origin, index: parseEntryIndex(index), leaf: base64urlOf(hash) };
        fate.durable({ ref, id: entryId, at });
      },
      failed: fate.failed,
    });
  }

  private refuseIfBusy(bytes: number, share: number): void {
    const { journal, leaves, config } = this.parts;
    const { held } = journal;
    const isOver = held.entries + 1 > config.queue.entries * share || held.bytes + bytes > config.queue.bytes * share;
    if (isOver) throw new RecordError("RECORD_BUSY", "appending: too many entries wait for the disk");
    if (leaves.unpublishedBytes > config.unpublishedBytes * share) {
      throw new RecordError("RECORD_BUSY", "appending: too many entries wait for a checkpoint");
    }
  }

  /** @throws RecordError RECORD_FULL, RECORD_ROLLBACK */
  private refuseEffects(): void {
    if (this.isLow()) throw full("appending: too little room on the disk for new effects");
    if (!this.parts.publisher.isRolledBack) return;
    throw new RecordError("RECORD_ROLLBACK", "appending: the guard has a head that this log did not put there");
  }

  /** What the world was told, where it covers this entry. @throws RecordError RECORD_UNPUBLISHED */
  private async publishedOver(index: number): Promise<Head> {
    const { publisher, quorum } = this.parts;
    // while the quorum is missed the next look of the clock asks the witnesses, not everybody who wants a proof
    if (index >= publisher.published.size && quorum.state.state !== "missed") await this.checkpoint();
    if (index < publisher.published.size) return publisher.published;
    throw new RecordError(
      "RECORD_UNPUBLISHED",
      `proving entry ${index}: too few witnesses cosigned a checkpoint over it`,
    );
  }

  private rollback(): RecordStatus["rollback"] {
    if (this.parts.isGuarded) return "detected by the guard";
    return this.parts.cosigner === undefined ? "not detectable" : "detected by witnesses";
  }

  private isLow(): boolean {
    const { journal, disk, reserve } = this.parts;
    return journal.state === "full" || disk.usableBytes === 0 || !reserve.isHeld;
  }

  private state(): RecordStatus["state"] {
    const { state } = this.parts.journal;
    if (state === "open" && this.parts.publisher.isRolledBack) return "rollback";
    return state === "open" && this.isLow() ? "full" : state;
  }

  private async tick(): Promise<void> {
    const { disk, journal, reserve, publisher, log } = this.parts;
    if (this.isTicking || this.isClosing) return;
    this.isTicking = true;
    try {
      await disk.look();
      if (disk.usableBytes > 0) journal.retry();
      if (disk.isWell) await reserve.restore();
      this.tellMode();
      if (this.gap.count > 0) this.writeGap();
      if (publisher.isDue) await this.checkpoint();
    } catch (error) {
      log.fault("record.tick_failed", {
        code: error instanceof RecordError ? error.code : (errorCode(error) ?? "unknown"),
      });
    } finally {
      this.isTicking = false;
    }
  }

  /** Effects are refused from now on, or no longer: that is an entry (record L17). */
  private tellMode(): void {
    const isDegraded = this.isLow();
    if (isDegraded === this.isDegraded) return;
    this.isDegraded = isDegraded;
    const freeBytes = Math.min(this.parts.disk.freeBytes, Number.MAX_SAFE_INTEGER);
    const data = jsonObject([["freeBytes", freeBytes]]);
    const because = isDegraded ? "too little room on the disk: effects are refused" : "there is room on the disk again";
    const name = isDegraded ? "degraded.entered" : "degraded.left";
    this.noteWithin(SHARE.outcome, { type: "admin", name, by: "system", because, data });
  }

  private async publish(): Promise<string> {
    const { journal, publisher } = this.parts;
    if (journal.state === "down") throw new RecordError("RECORD_DOWN", "publishing: the record stopped");
    try {
      return (await publisher.publish()).note;
    } catch (cause) {
      if (isFull(cause)) throw full("publishing: no room on the disk", cause);
      if (cause instanceof RecordError && WAITS.has(cause.code)) throw cause;
      journal.fail(cause);
      throw new RecordError("RECORD_DOWN", "publishing: the record stopped", { cause });
    }
  }

  private writeGap(): void {
    const draft = this.gap.take();
    if (draft === undefined) return;
    const putBack = (): void => this.gap.putBack(draft);
    try {
      this.submit(draft, undefined, SHARE.most, { durable: () => undefined, failed: putBack });
    } catch {
      putBack(); // no room yet: the next batch or tick tries again
    }
  }
}

/** Does the entry let something happen, so that it is refused first when the disk runs low (record L17)? */
function letsThrough(draft: EntryDraft): boolean {
  return draft.type === "decision" && draft.shape !== "attempt";
}

async function gathered(entries: AsyncIterable<RecordedEntry>): Promise<readonly RecordedEntry[]> {
  const all: RecordedEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}
