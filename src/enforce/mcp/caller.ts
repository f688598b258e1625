// SPDX-License-Identifier: Apache-2.0
// One proven request on its way, whatever revision it is of.
import type { Refusal, Standing } from "../../core/index.ts";
import type { EnforceConfig } from "../config.ts";
import type { Waiting } from "../passage.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import type { Forwarder } from "./forward.ts";
import type { GateRequest } from "./http.ts";
import type { Heard, Link, StreamTurn } from "./link.ts";
import type { Message } from "./message.ts";
import type { Progress, Told } from "./progress.ts";
import type { Client } from "./revision.ts";
import type { Slots } from "./slots.ts";
import type { Links } from "./upstream/links.ts";

export type Asked = Extract<Message, { kind: "request" }>;
export type No = Pick<Refusal, "code" | "why" | "order">;

/** Who asks which server, and when. */
export interface Turn {
  readonly server: UpstreamServer;
  readonly standing: Standing;
  readonly headers: GateRequest["headers"];
  /** By the monotonic clock. */
  readonly arrived: number;
}

/** What every revision needs. */
export interface RelayParts {
  readonly config: EnforceConfig;
  readonly forwarder: Forwarder;
  readonly slots: Slots;
  readonly links: Links;
}

/** A conversation with one upstream on behalf of one instance. */
export interface Conversation {
  readonly link: Link;
  /** Cursors that the upstream gave it: no other one goes up (E32). */
  readonly cursors: Set<string>;
}

/** One request in a conversation. */
export interface Exchange {
  readonly turn: Turn;
  readonly with: Conversation;
  readonly client: Client;
  readonly message: Asked;
  /** What may be said before the answer; absent where the client takes no events. */
  readonly told: Told | undefined;
  readonly signal: AbortSignal;
  /** Given what the upstream says while it works; only its log is kept where nobody takes it. */
  readonly hear?: (heard: Heard, progress: Progress | undefined) => void;
  /** Told how the upstream's answer comes, so that it goes down in the same way. */
  readonly stream?: (what: StreamTurn) => void;
  /** Given what people are asked, where the client was told of their page. */
  readonly shown?: (waiting: Waiting) => void;
}
