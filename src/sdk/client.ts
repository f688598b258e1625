// SPDX-License-Identifier: Apache-2.0
// The typed client of the control API. It holds no state but where to ask and with what, and no right of its own.
import {
  type ApprovalList,
  type DecisionView,
  type EntryPage,
  type EntryRow,
  readApprovals,
  readDecision,
  readEntries,
  readPage,
  readRow,
  readState,
  readStatus,
  type Status,
} from "./answers.ts";
import { SdkError } from "./errors.ts";
import { EventReader, type StreamEvent } from "./events.ts";
import { LIVE_READERS, type LiveEvent, type LiveTopic } from "./live.ts";
import {
  type ClockView,
  type ContainmentView,
  type DecisionList,
  type MinuteList,
  readClocks,
  readContainments,
  readDecisions,
  readMinutes,
  readSession,
  type SessionView,
} from "./now.ts";
import type { Part } from "./parts.ts";
import {
  type Connection,
  checkConnection,
  type Fetch,
  getJson,
  getStream,
  pieces,
  postJson,
  sendOnly,
} from "./request.ts";

export interface ClientOptions {
  /** Where the server listens, without a path: `http://localhost:7400`. */
  readonly baseUrl: string;
  /** Bearer token of the control API; left out in a browser, where the cookie of a session goes along. */
  readonly token?: string;
  /** The global one by default. */
  readonly fetch?: Fetch;
}

/** Every method throws SdkError: the server is away, says no, or answers what this client cannot read. */
export interface Client {
  status(): Promise<Status>;
  /** @param options - `from`: first index, negative counts from the end; `limit`: rows, the server's own by default */
  entries(options?: { readonly from?: number; readonly limit?: number }): Promise<EntryPage>;
  /** Every entry that an index, an entry id or a `BW-` reference names. */
  entry(key: string | number): Promise<readonly EntryRow[]>;
  decision(ref: string): Promise<DecisionView>;
  /** What waits for a person. */
  approvals(): Promise<ApprovalList>;
  /**
   * Says yes to one approval.
   * @param digest - of what the person was shown: the server refuses it (409) where something else waits
   * @returns the state after it; `pending` where others must agree too
   */
  approve(id: string, digest: string): Promise<string>;
  /** Says no to one approval. @returns the state after it */
  refuse(id: string, because: string): Promise<string>;
  /**
   * Entries as they become durable, until `signal` is aborted or the server ends the stream.
   * @param opened - called once the server answered: from here on nothing is missed
   */
  live(signal: AbortSignal, opened?: () => void): AsyncGenerator<EntryRow, void>;
  /**
   * What happens, by topic, until `signal` is aborted or the server ends the stream.
   * @param options - `since`: cursor of the last event that was read, so that nothing is missed over a break
   */
  follow(topics: readonly LiveTopic[], options: FollowOptions): AsyncGenerator<LiveEvent, void>;
  /** The newest decisions, newest first. */
  decisions(limit?: number): Promise<DecisionList>;
  /** How many decisions there were in each minute of the last hour. */
  minutes(): Promise<MinuteList>;
  containments(): Promise<readonly ContainmentView[]>;
  clocks(): Promise<readonly ClockView[]>;
  /** Whether this client is known to the server, and what the server keeps. */
  session(): Promise<SessionView>;
  /** Uses up a setup link: the server answers with the cookie of a session. */
  signIn(setup: string): Promise<void>;
  signOut(): Promise<void>;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly since?: string | undefined;
}

/** @throws SdkError SDK_BASE_URL_MALFORMED, SDK_TOKEN_MALFORMED */
export function createClient(options: ClientOptions): Client {
  const connection: Connection = { fetch: globalThis.fetch, ...options };
  checkConnection(connection);
  return {
    status: async () => readStatus(await getJson(connection, "/api/status")),
    entries: async (page = {}) => readPage(await getJson(connection, `/api/record/entries${query(page)}`)),
    entry: async (key) => readEntries(await getJson(connection, `/api/record/entries/${encodeURIComponent(key)}`)),
    decision: async (ref) => readDecision(await getJson(connection, `/api/decisions/${encodeURIComponent(ref)}`)),
    approvals: async () => readApprovals(await getJson(connection, "/api/approvals")),
    approve: async (id, digest) => readState(await postJson(connection, answerPath(id, "approve"), { digest })),
    refuse: async (id, because) => readState(await postJson(connection, answerPath(id, "refuse"), { because })),
    live: (signal, opened) => live(connection, signal, opened),
    follow: (topics, how) => followTopics(connection, topics, how),
    decisions: async (limit) =>
      readDecisions(await getJson(connection, `/api/decisions${query(limit === undefined ? {} : { limit })}`)),
    minutes: async () => readMinutes(await getJson(connection, "/api/decisions/minutes")),
    containments: async () => readContainments(await getJson(connection, "/api/containments")),
    clocks: async () => readClocks(await getJson(connection, "/api/clocks")),
    session: async () => readSession(await getJson(connection, "/api/session")),
    signIn: (setup) => sendOnly(connection, "/api/session", { method: "POST", body: { setup } }),
    signOut: () => sendOnly(connection, "/api/session", { method: "DELETE" }),
  };
}

function answerPath(id: string, answer: "approve" | "refuse"): string {
  return `/api/approvals/${encodeURIComponent(id)}/${answer}`;
}

function query(page: Readonly<Record<string, number>>): string {
  const given = Object.entries(page).map(([name, value]) => `${name}=${value}`);
  return given.length === 0 ? "" : `?${given.join("&")}`;
}

async function* live(connection: Connection, signal: AbortSignal, opened?: () => void): AsyncGenerator<EntryRow, void> {
  for await (const event of streamEvents(connection, "entries", { signal }, opened)) {
    if (event.name === "entry") yield readEvent(event, readRow);
  }
}

async function* followTopics(
  connection: Connection,
  topics: readonly LiveTopic[],
  how: FollowOptions,
): AsyncGenerator<LiveEvent, void> {
  for await (const event of streamEvents(connection, topics.join(","), how)) {
    const read = LIVE_READERS.get(event.name);
    if (read !== undefined) yield { ...readEvent(event, read), cursor: event.id };
  }
}

async function* streamEvents(
  connection: Connection,
  topics: string,
  { signal, since }: FollowOptions,
  opened?: () => void,
): AsyncGenerator<StreamEvent, void> {
  const events = new EventReader();
  const decoder = new TextDecoder();
  try {
    const body = await getStream(connection, `/api/live?topics=${topics}`, signal, since);
    opened?.();
    for await (const piece of pieces(body)) yield* events.push(decoder.decode(piece, { stream: true }));
  } catch (cause) {
    if (signal.aborted) return; // the caller ended it
    if (cause instanceof SdkError) throw cause;
    throw new SdkError("SDK_UNREACHABLE", "following the record: the stream broke", { cause });
  }
}

function readEvent<T>({ data }: StreamEvent, read: (part: Part) => T): T {
  try {
    return read({ value: JSON.parse(data), at: "event" });
  } catch (cause) {
    if (cause instanceof SdkError) throw cause;
    throw new SdkError("SDK_ANSWER_MALFORMED", "following the record: an event is not JSON", { cause });
  }
}
