// SPDX-License-Identifier: Apache-2.0
// The queue of what needs a person (respond R29-R36). Loosening waits for the disk: a yes counts once its entry is durable.
// Tightening does not: a no, an end or a withdrawal acts at once and is written after.
import {
  type ApprovalDesk,
  type ApprovalId,
  type BoundAssertion,
  type Clock,
  type DeskItem,
  type DeskState,
  type DeskView,
  type Digest,
  type EntryId,
  type EntrySource,
  type Evidence,
  type EvidenceQuery,
  type IdentityId,
  instant,
  type Log,
  type OnceScope,
  parseApprovalId,
  type Random,
  type Recorder,
  type ScopeKey,
  type Timers,
} from "../../core/index.ts";
import type { RespondConfig } from "../config.ts";
import type { Answered, AnswerRefusal, Approvals } from "./approvals.ts";
import { type SignedYes, type Signers, signedYes, type TrustedKeys } from "./assertion.ts";
import { questionKey } from "./binding.ts";
import { barredFrom, type DeskPeople, type Duties, type DutyRefusal, isAgreed } from "./duties.ts";
import { clipWhy, decidedEntry } from "./entry.ts";
import { unfit } from "./item.ts";
import { resume } from "./resume.ts";
import type { Rows } from "./rows.ts";
import { Ticket } from "./ticket.ts";
import { Tickets } from "./tickets.ts";
import { Waiting } from "./waiting.ts";

export interface DeskPorts {
  readonly recorder: Recorder;
  /** The same record, for what was decided before a restart. */
  readonly entries: EntrySource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly people: DeskPeople;
  /** Keys of people; nobody's yes counts where there are none. */
  readonly signers: readonly Signers[];
}

/** UNIT: ms. How often time is looked at for people who wait; for use it is looked at each time. */
const SWEEP_MS = 1000;
/** UNIT: ms. How long an ended question can be read. */
const SHOWN_MS = 3_600_000;
const NONCE_BYTES = 16;

type Opened = Awaited<ReturnType<ApprovalDesk["open"]>>;

export class Desk implements Approvals {
  private readonly ports: DeskPorts;
  private readonly rows: Rows;
  private readonly config: RespondConfig;
  private readonly waiting: Waiting;
  private readonly keys: TrustedKeys;
  private readonly duties: Duties;
  private readonly tickets = new Tickets();
  /** Questions whose row is being written, by their question. */
  private readonly opening = new Map<string, { readonly principal: IdentityId; readonly done: Promise<Opened> }>();
  /** Tickets whose row could not be brought level with them. */
  private readonly unsaved = new Set<Ticket>();
  private readonly watchers = new Set<() => void>();
  /** The end of the queue of answers: one after the other, so that what was checked still holds. */
  private answers: Promise<unknown> = Promise.resolve();
  private saving: Promise<unknown> = Promise.resolve();
  private stopSweep: () => void = () => undefined;

  constructor(ports: DeskPorts, rows: Rows, config: RespondConfig) {
    this.ports = ports;
    this.rows = rows;
    this.config = config;
    this.keys = { signers: ports.signers, demo: config.demo };
    this.duties = { people: ports.people, fourEyes: config.settings.approvals.fourEyes };
    this.waiting = new Waiting(ports.timers);
  }

  /** Reads the queue that the last process left. @throws StoreError, RecordError, RespondError */
  async start(): Promise<void> {
    const rows = await this.rows.load(this.ports.clock.now());
    const isSigned = (ticket: Ticket, yes: SignedYes): boolean =>
      signedYes(this.keys, ticket, yes.assertion)?.key === yes.key;
    for (const ticket of await resume({ ...this.ports, isSigned }, rows)) this.tickets.add(ticket);
    this.sweep();
    this.stopSweep = this.ports.timers.every(SWEEP_MS, () => this.sweep());
  }

  async close(): Promise<void> {
    this.stopSweep();
    this.waiting.releaseAll();
    await this.answers;
    await this.saving;
  }

  async open(item: DeskItem): Promise<Opened> {
    const refused = unfit(item);
    if (refused !== undefined) return { refused };
    const known = this.known(item);
    if (known !== undefined) return { id: known.id };
    const key = questionKey(item);
    const { principal } = item.call;
    const opening = this.opening.get(key);
    if (opening !== undefined) return opening.done;
    if (this.pendingOf(principal) >= this.config.settings.approvals.pendingPerRequester) {
      return { refused: "approvals_flooded" };
    }
    const done = this.write(item);
    this.opening.set(key, { principal, done });
    return done.finally(() => this.opening.delete(key));
  }

  read(id: ApprovalId): DeskView | undefined {
    return this.tickets.get(id)?.view();
  }

