// SPDX-License-Identifier: Apache-2.0
// The one way through (enforce E1): identify, read, decide, record the intent, check again, do it, record the outcome,
// release. An adapter brings the two ends, how to read a call and how to carry it out; it has no shortcut past the middle.
import { type EntryId, type Flight, isEffect, type Standing } from "../core/index.ts";
import { decoysUsed } from "./decoys.ts";
import { driftEntry, judgedEntry } from "./entries.ts";
import { type Known, Ledger, type No, nothing } from "./ledger.ts";
import { browse, hear, instructionsIn, listTools, shownTo, withoutInstructions } from "./lists.ts";
import type {
  CallAttempt,
  CallReading,
  Effected,
  Gate,
  GateConfig,
  GatePorts,
  Passage,
  Unreadable,
} from "./passage.ts";
import { PinnedTools } from "./pins/pinned-tools.ts";
import type { Asked } from "./recent.ts";
import { releaseResult } from "./release.ts";
import { keysOf } from "./restraints.ts";
import { type Call, type Found, Weigher } from "./weigh.ts";

export function createGate(ports: GatePorts, config: GateConfig): Gate {
  const ledger = new Ledger(ports, config.point);
  const weigher = new Weigher(ports, config);
  const tools = new PinnedTools(ports.pins);
  const calls = new Calls(ports, { ledger, weigher, tools });
  const beside: Gate["pinnedBeside"] = (server, kind, listed) => {
    const { hidden, told } = tools.lookBeside(server, kind, listed);
    for (const drift of told) ledger.note(driftEntry(server.id, drift), ledger.newId());
    return hidden;
  };
  return {
    identify: (proof) => ports.prover.prove(proof),
    call: (standing, attempt) => calls.call(standing, attempt),
    list: (standing, attempt) => listTools({ ...ports, ledger, weigher }, standing, attempt),
    lacking(standing, { server, name = "" }) {
      const verb = server.tools.get(name)?.verb;
      // a token for one call is spent by whatever it is shown with, so no other one is asked for in its place
      if (verb === undefined || standing.token.once || standing.grant.verbs.includes(verb)) return undefined;
      if (!standing.mandate.grant.verbs.includes(verb)) return undefined;
      const mode = ports.modes.of(server.id, standing);
      return weigher.isHidden({ standing, mode }, { server, name }) ? undefined : verb;
    },
    browse: (standing, attempt) => browse({ ...ports, ledger, weigher }, standing, attempt),
    shown(standing, server) {
      const mode = ports.modes.of(server.id, standing);
      const { shown } = shownTo({ ...ports, weigher }, { standing, mode }, server);
      return `${mode} ${shown.map(({ resource }) => resource.id).join(" ")}`;
    },
    async hear(standing, server, said) {
      const listed = { things: instructionsIn(said), isEnd: true };
      const isHidden = beside(server, "instructions", listed).size > 0;
      const isObserved = ports.modes.of(server.id, standing) === "observe";
      const kept = isHidden && !isObserved ? withoutInstructions(said) : said;
      return (await hear(ports, standing, server, kept)) ? kept : undefined;
    },
    decided: (approval, { ms, signal }) => ports.desk.wait(approval, ms, signal).then(() => undefined),
    withdraw(standing, approval) {
      const isOwn = ports.desk.read(approval)?.item.call.instance === standing.instance;
      if (isOwn) ports.desk.cancel(approval, "whoever asked does not want it any more");
    },
    stopped: (standing, server) =>
      weigher.restraints.refusalOf(keysOf(standing, server, undefined), standing.token.issued, {
        verb: "view",
        destination: "internal",
        approved: false,
      }),
    probe: (scope, effect) => weigher.restraints.probe(scope, effect),
    pinned(server, listed, isEnd) {
      const { hidden, told } = tools.look(server, listed, isEnd);
      for (const drift of told) ledger.note(driftEntry(server.id, drift), ledger.newId());
      return hidden;
    },
    pinnedBeside: beside,
    refuse: (attempt) => ledger.refuse(attempt),
    rejudge: (decider) => weigher.rejudge(decider),
    close: () => ledger.flush(),
  };
}

interface CallParts {
  readonly ledger: Ledger;
  readonly weigher: Weigher;
  readonly tools: PinnedTools;
}

class Calls {
  private readonly ports: GatePorts;
  private readonly ledger: Ledger;
  private readonly weigher: Weigher;
  private readonly tools: PinnedTools;

  constructor(ports: GatePorts, { ledger, weigher, tools }: CallParts) {
    this.ports = ports;
    this.ledger = ledger;
    this.weigher = weigher;
    this.tools = tools;
  }

