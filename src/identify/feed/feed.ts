// SPDX-License-Identifier: Apache-2.0
// The control feed in process: rows, their chain of heads, and the index over them. A restriction binds in memory at the call
// and is stored beside it; what could not be stored goes with the next transaction (identify I34, I35, I37).
import {
  type Clock,
  type ControlDraft,
  type ControlEntry,
  type ControlFeed,
  type Digest,
  FEED_START,
  type FeedView,
  feedHead,
  type Instant,
  type Log,
  type ScopeKey,
  type Store,
  type TenantId,
} from "../../core/index.ts";
import type { Changes, Rows } from "../changes.ts";
import { IdentifyError } from "../errors.ts";
import { tables } from "../schema.ts";
import { FeedIndex, type Verdict } from "./feed-index.ts";
import { readControl, writeControl } from "./feed-rows.ts";

/** Rows between two looks for those that bind nothing any more. */
const TIDY_EVERY = 4096;

export interface FeedPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly changes: Changes;
}

export class Feed implements ControlFeed, FeedView {
  private readonly ports: FeedPorts;
  private readonly tenant: TenantId;
  private readonly index = new FeedIndex();
  /** Rows that may still bind, for subscribers that come later. */
  private kept: ControlEntry[] = [];
  /** Bound but not known to be stored, oldest first. */
  private unstored: ControlEntry[] = [];
  /** Last row of the newest {@link write}, whose transaction may still fail. */
  private written = 0;
  private last: { readonly seq: number; readonly head: Digest } = { seq: 0, head: FEED_START };
  private loaded = false;
  private readonly subscribers = new Set<(entry: ControlEntry) => void>();

  constructor(ports: FeedPorts, tenant: TenantId) {
    this.ports = ports;
    this.tenant = tenant;
    ports.changes.mirror(() => this.load());
  }

  effect(keys: readonly ScopeKey[], issued: Instant): Verdict {
    return this.index.effect(keys, issued);
  }

  seq(): number {
    return this.last.seq;
  }

  /** In process nothing lies between a row and its index, once the rows were read. */
  fresh(): boolean {
    return this.loaded;
  }

  head(): { readonly seq: number; readonly head: Digest } {
    return this.last;
  }

  append(drafts: readonly ControlDraft[]): { readonly seq: number; readonly durable: Promise<void> } {
    const { seq } = this.bind(drafts);
    const durable = this.ports.changes.run(async () => {
      await this.ports.store.tx("identify.feed", (db) => this.write(tables(db)));
      this.stored();
    });
    return { seq, durable };
  }

  subscribe(from: number, callback: (entry: ControlEntry) => void): () => void {
    for (const row of this.kept) if (row.seq > from) callback(row);
    this.subscribers.add(callback);
    return () => void this.subscribers.delete(callback);
  }

  /** Binds what tightens, now; the caller stores it with {@link write} in the transaction of its cause. */
  bind(drafts: readonly ControlDraft[]): { readonly seq: number } {
    const at = this.ports.clock.now();
    for (const draft of drafts) {
      const row = { ...draft, seq: this.last.seq + 1, at };
      const entry: ControlEntry = { ...row, head: feedHead(this.last.head, row) };
      this.last = { seq: entry.seq, head: entry.head };
      this.unstored.push(entry);
      // what loosens waits until it is stored
      if (entry.effect !== "none") this.publish(entry);
    }
    return this.last;
  }

  /** Writes every row that is not known to be stored. */
  readonly write: Rows = async (db) => {
    const rows = [...this.unstored]; // more may be bound while these are written
    for (const entry of rows) {
      await db
        .insertInto("id_feed")
        .values(writeControl(entry, this.tenant))
        .onConflict((c) => c.doNothing())
        .execute();
    }
    this.written = rows.at(-1)?.seq ?? this.written;
  };

  /** After the transaction of {@link write}: its rows are on disk. */
  stored(): void {
    const done = this.unstored.filter((entry) => entry.seq <= this.written);
    this.unstored = this.unstored.filter((entry) => entry.seq > this.written);
    for (const entry of done) if (entry.effect === "none") this.publish(entry);
  }

  private publish(entry: ControlEntry): void {
    this.index.apply(entry);
    if (entry.seq % TIDY_EVERY === 0) this.kept = this.kept.filter(({ exp }) => exp === undefined || exp > entry.at);
    this.kept.push(entry);
    for (const callback of this.subscribers) {
      try {
        callback(entry);
      } catch (error) {
        // a listener that fails must not keep the row from the others
        this.ports.log.fault("IDENTIFY_FEED_LISTENER", { error: error instanceof Error ? error.message : "unknown" });
      }
    }
  }

  private async load(): Promise<void> {
    if (this.loaded) return; // from then on memory is ahead of the rows
    const rows = await tables(this.ports.store.read)
      .selectFrom("id_feed")
      .selectAll()
      .where("tenant", "=", this.tenant)
      .orderBy("seq")
      .execute();
    for (const row of rows) {
      const entry = readControl(row);
      const { head, ...rest } = entry;
      if (entry.seq !== this.last.seq + 1 || feedHead(this.last.head, rest) !== head) {
        throw new IdentifyError("IDENTIFY_FEED_BROKEN", `reading the control feed: row ${entry.seq} does not follow`);
      }
      this.last = { seq: entry.seq, head };
      this.publish(entry);
    }
    this.loaded = true;
  }
}
