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
import {
  type BlastView,
  type FindingView,
  type OrderView,
  type OrderWish,
  readBlast,
  readFindings,
  readOrder,
  readOrders,
} from "./containment.ts";
import { type ProofView, readProof } from "./decision.ts";
import { SdkError } from "./errors.ts";
import { EventReader, type StreamEvent } from "./events.ts";
import { createIdentityClient, type IdentityClient } from "./identity-client.ts";
import {
  type CaseStatement,
  type IncidentClock,
  type IncidentClocks,
  type IncidentQuestion,
  type IncidentView,
  readCaseVersion,
  readClocks,
  readIncident,
  readIncidentClocks,
  readIncidents,
  readQuestions,
  readSharePreview,
  type SharePreview,
} from "./incidents.ts";
import { type KeepingClient, keepingClient } from "./keeping.ts";
import { LIVE_READERS, type LiveEvent, type LiveTopic } from "./live.ts";
import { type ManifestsClient, manifestsClient } from "./manifests.ts";
import { type DecisionList, type DecisionQuery, type MinuteList, readDecisions, readMinutes } from "./now.ts";
import { type ObserveClient, observeClient } from "./observe.ts";
import type { Part } from "./parts.ts";
import { type PeopleClient, peopleClient } from "./people.ts";
import { type PoliciesClient, policiesClient } from "./policies.ts";
import { type RecordClient, recordClient } from "./record.ts";
import { type PartWhy, type ReplayPart, type ReplayView, readReplayPart, readWhy } from "./replay.ts";
import {
  type Connection,
  checkConnection,
  type Fetch,
  getJson,
  getStream,
  patchJson,
  pieces,
  postJson,
  query,
} from "./request.ts";
import { type ServersClient, serversClient } from "./servers.ts";
import { type SystemClient, systemClient } from "./system.ts";
import { type WitnessClient, witnessClient } from "./witness.ts";

export interface ClientOptions {
  /** Where the server listens, without a path: `http://localhost:7400`. */
  readonly baseUrl: string;
  /** Bearer token of the control API; left out in a browser, where the cookie of a session goes along. */
  readonly token?: string;
  /** The global one by default. */
  readonly fetch?: Fetch;
}

/** Every method throws SdkError: the server is away, says no, or answers what this client cannot read. */
export interface Client extends IdentityClient, PeopleClient {
  status(): Promise<Status>;
  /** @param options - `from`: first index, negative counts from the end; `limit`: rows, the server's own by default */
  entries(options?: { readonly from?: number; readonly limit?: number }): Promise<EntryPage>;
  /** Every entry that an index, an entry id or a `BW-` reference names. */
  entry(key: string | number): Promise<readonly EntryRow[]>;
  decision(ref: string): Promise<DecisionView>;
  /** The path from an entry to the signed root of the log. @param key - index or id of the entry */
  proof(key: string | number): Promise<ProofView>;
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
  /** Orders that bind, newest first; with `all` those that were ended too. */
  containments(options?: { readonly all?: boolean }): Promise<readonly OrderView[]>;
  containment(id: string): Promise<OrderView>;
  /**
   * Orders a containment, and resolves when every gate has answered.
   * @param key - chosen by the caller, once for each order that is meant: where the answer was lost it is asked again by it
   */
  contain(wish: OrderWish, key: string): Promise<OrderView>;
  /** Asks for the end of an order; its `state` says whether another person is needed. */
  release(id: string, because: string): Promise<OrderView>;
  /** Lets an identity act again whose isolation was released. @returns the standing order that it comes back under */
  resume(id: string, because: string): Promise<OrderView>;
  /** What an identity touched. @param since RFC 3339, UTC */
  blast(from: string, since: string): Promise<BlastView>;
  /** What is not normal, newest first. */
  findings(): Promise<readonly FindingView[]>;
  /** Newest first. */
  incidents(): Promise<readonly IncidentView[]>;
  /** @param name - `INC-1`, or its id; the same for those below */
  incident(name: string): Promise<IncidentView>;
  openIncident(incident: {
    readonly title: string;
    readonly because: string;
    readonly exercise: boolean;
  }): Promise<IncidentView>;
  closeIncident(name: string, because: string): Promise<IncidentView>;
  incidentClocks(name: string): Promise<IncidentClocks>;
  incidentQuestions(name: string): Promise<readonly IncidentQuestion[]>;
  /** What a partner would be told; nothing is sent. */
  sharePreview(name: string): Promise<SharePreview>;
  caseVersion(name: string): Promise<{ readonly v: number }>;
  /** @param on - version that was seen: the server refuses the statement (409) where it is another by now */
  sayOfCase(
    name: string,
    on: number,
    statement: CaseStatement,
  ): Promise<{ readonly v: number; readonly doubts: readonly string[] }>;
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
  /** Decisions, newest first. */
  decisions(query?: DecisionQuery): Promise<DecisionList>;
  /** How many decisions there were in each minute of the last hour. */
  minutes(): Promise<MinuteList>;
  clocks(): Promise<readonly IncidentClock[]>;
  /** The upstream servers. */
  readonly servers: ServersClient;
  /** Why a decision came out as it did, with the values that its rules read. */
  why(ref: string): Promise<readonly PartWhy[]>;
  /**
   * Asks recorded decisions again, as far as fits into a few seconds.
   * @param asked - `candidate`: digest of a set that the server knows; `from`: what the part before came to
   */
  replay(asked: {
    readonly window: string;
    readonly candidate: string;
    readonly from?: ReplayView;
  }): Promise<ReplayPart>;
  /** What is found in the record, and what proves it. */
  readonly record: RecordClient;
  /** Holds, the erasing of people, and openings. */
  readonly keeping: KeepingClient;
  readonly system: SystemClient;
  /** From observe to enforce. */
  readonly observe: ObserveClient;
  /** Policy sets: published, agreed to, released, taken back. */
  readonly policies: PoliciesClient;
  /** What their tools do, and what they said when that was accepted. */
  readonly manifests: ManifestsClient;
  readonly witness: WitnessClient;
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
    ...recordCalls(connection),
    ...incidentCalls(connection),
    ...peopleClient(connection),
    status: async () => readStatus(await getJson(connection, "/api/status")),
    approvals: async () => readApprovals(await getJson(connection, "/api/approvals")),
    approve: async (id, digest) => readState(await postJson(connection, answerPath(id, "approve"), { digest })),
    refuse: async (id, because) => readState(await postJson(connection, answerPath(id, "refuse"), { because })),
    containments: async ({ all = false } = {}) =>
      readOrders(await getJson(connection, `/api/containments${all ? "?all=1" : ""}`)),
    containment: async (id) => readOrder(await getJson(connection, orderPath(id))),
    contain: async (wish, key) =>
      readOrder(await askTwice(() => postJson(connection, "/api/containments", wish, { key }))),
    release: async (id, because) => readOrder(await postJson(connection, `${orderPath(id)}/release`, { because })),
    resume: async (id, because) => readOrder(await postJson(connection, `${orderPath(id)}/resume`, { because })),
    blast: async (from, since) => {
      const [asked, after] = [encodeURIComponent(from), encodeURIComponent(since)];
      return readBlast(await getJson(connection, `/api/blast?from=${asked}&since=${after}`));
    },
    findings: async () => readFindings(await getJson(connection, "/api/findings")),
    ...createIdentityClient(connection),
    live: (signal, opened) => live(connection, signal, opened),
    follow: (topics, how) => followTopics(connection, topics, how),
    why: async (ref) => readWhy(await getJson(connection, `/api/decide/${encodeURIComponent(ref)}/explain`)),
    replay: async (asked) => readReplayPart(await postJson(connection, "/api/policies/replay", asked)),
    clocks: async () => readClocks(await getJson(connection, "/api/clocks")),
    servers: serversClient(connection),
    record: recordClient(connection),
    keeping: keepingClient(connection),
    system: systemClient(connection),
    observe: observeClient(connection),
    policies: policiesClient(connection),
    manifests: manifestsClient(connection),
    witness: witnessClient(connection),
  };
}