  list({ pending }: { readonly pending: boolean }): readonly DeskView[] {
    const tickets = this.tickets.all();
    return tickets.filter((ticket) => !pending || this.isOpen(ticket)).map((ticket) => ticket.view());
  }

  wait(id: ApprovalId, ms: number, signal: AbortSignal): Promise<DeskState> {
    const ticket = this.tickets.get(id);
    return ticket === undefined ? Promise.resolve("cancelled") : this.waiting.wait(ticket, ms, signal);
  }

  evidence(query: EvidenceQuery): readonly Evidence[] {
    return this.tickets
      .of(query)
      .filter((ticket) => this.isUsable(ticket) && ticket.hasUse(query.claimedBy))
      .map((ticket) => ticket.evidence());
  }

  claim(scope: OnceScope, key: string, by: EntryId): Promise<"first" | "taken"> {
    // no wait between the look and the mark: two calls at once cannot both be first
    const ticket = scope === "approval" ? this.tickets.get(key) : undefined;
    if (ticket === undefined || !this.isUsable(ticket) || !ticket.hasUse() || ticket.spent.has(by)) {
      return Promise.resolve("taken");
    }
    ticket.spent.add(by);
    return Promise.resolve("first");
  }

  approve(id: ApprovalId, assertion: BoundAssertion): Promise<Answered> {
    const turn = this.answers.then(() => this.agree(id, assertion));
    this.answers = turn.catch(() => undefined); // the caller gets the fault; the queue goes on
    return turn;
  }

  refuse(id: ApprovalId, by: IdentityId, why: string): Answered {
    const ticket = this.tickets.get(id);
    const over = this.overOf(ticket);
    if (ticket === undefined || over !== undefined) return { refused: over ?? "approval_unknown" };
    if (!this.ports.people.isActiveHuman(by)) return { refused: "approver_not_human" };
    this.end(ticket, "denied", { by, why });
    return { state: "denied" };
  }

  barred(id: ApprovalId, person: IdentityId): DutyRefusal | undefined {
    const ticket = this.tickets.get(id);
    return ticket === undefined ? "approver_not_in_group" : barredFrom(ticket, person, this.duties);
  }

  cancel(id: ApprovalId, why: string): void {
    const ticket = this.tickets.get(id);
    if (ticket !== undefined && this.isLive(ticket)) this.end(ticket, "cancelled", { why });
  }

  voidFor(keys: readonly ScopeKey[], why: string): number {
    return this.cancelWhere((ticket) => keys.some((key) => isUnder(ticket, key)), why);
  }

  keepPolicies(inForce: ReadonlySet<Digest>): number {
    return this.cancelWhere(({ item }) => !inForce.has(item.policyDigest), "the policy that asked is not in force");
  }

  watch(changed: () => void): () => void {
    this.watchers.add(changed);
    return () => void this.watchers.delete(changed);
  }

  private cancelWhere(isVoid: (ticket: Ticket) => boolean, why: string): number {
    const ended = this.tickets.all().filter((ticket) => this.isLive(ticket) && isVoid(ticket));
    for (const ticket of ended) this.end(ticket, "cancelled", { why });
    return ended.length;
  }

  private async write(item: DeskItem): Promise<Opened> {
    const { clock, random, entries, log } = this.ports;
    const { ttlMs, maxMs } = this.config.settings.approvals;
    const opened = clock.now();
    const expires = instant(opened + Math.min(item.challenge.ttlMs ?? ttlMs, maxMs));
    const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString("base64url");
    const id = parseApprovalId(random.id());
    const terms = { id, state: "pending", nonce, opened, expires, since: entries.size(), bound: [] } as const;
    const ticket = new Ticket({ ...terms, item }, clock);
    try {
      await this.rows.add(ticket.parts());
    } catch (cause) {
      log.fault("RESPOND_NOT_OPENED", { why: reasonOf(cause) });
      return { refused: "approvals_unavailable" };
    }
    this.tickets.add(ticket);
    this.changed();
    return { id };
  }

  private async agree(id: ApprovalId, assertion: BoundAssertion): Promise<Answered> {
    const ticket = this.tickets.get(id);
    const over = this.overOf(ticket);
    if (ticket === undefined || over !== undefined) return { refused: over ?? "approval_unknown" };
    const given = this.checked(ticket, assertion);
    if ("refused" in given) return given;
    const { recorder, log } = this.ports;
    const before = ticket.bound;
    // who agreed earlier and may not any more does not count
    const counting = before.filter((yes) => barredFrom(ticket, yes.assertion.person, this.duties) === undefined);
    ticket.bound = [...counting, given.yes];
    const isEnough = isAgreed(ticket, this.duties);
    try {
      if (isEnough) await recorder.append(decidedEntry(ticket, "approved", assertion.person));
      else await this.rows.save(ticket.parts());
    } catch (cause) {
      ticket.bound = before;
      log.fault("RESPOND_NOT_AGREED", { why: reasonOf(cause) });
      return { refused: "approvals_unavailable" };
    }
    // a no that came while the yes was written stands
    const late = this.overOf(ticket);
    if (late !== undefined) return { refused: late };
    if (isEnough) this.grant(ticket, assertion.person);
    else this.changed();
    return { state: ticket.state };
  }

