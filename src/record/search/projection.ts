// SPDX-License-Identifier: Apache-2.0
// Fills the rows by which entries are found (record L38): from durable entries only, after whoever waited for them was
// answered, in bounded batches. Rows and cursor move in one transaction, so a killed process loses nothing and doubles
// nothing; taking all of them away and starting again gives equal rows.
import type { AnyDb, EntrySource, Log, RecordedEntry, Store, Timers } from "../../core/index.ts";
import { RowWriter, rowsOf } from "./rows.ts";
import { tables } from "./schema.ts";
import { PROJECTION_FORM } from "./terms.ts";

/**
 * Entries of one transaction: some 800 rows, and about 20 ms of the store's own thread, which others wait for.
 * SOURCE: bench/record/search.ts
 */
export const BATCH_ENTRIES = 40;
/** UNIT: ms. How often it is looked whether entries came. No entry is looked at for that: whoever follows the log pays for it. */
export const PAUSE_MS = 100;
/** Looks that are let pass while more entries come between two of them than one batch holds: the gate has the machine first. */
export const BUSY_LOOKS = 10;
/** Looks that are let pass after a batch that failed. */
const FAILED_LOOKS = 50;
/** Rows that are taken away in one transaction. */
const CLEAR_ROWS = 1000;

export interface ProjectionPorts {
  readonly store: Pick<Store, "read" | "tx">;
  readonly entries: EntrySource;
  readonly timers: Timers;
  readonly log: Log;
}

interface Cursor {
  readonly next: number;
  readonly leaf: string;
  readonly form: number;
  readonly state: string;
}

export class Projection {
  private readonly ports: ProjectionPorts;
  private readonly origin: string;
  private readonly writer = new RowWriter();
  /** Entries before this one are in the rows. */
  private next = 0;
  /** One batch at a time; whoever comes waits for the one that runs. */
  private running: Promise<void> = Promise.resolve();
  private stopLooking: () => void = () => undefined;
  private isFilling = false;
  /** Entries at the last look. */
  private seen = 0;
  /** Looks that are still let pass. */
  private passed = 0;
  private isClosed = false;

  private constructor(ports: ProjectionPorts, origin: string) {
    this.ports = ports;
    this.origin = origin;
  }

  /** Goes on where the last process ended; rows of another form, or of another history, are made again. */
  static async open(ports: ProjectionPorts, origin: string): Promise<Projection> {
    const projection = new Projection(ports, origin);
    await projection.begin();
    return projection;
  }

  /** Entries before this index are found; those after it are not yet. */
  get indexedThrough(): number {
    return this.next;
  }

  get log(): string {
    return this.origin;
  }

  /** Fills in the background from now on. */
  start(): void {
    this.seen = this.ports.entries.size();
    this.stopLooking = this.ports.timers.every(PAUSE_MS, () => this.look());
  }

  /** Fills up to an entry that is durable now, without a pause. @param most - batches; what is left comes later */
  async catchUp(to: number = this.ports.entries.size(), most: number = Number.POSITIVE_INFINITY): Promise<void> {
    for (let batches = 0; this.next < to && batches < most && !this.isClosed; batches++) await this.step();
  }

  /** Takes every row of this log away, and starts again. */
  async rebuild(): Promise<void> {
    await this.alone(() => this.clear());
    await this.catchUp();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stopLooking();
    await this.running;
  }

  private look(): void {
    const size = this.ports.entries.size();
    const came = size - this.seen;
    this.seen = size;
    if (this.isFilling || this.next >= size) return;
    this.passed -= 1;
    if (this.passed > 0 || (this.passed < 0 && came > BATCH_ENTRIES)) {
      if (this.passed < 0) this.passed = BUSY_LOOKS;
      return;
    }
    void this.fill();
  }

