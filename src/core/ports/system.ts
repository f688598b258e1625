// SPDX-License-Identifier: Apache-2.0
// What every room takes from the machine, so that tests can hold it still.
import type { Bytes } from "../ids.ts";
import type { Instant } from "../time.ts";

export interface Clock {
  /** Wall clock, for deadlines. */
  now(): Instant;
  /** Milliseconds since some start, never back: for durations. */
  monotonic(): number;
}

export interface Timers {
  /** Runs `work` once after `ms`; the returned function cancels. */
  after(ms: number, work: () => void): () => void;
  /** Runs `work` each `ms`; the returned function stops it. */
  every(ms: number, work: () => void): () => void;
}

export interface Random {
  bytes(count: number): Bytes;
  /** A new lower-case UUIDv7 (RFC 9562 section 5.7). */
  id(): string;
}

/** Faults only: what happened is an entry or a signal. A literal code and fields, never prose with values in it. */
export interface Log {
  fault(code: string, fields: Readonly<Record<string, string | number | boolean>>): void;
}
