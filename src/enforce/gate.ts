// SPDX-License-Identifier: Apache-2.0
// The one way through (enforce E1): identify, read, decide, record the intent, check again, do it, record the outcome,
// release. An adapter brings the two ends, how to read a call and how to carry it out; it has no shortcut past the middle.
import {
  type Clock,
  type Decider,
  type Decision,
  type DecisionDraft,
  type DomainId,
  type EntryDraft,
  type EntryId,
  type EntryOutcome,
  type IdentityView,
  isEffect,
  type Log,
  type PointId,
  type ProofInput,
  type Prover,
  parseEntryId,
  type Random,
  type Receipt,
  type Recorder,
  type Reference,
  type Refusal,
  type RefusalCode,
  referenceOf,
  type Standing,
} from "../core/index.ts";
import { judgedEntry, listEntry, type Reading, refusedEntry, type Subject } from "./entries.ts";
import { isStricter, type Judged, type JudgePorts, judgeCall, judgeTools, type Ruling } from "./judge.ts";
import { Strangers } from "./strangers.ts";
import type { UpstreamServer } from "./upstream-server.ts";

export interface GatePorts {
  readonly prover: Prover;
  readonly identities: IdentityView;
  readonly decider: Decider;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface GateConfig {
  readonly domain: DomainId;
  readonly point: PointId;
}

/** One call of a tool: what it means, and how to carry it out once it may be. */
export interface CallAttempt<T, R extends CallReading = CallReading> {
  readonly server: UpstreamServer;
  readonly method: string;
  readonly name?: string;
  /** Reads what the call does (E1 "map to verb"). */
  read(): Promise<R | Unreadable>;
  /** Carries the call out, as it was read. Called at most once, after everything that must come first. */
  effect(reading: R): Promise<Effected<T>>;
}

/** Why nobody can tell what a call would do. */
export interface Unreadable {
  readonly unreadable: { readonly code: RefusalCode; readonly why: string };
}

export type CallReading = Reading & Required<Pick<Reading, "tool">>;

/** What an effect returned, and what the record says of it. */
export interface Effected<T> {
  readonly value: T;
  readonly outcome: EntryOutcome;
}

export type Passage<T> =
  | { readonly passed: true; readonly value: T; readonly reference: Reference }
  | { readonly passed: false; readonly refusal: Refusal; readonly reference: Reference };

export interface Gate {
  /** Proves who asks; the only maker of a standing that `call` and `list` should be given. */
  identify(proof: ProofInput): ReturnType<Prover["prove"]>;
  call<T, R extends CallReading>(standing: Standing, attempt: CallAttempt<T, R>): Promise<Passage<T>>;
  /** Lists the tools that this identity may see; `fetch` asks the upstream and is given their names. */
  list<T>(standing: Standing, attempt: ListAttempt<T>): Promise<Passage<T>>;
  /** Writes down a refusal that came before there was a call to judge. */
  refuse(attempt: RefusedAttempt): Reference;
  /** Writes down what is still only counted. */
  close(): void;
}

export interface ListAttempt<T> {
  readonly server: UpstreamServer;
  readonly method: string;
  fetch(shown: ReadonlySet<string>): Promise<Effected<T>>;
}

export interface RefusedAttempt {
  readonly server: UpstreamServer;
  readonly method: string;
  readonly standing?: Standing;
  readonly refusal: Pick<Refusal, "code" | "why">;
}

export function createGate(ports: GatePorts, config: GateConfig): Gate {
  const gate = new GateRun(ports, config);
  return {
    identify: (proof) => ports.prover.prove(proof),
    call: (standing, attempt) => gate.call(standing, attempt),
    list: (standing, attempt) => gate.list(standing, attempt),
    refuse: (attempt) => gate.refuse(attempt),
    close: () => gate.strangers.flush(),
  };
}

class GateRun {
  private readonly ports: GatePorts;
  private readonly config: GateConfig;
  private readonly judgePorts: JudgePorts;
  readonly strangers: Strangers;
  private seq = 0;

