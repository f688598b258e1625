// SPDX-License-Identifier: Apache-2.0
// What the relay is given and gives back: plain values, so that any HTTP server can carry it.
import type { Bytes } from "../../core/index.ts";

export interface GateRequest {
  readonly method: string;
  /** Lower-case names; a header that came twice is joined as HTTP does, but for `dpop`, which is in its own list. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly dpop: readonly string[];
  readonly body: Bytes;
  /** Aborts when the client closes before its answer is sent whole. */
  readonly gone?: AbortSignal;
}

export interface GateResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In place of a body: server-sent events as they come. Whoever stops reading ends the stream. */
  readonly events?: AsyncIterable<string>;
}
