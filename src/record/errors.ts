// SPDX-License-Identifier: Apache-2.0
import { BailiwickError } from "../core/index.ts";

export type RecordErrorCode =
  /** The queue is full; nothing was written. */
  | "RECORD_BUSY"
  /** The disk is full, or too full for new effects; nothing was written. */
  | "RECORD_FULL"
  /** The record stopped for ever, or is closed. */
  | "RECORD_DOWN"
  | "RECORD_ENTRY_MALFORMED"
  | "RECORD_ENTRY_TOO_LARGE"
  /** A file of the log is not what it must be. */
  | "RECORD_CORRUPT"
  /** The journal is behind what was published or put into the guard, or has another history. */
  | "RECORD_ROLLBACK"
  /** The guard does not answer: entries go on, and nothing new is published. */
  | "RECORD_GUARD"
  /** The folder is empty, and this log was begun before: nothing is begun in its place. */
  | "RECORD_MISSING"
  /** The published checkpoint was signed with another key. */
  | "RECORD_KEY_MISMATCH"
  | "RECORD_CONFIG"
  /** A content that is not what an entry committed to, or cannot be compared with it any more. */
  | "RECORD_OPENING_REFUSED"
  /** No entry has this index. */
  | "RECORD_NOT_FOUND"
  /** No published checkpoint covers the entry yet; a later one will. */
  | "RECORD_UNPUBLISHED";

/** A fault of the record. */
export class RecordError extends BailiwickError<RecordErrorCode> {}

/** No room on the disk. */
export function full(message: string, cause?: unknown): RecordError {
  return new RecordError("RECORD_FULL", message, cause === undefined ? {} : { cause });
}

/** The log has no such entry. @param what - that was to be proved */
export function notFound(what: string): RecordError {
  return new RecordError("RECORD_NOT_FOUND", `proving ${what}: the log has no such entry`);
}
