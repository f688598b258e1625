// SPDX-License-Identifier: Apache-2.0
// What the cases of the contract share: the tables, names that nobody has used, and the short ways to a row.
import type { Kysely, Selectable } from "kysely";
import type { AnyDb } from "../../core/index.ts";
import type { OpenedStore } from "../transactions.ts";
import type { ContractTables } from "./contract-schema.ts";

type Db = Kysely<ContractTables>;

export function tables(db: AnyDb): Db {
  return db.$extendTables<ContractTables>();
}

let last = 0;
export const fresh = (): string => `item-${String((last += 1)).padStart(6, "0")}`;

export interface ContractWorld {
  readonly store: () => OpenedStore;
  readonly read: () => Db;
  readonly tx: <T>(fn: (db: Db) => Promise<T>) => Promise<T>;
  readonly put: (id: string, more?: { note?: string; n?: number }) => Promise<void>;
  readonly get: (id: string) => Promise<Selectable<ContractTables["try_item"]> | undefined>;
}

export function contractWorld(store: () => OpenedStore): ContractWorld {
  const read = (): Db => tables(store().read);
  const tx = <T>(fn: (db: Db) => Promise<T>): Promise<T> => store().tx("test", (db) => fn(tables(db)));
  return {
    store,
    read,
    tx,
    put: async (id, more = {}) => {
      await tx((db) =>
        db
          .insertInto("try_item")
          .values({ id, ...more })
          .execute(),
      );
    },
    get: (id) => read().selectFrom("try_item").selectAll().where("id", "=", id).executeTakeFirst(),
  };
}
