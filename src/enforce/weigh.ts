// SPDX-License-Identifier: Apache-2.0
// What is known of a call and what policy makes of it: before anybody is asked, with what people said, and once more between
// the intent and the effect.
import { type Decider, type EntryId, type EntryUse, type Ref, referenceOf, type Standing } from "../core/index.ts";
import { type AskedCall, askPeople, evidenceFor, type Asked as PeopleSaid } from "./ask-people.ts";
import { type Facts, factsOf } from "./facts.ts";
import {
  isStricter,
  type Judged,
  type JudgePorts,
  judgeCall,
  judgeTool,
  type Moment,
  nameOf,
  usesOf,
} from "./judge.ts";
import type { Known, No } from "./ledger.ts";
import { exceeded, meant, objected, objectionsOf } from "./observe.ts";
import type { CallAttempt, CallReading, GateConfig, GatePorts } from "./passage.ts";
import { type Asked, Recent, type Rejudged } from "./recent.ts";
import { keysOf, Restraints } from "./restraints.ts";
import type { TaskMemory } from "./tasks.ts";
import type { UpstreamServer } from "./upstream-server.ts";

/** UNIT: ms. For so long nothing that a rule says of time is asked again. */
const JUST_JUDGED_MS = 250;

/** One call on its way. */
export interface Call<R extends CallReading = CallReading> {
  readonly subject: Known;
  readonly attempt: CallAttempt<R>;
  readonly reading: R;
  readonly task: TaskMemory;
}

/** Who asks, and whether that is enforced. */
type Observed = Pick<Known, "standing" | "mode">;

/** What is known of a call, and its answer. */
export interface Found {
  readonly facts: Facts;
  readonly judged: Judged;
}

/** A call that may not go on, and why. */
export type Refused = Found & { readonly refusal: No };

export class Weigher {
  private readonly ports: GatePorts;
  private readonly config: GateConfig;
  readonly judgePorts: JudgePorts;
  private readonly recent = new Recent();
  readonly restraints: Restraints;

  constructor(ports: GatePorts, config: GateConfig) {
    this.ports = ports;
    this.config = config;
    this.restraints = new Restraints(ports.feed, ports.clock);
    this.judgePorts = { decider: ports.decider, domain: config.domain, point: config.point };
  }

  moment({ standing, mode }: Observed, server: UpstreamServer, more: Partial<Moment> = {}): Moment {
    return { standing, server, at: this.ports.clock.now(), phase: "before", mode, ...more };
  }

  /** A tool that an identity may not use does not exist for it, however the rest of the call reads. */
  isHidden(who: Observed, { server, name }: Pick<CallAttempt, "server" | "name">): boolean {
    const tool = name === undefined ? undefined : server.tools.get(name);
    if (tool === undefined || who.mode === "observe") return false;
    return judgeTool(this.judgePorts, this.moment(who, server), tool).decision.answer === "deny";
  }

  /** A token lets through what it was given for, whatever the rules in force say (identify I33). */
  exceeds({ subject }: Call, { facts: { covers }, judged }: Found): No | undefined {
    return covers.ok || judged.answer === "deny" || subject.mode === "observe" ? undefined : exceeded(covers);
  }

  /** What is known of the call, and what policy says before anybody is asked. */
  async examine(call: Call): Promise<Found & { readonly released: (asked: Asked) => void }> {
    const { attempt, reading, subject, task } = call;
    const { standing } = subject;
    const facts = await factsOf(this.ports, { standing, server: attempt.server, act: reading, ...reading }, task);
    const judged = this.judge(call, facts);
    // what other rules would make of it is asked as if they were enforced
    const moment = this.moment(subject, attempt.server, { facts, argsDigest: reading.args, mode: "enforce" });
    return { facts, judged, released: this.recent.add({ moment, act: reading, answer: meant(judged.decisive) }) };
  }

  /** What the last calls would be answered by another decider. */
  rejudge(decider: Decider): readonly Rejudged[] {
    return this.recent.rejudge(this.judgePorts, decider);
  }

  /** A challenge is put to people, and judged again with what they said; anything else is what it is. */
  async ask(call: Call, found: Found): Promise<Found | Refused> {
    const again = this.withEvidence(call, found);
    if (again.judged.answer !== "challenge") return settled(again);
    const { signal, tellsFirst = false } = call.attempt;
    const hold = { ms: this.config.holdMs, signal, tellsFirst };
    const stopped = this.contained(call, { approved: true });
    if (stopped !== undefined) return { ...again, refusal: stopped };
    const asked = await askPeople(this.ports.desk, again.judged, this.asked(call, again.facts), hold);
    if (asked.answered !== "approved") {
      return { ...again, refusal: notYet(asked, call.reading) };
    }
    // people take their time: the same names may mean other things by now
    const reread = await call.attempt.read(call.subject.mode);
    if ("unreadable" in reread) return { ...again, refusal: reread.unreadable };
    const isSame = reread.args === call.reading.args && sameRefs(reread.resources, call.reading.resources);
    if (!isSame) return { ...again, refusal: MOVED };
    return settled(this.withEvidence(call, again));
  }

