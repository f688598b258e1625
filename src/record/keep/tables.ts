// SPDX-License-Identifier: Apache-2.0
// The tables of keeping and erasing: what of the record may be erased, and who decided that.
import { sql } from "kysely";
import type { AnyDb } from "../../core/index.ts";

export type KeepTables = {
  /** Keys of erasure domains, sealed: without its row a domain is erased. */
  readonly record_domain_key: {
    readonly tenant: string;
    readonly id: string;
    /** A person's id, or a day. */
    readonly owner: string;
    readonly sealed: string;
    readonly made: number;
  };
  /** Holds and erasures. */
  readonly record_keeping: {
    readonly tenant: string;
    readonly kind: string;
    readonly id: string;
    /** JSON. */
    readonly about: string;
    /** JSON of the entry that tells of the last change, until that is durable. */
    readonly entry: string | null;
  };
};

/** The store's handle with these tables on it. */
export function tables(db: AnyDb): ReturnType<typeof db.$extendTables<KeepTables>> {
  return db.$extendTables<KeepTables>();
}

export async function domainKeys(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("record_domain_key")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("sealed", "text", (c) => c.notNull())
    .addColumn("made", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("record_domain_key_pk", ["tenant", "id"])
    .addUniqueConstraint("record_domain_key_owner", ["tenant", "owner"])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}

export async function keeping(db: AnyDb): Promise<void> {
  await db.schema
    .createTable("record_keeping")
    .addColumn("tenant", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("about", "text", (c) => c.notNull())
    .addColumn("entry", "text")
    .addPrimaryKeyConstraint("record_keeping_pk", ["tenant", "id"])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}
