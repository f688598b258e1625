// SPDX-License-Identifier: Apache-2.0
// What PostgreSQL and the way to it say, as the words of this room (PostgreSQL 15, appendix A). Of a message only what
// names our own schema is kept: others may hold the values of a row.
import { DatabaseError } from "pg";
import { StoreError, type StoreErrorCode } from "../errors.ts";

const STATES: ReadonlyMap<string, StoreErrorCode> = new Map([
  ["23505", "STORE_CONFLICT"], // unique_violation
  ["23503", "STORE_FOREIGN_KEY"], // foreign_key_violation
  ["23001", "STORE_FOREIGN_KEY"], // restrict_violation
  ["23502", "STORE_CONSTRAINT"], // not_null_violation
  ["23514", "STORE_CONSTRAINT"], // check_violation
  ["22P02", "STORE_CONSTRAINT"], // invalid_text_representation: text where a number belongs
  ["42804", "STORE_CONSTRAINT"], // datatype_mismatch
  ["22003", "STORE_VALUE"], // numeric_value_out_of_range
  ["22021", "STORE_VALUE"], // character_not_in_repertoire
  ["40001", "STORE_BUSY"], // serialization_failure
  ["40P01", "STORE_BUSY"], // deadlock_detected
  ["55P03", "STORE_BUSY"], // lock_not_available
  ["57014", "STORE_TIMEOUT"], // query_canceled
  ["25P03", "STORE_TIMEOUT"], // idle_in_transaction_session_timeout
  ["25006", "STORE_READONLY"], // read_only_sql_transaction
  ["25P02", "STORE_TX_FAILED"], // in_failed_sql_transaction
  ["53100", "STORE_FULL"], // disk_full
  ["58030", "STORE_IO"], // io_error
  ["XX001", "STORE_CORRUPT"], // data_corrupted
  ["XX002", "STORE_CORRUPT"], // index_corrupted
  ["57P01", "STORE_DOWN"], // admin_shutdown
  ["57P02", "STORE_DOWN"], // crash_shutdown
  ["57P03", "STORE_DOWN"], // cannot_connect_now
  ["57P05", "STORE_DOWN"], // idle_session_timeout
  ["53300", "STORE_DOWN"], // too_many_connections
  ["28000", "STORE_ADDRESS"], // invalid_authorization_specification
  ["28P01", "STORE_ADDRESS"], // invalid_password
  ["3D000", "STORE_ADDRESS"], // invalid_catalog_name: no such database
]);
/** Classes whose messages speak of statements and names, never of values. */
const TOLD = /^(?:42(?!804)|08|57|53|55|25|28|3D|40)/;

/** The fault of one statement, or of the way to the server. */
export function faultOf(cause: unknown, what = "using the database"): StoreError {
  if (cause instanceof StoreError) return cause;
  if (!(cause instanceof DatabaseError)) return new StoreError("STORE_DOWN", `${what}: ${lostHow(cause)}`, { cause });
  const state = cause.code ?? "";
  const code = STATES.get(state) ?? (state.startsWith("08") ? "STORE_DOWN" : "STORE_QUERY");
  const named = [cause.table, cause.constraint].filter((name) => name !== undefined).join(" ");
  const told = TOLD.test(state) ? cause.message : named;
  return new StoreError(code, `${what}: SQLSTATE ${state}${told === "" ? "" : `: ${told}`}`);
}

function lostHow(cause: unknown): string {
  if (cause instanceof AggregateError) return lostHow(cause.errors[0]);
  if (!(cause instanceof Error)) return "the connection failed";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}
