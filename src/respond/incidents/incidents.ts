// SPDX-License-Identifier: Apache-2.0
// Incidents: opened by a person, or by a certain sign of the worst kind (respond R47). A version exists here at once and is
// told at once; record and store follow, and what they do not take is tried again. Nothing here computes a deadline.
import {
  type Clock,
  type Finding,
  type FindingSink,
  type IdentityId,
  type IncidentFacts,
  type IncidentId,
  type IncidentReader,
  type IncidentTime,
  type Instant,
  incidentName,
  type Log,
  parseIdentityId,
  parseIncidentId,
  type Random,
  type Recorder,
  type Store,
  type Timers,
} from "../../core/index.ts";
import type { Order } from "../containment/order.ts";
import { type IncidentEvent, incidentEntry } from "./incident-entry.ts";
import { IncidentRows } from "./incident-rows.ts";

export interface IncidentPorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Who answers for an identity, and where it belongs. */
  readonly about: (id: IdentityId) => { readonly sponsor?: IdentityId; readonly jurisdiction?: string } | undefined;
}

type By = IdentityId | "system";

/** What may be said anew of an incident. */
export type IncidentChange = Partial<
  Pick<
    IncidentFacts,
    "title" | "severity" | "categories" | "jurisdictions" | "destinations" | "records" | "malicious" | "ongoing"
  >
>;

/** One of an incident's times. */
export interface Told {
  readonly time: IncidentTime;
  readonly at: Instant;
}

export type IncidentRefusal =
  | "incident_unknown"
  | "incident_closed"
  | "because_missing"
  | "time_in_future"
  | "orders_open";
export type Changed = { readonly facts: IncidentFacts } | { readonly refused: IncidentRefusal; readonly why: string };

export interface Incidents extends IncidentReader, FindingSink {
  open(
    request: { readonly title: string; readonly because: string; readonly exercise: boolean },
    by: By,
  ): Promise<Changed>;
  change(id: IncidentId, change: IncidentChange, by: By, because: string): Promise<Changed>;
  /** Sets one of its times; an earlier statement stays in the record. */
  time(id: IncidentId, told: Told, by: By, because: string): Promise<Changed>;
  /** Refused while an order of it still binds: somebody has to own it first (respond R50). */
  close(id: IncidentId, by: By, because: string): Promise<Changed>;
  /** An order that was given, or that every point has now acknowledged. */
  ordered(order: Order): void;
  /** Called for each version, in the tick in which it is made. */
  subscribe(told: (event: IncidentEvent, facts: IncidentFacts) => void): () => void;
  /** Versions that record or store have not taken yet. */
  readonly unwritten: number;
}

/** UNIT: ms. How often what was not written is tried again. */
const RETRY_MS = 1000;
/** UNIT: ms. A clock of a person may be so far ahead of ours (prove J28). */
const AHEAD_MS = 5 * 60_000;

interface Version {
  readonly event: IncidentEvent;
  readonly facts: IncidentFacts;
  readonly by: By;
  readonly because: string;
}

export class IncidentRoom implements Incidents {
  private readonly ports: IncidentPorts;
  private readonly rows: IncidentRows;
  private readonly known = new Map<IncidentId, IncidentFacts>();
  /** Orders of an incident that still bind. */
  private readonly binding = new Map<string, IncidentId>();
  private readonly told = new Set<(event: IncidentEvent, facts: IncidentFacts) => void>();
  private queue: Version[] = [];
  private writing: Promise<void> = Promise.resolve();
  private stopRetry: () => void = () => undefined;

  constructor(ports: IncidentPorts) {
    this.ports = ports;
    this.rows = new IncidentRows(ports.store);
  }

  /** @throws StoreError, RespondError RESPOND_ROW_MALFORMED */
  async start(orders: readonly Order[]): Promise<void> {
    for (const facts of await this.rows.load()) this.known.set(facts.id, facts);
    for (const order of orders) this.ordered(order);
    this.stopRetry = this.ports.timers.every(RETRY_MS, () => void this.write());
  }

  async stop(): Promise<void> {
    this.stopRetry();
    await this.write();
  }

  get unwritten(): number {
    return this.queue.length;
  }

  facts(id: IncidentId): IncidentFacts | undefined {
    return this.known.get(id);
  }

  list(): readonly IncidentFacts[] {
    return [...this.known.values()].toSorted((a, b) => b.number - a.number);
  }

  subscribe(told: (event: IncidentEvent, facts: IncidentFacts) => void): () => void {
    this.told.add(told);
    return () => this.told.delete(told);
  }

  on(finding: Finding): void {
    const identity = identityOf(finding);
    if (finding.kind !== "certain" || finding.severity !== "critical" || identity === undefined) return;
    const open = this.list().find((one) => one.state === "open" && one.identities.includes(identity));
    if (open === undefined) this.openFor(finding, identity);
    else if (!open.findings.includes(finding.id)) {
      this.next(
        open,
        { findings: [...open.findings, finding.id] },
        "system",
        `another certain sign: ${finding.detector}`,
      );
    }
  }

  private openFor(finding: Finding, identity: IdentityId): void {
    const about = this.ports.about(identity);
    const source = finding.reasons.flatMap(({ entries }) => entries);
    this.begin(
      {
        ...this.empty(`${shortName(identity)}: ${finding.detector} ${finding.code}`, finding.synthetic),
        // when it was detected, and nothing more: when it happened, and who became aware of it, is for people to say
        times: { detectedAt: { at: finding.detectedAt, by: "system", source } },
        severity: finding.severity,
        identities: [identity],
        sponsors: about?.sponsor === undefined ? [] : [about.sponsor],
        jurisdictions: about?.jurisdiction === undefined ? [] : [about.jurisdiction],
        findings: [finding.id],
      },
      "system",
      "a certain sign of a compromised identity",
    );
  }