  /** Between the durable intent and the effect, from memory (E5): has anything become stricter? */
  recheck(call: Call, found: Found): Refused | undefined {
    const { standing } = call.subject;
    const status = this.ports.identities.get(standing.identity)?.status ?? "retired";
    const same: Call = { ...call, subject: { ...call.subject, standing: { ...standing, status } } };
    const stopped = this.contained(call, { approved: usesOf(found.judged).length > 0 });
    if (stopped !== undefined) return { ...found, refusal: stopped };
    if (call.attempt.signal.aborted) return { ...found, refusal: CANCELLED };
    if (this.isOver(standing)) return { ...found, refusal: CUT_OFF };
    if (status === standing.status && this.isJustJudged(found)) return undefined;
    const now = this.withEvidence(same, { facts: found.facts, judged: this.judge(same, found.facts) }, call.subject.id);
    return isStricter(now.judged.answer, found.judged.answer) ? { ...now, refusal: denied(now.judged) } : undefined;
  }

  /** The same rules said so a moment ago, of the same facts, and nothing that people agreed to is used up: E5 has nothing new. */
  private isJustJudged({ judged }: Found): boolean {
    const { at, setDigest } = judged.decisive.decision;
    const isSame = setDigest !== null && this.ports.decider.current(this.config.domain)?.digest === setDigest;
    return isSame && usesOf(judged).length === 0 && this.ports.clock.now() - at < JUST_JUDGED_MS;
  }

  /** Why an order forbids the call as it is now known. @param approved - people agreed to exactly it, or may yet */
  contained({ subject, attempt, reading }: Call, { approved }: { readonly approved: boolean }): No | undefined {
    const { server } = attempt;
    const keys = keysOf(subject.standing, server, reading.tool);
    const doing = { verb: reading.verb, destination: server.destination.kind, approved };
    return this.restraints.refusalOf(keys, subject.standing.token.issued, doing);
  }

  /** What the call uses up: its token where that is for one call, and what people agreed to. */
  usesOf(standing: Standing, { judged }: Found): readonly EntryUse[] {
    const approvals = usesOf(judged).map((key) => ({ scope: "approval", key }) as const);
    return standing.token.once ? [{ scope: "token", key: standing.token.jti }, ...approvals] : approvals;
  }

  private withEvidence(call: Call, found: Found, claimedBy?: EntryId): Found {
    const { judged, facts } = found;
    if (judged.answer !== "challenge" && usesOf(judged).length === 0) return found;
    const evidence = evidenceFor(this.ports.desk, judged, this.asked(call, facts), claimedBy);
    return evidence.length === 0 ? found : { facts, judged: this.judge(call, facts, { evidence }) };
  }

  private asked({ subject, attempt, reading }: Call, facts: Facts): AskedCall {
    const moment = this.moment(subject, attempt.server, { facts });
    const { method } = attempt;
    const { args, display } = reading;
    return { moment, facts, method, tool: nameOf(reading), args, display, reference: referenceOf(subject.id) };
  }

  private judge({ subject, attempt, reading }: Call, facts: Facts, more: Partial<Moment> = {}): Judged {
    const moment = this.moment(subject, attempt.server, { facts, argsDigest: reading.args, ...more });
    const judged = judgeCall(this.judgePorts, moment, reading);
    return subject.mode === "observe" ? objected(judged, objectionsOf(facts.covers, reading.flaws)) : judged;
  }

  /** Token, mandate or whoever stands behind them has ended, or the feed that would say so is silent. */
  private isOver({ token, mandate, scopes }: Standing): boolean {
    const now = this.ports.clock.now();
    const { effect } = this.ports.feed.effect(scopes, token.issued);
    return effect === "isolate" || !this.ports.feed.fresh() || token.exp <= now || mandate.deadline <= now;
  }
}

const CANCELLED = { code: "approval_refused", why: "the client cancelled it before it was done" } as const;
const MOVED = { code: "approval_refused", why: "what the call names changed while people looked at it" } as const;
const CUT_OFF = { code: "credential_expired", why: "what the call rests on was ended meanwhile" } as const;

/** A judged call that may go on, or the refusal that policy made. */
function settled(found: Found): Found | Refused {
  const { answer } = found.judged;
  return answer === "allow" || answer === "log" ? found : { ...found, refusal: denied(found.judged) };
}

function notYet(asked: Exclude<PeopleSaid, { answered: "approved" }>, { args }: CallReading): No {
  if (asked.answered === "refused") return { code: "approval_refused", why: asked.why };
  const [next] = asked.waiting;
  const pending = { code: "approval_pending", why: asked.why } as const;
  return next === undefined ? pending : { ...pending, waiting: { approval: next.id, args, expires: next.expires } };
}

function denied(judged: Judged): No {
  return { code: "policy_denied", why: judged.decisive.decision.reason };
}

function sameRefs(a: readonly Ref[], b: readonly Ref[]): boolean {
  return a.length === b.length && a.every((ref, i) => ref.type === b[i]?.type && ref.id === b[i]?.id);
}