type IncidentCall =
  | "incidents"
  | "incident"
  | "openIncident"
  | "closeIncident"
  | "incidentClocks"
  | "incidentQuestions"
  | "sharePreview"
  | "caseVersion"
  | "sayOfCase";

/** Incidents, and what is said of them. */
function incidentCalls(connection: Connection): Pick<Client, IncidentCall> {
  return {
    incidents: async () => readIncidents(await getJson(connection, "/api/incidents")),
    incident: async (name) => readIncident(await getJson(connection, incidentPath(name))),
    openIncident: async (incident) => readIncident(await postJson(connection, "/api/incidents", incident)),
    closeIncident: async (name, because) =>
      readIncident(await postJson(connection, incidentPath(name, "/close"), { because })),
    incidentClocks: async (name) => readIncidentClocks(await getJson(connection, incidentPath(name, "/clocks"))),
    incidentQuestions: async (name) => readQuestions(await getJson(connection, incidentPath(name, "/questions"))),
    sharePreview: async (name) => readSharePreview(await getJson(connection, incidentPath(name, "/preview"))),
    caseVersion: async (name) => readCaseVersion(await getJson(connection, incidentPath(name, "/facts"))),
    sayOfCase: async (name, on, statement) =>
      readCaseVersion(await patchJson(connection, incidentPath(name, "/facts"), statement, `"${on}"`)),
  };
}

/** What was decided, as the record has it. */
function recordCalls(
  connection: Connection,
): Pick<Client, "decision" | "decisions" | "entries" | "entry" | "minutes" | "proof"> {
  return {
    entries: async (page = {}) => readPage(await getJson(connection, `/api/record/entries${query(page)}`)),
    entry: async (key) => readEntries(await getJson(connection, `/api/record/entries/${encodeURIComponent(key)}`)),
    decision: async (ref) => readDecision(await getJson(connection, `/api/decisions/${encodeURIComponent(ref)}`)),
    proof: async (key) => readProof(await getJson(connection, `/api/record/entries/${encodeURIComponent(key)}/proof`)),
    decisions: async (asked = {}) => readDecisions(await getJson(connection, `/api/decisions${query({ ...asked })}`)),
    minutes: async () => readMinutes(await getJson(connection, "/api/decisions/minutes")),
  };
}

function answerPath(id: string, answer: "approve" | "refuse"): string {
  return `/api/approvals/${encodeURIComponent(id)}/${answer}`;
}

function orderPath(id: string): string {
  return `/api/containments/${encodeURIComponent(id)}`;
}

/** Once more where no answer came: the key makes both one order. */
async function askTwice<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch((cause: unknown) => {
    if (cause instanceof SdkError && cause.code === "SDK_UNREACHABLE") return ask();
    throw cause;
  });
}

function incidentPath(name: string, below = ""): string {
  return `/api/incidents/${encodeURIComponent(name)}${below}`;
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