  private empty(title: string, exercise: boolean): IncidentFacts {
    return {
      id: parseIncidentId(this.ports.random.id()),
      number: Math.max(0, ...[...this.known.values()].map(({ number }) => number)) + 1,
      v: 1,
      state: "open",
      exercise,
      title,
      times: {},
      severity: "high",
      identities: [],
      sponsors: [],
      categories: [],
      jurisdictions: [],
      destinations: [],
      records: { n: null, quality: "unknown" },
      malicious: "unknown",
      ongoing: null,
      actions: [],
      findings: [],
    };
  }

  async open(
    { title, because, exercise }: { readonly title: string; readonly because: string; readonly exercise: boolean },
    by: By,
  ): Promise<Changed> {
    if (because.trim() === "" || title.trim() === "")
      return no("because_missing", "say what it is, and because of what");
    const facts = this.begin(this.empty(title, exercise), by, because);
    await this.write();
    return { facts };
  }

  async change(id: IncidentId, change: IncidentChange, by: By, because: string): Promise<Changed> {
    const found = this.openOne(id, because);
    if ("refused" in found) return found;
    const facts = this.next(found.facts, change, by, because);
    await this.write();
    return { facts };
  }

  async time(id: IncidentId, { time, at }: Told, by: By, because: string): Promise<Changed> {
    const found = this.openOne(id, because);
    if ("refused" in found) return found;
    if (at > this.ports.clock.now() + AHEAD_MS) return no("time_in_future", `${time} is in the future`);
    const facts = this.next(
      found.facts,
      { times: { ...found.facts.times, [time]: { at, by, source: [] } } },
      by,
      because,
    );
    await this.write();
    return { facts };
  }

  async close(id: IncidentId, by: By, because: string): Promise<Changed> {
    const found = this.openOne(id, because);
    if ("refused" in found) return found;
    const open = found.facts.actions.filter((order) => this.binding.has(order));
    if (open.length > 0) return no("orders_open", `${open.length} orders of it still bind: release them first`);
    const closed: IncidentFacts = { ...found.facts, v: found.facts.v + 1, state: "closed" };
    this.put({ event: "incident.closed", facts: closed, by, because });
    await this.write();
    return { facts: closed };
  }

  ordered(order: Order): void {
    const incident = this.list().find(
      ({ state, findings, actions }) =>
        state === "open" &&
        (actions.includes(order.id) || (order.finding !== undefined && findings.includes(order.finding))),
    );
    if (order.state === "released") this.binding.delete(order.id);
    if (incident === undefined) return;
    if (order.state !== "released") this.binding.set(order.id, incident.id);
    const isNew = !incident.actions.includes(order.id);
    const { effectiveAt } = order;
    const isHeld = effectiveAt !== undefined && incident.times.containedAt === undefined;
    if (!isNew && !isHeld) return;
    const contained = isHeld ? { containedAt: { at: effectiveAt, by: "system", source: [] } as const } : {};
    const actions = isNew ? [...incident.actions, order.id] : incident.actions;
    const because = isHeld ? "every enforcement point acknowledged it" : "an order was given";
    this.next(incident, { actions, times: { ...incident.times, ...contained } }, "system", because);
  }

  private openOne(
    id: IncidentId,
    because: string,
  ): { readonly facts: IncidentFacts } | Extract<Changed, { refused: unknown }> {
    const facts = this.known.get(id);
    if (facts === undefined) return no("incident_unknown", "there is no such incident");
    if (facts.state === "closed") return no("incident_closed", `${incidentName(facts)} is closed`);
    return because.trim() === "" ? no("because_missing", "say because of what") : { facts };
  }

  private begin(facts: IncidentFacts, by: By, because: string): IncidentFacts {
    this.put({ event: "incident.opened", facts, by, because });
    return facts;
  }

  private next(before: IncidentFacts, change: Partial<IncidentFacts>, by: By, because: string): IncidentFacts {
    const facts = { ...before, ...change, v: before.v + 1 };
    this.put({ event: "incident.changed", facts, by, because });
    return facts;
  }

  private put(version: Version): void {
    this.known.set(version.facts.id, version.facts);
    this.queue.push(version);
    for (const told of this.told) told(version.event, version.facts);
    void this.write();
  }

  /** In order, one after the other: the record first, then the row that is read at the next start. */
  private write(): Promise<void> {
    this.writing = this.writing.then(() => this.writeAll());
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    for (let next = this.queue[0]; next !== undefined; next = this.queue[0]) {
      const { event, facts, by, because } = next;
      try {
        await this.ports.recorder.append(incidentEntry(event, facts, by, because));
        await this.rows.save(facts);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : "unknown";
        this.ports.log.fault("RESPOND_INCIDENT_NOT_WRITTEN", { why });
        return;
      }
      this.queue = this.queue.slice(1);
    }
  }
}

function no(refused: IncidentRefusal, why: string): { readonly refused: IncidentRefusal; readonly why: string } {
  return { refused, why };
}

function identityOf({ scopes }: Finding): IdentityId | undefined {
  const scope = scopes.find(({ kind }) => kind === "identity");
  try {
    return scope === undefined ? undefined : parseIdentityId(scope.id);
  } catch {
    return undefined; // not an identity of ours: nobody that an incident could be about
  }
}

function shortName(id: IdentityId): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
