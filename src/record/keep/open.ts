// SPDX-License-Identifier: Apache-2.0
// The keys of erasure domains in the store (record L7).
import type { KeyObject } from "node:crypto";
import type { AnyDb, Clock, Custody, Random, Store } from "../../core/index.ts";
import { instant } from "../../core/index.ts";
import { type DomainRow, Domains, openDomain } from "./domains.ts";
import { tables } from "./tables.ts";

/** What the key is for that seals the others. */
const SEALED_FOR = "record/domains";

export interface DomainsPorts {
  readonly store: Store;
  readonly custody: Pick<Custody, "derive">;
  readonly clock: Clock;
  readonly random: Random;
}

/** @throws RecordError RECORD_KEY_MISMATCH, StoreError */
export async function openDomains({ store, custody, ...ports }: DomainsPorts, tenant: string): Promise<Domains> {
  const add = async (row: DomainRow): Promise<void> => {
    await store.tx("record.domain", (db) =>
      tables(db)
        .insertInto("record_domain_key")
        .values({ tenant, ...row })
        .execute(),
    );
  };
  const rows = await readDomains(store.read, tenant);
  return new Domains({ ...ports, shelf: { add }, under: custody.derive(SEALED_FOR) }, rows);
}

/** Keys of the domains that are not erased, by id; to read what another process keeps. */
export async function readDomainKeys(
  { read }: Pick<Store, "read">,
  custody: Pick<Custody, "derive">,
  tenant: string,
): Promise<ReadonlyMap<string, KeyObject>> {
  const under = custody.derive(SEALED_FOR);
  const rows = await readDomains(read, tenant);
  return new Map(rows.map((row) => [row.id, openDomain(row, under).key]));
}

/** Keys of erasure domains as they are stored. */
export async function readDomains(db: AnyDb, tenant: string): Promise<readonly DomainRow[]> {
  const rows = await tables(db).selectFrom("record_domain_key").selectAll().where("tenant", "=", tenant).execute();
  return rows.map(({ id, owner, sealed, made }) => ({ id, owner, sealed, made: instant(made) }));
}
