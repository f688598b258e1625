// SPDX-License-Identifier: Apache-2.0
import type { KeyObject } from "node:crypto";
import type { Kysely } from "kysely";

/** Tables are typed by the room that owns them: `store.read.$extendTables<MyTables>()`. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- a database that declares no table yet
export type AnyDb = Kysely<Record<never, never>>;

export interface Store {
  /** Queries that change nothing, on a reader. */
  readonly read: AnyDb;
  /** One serialisable transaction; durable when the promise resolves. `fn` awaits database calls only. */
  tx<T>(name: string, fn: (db: AnyDb) => Promise<T>): Promise<T>;
  /** Resolves once no file of the database holds anything of rows that were deleted. Rejects STORE_BUSY: ask again. */
  scrub(): Promise<void>;
  /** What stops it from working, in a few words, or `ok`. */
  health(): { readonly ok: boolean; readonly why: string };
  close(): Promise<void>;
}

/** What one room wants of the schema: forward-only steps, each one transaction, named `<room>-0001-what`. */
export interface RoomSchema {
  readonly room: string;
  readonly migrations: readonly Migration[];
  /** Tables whose rows are keys: a backup keeps them apart from what they open. */
  readonly keys?: readonly string[];
}

export interface Migration {
  readonly name: string;
  up(db: AnyDb): Promise<void>;
}

/** `ML-DSA-44` (FIPS 204) only where {@link Custody.algorithms} has it: the runtime's OpenSSL must know it. */
export type KeyAlgorithm = "Ed25519" | "ES256" | "ML-DSA-44";

/** Keys at rest, sealed under the key in `keys/seal` (store S17, identify I60). */
export interface Custody {
  /** The key pair of this name, made and sealed at the first call. */
  keyPair(
    name: string,
    algorithm: KeyAlgorithm,
  ): Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }>;
  /** The kinds of keys that can be made and used here. */
  readonly algorithms: ReadonlySet<KeyAlgorithm>;
  /** A 32-byte secret for one purpose, derived from the seal key (HKDF-SHA-256). */
  derive(purpose: string): KeyObject;
}
