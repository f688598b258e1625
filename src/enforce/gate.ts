// SPDX-License-Identifier: Apache-2.0
// The one way through (enforce E1): identify, read, decide, record the intent, check again, do it, record the outcome,
// release. An adapter brings the two ends, how to read a call and how to carry it out; it has no shortcut past the middle.
import {
  type Decision,
  type EntryDraft,
  type EntryId,
  type EntryOutcome,
  type EntryUse,
  isEffect,
  jsonObject,
  member,
  NEUTRAL_LABEL,
  parseEntryId,
  type Receipt,
  type Ref,
  type Reference,
  type Refusal,
  referenceOf,
  type Standing,
} from "../core/index.ts";
import { type AskedCall, askPeople, evidenceFor } from "./ask-people.ts";
import { judgedEntry, listEntry, refusedEntry, type Subject } from "./entries.ts";
import { type Facts, factsOf } from "./facts.ts";
import {
  isStricter,
  type Judged,
  type JudgePorts,
  judgeCall,
  judgeTool,
  judgeTools,
  type Moment,
  type Ruling,
  usesOf,
} from "./judge.ts";
import type {
  CallAttempt,
  CallReading,
  Effected,
  Gate,
  GateConfig,
  GatePorts,
  ListAttempt,
  Passage,
  RefusedAttempt,
} from "./passage.ts";
import { contentOf, releaseResult } from "./release.ts";
import { Strangers } from "./strangers.ts";
import type { TaskMemory } from "./tasks.ts";
import type { UpstreamServer } from "./upstream-server.ts";

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

  async call<R extends CallReading>(standing: Standing, attempt: CallAttempt<R>): Promise<Passage> {
    const subject = this.subject(attempt, standing);
    if (this.isFull()) return this.stop(subject, FULL);
    // before anything is looked at: a token for one call is spent by its first use, whatever comes of it (identify I25)
    if (!(await this.spend(standing, subject.id))) return this.stop(subject, SPENT);
    // a tool that this identity may not use does not exist for it, however the rest of the call reads
    if (this.isHidden(standing, attempt))
      return this.stop(subject, { code: "tool_unknown", why: "no such tool for it" });
    const reading = await attempt.read();
    if ("unreadable" in reading) return this.stop(subject, reading.unreadable);
    const task = this.ports.tasks.of(standing.mandate.task);
    const call: Call<R> = { subject: { ...subject, standing }, attempt, reading, task };
    const examined = await this.examine(call);
    // a token lets through what it was given for, whatever the rules in force say (identify I33)
    const { covers } = examined.facts;
    if (!covers.ok && examined.judged.answer !== "deny") {
      const why = `${covers.dimension}: ${covers.why}`;
      return this.deny(call, { ...examined, refusal: { code: "mandate_exceeded", why } });
    }
    const found = await this.ask(call, examined);
    if ("refusal" in found) return this.deny(call, found);
    const writeAhead = isEffect(reading.verb) || found.judged.answer !== "allow" || standing.token.once;
    return writeAhead ? this.afterIntent(call, found) : this.inOne(call, found);
  }

  private isHidden(standing: Standing, { server, name }: CallAttempt): boolean {
    const tool = name === undefined ? undefined : server.tools.get(name);
    return (
      tool !== undefined && judgeTool(this.judgePorts, this.moment(standing, server), tool).decision.answer === "deny"
    );
  }

  /** What is known of the call, and what policy says before anybody is asked. */
  private async examine(call: Call): Promise<Found> {
    const { attempt, reading, subject, task } = call;
    const { standing } = subject;
    const act = { tool: reading.tool, resources: reading.resources };
    const facts = await factsOf(this.ports, { standing, server: attempt.server, act, ...reading }, task);
    return { facts, judged: this.judge(call, facts) };
  }

  /** A challenge is put to people, and judged again with what they said; anything else is what it is. */
  private async ask(call: Call, found: Found): Promise<Found | (Found & { readonly refusal: No })> {
    const again = this.withEvidence(call, found);
    if (again.judged.answer !== "challenge") return settled(again);
    const hold = { ms: this.config.holdMs, signal: call.attempt.signal };
    const asked = await askPeople(this.ports.desk, again.judged, this.asked(call, again.facts), hold);
    if (asked.answered !== "approved") {
      const code = asked.answered === "pending" ? "approval_pending" : "approval_refused";
      return { ...again, refusal: { code, why: asked.why } };
    }
    // people take their time: the same names may mean other things by now
    const reread = await call.attempt.read();
    if ("unreadable" in reread) return { ...again, refusal: reread.unreadable };
    const isSame = reread.args === call.reading.args && sameRefs(reread.resources, call.reading.resources);
    if (!isSame) return { ...again, refusal: MOVED };
    return settled(this.withEvidence(call, again));
  }

  private withEvidence(call: Call, found: Found, claimedBy?: EntryId): Found {
    const { judged, facts } = found;
    if (judged.answer !== "challenge" && usesOf(judged).length === 0) return found;
    const evidence = evidenceFor(this.ports.desk, judged, this.asked(call, facts), claimedBy);
    return evidence.length === 0 ? found : { facts, judged: this.judge(call, facts, { evidence }) };
  }

  private asked({ subject, attempt, reading }: Call, facts: Facts): AskedCall {
    const moment = this.moment(subject.standing, attempt.server, { facts });
    const { method } = attempt;
    const { args, display } = reading;
    return { moment, facts, method, tool: reading.tool.tool, args, display, reference: referenceOf(subject.id) };
  }

  /** Anything with an effect: what it uses up is claimed and the intent is on disk before the call goes out (E4, E6). */
  private async afterIntent(call: Call, found: Found): Promise<Passage> {
    const { subject, reading } = call;
    const uses = this.usesOf(subject.standing, found);
    for (const { scope, key } of uses) {
      const isSpent = scope === "approval" && (await this.ports.desk.claim(scope, key, subject.id)) === "taken";
      if (isSpent) return this.deny(call, { ...found, refusal: SPENT });
    }
    const intent = await this.append(judgedEntry("intent", subject, reading, { ...found, uses }), subject.id);
    if (intent === undefined) return this.unrecorded(subject);
    const now = this.recheck(call, found);
    if (now !== undefined) {
      this.ports.recorder.note({ type: "outcome", of: intent.ref, ...nothing("refused") });
      return this.deny({ ...call, subject: { ...subject, id: this.newId() } }, now);
    }
    const released = await this.carryOut(call, found);
    const outcome = await this.append({ type: "outcome", of: intent.ref, ...released.outcome });
    if (outcome === undefined) return this.no(subject, NOT_RECORDED);
    return this.pass(subject, released);
  }

  /** A plain allowed read: one entry holds decision and outcome, and is on disk before the result leaves. */
  private async inOne(call: Call, found: Found): Promise<Passage> {
    const { subject, reading } = call;
    const now = this.recheck(call, found);
    if (now !== undefined) return this.deny(call, now);
    const released = await this.carryOut(call, found);
    const entry = { ...judgedEntry("whole", subject, reading, { ...found, uses: [] }), outcome: released.outcome };
    const receipt = await this.append(entry, subject.id);
    return receipt === undefined ? this.unrecorded(subject) : this.pass(subject, released);
  }

  /** Does it, and looks at what came back. A fault of ours on the way leaves an outcome that nobody knows, never none. */
  private async carryOut(call: Call, found: Found): Promise<Effected> {
    try {
      return await this.release(call, found, await call.attempt.effect(call.reading));
    } catch (cause) {
      this.fault("ENFORCE_CARRY_OUT", cause);
      return { value: { lost: "unknown" }, outcome: nothing("unknown") };
    }
  }

  /** What came back, as far as it may leave; what was lost on the way passes as that. */
  private async release(
    { subject, attempt, reading, task }: Call,
    { facts }: Found,
    effected: Effected,
  ): Promise<Effected> {
    if (!("body" in effected.value)) return effected;
    const moment = { ...this.moment(subject.standing, attempt.server, { facts }), facts };
    const came = { value: effected.value.body, task };
    const ports = { ...this.judgePorts, inspector: this.ports.inspector };
    const released = await releaseResult(ports, moment, { tool: reading.tool, resources: reading.resources }, came);
    const outcome = { ...effected.outcome, release: released.release, content: released.content };
    return "withheld" in released
      ? { value: { withheld: released.withheld }, outcome }
      : { value: { body: released.value }, outcome };
  }

  private pass(subject: Subject, { value }: Effected): Passage {
    if ("withheld" in value) return this.no(subject, { code: "result_withheld", why: value.withheld });
    return { passed: true, value, reference: referenceOf(subject.id) };
  }

  async list(standing: Standing, attempt: ListAttempt): Promise<Passage> {
    const subject = this.subject(attempt, standing);
    if (this.isFull()) return this.stop(subject, FULL);
    const rulings = judgeTools(this.judgePorts, this.moment(standing, attempt.server));
    const verbs: readonly string[] = standing.mandate.grant.verbs;
    const shown = rulings.filter(({ verb, decision }) => decision.answer !== "deny" && verbs.includes(verb));
    // nothing to show: then nothing is asked either
    const fetched = shown.length === 0 ? NO_TOOLS : await attempt.fetch(new Set(shown.map(toolName)));
    const effected = await this.takeIn(standing, attempt, fetched);
    const receipt = await this.append(listEntry(subject, decisionsOf(shown, rulings), effected.outcome), subject.id);
    return receipt === undefined ? this.unrecorded(subject) : this.pass(subject, effected);
  }

  /** A list's descriptions are somebody's words too: looked at, and taken into the task's memory before they leave (P24). */
  private async takeIn(standing: Standing, { server, method }: ListAttempt, effected: Effected): Promise<Effected> {
    const { value, outcome } = effected;
    if (!("body" in value)) return effected;
    const task = this.ports.tasks.of(standing.mandate.task);
    const source = { ...NEUTRAL_LABEL, trust: server.trust };
    const inspection = await this.ports.inspector.inspect({ json: value.body }, { source });
    const told = { ...outcome, content: [contentOf(inspection, 0)] };
    if (!inspection.label.complete) return { value: { withheld: "not all of it could be looked at" }, outcome: told };
    // an upstream that answers a list with an error has nothing to show, and its words stay here
    if (member(value.body, "result") === undefined) return { value: { lost: "unknown" }, outcome: told };
    task.index.ingest({ json: value.body }, { server: server.id, tool: method, tier: server.trust });
    task.read(inspection.label);
    return { value, outcome: told };
  }

  refuse(attempt: RefusedAttempt): Reference {
    const subject = this.subject(attempt, attempt.standing);
    const known = attempt.standing !== undefined;
    if (known || this.strangers.mayWrite())
      this.ports.recorder.note(refusedEntry(subject, attempt.refusal), { id: subject.id });
    return referenceOf(subject.id);
  }

  private judge({ subject, attempt, reading }: Call, facts: Facts, more: Partial<Moment> = {}): Judged {
    const moment = this.moment(subject.standing, attempt.server, { facts, argsDigest: reading.args, ...more });
    return judgeCall(this.judgePorts, moment, { tool: reading.tool, resources: reading.resources });
  }

  private moment(standing: Standing, server: UpstreamServer, more: Partial<Moment> = {}): Moment {
    return { standing, server, at: this.ports.clock.now(), phase: "before", ...more };
  }

  private async spend({ token }: Standing, by: EntryId): Promise<boolean> {
    return !token.once || (await this.ports.tokens.claim("token", token.jti, by)) === "first";
  }

  /** Between the durable intent and the effect, from memory (E5): has anything become stricter? */
  private recheck(call: Call, found: Found): (Found & { readonly refusal: No }) | undefined {
    const { standing } = call.subject;
    const status = this.ports.identities.get(standing.identity)?.status ?? "retired";
    const same: Call = { ...call, subject: { ...call.subject, standing: { ...standing, status } } };
    if (call.attempt.signal.aborted) return { ...found, refusal: CANCELLED };
    if (this.isOver(standing, call.reading)) return { ...found, refusal: CUT_OFF };
    const now = this.withEvidence(same, { facts: found.facts, judged: this.judge(same, found.facts) }, call.subject.id);
    return isStricter(now.judged.answer, found.judged.answer) ? { ...now, refusal: denied(now.judged) } : undefined;
  }

  /** Token, mandate or whoever stands behind them has ended, or the feed that would say so is silent. */
  private isOver({ token, mandate, scopes }: Standing, { verb }: CallReading): boolean {
    const now = this.ports.clock.now();
    const { effect } = this.ports.feed.effect(scopes, token.issued);
    const bound = effect === "isolate" || (effect !== "none" && isEffect(verb));
    return bound || !this.ports.feed.fresh() || token.exp <= now || mandate.deadline <= now;
  }

  private usesOf(standing: Standing, { judged }: Found): readonly EntryUse[] {
    const approvals = usesOf(judged).map((key) => ({ scope: "approval", key }) as const);
    return standing.token.once ? [{ scope: "token", key: standing.token.jti }, ...approvals] : approvals;
  }

  private deny({ subject, reading }: Call, found: Found & { readonly refusal: No }): Passage {
    const { refusal } = found;
    const judged = judgedEntry("attempt", subject, reading, { ...found, uses: [] });
    const byPolicy = refusal.code === "policy_denied";
    // where something else than a rule said no, the entry says what; the answer is a deny all the same
    const draft = byPolicy ? judged : { ...judged, ...settledAs(refusal) };
    this.ports.recorder.note(draft, { id: subject.id });
    return this.no(subject, refusal);
  }

  private stop(subject: Subject, refusal: No): Passage {
    this.ports.recorder.note(refusedEntry(subject, refusal), { id: subject.id });
    return this.no(subject, refusal);
  }

  /** The entry could not be written, so nothing is released; the attempt is noted under an id of its own. */
  private unrecorded(subject: Subject): Passage {
    const id = this.newId();
    this.ports.recorder.note(refusedEntry({ ...subject, id }, UNRECORDED), { id });
    return this.no({ ...subject, id }, UNRECORDED);
  }

  private no(subject: Subject, refusal: No): Passage {
    const reference = referenceOf(subject.id);
    return { passed: false, reference, refusal: { by: "gate", ...refusal, ref: reference } };
  }

  private async append(draft: EntryDraft, id?: EntryId): Promise<Receipt | undefined> {
    try {
      return await this.ports.recorder.append(draft, id === undefined ? {} : { id });
    } catch (cause) {
      this.fault("ENFORCE_NOT_RECORDED", cause);
      return undefined;
    }
  }

  private fault(code: string, cause: unknown): void {
    this.ports.log.fault(code, { why: cause instanceof Error ? cause.message : "unknown" });
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

type No = Pick<Refusal, "code" | "why">;

/** One call on its way. */
interface Call<R extends CallReading = CallReading> {
  readonly subject: Subject & { readonly standing: Standing };
  readonly attempt: CallAttempt<R>;
  readonly reading: R;
  readonly task: TaskMemory;
}

interface Found {
  readonly facts: Facts;
  readonly judged: Judged;
}

const CANCELLED = { code: "approval_refused", why: "the client cancelled it before it was done" } as const;
const MOVED = { code: "approval_refused", why: "what the call names changed while people looked at it" } as const;
const CUT_OFF = { code: "credential_expired", why: "what the call rests on was ended meanwhile" } as const;
const SPENT = { code: "token_spent", why: "what this call would use up is used up already" } as const;

/** A question that still waits stays a challenge in the record; any other refusal is a deny. */
function settledAs({ code, why }: No): { readonly answer: "challenge" | "deny"; readonly refusal: string } {
  return { answer: code === "approval_pending" ? "challenge" : "deny", refusal: `${code}: ${why}` };
}

/** A judged call that may go on, or the refusal that policy made. */
function settled(found: Found): Found | (Found & { readonly refusal: No }) {
  const { answer } = found.judged;
  return answer === "allow" || answer === "log" ? found : { ...found, refusal: denied(found.judged) };
}

function denied(judged: Judged): No {
  return { code: "policy_denied", why: judged.decisive.decision.reason };
}

function sameRefs(a: readonly Ref[], b: readonly Ref[]): boolean {
  return a.length === b.length && a.every((ref, i) => ref.type === b[i]?.type && ref.id === b[i]?.id);
}

/** An outcome of something that was not done. */
export function nothing(result: EntryOutcome["result"]): EntryOutcome {
  return { result, bytesIn: 0, bytesOut: 0, ms: 0, objects: [] };
}

const NO_TOOLS: Effected = {
  value: { body: jsonObject([["result", jsonObject([["tools", []]])]]) },
  outcome: nothing("completed"),
};

function toolName(ruling: Ruling): string {
  return ruling.resource.id.slice(ruling.resource.id.indexOf("/") + 1);
}

/** What explains a list: what showed the tools, or, where none is shown, what hid them. */
function decisionsOf(shown: readonly Ruling[], all: readonly Ruling[]): readonly Decision[] {
  return (shown.length > 0 ? shown : all).map((ruling) => ruling.decision);
}
