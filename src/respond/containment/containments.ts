// SPDX-License-Identifier: Apache-2.0
// Orders (respond R5-R18): bound in the tick in which they are given, written beside it, called effective only when every
// point has refused a try, ended by other people than who gave them.
import {
  type Clock,
  type ControlEntry,
  type ControlFeed,
  type EntryId,
  type Finding,
  type IdentityId,
  instant,
  type Log,
  type OrderId,
  type Points,
  parseOrderId,
  type Random,
  type Recorder,
  type ScopeKey,
  type Store,
  type Timers,
} from "../../core/index.ts";
import type { Signers } from "../approvals/assertion.ts";
import type { DeskPeople } from "../approvals/duties.ts";
import type { RespondConfig } from "../config.ts";
import { Acknowledgements } from "./acknowledge.ts";
import { Held, messageOf } from "./held.ts";
import { Flights } from "./in-flight.ts";
import { type By, isActive, isIdentity, type Order, type OrderRequest } from "./order.ts";
import { orderEntry } from "./order-entry.ts";
import { OrderRows } from "./order-rows.ts";
import { askOf, conditionsOf, isReleasable, refusalOf, termsOf } from "./release.ts";
import { type Proposal, proposalFor, type Reach, type ResponseRules } from "./rules.ts";
import type {
  Condition,
  ContainedIdentities,
  Containments,
  Ordered,
  Released,
  ReleaseRequest,
  Response,
} from "./surface.ts";

export interface ContainmentPorts {
  readonly store: Store;
  readonly feed: ControlFeed;
  readonly points: Points;
  readonly identities: ContainedIdentities;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly people: DeskPeople;
  readonly signers: readonly Signers[];
}

/** UNIT: ms. How often what is behind is tried again. */
const TEND_MS = 1000;

type Request = OrderRequest & { readonly trigger?: EntryId };

export class ContainmentRoom implements Containments {
  readonly flights: Flights = new Flights();
  private readonly ports: ContainmentPorts;
  private readonly rules: ResponseRules;
  private readonly config: RespondConfig;
  private readonly rows: OrderRows;
  private readonly acks: Acknowledgements;
  /** Oldest first. */
  private readonly orders = new Map<OrderId, Held>();
  private stopTending: () => void = () => undefined;
  private readonly told = new Set<(order: Order) => void>();

  constructor(ports: ContainmentPorts, rules: ResponseRules, config: RespondConfig) {
    this.ports = ports;
    this.rules = rules;
    this.config = config;
    this.rows = new OrderRows(ports.store);
    this.acks = new Acknowledgements(ports, this.flights);
  }

  /** Reads the orders of the last process, and binds what the feed does not hold. @throws StoreError, RespondError */
  async start(): Promise<void> {
    for (const order of await this.rows.load()) this.orders.set(order.id, this.hold(order));
    const bound = new Map<OrderId, ControlEntry>();
    const stop = this.ports.feed.subscribe(0, (row) => {
      if (row.order !== undefined) bound.set(row.order, row);
    });
    stop();
    for (const held of this.orders.values()) {
      const isBound = (bound.get(held.order.id)?.effect ?? "none") !== "none";
      if (isActive(held.order) && !isBound && held.order.state !== "releasing") void this.bind(held);
    }
    for (const row of bound.values()) if (row.effect !== "none") this.adopt(row);
    this.stopTending = this.ports.timers.every(TEND_MS, () => void this.tend());
  }

  async close(): Promise<void> {
    this.stopTending();
    await Promise.all([...this.orders.values()].map((held) => held.write()));
  }

  subscribe(told: (order: Order) => void): () => void {
    this.told.add(told);
    return () => this.told.delete(told);
  }

  on(finding: Finding): void {
    // what was seen now, not the worst that was ever seen: an old sign that was dealt with orders nothing again
    const sign = { ...finding, code: finding.reasons.at(-1)?.code ?? finding.code };
    const proposal = proposalFor(sign, this.rules, this.reach());
    if (proposal === undefined || (!proposal.act && proposal.meanwhile === undefined)) return;
    const effect = proposal.act ? proposal.effect : "challenge";
    const { because, rule, scopes } = proposal;
    const trigger = finding.reasons.at(-1)?.entries[0];
    for (const scope of scopes) {
      const request = { effect, scope, because, rule, finding: finding.id };
      const { settled } = this.give({ ...request, ...(trigger === undefined ? {} : { trigger }) }, "system");
      void settled;
    }
  }

  async contain(request: OrderRequest, by: IdentityId, key?: string): Promise<Ordered> {
    if (request.because.trim() === "") return no("because_missing", "say why");
    if (request.scope.id === "" || request.scope.id.length > 2048) return no("scope_malformed", "a scope has an id");
    const known = key === undefined ? undefined : this.find((order) => order.keys.includes(key));
    if (known !== undefined && !isSame(known.order, request))
      return no("key_reused", "the key was used for another order");
    if (known !== undefined) return { order: known.order };
    const { held, settled } = this.give(request, by, key);
    await settled;
    if (this.ports.points.list().length === 0)
      return { ...no("respond_no_point", "no enforcement point is registered"), order: held.order };
    return { order: held.order };
  }

