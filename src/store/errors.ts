// SPDX-License-Identifier: Apache-2.0
// The faults of this room, and how SQLite's result codes become them: callers match on a word, never on a number.
import { BailiwickError } from "../core/index.ts";

export type StoreErrorCode =
  | "STORE_CONFLICT"
  | "STORE_FOREIGN_KEY"
  | "STORE_CONSTRAINT"
  | "STORE_BUSY"
  | "STORE_FULL"
  | "STORE_IO"
  | "STORE_CORRUPT"
  | "STORE_READONLY"
  | "STORE_DOWN"
  | "STORE_TIMEOUT"
  | "STORE_ADDRESS"
  | "STORE_SERVER_UNFIT"
  | "STORE_QUERY"
  | "STORE_VALUE"
  | "STORE_TX_NESTED"
  | "STORE_TX_OVER"
  | "STORE_TX_FAILED"
  | "STORE_SETTING"
  | "STORE_SQLITE_OLD"
  | "STORE_FILE_FOREIGN"
  | "STORE_FILE_EXPOSED"
  | "STORE_DIRECTORY_OPEN"
  | "STORE_LOCKED"
  | "STORE_SCHEMA_NEWER"
  | "STORE_SCHEMA_CHANGED"
  | "STORE_SCHEMA_MALFORMED"
  | "STORE_MIGRATION_FAILED"
  | "STORE_BACKUP_TAKEN"
  | "STORE_BACKUP_DAMAGED"
  | "STORE_RESTORE_TAKEN"
  | "STORE_SEAL_MISSING"
  | "STORE_SEAL_WRONG"
  | "STORE_KEY_NAME"
  | "STORE_KEY_WRONG";

/** A fault of the store: what it was doing, and one of a closed list of codes. */
export class StoreError extends BailiwickError<StoreErrorCode> {}

/** Extended result codes that say more than their primary code (sqlite.org/rescode.html). */
const EXTENDED: ReadonlyMap<number, StoreErrorCode> = new Map([
  [1555, "STORE_CONFLICT"], // SQLITE_CONSTRAINT_PRIMARYKEY
  [2067, "STORE_CONFLICT"], // SQLITE_CONSTRAINT_UNIQUE
  [2579, "STORE_CONFLICT"], // SQLITE_CONSTRAINT_ROWID
  [787, "STORE_FOREIGN_KEY"], // SQLITE_CONSTRAINT_FOREIGNKEY
]);

const PRIMARY: ReadonlyMap<number, StoreErrorCode> = new Map([
  [5, "STORE_BUSY"],
  [6, "STORE_BUSY"],
  [8, "STORE_READONLY"],
  [10, "STORE_IO"],
  [11, "STORE_CORRUPT"],
  [13, "STORE_FULL"],
  [14, "STORE_IO"], // SQLITE_CANTOPEN
  [19, "STORE_CONSTRAINT"],
  [26, "STORE_CORRUPT"], // SQLITE_NOTADB
]);

/** The word for what node:sqlite threw. */
export function codeOf(error: unknown): StoreErrorCode {
  if (error instanceof StoreError) return error.code;
  if (!(error instanceof Error)) return "STORE_QUERY";
  if ("errcode" in error && typeof error.errcode === "number") {
    return EXTENDED.get(error.errcode) ?? PRIMARY.get(error.errcode & 0xff) ?? "STORE_QUERY";
  }
  // a value that cannot be bound, or an integer that no double holds exactly
  const refused = "code" in error && (error.code === "ERR_OUT_OF_RANGE" || error.code === "ERR_INVALID_ARG_TYPE");
  return refused ? "STORE_VALUE" : "STORE_QUERY";
}
