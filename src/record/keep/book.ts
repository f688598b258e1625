// SPDX-License-Identifier: Apache-2.0
// A register of this room: rows in the store, each with the entry that tells of its last change. Row and entry are stored in
// one transaction, the entry is made durable after it, and what a crash left owing is written at the next start.
import { z } from "zod";
import {
  ADMIN_NAMES,
  type AdminDraft,
  type AnyDb,
  type EntryId,
  isJsonObject,
  parseEntryId,
  parseJson,
  type Random,
  type Recorder,
  type Reference,
  referenceOf,
  type Store,
} from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import { actorShape } from "./act.ts";
import { tables } from "./tables.ts";

export interface BookPorts {
  readonly store: Store;
  readonly recorder: Pick<Recorder, "append">;
  readonly random: Random;
}

export interface BookPlace<T> {
  readonly kind: "hold" | "erasure";
  readonly tenant: string;
  readonly shape: z.ZodType<T>;
}

/** What is told, and what else is written in the same transaction. */
export interface Change {
  readonly draft?: AdminDraft;
  readonly rows?: (db: AnyDb) => Promise<void>;
}

interface Owed {
  readonly id: EntryId;
  readonly draft: AdminDraft;
}

/** Changed one after the other: whoever writes waits for what was written before. */
export class Book<T extends { readonly id: string }> {
  private readonly ports: BookPorts;
  private readonly place: BookPlace<T>;
  private readonly all = new Map<string, T>();

  constructor(ports: BookPorts, place: BookPlace<T>) {
    this.ports = ports;
    this.place = place;
  }

  /** @throws RecordError RECORD_CORRUPT, StoreError */
  async open(): Promise<void> {
    const { kind, tenant, shape } = this.place;
    const rows = await tables(this.ports.store.read)
      .selectFrom("record_keeping")
      .select(["about", "entry"])
      .where("tenant", "=", tenant)
      .where("kind", "=", kind)
      .execute();
    for (const { about, entry } of rows) {
      const one = parsed(shape, about);
      if (entry !== null) await this.tell(one.id, parsed(draftShape, entry));
      this.all.set(one.id, one);
    }
  }

  get(id: string): T | undefined {
    return this.all.get(id);
  }

  /** Oldest first: ids begin with their time. */
  list(): readonly T[] {
    return [...this.all.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Binds from this call on, stored or not. */
  hold(one: T): void {
    this.all.set(one.id, one);
  }

  /** Counts once row and entry are durable. @throws StoreError, RecordError: where it was stored, it counts at the next start */
  async put(one: T, { draft, rows }: Change): Promise<Reference> {
    const { kind, tenant } = this.place;
    const id = parseEntryId(this.ports.random.id());
    const about = JSON.stringify(one);
    const entry = draft === undefined ? null : JSON.stringify({ id, draft });
    await this.ports.store.tx(`record.${kind}`, async (db) => {
      await tables(db)
        .insertInto("record_keeping")
        .values({ tenant, kind, id: one.id, about, entry })
        .onConflict((conflict) => conflict.columns(["tenant", "id"]).doUpdateSet({ about, entry }))
        .execute();
      await rows?.(db);
    });
    if (draft !== undefined) await this.tell(one.id, { id, draft });
    this.all.set(one.id, one);
    return referenceOf(id);
  }

  private async tell(of: string, { id, draft }: Owed): Promise<void> {
    await this.ports.recorder.append(draft, { id });
    await this.ports.store.tx("record.told", (db) =>
      tables(db)
        .updateTable("record_keeping")
        .set({ entry: null })
        .where("tenant", "=", this.place.tenant)
        .where("id", "=", of)
        .execute(),
    );
  }
}

const draftShape: z.ZodType<Owed> = z.object({
  id: z.string().transform(parseEntryId),
  draft: z.object({
    type: z.literal("admin"),
    name: z.enum(ADMIN_NAMES),
    by: actorShape,
    because: z.string(),
    data: z.unknown().transform((value) => {
      const json = parseJson(JSON.stringify(value));
      return isJsonObject(json) ? json : {};
    }),
  }),
});

function parsed<T>(shape: z.ZodType<T>, text: string): T {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new RecordError("RECORD_CORRUPT", "reading record_keeping: a row is not what this version writes", {
      cause,
      fix: "restore the database from a backup; do not edit its rows",
    });
  }
}
