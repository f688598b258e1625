// SPDX-License-Identifier: Apache-2.0
// What the main thread asks a connection's thread, and what comes back.
import type { Row, SqlValue } from "./connection.ts";
import { StoreError, type StoreErrorCode } from "./errors.ts";

export type Work =
  | { readonly op: "query" | "stream"; readonly sql: string; readonly values: readonly SqlValue[] }
  | { readonly op: "next"; readonly cursor: number; readonly count: number }
  | { readonly op: "drop"; readonly cursor: number }
  | { readonly op: "rollback" }
  | { readonly op: "close" };
export type Request = Work & { readonly id: number };

/** An Error loses its fields on the way, so a fault crosses as a word and sentences. */
export interface Fault {
  readonly code: StoreErrorCode;
  readonly message: string;
  readonly fix: string | undefined;
}
export type Answer =
  | { readonly id: number; readonly rows: readonly Row[]; readonly changes: number; readonly done?: boolean }
  | { readonly id: number; readonly fault: Fault };
export type Good = Exclude<Answer, { readonly fault: unknown }>;

/** One connection, wherever it runs. */
export interface DatabaseThread {
  /** Requests that have no answer yet. */
  readonly load: number;
  /** @throws StoreError of whatever SQLite said, STORE_DOWN when the thread is gone */
  call(work: Work): Promise<Good>;
  /** Closes the connection and waits for the thread to end. */
  close(): Promise<void>;
}

export function faultError({ code, message, fix }: Fault): StoreError {
  return new StoreError(code, message, fix === undefined ? {} : { fix });
}
