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

/** HTTP to somebody else. Nothing else in the program opens a connection. */
export interface Outbound {
  /**
   * Sends one request and resolves with the head of its answer. Where a name or an address leads is looked at when the
   * connection is made, and again at each redirect.
   * @throws BailiwickError where nothing could be reached, or may be; after that nobody knows what was done
   */
  request(asked: OutboundRequest): Promise<OutboundAnswer>;
}

export interface OutboundRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers for this origin alone: a redirect to another one goes without them. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request and its connection, also while its answer is read. */
  readonly signal: AbortSignal;
  /** UNIT: ms. Longest wait for the head of the answer. */
  readonly headMs: number;
  /** UNIT: ms. Longest silence within the answer; left out, it may be silent for ever. */
  readonly idleMs?: number;
  /** Redirects that are followed. */
  readonly redirects: number;
  /** Addresses of this host and of private networks may be reached. */
  readonly isPrivate: boolean;
}

export interface OutboundAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes as they come. Whoever leaves off reading ends the connection. */
  readonly body: AsyncIterable<Bytes>;
}

/** Faults only: what happened is an entry or a signal. A literal code and fields, never prose with values in it. */
export interface Log {
  fault(code: string, fields: Readonly<Record<string, string | number | boolean>>): void;
}