  list({ active }: { readonly active: boolean }): readonly Order[] {
    const orders = [...this.orders.values()].map(({ order }) => order).toReversed();
    return active ? orders.filter(isActive) : orders;
  }

  get(id: OrderId): Order | undefined {
    return this.orders.get(id)?.order;
  }

  conditions(id: OrderId): readonly Condition[] {
    const order = this.get(id);
    return order === undefined ? [] : this.conditionsOf(order);
  }

  terms(id: OrderId): ReturnType<typeof termsOf> | undefined {
    const order = this.get(id);
    return order === undefined ? undefined : termsOf(order);
  }

  async release(id: OrderId, request: ReleaseRequest): Promise<Released> {
    const held = this.orders.get(id);
    if (held === undefined) return { refused: "order_unknown", why: "there is no such order" };
    const keys = { signers: this.ports.signers, demo: this.config.demo };
    const refused = refusalOf(held.order, request, { people: this.ports.people, keys });
    if (refused !== undefined) return refused;
    const now = this.ports.clock.now();
    const asked = held.change({ asks: [...held.order.asks, askOf(request, now)] });
    const conditions = this.conditionsOf(asked);
    const waits = conditions.filter(({ met }) => !met);
    if (!isReleasable(asked, conditions)) {
      await held.write();
      return { order: held.order, waits };
    }
    return (await this.lift(held))
      ? { order: held.order, waits: [] }
      : { refused: "release_unavailable", why: "it could not be written down: it binds until it can" };
  }

  async resume(
    id: OrderId,
    { by, because }: Pick<ReleaseRequest, "by" | "because">,
  ): Promise<Ordered | { readonly refused: "resume_refused"; readonly why: string }> {
    const order = this.get(id);
    if (order === undefined) return no("order_unknown", "there is no such order");
    if (order.state !== "released" || order.effect !== "isolate" || !isIdentity(order.scope))
      return cannot("only an identity whose isolation was released is resumed");
    if (because.trim() === "") return no("because_missing", "say why it may act again");
    if (!this.ports.people.isActiveHuman(by)) return cannot("a person resumes it");
    if (order.asks.at(-1)?.by === by) return cannot("another person than who released it last resumes it");
    const other = this.find((one) => isActive(one) && one.effect === "isolate" && sameScope(one.scope, order.scope));
    if (other !== undefined) return cannot(`another order holds it: ${other.order.id}`);
    // it comes back with less than it had: first the restriction, and only then the identity
    const watched = await this.contain(
      { effect: "read-only", scope: order.scope, because: `after ${id}: ${because}` },
      by,
    );
    if ("refused" in watched) return watched;
    if (!watched.order.recorded) return cannot("the standing read-only order could not be written down");
    const refused = await this.ports.identities.resume(order.scope.id, { by, because });
    return refused === undefined ? watched : cannot(refused);
  }

  responseTo(finding: Finding): Response {
    const orders = this.list({ active: false }).filter((order) => order.finding === finding.id);
    const ids = orders.map(({ id }) => id);
    const isDecided = orders.some(({ effect }) => effect !== "challenge");
    const proposal = isDecided ? undefined : proposalFor(finding, this.rules, this.reach());
    return { orders: ids, ...(proposal === undefined ? {} : { proposal: waitingOf(proposal) }) };
  }

  async tend(): Promise<void> {
    for (const held of this.orders.values()) {
      const { state } = held.order;
      if (state === "releasing") await this.lift(held);
      if (state === "partial") await this.acks.settle(held);
      if (!held.order.recorded || held.order.state !== state) await held.write();
    }
  }

  /** Everything that must happen in this tick, and the rest of it. */
  private give(request: Request, by: By, key?: string): { readonly held: Held; readonly settled: Promise<void> } {
    const same = this.find((order) => order.state !== "releasing" && isActive(order) && isSame(order, request));
    if (same !== undefined) return { held: same, settled: this.merge(same, by, key) };
    const { effect, scope, because, finding, rule } = request;
    const held = this.hold({
      id: parseOrderId(this.ports.random.id()),
      effect,
      scope,
      because,
      ...(finding === undefined ? {} : { finding }),
      ...(rule === undefined ? {} : { rule }),
      by: [by],
      automatic: by === "system",
      // what a finding names was seen; what a person names may be a slip of the pen
      standing: by !== "system" && !this.ports.identities.knows(scope),
      state: "ordered",
      orderedAt: this.ports.clock.now(),
      seq: 0,
      points: [],
      recorded: false,
      instances: this.ports.identities.instances(scope),
      asks: [],
      keys: key === undefined ? [] : [key],
    });
    this.orders.set(held.order.id, held);
    return { held, settled: this.bind(held, request.trigger) };
  }