  private checked(
    ticket: Ticket,
    assertion: BoundAssertion,
  ): { readonly yes: SignedYes } | { readonly refused: AnswerRefusal } {
    if (assertion.acr === "demo" && !this.config.demo) return { refused: "demo_signature" };
    const yes = signedYes(this.keys, ticket, assertion);
    if (yes === undefined) return { refused: "approval_unverifiable" };
    const barred = barredFrom(ticket, assertion.person, this.duties);
    if (barred !== undefined) return { refused: barred };
    const { person, credential } = assertion;
    const isTwice = ticket.bound.some((b) => b.assertion.person === person || b.assertion.credential === credential);
    return isTwice ? { refused: "approver_twice" } : { yes };
  }

  private grant(ticket: Ticket, by: IdentityId): void {
    ticket.settle("approved", { at: this.ports.clock.now(), by });
    this.waiting.release(ticket);
    this.keep(ticket);
  }

  private end(
    ticket: Ticket,
    outcome: "denied" | "expired" | "cancelled",
    given: { readonly by?: IdentityId; readonly why?: string },
  ): void {
    const decided = { at: this.ports.clock.now(), ...(given.by === undefined ? {} : { by: given.by }) };
    ticket.settle(outcome, decided, given.why === undefined ? undefined : clipWhy(given.why));
    this.waiting.release(ticket);
    this.ports.recorder.note(decidedEntry(ticket, outcome, given.by));
    this.keep(ticket);
  }

  /** Brings the row level with the ticket; what fails is tried again, and the record knows better meanwhile. */
  private keep(ticket: Ticket): void {
    this.unsaved.delete(ticket);
    this.changed();
    const saved = this.rows.save(ticket.parts()).catch((cause: unknown) => {
      this.unsaved.add(ticket);
      this.ports.log.fault("RESPOND_NOT_SAVED", { approval: ticket.id, why: reasonOf(cause) });
    });
    this.saving = Promise.all([this.saving, saved]);
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }

  private sweep(): void {
    const { clock } = this.ports;
    for (const ticket of this.unsaved) this.keep(ticket);
    for (const ticket of this.tickets.all()) {
      this.overOf(ticket);
      if (clock.now() >= ticket.expires + SHOWN_MS) this.tickets.forget(ticket);
    }
  }

  /** Why no answer is taken any more; ends what is over. */
  private overOf(ticket: Ticket | undefined): "approval_decided" | "approval_expired" | undefined {
    if (ticket === undefined) return undefined;
    if (ticket.state === "pending" && ticket.isOver(this.ports.clock)) this.end(ticket, "expired", {});
    if (ticket.state === "pending") return undefined;
    return ticket.state === "expired" ? "approval_expired" : "approval_decided";
  }

  /** The question that was asked before and still stands: open, answered and unused, or refused. */
  private known(item: DeskItem): Ticket | undefined {
    const key = questionKey(item);
    return this.tickets.of(item.call).find((ticket) => {
      if (ticket.isOver(this.ports.clock) || questionKey(ticket.item) !== key) return false;
      if (ticket.state === "approved") return this.isUsable(ticket) && ticket.hasUse();
      return ticket.state === "pending" || ticket.state === "denied";
    });
  }

  private pendingOf(principal: IdentityId): number {
    const open = this.tickets.all().filter((t) => t.item.call.principal === principal && this.isOpen(t));
    return open.length + [...this.opening.values()].filter((o) => o.principal === principal).length;
  }

  private isOpen(ticket: Ticket): boolean {
    return ticket.state === "pending" && !ticket.isOver(this.ports.clock);
  }

  private isUsable(ticket: Ticket): boolean {
    const { clock } = this.ports;
    return ticket.state === "approved" && !ticket.isOver(clock) && isAgreed(ticket, this.duties);
  }

  private isLive(ticket: Ticket): boolean {
    return (ticket.state === "pending" || ticket.state === "approved") && !ticket.isOver(this.ports.clock);
  }
}

/** Whether a key of the control feed means this ticket, or a person who has to do with it. */
function isUnder({ item, bound }: Ticket, { kind, id }: ScopeKey): boolean {
  if (kind === "all" || item.scopes.some((scope) => scope.kind === kind && scope.id === id)) return true;
  const persons = [item.onBehalfOf, ...item.actors, ...bound.map(({ assertion }) => assertion.person)];
  return kind === "identity" && persons.some((person) => person === id);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "unknown";
}