  /** One batch, and then another one at once for as long as nothing comes meanwhile. */
  private async fill(): Promise<void> {
    const { entries, log } = this.ports;
    this.isFilling = true;
    this.passed = 0;
    try {
      const size = entries.size();
      do await this.step();
      while (this.next < size && entries.size() === size && !this.isClosed);
    } catch (error) {
      log.fault("record.projection_failed", {
        error: error instanceof Error ? error.name : "unknown",
        next: this.next,
      });
      this.passed = FAILED_LOOKS;
    }
    this.isFilling = false;
  }

  private step(): Promise<void> {
    return this.alone(async () => {
      const { entries, store } = this.ports;
      const to = Math.min(entries.size(), this.next + BATCH_ENTRIES);
      if (this.isClosed || this.next >= to) return;
      const some: RecordedEntry[] = [];
      for await (const recorded of entries.read({ from: this.next, to })) some.push(recorded);
      const rows = rowsOf(some);
      await store.tx("record projection", async (db) => {
        await this.writer.write(db, rows);
        await this.moveTo(db, { next: to, leaf: some.at(-1)?.ref.leaf ?? "", state: "filling" });
      });
      this.next = to;
    });
  }

  private alone(work: () => Promise<void>): Promise<void> {
    const mine = this.running.then(work);
    this.running = mine.catch(() => undefined); // whoever comes next is told of its own failure, not of this one
    return mine;
  }

  private async begin(): Promise<void> {
    const cursor = await tables(this.ports.store.read)
      .selectFrom("record_cursor")
      .select(["next", "leaf", "form", "state"])
      .where("log", "=", this.origin)
      .executeTakeFirst();
    if (cursor !== undefined && !(await this.holds(cursor))) return this.clear();
    this.next = cursor?.next ?? 0;
    return undefined;
  }

  /** Are the rows of this form, and of this very history? */
  private async holds({ next, leaf, form, state }: Cursor): Promise<boolean> {
    const { entries } = this.ports;
    if (form !== PROJECTION_FORM || state !== "filling" || next > entries.size()) return false;
    for await (const { ref } of entries.read({ from: next - 1, to: next })) return ref.leaf === leaf;
    return next === 0;
  }

  private async clear(): Promise<void> {
    const { store } = this.ports;
    this.next = 0;
    for (let left = true; left; ) {
      left = await store.tx("record projection clear", async (db) => {
        await this.moveTo(db, { next: 0, leaf: "", state: "clearing" });
        return (await this.clearTerms(db)) || (await this.clearIndex(db));
      });
    }
    await store.tx("record projection clear", (db) => this.moveTo(db, { next: 0, leaf: "", state: "filling" }));
  }

  private async clearTerms(db: AnyDb): Promise<boolean> {
    const result = await tables(db)
      .deleteFrom("record_term")
      .where((eb) =>
        eb(
          eb.refTuple("tenant", "term", "log", "idx"),
          "in",
          eb
            .selectFrom("record_term")
            .select(["tenant", "term", "log", "idx"])
            .where("log", "=", this.origin)
            .limit(CLEAR_ROWS)
            .$asTuple("tenant", "term", "log", "idx"),
        ),
      )
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  private async clearIndex(db: AnyDb): Promise<boolean> {
    const result = await tables(db)
      .deleteFrom("record_index")
      .where((eb) =>
        eb(
          eb.refTuple("tenant", "log", "idx"),
          "in",
          eb
            .selectFrom("record_index")
            .select(["tenant", "log", "idx"])
            .where("log", "=", this.origin)
            .limit(CLEAR_ROWS)
            .$asTuple("tenant", "log", "idx"),
        ),
      )
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  private async moveTo(db: AnyDb, to: Omit<Cursor, "form">): Promise<void> {
    const row = { ...to, form: PROJECTION_FORM };
    await tables(db)
      .insertInto("record_cursor")
      .values({ log: this.origin, ...row })
      .onConflict((conflict) => conflict.column("log").doUpdateSet(row))
      .execute();
  }
}