  /** In flight from here on: an order that comes ends it wherever it is, and its answer does not leave (respond R8, R9). */
  async call<R extends CallReading>(standing: Standing, given: CallAttempt<R>): Promise<Passage> {
    const subject: Known = this.ledger.subject(given, { standing });
    const tool = given.name === undefined ? undefined : given.server.tools.get(given.name);
    const keys = keysOf(standing, given.server, tool);
    const abort = new AbortController();
    const effect = tool === undefined ? given.isRead !== true : isEffect(tool.verb);
    const flight = this.ports.inFlight.enter(keys, abort, { id: subject.id, effect, arrived: given.arrived });
    given.entered?.(flight);
    // one controller for all that ends it: composed signals cost more than the rest of this function
    const end = (): void => abort.abort();
    if (given.signal.aborted) end();
    given.signal.addEventListener("abort", end, { once: true });
    const attempt = { ...given, signal: abort.signal };
    try {
      const doing = { verb: "view", destination: "internal", approved: false } as const;
      const { issued } = standing.token;
      const { restraints } = this.weigher;
      const stopped = restraints.refusalOf(keys, issued, doing) ?? restraints.slowed(keys, issued);
      if (stopped !== undefined) return this.ledger.stop(subject, stopped);
      return await this.judge(subject, attempt, flight);
    } finally {
      given.signal.removeEventListener("abort", end);
      flight.leave();
    }
  }

  private async judge<R extends CallReading>(
    subject: Known,
    attempt: CallAttempt<R>,
    flight: Flight,
  ): Promise<Passage> {
    const { standing } = subject;
    if (this.ledger.isFull()) return this.ledger.stop(subject, FULL);
    // before anything is looked at: a token for one call is spent by its first use, whatever comes of it (identify I25)
    if (!(await this.spend(standing, subject.id))) return this.ledger.stop(subject, SPENT);
    const reading = await this.read(subject, attempt);
    if ("unreadable" in reading) return this.ledger.stop(subject, reading.unreadable);
    const task = this.ports.tasks.of(standing.mandate.task);
    const call: Flying = { subject, attempt, reading, task, flight };
    const examined = await this.weigher.examine(call);
    const sent = { json: reading.sent, inspection: examined.facts.inspection };
    const decoys = decoysUsed(this.ports, sent, task);
    // the first touch is refused, and is the finding (watch W28)
    if (decoys.length > 0) return this.ledger.deny(call, { ...examined, refusal: DECOY, decoys });
    const exceeded = this.weigher.exceeds(call, examined);
    if (exceeded !== undefined) return this.ledger.deny(call, { ...examined, refusal: exceeded });
    const found = await this.weigher.ask(call, examined);
    if ("refusal" in found) return this.ledger.deny(call, { ...found, refusal: cutOf(flight) ?? found.refusal });
    const approved = this.weigher.usesOf(standing, found).some(({ scope }) => scope === "approval");
    const stopped = this.weigher.contained(call, { approved });
    if (stopped !== undefined) return this.ledger.deny(call, { ...found, refusal: stopped });
    const passing: Passing = { ...found, released: examined.released };
    const writeAhead = isEffect(reading.verb) || found.judged.answer !== "allow" || standing.token.once;
    return writeAhead ? this.afterIntent(call, passing) : this.inOne(call, passing);
  }

  /** What the call does, as far as it may be asked at all: a tool that is held back does not exist, whatever is sent to it. */
  private async read<R extends CallReading>(subject: Known, attempt: CallAttempt<R>): Promise<R | Unreadable> {
    const { server, name, prompt } = attempt;
    const isHeld = subject.mode === "enforce" && this.tools.isWithheld(server, name);
    if (subject.mode === "enforce" && this.tools.isPromptWithheld(server, prompt))
      return { unreadable: { code: "tool_unknown", why: "no such prompt until somebody accepts what it says now" } };
    if (this.weigher.isHidden(subject, attempt) || isHeld)
      return { unreadable: { code: "tool_unknown", why: "no such tool for it" } };
    const read = await attempt.read(subject.mode);
    if ("unreadable" in read || read.tool === undefined) return read;
    const misfit = this.tools.refusalOf(read.tool, read.sent);
    if (misfit === undefined) return read;
    return subject.mode === "enforce" ? { unreadable: misfit } : { ...read, flaws: [...(read.flaws ?? []), misfit] };
  }

  private async spend({ token }: Standing, by: EntryId): Promise<boolean> {
    return !token.once || (await this.ports.tokens.claim("token", token.jti, by)) === "first";
  }