  constructor(ports: GatePorts, config: GateConfig) {
    this.ports = ports;
    this.config = config;
    this.strangers = new Strangers(ports.clock, ports.recorder);
    this.judgePorts = { decider: ports.decider, domain: config.domain, point: config.point };
  }

  async call<T, R extends CallReading>(standing: Standing, attempt: CallAttempt<T, R>): Promise<Passage<T>> {
    const subject = this.subject(attempt, standing);
    if (this.isFull()) return this.stop(subject, FULL);
    const reading = await attempt.read();
    if ("unreadable" in reading) return this.stop(subject, reading.unreadable);
    const judged = this.judge(standing, attempt.server, reading);
    if (judged.answer !== "allow" && judged.answer !== "log") return this.deny(subject, reading, judged);
    const writeAhead = isEffect(reading.verb) || judged.answer === "log";
    if (!writeAhead) return this.inOne(subject, attempt, { reading, judged });
    return this.afterIntent({ ...subject, standing }, attempt, { reading, judged });
  }

  /** Anything with an effect: the intent is on disk before the call goes out (E4, record L15). */
  private async afterIntent<T, R extends CallReading>(
    subject: Subject & { readonly standing: Standing },
    attempt: CallAttempt<T, R>,
    found: Found<R>,
  ): Promise<Passage<T>> {
    const intent = await this.append(judgedEntry("intent", subject, found.reading, found.judged), subject.id);
    if (intent === undefined) return this.unrecorded(subject);
    const changed = this.recheck(subject.standing, attempt.server, found);
    if (changed !== undefined) {
      this.ports.recorder.note({ type: "outcome", of: intent.ref, ...nothing("refused") });
      return this.deny({ ...subject, id: this.newId() }, found.reading, changed);
    }
    const effected = await attempt.effect(found.reading);
    const outcome = await this.append({ type: "outcome", of: intent.ref, ...effected.outcome });
    if (outcome === undefined) return this.no(subject, NOT_RECORDED);
    return { passed: true, value: effected.value, reference: referenceOf(subject.id) };
  }

  /** A plain allowed read: one entry holds decision and outcome, and is on disk before the result leaves. */
  private async inOne<T, R extends CallReading>(
    subject: Subject,
    attempt: CallAttempt<T, R>,
    found: Found<R>,
  ): Promise<Passage<T>> {
    const effected = await attempt.effect(found.reading);
    const entry = judgedEntry("whole", subject, found.reading, found.judged);
    return this.release(subject, { ...entry, outcome: effected.outcome }, effected.value);
  }

  async list<T>(standing: Standing, attempt: ListAttempt<T>): Promise<Passage<T>> {
    const subject = this.subject(attempt, standing);
    if (this.isFull()) return this.stop(subject, FULL);
    const moment = { standing, server: attempt.server, at: this.ports.clock.now() };
    const rulings = judgeTools(this.judgePorts, moment);
    const shown = rulings.filter((ruling) => ruling.decision.answer !== "deny");
    const effected = await attempt.fetch(new Set(shown.map(toolName)));
    const entry = listEntry(subject, decisionsOf(shown, rulings), effected.outcome);
    return this.release(subject, entry, effected.value);
  }

  refuse(attempt: RefusedAttempt): Reference {
    const subject = this.subject(attempt, attempt.standing);
    const known = attempt.standing !== undefined;
    if (known || this.strangers.mayWrite())
      this.ports.recorder.note(refusedEntry(subject, attempt.refusal), { id: subject.id });
    return referenceOf(subject.id);
  }

  private async release<T>(subject: Subject, entry: DecisionDraft, value: T): Promise<Passage<T>> {
    const receipt = await this.append(entry, subject.id);
    if (receipt === undefined) return this.unrecorded(subject);
    return { passed: true, value, reference: referenceOf(subject.id) };
  }

