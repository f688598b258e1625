// SPDX-License-Identifier: Apache-2.0
// What the witness keeps, in the store. A checkpoint is taken in by one conditional statement: of two that race, one wins.
import type { Store } from "../../core/index.ts";
import { tables, type WitnessTables } from "./schema.ts";

/** Checkpoints of one log that are remembered, so that another one of the same size shows. */
export const SEEN_MAX = 4096;

export type StateRow = WitnessTables["record_witness_state"];
export type ForkRow = WitnessTables["record_witness_fork"];
export type SeenRow = WitnessTables["record_witness_seen"];

export class Rows {
  private readonly store: Pick<Store, "read" | "tx">;

  constructor(store: Pick<Store, "read" | "tx">) {
    this.store = store;
  }

  state(origin: string): Promise<StateRow | undefined> {
    const from = tables(this.store.read).selectFrom("record_witness_state");
    return from.selectAll().where("origin", "=", origin).executeTakeFirst();
  }

  states(): Promise<StateRow[]> {
    return tables(this.store.read).selectFrom("record_witness_state").selectAll().orderBy("origin").execute();
  }

  seen(origin: string, size: number): Promise<SeenRow | undefined> {
    const from = tables(this.store.read).selectFrom("record_witness_seen");
    return from.selectAll().where("origin", "=", origin).where("size", "=", size).executeTakeFirst();
  }

  forks(): Promise<ForkRow[]> {
    return tables(this.store.read).selectFrom("record_witness_fork").selectAll().orderBy("found", "desc").execute();
  }

  /** Is there a lie of this log that two people did not yet clear? */
  async isForked(origin: string): Promise<boolean> {
    const open = await tables(this.store.read)
      .selectFrom("record_witness_fork")
      .select("id")
      .where("origin", "=", origin)
      .where("cleared_again", "is", null)
      .executeTakeFirst();
    return open !== undefined;
  }

  /**
   * Takes a checkpoint in place of the one before, durably.
   * @param before - nothing where the log was never cosigned
   * @returns false, and nothing changed, where another one stands there by now
   */
  take(before: StateRow | undefined, next: StateRow, seen: SeenRow): Promise<boolean> {
    return this.store.tx("record.witness", async (db) => {
      const all = tables(db);
      const isTaken =
        before === undefined
          ? await all
              .insertInto("record_witness_state")
              .values(next)
              .onConflict((conflict) => conflict.column("origin").doNothing())
              .executeTakeFirstOrThrow()
              .then(({ numInsertedOrUpdatedRows }) => numInsertedOrUpdatedRows === 1n)
          : await all
              .updateTable("record_witness_state")
              .set({ size: next.size, root: next.root, note: next.note, at: next.at })
              .where("origin", "=", next.origin)
              .where("size", "=", before.size)
              .where("root", "=", before.root)
              .executeTakeFirstOrThrow()
              .then(({ numUpdatedRows }) => numUpdatedRows === 1n);
      if (!isTaken) return false;
      await all
        .insertInto("record_witness_seen")
        .values(seen)
        .onConflict((conflict) => conflict.columns(["origin", "size"]).doNothing())
        .execute();
      const tooOld = await all
        .selectFrom("record_witness_seen")
        .select("size")
        .where("origin", "=", next.origin)
        .orderBy("size", "desc")
        .limit(1)
        .offset(SEEN_MAX)
        .executeTakeFirst();
      if (tooOld !== undefined) {
        await all
          .deleteFrom("record_witness_seen")
          .where("origin", "=", next.origin)
          .where("size", "<=", tooOld.size)
          .execute();
      }
      return true;
    });
  }

  /** @returns whether it was not known before */
  addFork(fork: ForkRow): Promise<boolean> {
    return this.store.tx("record.witness.fork", async (db) => {
      const { numInsertedOrUpdatedRows } = await tables(db)
        .insertInto("record_witness_fork")
        .values(fork)
        .onConflict((conflict) => conflict.column("id").doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    });
  }

  /** One more person says so. @returns nothing where nothing was open, or this person had said so already */
  clear(id: string, by: string): Promise<"one" | "two" | undefined> {
    return this.store.tx("record.witness.clear", async (db) => {
      const all = tables(db);
      const second = await all
        .updateTable("record_witness_fork")
        .set({ cleared_again: by })
        .where("id", "=", id)
        .where("cleared_by", "is not", null)
        .where("cleared_by", "!=", by)
        .where("cleared_again", "is", null)
        .executeTakeFirstOrThrow();
      if (second.numUpdatedRows === 1n) return "two";
      const first = await all
        .updateTable("record_witness_fork")
        .set({ cleared_by: by })
        .where("id", "=", id)
        .where("cleared_by", "is", null)
        .executeTakeFirstOrThrow();
      return first.numUpdatedRows === 1n ? "one" : undefined;
    });
  }
}
