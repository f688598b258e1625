// SPDX-License-Identifier: Apache-2.0
// Puts the header before a draft (record L2): where, when, for whom, and a nonce. Time never goes back within a log.
import {
  type AdminDraft,
  type Clock,
  type EntryDraft,
  type EntryHeader,
  type EntryId,
  type Instant,
  instant,
  parseEntryId,
  type Random,
} from "../../core/index.ts";
import { type Leaf, leafOf } from "./leaf.ts";

/** UNIT: ms. A wall clock that moves by more than this against the monotonic one was set. SOURCE: record L2. */
export const CLOCK_STEP_MS = 500;
/** Nonces are drawn in bulk: one call of the system for many entries. */
const NONCE_BYTES = 16;
const NONCES = 256;

export interface WrittenEntry extends Leaf {
  readonly id: EntryId;
  readonly at: Instant;
}

export interface EntryWriterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly origin: string;
  readonly node: string;
  readonly tenant: string;
  /** Time of the last entry in the log. */
  readonly last: Instant;
}

export class EntryWriter {
  private readonly options: EntryWriterOptions;
  private last: Instant;
  /** Wall and monotonic time when the clock was last looked at. */
  private seen: { readonly wall: number; readonly monotonic: number };
  private nonces: Buffer = Buffer.alloc(0);
  private nextNonce = 0;

  constructor(options: EntryWriterOptions) {
    this.options = options;
    this.last = options.last;
    // a start knows no monotonic time from before: that the clock went back shows in the last entry
    const wall = options.clock.now();
    this.seen = { wall: Math.max(options.last, wall), monotonic: options.clock.monotonic() };
  }

  /** The entry for a clock that was set since the last look, if it was. */
  clockStep(): AdminDraft | undefined {
    const { clock } = this.options;
    const now = { wall: clock.now(), monotonic: clock.monotonic() };
    const stepMs = Math.round(now.wall - this.seen.wall - (now.monotonic - this.seen.monotonic));
    this.seen = now;
    if (Math.abs(stepMs) <= CLOCK_STEP_MS) return undefined;
    return { type: "admin", name: "clock.stepped", by: "system", because: "the clock was set", data: { stepMs } };
  }

  /** @throws RecordError RECORD_ENTRY_MALFORMED or RECORD_ENTRY_TOO_LARGE */
  write(draft: EntryDraft, id: EntryId | undefined): WrittenEntry {
    const { clock, random, origin, node, tenant } = this.options;
    const header: EntryHeader = {
      v: 1,
      id: id ?? parseEntryId(random.id()),
      log: origin,
      at: instant(Math.max(this.last, clock.now())),
      node,
      tenant,
      nonce: this.nonce(),
    };
    const leaf = leafOf({ ...draft, ...header });
    this.last = header.at;
    return { ...leaf, id: header.id, at: header.at };
  }

  private nonce(): string {
    if (this.nextNonce === this.nonces.length) {
      this.nonces = Buffer.from(this.options.random.bytes(NONCE_BYTES * NONCES));
      this.nextNonce = 0;
    }
    this.nextNonce += NONCE_BYTES;
    return this.nonces.toString("base64url", this.nextNonce - NONCE_BYTES, this.nextNonce);
  }
}