  private judge(standing: Standing, server: UpstreamServer, reading: CallReading): Judged {
    const moment = { standing, server, at: this.ports.clock.now() };
    return judgeCall(this.judgePorts, moment, { tool: reading.tool, resources: reading.resources });
  }

  /** Between the durable intent and the effect, from memory (E5): has anything become stricter? */
  private recheck(standing: Standing, server: UpstreamServer, found: Found<CallReading>): Judged | undefined {
    const status = this.ports.identities.get(standing.identity)?.status ?? "retired";
    const now = this.judge({ ...standing, status }, server, found.reading);
    return isStricter(now.answer, found.judged.answer) ? now : undefined;
  }

  private deny<T>(subject: Subject, reading: CallReading, judged: Judged): Passage<T> {
    this.ports.recorder.note(judgedEntry("attempt", subject, reading, judged), { id: subject.id });
    const hidden = judged.tool.decision.answer === "deny";
    const why = judged.decisive.decision.reason;
    return this.no(subject, { code: hidden ? "tool_unknown" : "policy_denied", why });
  }

  private stop<T>(subject: Subject, refusal: Pick<Refusal, "code" | "why">): Passage<T> {
    this.ports.recorder.note(refusedEntry(subject, refusal), { id: subject.id });
    return this.no(subject, refusal);
  }

  /** The entry could not be written, so nothing is released; the attempt is noted under an id of its own. */
  private unrecorded<T>(subject: Subject): Passage<T> {
    const id = this.newId();
    this.ports.recorder.note(refusedEntry({ ...subject, id }, UNRECORDED), { id });
    return this.no({ ...subject, id }, UNRECORDED);
  }

  private no<T>(subject: Subject, refusal: Pick<Refusal, "code" | "why">): Passage<T> {
    const reference = referenceOf(subject.id);
    return { passed: false, reference, refusal: { by: "gate", ...refusal, ref: reference } };
  }

  private async append(draft: EntryDraft, id?: EntryId): Promise<Receipt | undefined> {
    try {
      return await this.ports.recorder.append(draft, id === undefined ? {} : { id });
    } catch (cause) {
      this.ports.log.fault("ENFORCE_NOT_RECORDED", {
        type: draft.type,
        why: cause instanceof Error ? cause.message : "unknown",
      });
      return undefined;
    }
  }

  private isFull(): boolean {
    return this.ports.recorder.room().entries === 0;
  }

  private subject(attempt: Attempted, standing?: Standing): Subject {
    this.seq += 1;
    const { id, destination } = attempt.server;
    return {
      id: this.newId(),
      ...(standing === undefined ? {} : { standing }),
      point: this.config.point,
      seq: this.seq,
      server: id,
      destination,
      method: attempt.method,
      ...(attempt.name === undefined ? {} : { name: attempt.name }),
    };
  }

  private newId(): EntryId {
    return parseEntryId(this.ports.random.id());
  }
}

interface Attempted {
  readonly server: UpstreamServer;
  readonly method: string;
  readonly name?: string;
}

const FULL = { code: "busy", why: "the record takes no more now" } as const;
const UNRECORDED = { code: "record_unavailable", why: "the record could not take the entry" } as const;
const NOT_RECORDED = { code: "outcome_not_recorded", why: "the outcome could not be recorded" } as const;

interface Found<R> {
  readonly reading: R;
  readonly judged: Judged;
}

/** An outcome of something that was not done. */
export function nothing(result: EntryOutcome["result"]): EntryOutcome {
  return { result, bytesIn: 0, bytesOut: 0, ms: 0, objects: [] };
}

function toolName(ruling: Ruling): string {
  return ruling.resource.id.slice(ruling.resource.id.indexOf("/") + 1);
}

/** What explains a list: what showed the tools, or, where none is shown, what hid them. */
function decisionsOf(shown: readonly Ruling[], all: readonly Ruling[]): readonly Decision[] {
  return (shown.length > 0 ? shown : all).map((ruling) => ruling.decision);
}