  /** Anything with an effect: what it uses up is claimed and the intent is on disk before the call goes out (E4, E6). */
  private async afterIntent(call: Flying, found: Passing): Promise<Passage> {
    const { subject, reading } = call;
    const uses = this.weigher.usesOf(subject.standing, found);
    for (const { scope, key } of uses) {
      const isSpent = scope === "approval" && (await this.ports.desk.claim(scope, key, subject.id)) === "taken";
      if (isSpent) return this.ledger.deny(call, { ...found, refusal: SPENT });
    }
    const slice = this.ledger.slice(found.judged);
    const draft = judgedEntry("intent", subject, reading, { ...found, uses, input: slice.digest });
    const intent = await this.ledger.append(draft, subject.id, slice);
    if (intent === undefined) return this.ledger.unrecorded(subject);
    const now = this.weigher.recheck(call, found);
    if (now !== undefined) {
      this.ledger.note({ type: "outcome", of: intent.ref, ...nothing("refused") });
      return this.ledger.deny({ ...call, subject: { ...subject, id: this.ledger.newId() } }, now);
    }
    const released = await this.carryOut(call, found);
    const written = this.ledger.outcome(subject, intent.ref, released);
    const isReady = await this.meanwhile(call, released);
    const outcome = await written;
    if (released.outcome.decoys !== undefined)
      this.ledger.show(
        { ...judgedEntry("whole", subject, reading, { ...found, uses }), outcome: released.outcome },
        subject.id,
      );
    if (outcome === undefined) return this.ledger.no(subject, NOT_RECORDED);
    return isReady ? this.deliver(call, released) : this.ledger.no(subject, UNSEEN);
  }

  /** A plain allowed read: one entry holds decision and outcome, and is on disk before the result leaves. */
  private async inOne(call: Flying, found: Passing): Promise<Passage> {
    const { subject, reading } = call;
    const now = this.weigher.recheck(call, found);
    if (now !== undefined) return this.ledger.deny(call, now);
    const released = await this.carryOut(call, found);
    const slice = this.ledger.slice(found.judged, released.rulings);
    const draft = judgedEntry("whole", subject, reading, { ...found, uses: [], input: slice.digest });
    const written = this.ledger.append({ ...draft, outcome: released.outcome }, subject.id, slice);
    const isReady = await this.meanwhile(call, released);
    if ((await written) === undefined) return this.ledger.unrecorded(subject);
    return isReady ? this.deliver(call, released) : this.ledger.no(subject, UNSEEN);
  }

  /**
   * While the disk writes the entry: what will leave is taken into the task's memory and put into words.
   * @returns false where it could not be, so that it must not leave (E9)
   */
  private async meanwhile({ attempt }: Flying, { value, remember }: Finished): Promise<boolean> {
    // the record begins to write in the next turn of the event loop, before this goes on
    await nextTurn();
    try {
      remember?.();
      attempt.ready?.(value);
      return true;
    } catch (cause) {
      this.ledger.fault("ENFORCE_CARRY_OUT", cause);
      return false;
    }
  }

  /** The last look before anything leaves (respond R9): what was ordered meanwhile holds for the answer too. */
  private deliver(call: Flying, released: Effected): Passage {
    const refusal = cutOf(call.flight) ?? this.weigher.contained(call, { approved: true });
    return refusal === undefined ? this.ledger.pass(call.subject, released) : this.ledger.no(call.subject, refusal);
  }

  /** Does it, and looks at what came back. A fault of ours on the way leaves an outcome that nobody knows, never none. */
  private async carryOut(call: Flying, found: Passing): Promise<Finished> {
    try {
      const effected = await call.attempt.effect(call.reading, call.attempt.signal);
      const isCut = call.flight.cut !== undefined && effected.outcome.result === "cancelled";
      if (isCut) return { ...effected, outcome: { ...effected.outcome, result: "cut" } };
      return await this.release(call, found, effected);
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
  ): Promise<Finished> {
    if (!("body" in effected.value)) return effected;
    const { facts } = found;
    const moment = { ...this.weigher.moment(subject, attempt.server, { facts }), facts };
    const came = { value: effected.value.body, task };
    const ports = { ...this.weigher.judgePorts, ...this.ports };
    const released = await releaseResult(ports, moment, reading, came);
    found.released(released.asked);
    const { release, content, decoys, rulings } = released;
    const met = decoys.length === 0 ? {} : { decoys };
    const outcome = { ...effected.outcome, release, content, ...met };
    return "withheld" in released
      ? { value: { withheld: released.withheld }, outcome, rulings }
      : { value: { body: released.value }, outcome, rulings, remember: released.remember };
  }
}

/** A call that may go on. */
type Passing = Found & { readonly released: (asked: Asked) => void };

/** What may leave, and what has to be done before it does. */
type Finished = Effected & { readonly remember?: () => void };

/** A call and what an order may end of it. */
type Flying = Call & { readonly flight: Flight };

function cutOf({ cut }: Flight): No | undefined {
  return cut === undefined ? undefined : { code: "contained", why: `cut by order ${cut}`, order: cut };
}

const DECOY: No = { code: "decoy_used", why: "a planted value is among its arguments" };
const FULL: No = { code: "busy", why: "the record takes no more now" };
const NOT_RECORDED: No = { code: "outcome_not_recorded", why: "the outcome could not be recorded" };
const UNSEEN: No = { code: "result_withheld", why: "it could not be taken into the memory of its task" };
const SPENT: No = { code: "token_spent", why: "what this call would use up is used up already" };

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
