// SPDX-License-Identifier: Apache-2.0
import type { EntryDraft, EntryHeader } from "../entry/entry.ts";
import type { Bytes, Commitment, EntryRef, ErasureDomainId, IdentityId, TaskId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { HoldId } from "../label.ts";
import type { Instant } from "../time.ts";

export interface Receipt {
  readonly ref: EntryRef;
  readonly id: EntryHeader["id"];
  readonly at: Instant;
}

export interface Recorder {
  /**
   * Resolves once the entry is on disk. Rejects RECORD_BUSY, RECORD_FULL, RECORD_DOWN, RECORD_ENTRY_MALFORMED or
   * RECORD_ENTRY_TOO_LARGE; never half.
   * `id` names the entry where the caller must know its id before (an interaction's).
   */
  append(draft: EntryDraft, options?: { readonly id?: EntryHeader["id"] }): Promise<Receipt>;
  /**
   * For what tightens (record L15): takes effect at once and never holds anything up. What cannot be written is counted,
   * and the count becomes a `gap` entry when writing works again.
   */
  note(draft: EntryDraft, options?: { readonly id?: EntryHeader["id"] }): void;
  /** What an append would find now, so that work can be refused before it is done. */
  room(): { readonly entries: number; readonly bytes: number };
  /** The erasure domain of a task (record L7), from memory: of its person, else of the UTC day on which it began. */
  domain(owner: TaskOwner): ErasureDomainId;
  /** `c1:` commitment (record L6): equal content of one field in one task gives an equal value, and nowhere else. */
  commit(owner: TaskOwner, field: string, content: Bytes): Commitment;
}

/** A task, and the person who opened it: a standing is one. */
export interface TaskOwner {
  readonly mandate: { readonly task: TaskId };
  readonly person?: IdentityId;
}

/** An entry as it was read back: header and draft in one object. */
export interface RecordedEntry {
  readonly ref: EntryRef;
  readonly entry: JsonObject;
}

export interface EntrySource {
  /** Durable entries in order, `from` inclusive to `to` exclusive. */
  read(range: { readonly from: number; readonly to?: number }): AsyncIterable<RecordedEntry>;
  /** Number of durable entries. */
  size(): number;
  /** Called for each entry once it is durable and whoever waits for it was told. The returned function ends it at once. */
  live(callback: (entry: RecordedEntry) => void): () => void;
}

/** Hides texts so that equal ones still look equal, to whoever has the same key (decide D45). */
export interface SealKey {
  /** By this name the key is found again, for as long as it is kept. */
  readonly id: string;
  /** 22 characters of base64url: HMAC-SHA-256 of the text, cut to 16 bytes. */
  seal(text: string): string;
}

/** The keys of slices. */
export interface Seals {
  /** From memory. */
  current(): SealKey;
  /** 22 characters that nobody can guess: what makes the digest of a slice say nothing once the slice is gone. */
  salt(): string;
}

/** Slices beside their entries (record L5): kept for a while, under keys of their own. */
export interface Slices {
  /**
   * Sealed under the key of the day and that of its erasure domain, where it has one.
   * Never waits and never throws: a slice that is lost makes a decision undecidable later, and stops nothing now.
   */
  put(id: EntryHeader["id"], text: string, domain?: ErasureDomainId): void;
  /** Nothing where it was not kept, or is erased. */
  get(id: EntryHeader["id"]): Promise<string | undefined>;
  /** The key that sealed a slice; nothing where it is erased. */
  key(id: string): Promise<SealKey | undefined>;
}

/** What a hold keeps, or what is asked about: everything where no member narrows it (record L41). */
export interface HoldScope {
  readonly person?: IdentityId;
  /** Inclusive; from the first where absent. */
  readonly from?: Instant;
  /** Exclusive; without end where absent. */
  readonly to?: Instant;
}

/** The one register of legal holds. */
export interface Holds {
  /** Holds in force that touch any of it. From memory. */
  on(scope: HoldScope): readonly HoldId[];
}
