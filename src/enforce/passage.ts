// SPDX-License-Identifier: Apache-2.0
// What an adapter brings to the gate and what it gets back: the two ends of a call, how to read it and how to carry it out.
import type {
  ApprovalDesk,
  ApprovalId,
  Beside,
  Clock,
  Commitment,
  Decider,
  Decision,
  Decoys,
  DomainId,
  Effect,
  EntryOutcome,
  EntryWatch,
  FeedView,
  Flight,
  IdentityView,
  InFlight,
  Instant,
  JsonObject,
  Log,
  Mode,
  Modes,
  Once,
  PointId,
  ProofInput,
  Prover,
  Random,
  Recorder,
  Ref,
  Reference,
  Refusal,
  RefusalCode,
  ScopeKey,
  Slices,
  Standing,
  ToolArgument,
  ToolDefinition,
  ToolPins,
  Verb,
} from "../core/index.ts";
import type { Reading } from "./entries.ts";
import type { FactPorts } from "./facts.ts";
import type { Carried } from "./mcp/carry.ts";
import type { Rejudged } from "./recent.ts";
import type { Tasks } from "./tasks.ts";
import type { UpstreamServer } from "./upstream-server.ts";

export interface GatePorts extends FactPorts {
  readonly prover: Prover;
  readonly identities: IdentityView;
  readonly decider: Decider;
  readonly modes: Modes;
  readonly recorder: Recorder;
  /** Beside the record: what its answers rest on. */
  readonly slices: Pick<Slices, "put">;
  readonly desk: ApprovalDesk & Once;
  /** Single-use tokens (core K1). */
  readonly tokens: Once;
  readonly tasks: Tasks;
  readonly feed: FeedView;
  /** What is under way, so that an order can end it. */
  readonly inFlight: InFlight;
  /** Is shown what the gate writes, where it may be a sign of something. */
  readonly watch: EntryWatch;
  readonly decoys: Decoys;
  readonly pins: ToolPins;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface GateConfig {
  readonly domain: DomainId;
  readonly point: PointId;
  /** UNIT: ms. How long a call waits for a person before its caller is told that it waits. */
  readonly holdMs: number;
}

/** One call of a tool: what it means, and how to carry it out once it may be. */
export interface CallAttempt<R extends CallReading = CallReading> {
  readonly server: UpstreamServer;
  readonly method: string;
  readonly name?: string;
  /** The prompt that is asked for, where one is. */
  readonly prompt?: string;
  /** It changes nothing, whatever its arguments are. */
  readonly isRead?: boolean;
  /** The client is gone, or the gate closes: no more waiting for people. */
  readonly signal: AbortSignal;
  /** The client can show a person where to agree: it is told so at once, and waits when it asks again (enforce E28, E29). */
  readonly tellsFirst?: boolean;
  /** When its first byte was looked at, by the monotonic clock. */
  readonly arrived: number;
  /** Is given what an order may end, before anything is read. */
  entered?(flight: Flight): void;
  /** Reads what the call does (E1 "map to verb"); where it is only observed, what a manifest does not know is no reason to stop. */
  read(mode: Mode): Promise<R | Unreadable>;
  /**
   * Carries the call out, as it was read. Called at most once, after everything that must come first.
   * @param signal - the client is gone, the gate closes, or an order ends it
   */
  effect(reading: R, signal: AbortSignal): Promise<Effected>;
  /** Is given what will leave once it is written down, while that is done: time to put it into words. */
  ready?(value: Carried): void;
}

/** Why nobody can tell what a call would do. */
export interface Unreadable {
  readonly unreadable: { readonly code: RefusalCode; readonly why: string };
}

export interface CallReading extends Reading {
  readonly args: Commitment;
  /** What is asked for where that is no tool; the server itself where it is neither. */
  readonly about?: Ref;
  /** `arguments` as the client sent them, and with canonical names in place of paths. */
  readonly sent: JsonObject;
  readonly named: JsonObject;
  /** What goes up beside the arguments: looked at with them. */
  readonly beside?: JsonObject;
  /** What each member of `named` means, where no manifest says it. */
  readonly inputs?: readonly ToolArgument[];
  /** The arguments for an approver to read. */
  readonly display: string;
  /** What it would have been refused for, were it not only observed. */
  readonly flaws?: readonly Unreadable["unreadable"][];
}

/** What an effect returned, and what the record says of it. */
export interface Effected {
  readonly value: Carried;
  readonly outcome: EntryOutcome;
  /** What policy said of what came back. */
  readonly rulings?: readonly Decision[];
}

export type Passage =
  | { readonly passed: true; readonly value: Carried; readonly reference: Reference }
  | {
      readonly passed: false;
      readonly refusal: Refusal;
      readonly reference: Reference;
      /** What people are asked, where that is why it waits. */
      readonly waiting?: Waiting;
    };

/** A call that waits for people. */
export interface Waiting {
  /** The question that is asked next. */
  readonly approval: ApprovalId;
  /** The arguments that people are asked about. */
  readonly args: Commitment;
  /** When the question ends. */
  readonly expires: Instant;
}

export interface Gate {
  /** Proves who asks; the only maker of a standing that `call` and `list` should be given. */
  identify(proof: ProofInput): ReturnType<Prover["prove"]>;
  call<R extends CallReading>(standing: Standing, attempt: CallAttempt<R>): Promise<Passage>;
  /** Lists the tools that this identity may see; `fetch` asks the upstream and is given their names. */
  list(standing: Standing, attempt: ListAttempt): Promise<Passage>;
  /**
   * The verb that a call needs, where its token lacks it and its mandate has it: nothing is judged, another token is asked for
   * (enforce E26). `undefined` for a tool that this caller does not see.
   */
  lacking(standing: Standing, call: Pick<CallAttempt, "server" | "name">): Verb | undefined;
  /** Lists what else a server holds, asked for first and then cut to what this identity may see. */
  browse(standing: Standing, attempt: BrowseAttempt): Promise<Passage>;
  /** What a caller sees of a server's tools now, in a text that is another one as soon as it sees others. */
  shown(standing: Standing, server: UpstreamServer): string;
  /**
   * Looks at what a server says of itself before there is anything to judge, and takes it into the task's memory.
   * @returns what of it may be shown: words to the model that nobody accepted may not; `undefined` where it could not be looked at whole
   */
  hear(standing: Standing, server: UpstreamServer, said: JsonObject): Promise<JsonObject | undefined>;
  /** Resolves once people have decided, or the wait is over. */
  decided(approval: ApprovalId, wait: { readonly ms: number; readonly signal: AbortSignal }): Promise<void>;
  /** Takes a question of this caller's back: it does not want the answer any more. */
  withdraw(standing: Standing, approval: ApprovalId): void;
  /** Why this caller may not even open a session; `undefined` where it may. */
  stopped(standing: Standing, server: UpstreamServer): Pick<Refusal, "code" | "why" | "order"> | undefined;
  /** Whether this gate refuses what an order forbids, to a caller in that scope (respond R16). */
  probe(scope: ScopeKey, effect: Effect): boolean;
  /** Notices tools that are not as they should be. @returns those that nobody is shown, and nobody can call */
  pinned(server: UpstreamServer, tools: ReadonlyMap<string, ToolDefinition>, isEnd: boolean): ReadonlySet<string>;
  /** The same for what a server says beside its tools. @returns the names of those that nobody is shown */
  pinnedBeside(
    server: UpstreamServer,
    beside: Beside,
    listed: { readonly things: ReadonlyMap<string, ToolDefinition>; readonly isEnd: boolean },
  ): ReadonlySet<string>;
  /** Writes down a refusal that came before there was a call to judge. */
  refuse(attempt: RefusedAttempt): Reference;
  /** What the last calls were answered, before anybody was asked, and what another decider says to the same. */
  rejudge(decider: Decider): readonly Rejudged[];
  /** Writes down what is still only counted. */
  close(): void;
}

export interface ListAttempt {
  readonly server: UpstreamServer;
  readonly method: string;
  readonly arrived: number;
  /** @param shown - names of the tools that it may see; `all` for whatever the upstream shows, unchanged */
  fetch(shown: ReadonlySet<string> | "all", signal: AbortSignal): Promise<Effected>;
}

/** A list whose things are known only once it is there. */
export interface BrowseAttempt {
  readonly server: UpstreamServer;
  readonly method: string;
  readonly arrived: number;
  fetch(signal: AbortSignal): Promise<Effected>;
  /** The things that a list names, in its order. */
  refs(body: JsonObject): readonly Ref[];
  /** The list with only the things at these places. */
  keep(body: JsonObject, kept: ReadonlySet<number>): JsonObject;
}

export interface RefusedAttempt {
  readonly server: UpstreamServer;
  readonly method: string;
  readonly standing?: Standing;
  readonly refusal: Pick<Refusal, "code" | "why" | "order" | "claimed">;
  /** What was shown, where it proved nothing: looked at for planted values, and kept nowhere. */
  readonly credential?: string | undefined;
}
