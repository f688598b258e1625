// SPDX-License-Identifier: Apache-2.0
// The one way through (enforce E1): identify, read, decide, record the intent, check again, do it, record the outcome,
// release. An adapter brings the two ends, how to read a call and how to carry it out; it has no shortcut past the middle.
import { type EntryId, isEffect, type Standing } from "../core/index.ts";
import { judgedEntry } from "./entries.ts";
import { type Known, Ledger, type No, nothing } from "./ledger.ts";
import { listTools } from "./lists.ts";
import type { CallAttempt, CallReading, Effected, Gate, GateConfig, GatePorts, Passage } from "./passage.ts";
import type { Asked } from "./recent.ts";
import { releaseResult } from "./release.ts";
import { type Call, type Found, Weigher } from "./weigh.ts";

export function createGate(ports: GatePorts, config: GateConfig): Gate {
  const ledger = new Ledger(ports, config.point);
  const weigher = new Weigher(ports, config);
  const calls = new Calls(ports, ledger, weigher);
  return {
    identify: (proof) => ports.prover.prove(proof),
    call: (standing, attempt) => calls.call(standing, attempt),
    list: (standing, attempt) => listTools({ ...ports, ledger, weigher }, standing, attempt),
    refuse: (attempt) => ledger.refuse(attempt),
    rejudge: (decider) => weigher.rejudge(decider),
    close: () => ledger.flush(),
  };
}

class Calls {
  private readonly ports: GatePorts;
  private readonly ledger: Ledger;
  private readonly weigher: Weigher;

  constructor(ports: GatePorts, ledger: Ledger, weigher: Weigher) {
    this.ports = ports;
    this.ledger = ledger;
    this.weigher = weigher;
  }

  async call<R extends CallReading>(standing: Standing, attempt: CallAttempt<R>): Promise<Passage> {
    const subject: Known = this.ledger.subject(attempt, { standing });
    if (this.ledger.isFull()) return this.ledger.stop(subject, FULL);
    // before anything is looked at: a token for one call is spent by its first use, whatever comes of it (identify I25)
    if (!(await this.spend(standing, subject.id))) return this.ledger.stop(subject, SPENT);
    if (this.weigher.isHidden(standing, attempt))
      return this.ledger.stop(subject, { code: "tool_unknown", why: "no such tool for it" });
    const reading = await attempt.read();
    if ("unreadable" in reading) return this.ledger.stop(subject, reading.unreadable);
    const task = this.ports.tasks.of(standing.mandate.task);
    const call: Call<R> = { subject, attempt, reading, task };
    const examined = await this.weigher.examine(call);
    // a token lets through what it was given for, whatever the rules in force say (identify I33)
    const { covers } = examined.facts;
    if (!covers.ok && examined.judged.answer !== "deny") {
      const why = `${covers.dimension}: ${covers.why}`;
      return this.ledger.deny(call, { ...examined, refusal: { code: "mandate_exceeded", why } });
    }
    const found = await this.weigher.ask(call, examined);
    if ("refusal" in found) return this.ledger.deny(call, found);
    const passing: Passing = { ...found, released: examined.released };
    const writeAhead = isEffect(reading.verb) || found.judged.answer !== "allow" || standing.token.once;
    return writeAhead ? this.afterIntent(call, passing) : this.inOne(call, passing);
  }

  private async spend({ token }: Standing, by: EntryId): Promise<boolean> {
    return !token.once || (await this.ports.tokens.claim("token", token.jti, by)) === "first";
  }

  /** Anything with an effect: what it uses up is claimed and the intent is on disk before the call goes out (E4, E6). */
  private async afterIntent(call: Call, found: Passing): Promise<Passage> {
    const { subject, reading } = call;
    const uses = this.weigher.usesOf(subject.standing, found);
    for (const { scope, key } of uses) {
      const isSpent = scope === "approval" && (await this.ports.desk.claim(scope, key, subject.id)) === "taken";
      if (isSpent) return this.ledger.deny(call, { ...found, refusal: SPENT });
    }
    const intent = await this.ledger.append(judgedEntry("intent", subject, reading, { ...found, uses }), subject.id);
    if (intent === undefined) return this.ledger.unrecorded(subject);
    const now = this.weigher.recheck(call, found);
    if (now !== undefined) {
      this.ledger.note({ type: "outcome", of: intent.ref, ...nothing("refused") });
      return this.ledger.deny({ ...call, subject: { ...subject, id: this.ledger.newId() } }, now);
    }
    const released = await this.carryOut(call, found);
    const outcome = await this.ledger.append({ type: "outcome", of: intent.ref, ...released.outcome });
    if (outcome === undefined) return this.ledger.no(subject, NOT_RECORDED);
    return this.ledger.pass(subject, released);
  }

  /** A plain allowed read: one entry holds decision and outcome, and is on disk before the result leaves. */
  private async inOne(call: Call, found: Passing): Promise<Passage> {
    const { subject, reading } = call;
    const now = this.weigher.recheck(call, found);
    if (now !== undefined) return this.ledger.deny(call, now);
    const released = await this.carryOut(call, found);
    const entry = { ...judgedEntry("whole", subject, reading, { ...found, uses: [] }), outcome: released.outcome };
    const receipt = await this.ledger.append(entry, subject.id);
    return receipt === undefined ? this.ledger.unrecorded(subject) : this.ledger.pass(subject, released);
  }

  /** Does it, and looks at what came back. A fault of ours on the way leaves an outcome that nobody knows, never none. */
  private async carryOut(call: Call, found: Passing): Promise<Effected> {
    try {
      return await this.release(call, found, await call.attempt.effect(call.reading));
    } catch (cause) {
      this.ledger.fault("ENFORCE_CARRY_OUT", cause);
      return { value: { lost: "unknown" }, outcome: nothing("unknown") };
    }
  }

  /** What came back, as far as it may leave; what was lost on the way passes as that. */
  private async release(
    { subject, attempt, reading, task }: Call,
    found: Passing,
    effected: Effected,
  ): Promise<Effected> {
    if (!("body" in effected.value)) return effected;
    const { facts } = found;
    const moment = { ...this.weigher.moment(subject.standing, attempt.server, { facts }), facts };
    const came = { value: effected.value.body, task };
    const ports = { ...this.weigher.judgePorts, inspector: this.ports.inspector };
    const released = await releaseResult(ports, moment, { tool: reading.tool, resources: reading.resources }, came);
    found.released(released.asked);
    const outcome = { ...effected.outcome, release: released.release, content: released.content };
    return "withheld" in released
      ? { value: { withheld: released.withheld }, outcome }
      : { value: { body: released.value }, outcome };
  }
}

/** A call that may go on. */
type Passing = Found & { readonly released: (asked: Asked) => void };

const FULL: No = { code: "busy", why: "the record takes no more now" };
const NOT_RECORDED: No = { code: "outcome_not_recorded", why: "the outcome could not be recorded" };
const SPENT: No = { code: "token_spent", why: "what this call would use up is used up already" };