  private bind(held: Held, trigger?: EntryId): Promise<void> {
    const started = this.ports.clock.monotonic();
    const { id: order, effect, scope, because, by } = held.order;
    const { seq, durable } = this.ports.feed.append([{ ...scope, effect, order, why: because, synthetic: false }]);
    const cut = this.flights.cut(scope, order, effect);
    held.change({ seq });
    held.bound(durable);
    held.tell(orderEntry("identity.contained", held.order, by.at(-1) ?? "system"));
    const written = held.write();
    const acked = this.acks.first(held, cut, { started, arrived: this.arrived(trigger) });
    return Promise.all([written, acked]).then(() => held.write());
  }

  private async merge(held: Held, by: By, key?: string): Promise<void> {
    const { order } = held;
    const isNew = !order.by.includes(by);
    if (isNew) {
      held.change({ by: [...order.by, by] });
      held.tell(orderEntry("identity.contained", held.order, by));
    }
    if (key !== undefined) held.change({ keys: [...order.keys, key] });
    if (isNew || key !== undefined) await held.write();
  }

  /** Ends an order that people agreed to end: on every disk first, and only then for anybody. */
  private async lift(held: Held): Promise<boolean> {
    const { id: order, scope, effect, asks, state } = held.order;
    const last = asks.at(-1);
    if (last === undefined) return false;
    try {
      held.change({ state: "releasing" });
      await this.rows.save(held.order);
      if (state !== "releasing") await this.ports.recorder.append(orderEntry("identity.released", held.order, last.by));
      const rest = this.find(
        (one) => one.id !== order && isActive(one) && one.effect === "isolate" && sameScope(one.scope, scope),
      );
      if (effect === "isolate" && isIdentity(scope) && rest === undefined && this.ports.identities.knows(scope))
        await this.ports.identities.release(scope.id, { by: last.by, because: last.because });
      const none = { ...scope, effect: "none", order, why: "released", synthetic: false } as const;
      await this.ports.feed.append([none]).durable;
      held.change({ state: "released", releasedAt: this.ports.clock.now() });
      await held.write();
      return true;
    } catch (cause) {
      this.ports.log.fault("RESPOND_NOT_RELEASED", { order, why: messageOf(cause) });
      return false;
    }
  }

  /** A row that binds and whose order was not stored: the process ended between the two. */
  private adopt(row: ControlEntry): void {
    const { order: id, kind, id: name, effect, why: because, at: orderedAt, seq } = row;
    if (id === undefined || effect === "none" || this.orders.has(id)) return;
    const scope: ScopeKey = { kind, id: name };
    const found = { id, effect, scope, because, orderedAt, seq, by: ["system"], automatic: true } as const;
    const rest = { standing: false, state: "partial", points: [], recorded: false, asks: [], keys: [] } as const;
    const held = this.hold({ ...found, ...rest, instances: this.ports.identities.instances(scope) });
    held.tell(orderEntry("identity.contained", held.order, "system"));
    this.orders.set(id, held);
  }

  private hold(order: Order): Held {
    const changed = (now: Order): void => {
      for (const told of this.told) told(now);
    };
    return new Held({ ...this.ports, rows: this.rows, changed }, order);
  }

  private conditionsOf(order: Order): readonly Condition[] {
    const active = new Set(this.ports.identities.instances(order.scope));
    return conditionsOf(order, (instance) => active.has(instance));
  }

  private find(is: (order: Order) => boolean): Held | undefined {
    return [...this.orders.values()].find((held) => is(held.order));
  }

  private arrived(trigger: EntryId | undefined): number | undefined {
    return trigger === undefined ? undefined : this.flights.arrived(trigger);
  }

  private reach(): Reach {
    const { automatic, automaticRate } = this.config.settings;
    const from = instant(Math.max(0, this.ports.clock.now() - automaticRate.perMs));
    const all = this.ports.identities.count({ kind: "all", id: "all" });
    const most = Math.max(automaticRate.min, Math.ceil(all * automaticRate.share));
    // what people have looked at and ended since is nobody's weapon any more
    const lately = this.list({ active: true }).filter(
      (order) => order.automatic && order.effect === "isolate" && order.orderedAt > from,
    );
    return {
      identities: (scope) => this.ports.identities.count(scope),
      most: automatic.identities,
      flooded: lately.length >= most,
    };
  }
}

/** A proposal that would have been carried out and was not is one for a person. */
function waitingOf(proposal: Proposal): Proposal {
  return proposal.act ? { ...proposal, act: false, why: "the order it led to was ended" } : proposal;
}

function cannot(why: string): { readonly refused: "resume_refused"; readonly why: string } {
  return { refused: "resume_refused", why };
}

function isSame(order: Order, { effect, scope }: OrderRequest): boolean {
  return order.effect === effect && sameScope(order.scope, scope);
}

function sameScope(a: ScopeKey, b: ScopeKey): boolean {
  return a.kind === b.kind && a.id === b.id;
}

function no<R extends string>(refused: R, why: string): { readonly refused: R; readonly why: string } {
  return { refused, why };
}
