// SPDX-License-Identifier: Apache-2.0
// A conversation with one upstream, over whatever carries it: what the relay needs of a stdio child and of an HTTP server
// alike. A link belongs to one identity, and never to two.
import type { Clock, JsonObject, Log, Outbound, Timers } from "../../core/index.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import type { RequestId } from "./message.ts";

/** How a message says which revision it is of: in each message (2026-07-28), or once in `initialize` (before it). */
export type Era = "modern" | "legacy";

/** What a link takes from the machine. */
export interface LinkPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly outbound: Outbound;
}

/** Which upstream, and how it is reached. */
export type LinkedServer = Pick<UpstreamServer, "id" | "transport" | "era">;

/** Given what an upstream says outside of any request, and what nobody can tell the request of. */
export type Unasked = (heard: Heard) => void;

export interface Link {
  readonly era: Era;
  /**
   * Sends one request under an id of the gate's own and resolves with the upstream's answer: `result` or `error`, and
   * nothing else of its message. A client's id never goes up: two calls could share one, and it may say anything.
   * @throws EnforceError ENFORCE_UPSTREAM_GONE, ENFORCE_UPSTREAM_TIMEOUT, ENFORCE_CANCELLED; after a throw nobody knows what was done
   */
  ask(method: string, params: JsonObject, wait: Wait): Promise<Answer>;
  /** A notification, or the answer to something that the upstream asked. What cannot be delivered is lost, and logged. */
  tell(message: JsonObject): void;
  /** Ends the conversation, and whatever carried it. */
  stop(): Promise<void>;
  /** Resolves once it has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

export interface Wait {
  /** UNIT: ms. Left out where the request lasts as long as somebody listens (`subscriptions/listen`). */
  readonly ms?: number;
  /** The client does not want it any more. */
  readonly signal: AbortSignal;
  /** Asks the upstream to tell of its progress, and is given the `params` of each notification. */
  readonly progress?: (told: JsonObject) => void;
  /** Given whatever else the upstream says on behalf of this request, in order. */
  readonly hear?: (heard: Heard) => void;
  /** Told how the answer comes over HTTP: as a stream of events, and when that breaks off before the answer does. */
  readonly stream?: (what: StreamTurn) => void;
}

export type StreamTurn = "began" | "broke";

export interface Answer {
  readonly body: JsonObject;
  readonly bytes: number;
}

/** What an upstream says unasked. A request waits for `tell` with an answer under its `id`. */
export type Heard =
  | { readonly kind: "notification"; readonly method: string; readonly params: JsonObject }
  | { readonly kind: "request"; readonly id: RequestId; readonly method: string; readonly params: JsonObject };
