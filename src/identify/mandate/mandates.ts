// SPDX-License-Identifier: Apache-2.0
// Mandates: who lets whom do what, until when. What opens one is durable before it counts; what narrows or closes one counts
// from the call on, whatever the disk says (identify I10, I37).
import {
  type Clock,
  CoreError,
  digestOf,
  type EventName,
  type Identity,
  type IdentityId,
  type Instant,
  implies,
  type Json,
  type JsonObject,
  jsonObject,
  type Mandate,
  type MandateId,
  type MandateState,
  mandateS256,
  parseMandateId,
  parseStepGrant,
  parseTaskId,
  type Random,
  type StepGrant,
  type Store,
  type TaskId,
  type TenantId,
} from "../../core/index.ts";
import type { ChangeDraft, Changes } from "../changes.ts";
import type { Feed } from "../feed/feed.ts";
import type { Registry } from "../registry.ts";
import { type Act, checkAct, type No, no, type Outcome, TEXT_MAX_BYTES } from "../registry-rules.ts";
import { tables } from "../schema.ts";
import { type Held, readMandate, writeMandate } from "./mandate-rows.ts";

export interface MandateInput {
  /** A person, or a service that holds a mandate with the verb `delegate` which covers all of this. */
  readonly grantor: IdentityId;
  /** The agent, model, workload or service that may act. */
  readonly holder: IdentityId;
  /** As core's `stepGrantJson` writes it. */
  readonly grant: Json;
  readonly deadline: Instant;
  /** How many steps may hang below one another, besides the first; {@link DEPTH} where absent. */
  readonly depth?: number;
  /** What was asked for, in the grantor's words: only its digest is kept. */
  readonly request: string;
}

export interface MandatePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly registry: Registry;
  readonly changes: Changes;
  readonly feed: Feed;
}

export const DEPTH = 3;
/** Ceiling of what a grantor may ask for. */
export const DEPTH_MAX = 8;
/** Open mandates held in memory; one more is refused. */
export const MANDATES_MAX = 100_000;

export class MandateDesk {
  private readonly ports: MandatePorts;
  private readonly tenant: TenantId;
  /** As the rows have them. */
  private held = new Map<MandateId, Held>();
  /** Narrowed in memory, stored or not: lies over the rows. */
  private readonly narrowed = new Map<MandateId, Mandate>();
  /** Who opened each task that is held: a service that delegates opens nothing of its own. */
  private readonly starters = new Map<TaskId, IdentityId>();

  constructor(ports: MandatePorts, tenant: TenantId) {
    this.ports = ports;
    this.tenant = tenant;
    ports.changes.mirror(() => this.load());
  }

  /** As it is now: its state is judged at every call. */
  get(id: MandateId): Mandate | undefined {
    const held = this.held.get(id);
    if (held === undefined) return undefined;
    const mandate = this.narrowed.get(id) ?? held.mandate;
    return { ...mandate, state: this.state(mandate, held.opened) };
  }

  list(): readonly Mandate[] {
    return [...this.held.keys()].flatMap((id) => this.get(id) ?? []);
  }

  /** The person whose mandate a task began with. */
  starter(task: TaskId): IdentityId | undefined {
    return this.starters.get(task);
  }

  openFor(holder: IdentityId): readonly Mandate[] {
    return [...this.held.values()]
      .filter(({ mandate }) => mandate.holder === holder)
      .flatMap(({ mandate }) => this.get(mandate.id) ?? [])
      .filter(({ state }) => state === "open");
  }

  open(input: MandateInput, act: Act): Promise<Outcome<Mandate>> {
    return this.ports.changes.run(async () => {
      const grant = readGrant(input.grant);
      if ("no" in grant) return grant;
      const source = this.source(input, grant);
      const refused = checkAct(act) ?? this.check(input, act) ?? ("no" in source ? source : undefined);
      if (refused !== undefined) return refused;
      const task = "task" in source ? source.task : parseTaskId(this.ports.random.id());
      const { grantor, holder, deadline, depth = DEPTH } = input;
      const id = parseMandateId(this.ports.random.id());
      const terms = { id, task, grantor, holder, grant, deadline, depth, request: digestOf(input.request) };
      const mandate: Mandate = { ...terms, state: "open", s256: mandateS256(terms), v: 1 };
      const held: Held = { mandate, opened: this.ports.clock.now() };
      await this.ports.changes.commit("identify.mandate", this.entry("mandate.opened", mandate, act), async (db) => {
        await db.insertInto("id_mandate").values(writeMandate(held, this.tenant)).execute();
      });
      this.hold(held);
      return { done: mandate };
    });
  }

  /** The same mandate with less: tokens that name the old terms are refused from this call on. */
  narrow(id: MandateId, grant: Json, act: Act): Promise<Outcome<Mandate>> {
    const known = this.get(id);
    const narrower = readGrant(grant);
    const refused = checkAct(act) ?? this.mayChange(known, act) ?? ("no" in narrower ? narrower : undefined);
    if (refused !== undefined || known === undefined || "no" in narrower) {
      return Promise.resolve(refused ?? no("unknown", "there is no such mandate"));
    }
    const within = implies(narrower, known.grant);
    if (!within.ok) return Promise.resolve(no("invalid", `${within.dimension}: ${within.why}: open a new mandate`));
    const next: Mandate = { ...known, grant: narrower, v: known.v + 1 };
    const mandate: Mandate = { ...next, s256: mandateS256(next) };
    this.narrowed.set(id, mandate);
    return this.ports.changes.run(async () => {
      // core's list of names has one for terms that begin to hold; `v` tells the first from later ones
      const draft = this.entry("mandate.opened", mandate, act);
      await this.ports.changes.commit("identify.mandate", draft, async (db) => {
        const { grant: text, v } = writeMandate({ mandate, opened: this.ports.clock.now() }, this.tenant);
        await db.updateTable("id_mandate").set({ grant: text, v }).where("id", "=", id).execute();
      });
      this.put(mandate);
      if (this.narrowed.get(id) === mandate) this.narrowed.delete(id);
      return { done: mandate };
    });
  }

  /** Ends a mandate and everything under its task: one row of the feed, from this call on. */
  close(id: MandateId, act: Act): Promise<Outcome<Mandate>> {
    const known = this.get(id);
    const refused = checkAct(act) ?? this.mayChange(known, act);
    if (refused !== undefined || known === undefined) {
      return Promise.resolve(refused ?? no("unknown", "there is no such mandate"));
    }
    const { feed, changes } = this.ports;
    const row = { kind: "txn", id: known.task, effect: "isolate", exp: known.deadline, synthetic: false } as const;
    feed.bind([{ ...row, why: "mandate closed" }]);
    return changes.run(async () => {
      const mandate: Mandate = { ...known, state: "closed", v: known.v + 1 };
      await changes.commit("identify.mandate", this.entry("mandate.closed", mandate, act), async (db) => {
        const { state, v } = mandate;
        await db.updateTable("id_mandate").set({ state, v }).where("id", "=", id).execute();
        await feed.write(db);
      });
      feed.stored();
      this.put(mandate);
      return { done: mandate };
    });
  }

  private hold(held: Held): void {
    const { id, task, grantor } = held.mandate;
    this.held.set(id, held);
    if (this.ports.registry.get(grantor)?.kind === "human") this.starters.set(task, grantor);
  }

  private put(mandate: Mandate): void {
    const { id } = mandate;
    this.held.set(id, { mandate, opened: this.held.get(id)?.opened ?? this.ports.clock.now() });
  }

  private state(mandate: Mandate, opened: Instant): MandateState {
    if (mandate.state !== "open") return mandate.state;
    const { feed, clock, registry } = this.ports;
    const { effect } = feed.effect(
      [
        { kind: "mandate", id: mandate.id },
        { kind: "txn", id: mandate.task },
      ],
      opened,
    );
    const grantor = registry.get(mandate.grantor);
    // SOURCE: identify I4: leaving active takes away the mandates that it opened, also after it came back
    const isOrphan = grantor?.status !== "active" || opened <= (registry.left(mandate.grantor) ?? -1);
    if (effect === "isolate" || isOrphan) return "revoked";
    return mandate.deadline <= clock.now() ? "expired" : "open";
  }

  /** Where the grantor's right comes from: a person's own, or a service's mandate, whose task it then shares. */
  private source(input: MandateInput, grant: StepGrant): No | Pick<Mandate, "task"> | { readonly person: true } {
    const grantor = this.ports.registry.get(input.grantor);
    if (grantor?.status !== "active") return no("grantor_unfit", "the grantor is not active");
    if (grantor.kind === "human") return { person: true };
    if (grantor.kind !== "service") return no("grantor_unfit", "people open mandates, and services that may delegate");
    const wider = this.openFor(grantor.id).find(
      (own) =>
        own.grant.verbs.includes("delegate") &&
        implies(grant, own.grant).ok &&
        input.deadline <= own.deadline &&
        (input.depth ?? DEPTH) <= own.depth,
    );
    return wider ?? no("grantor_unfit", "the service holds no mandate to delegate that covers this one");
  }

  private check(input: MandateInput, act: Act): No | undefined {
    const { depth = DEPTH, deadline, request } = input;
    const holder = this.ports.registry.get(input.holder);
    if (!isHolder(holder)) return no("invalid", "the holder is not an active identity that acts by itself");
    if (act.by !== "system" && act.by !== input.grantor) return no("invalid", "the grantor opens it, nobody else");
    if (deadline <= this.ports.clock.now()) return no("invalid", "the deadline is over");
    if (!Number.isInteger(depth) || depth < 0 || depth > DEPTH_MAX) return no("invalid", "the depth is 0 to 8");
    if (request.trim() === "" || Buffer.byteLength(request) > TEXT_MAX_BYTES * 16) {
      return no("invalid", "say what is asked for, in at most 8 KiB");
    }
    if (this.held.size >= MANDATES_MAX) this.tidy();
    return this.held.size < MANDATES_MAX ? undefined : no("full", "no more mandates can be held");
  }

  /** Forgets what has ended: the rows keep it. */
  private tidy(): void {
    for (const [id, { mandate }] of this.held) {
      if (this.get(id)?.state === "open") continue;
      this.held.delete(id);
      if (this.starters.get(mandate.task) === mandate.grantor) this.starters.delete(mandate.task);
      this.narrowed.delete(id);
    }
  }

  private mayChange(known: Mandate | undefined, act: Act): No | undefined {
    if (known === undefined) return no("unknown", "there is no such mandate");
    if (known.state !== "open") return no("move_refused", `the mandate is ${known.state}`);
    const person = act.by === "system" || this.ports.registry.get(act.by)?.kind === "human";
    const isParty = act.by === known.grantor || act.by === known.holder;
    return person || isParty ? undefined : no("move_refused", "only its parties and people change a mandate");
  }

  private entry(name: EventName, mandate: Mandate, act: Act): ChangeDraft {
    const { id, task, grantor, holder, deadline, depth, s256, v, grant } = mandate;
    const { verbs, locations, labelMax, purpose } = grant;
    const limits = { verbs, locations, labelMax, purpose, constraints: grant.constraints.length };
    const members = { task, grantor, holder, deadline, depth, s256, v, because: act.because, ...limits };
    const data: JsonObject = jsonObject(Object.entries(members));
    return { type: "event", name, subject: { type: "Mandate", id }, ...byOf(act), data };
  }

  /** Reads the open mandates; what was narrowed still lies over them, and the feed judges what was closed. */
  private async load(): Promise<void> {
    const rows = await tables(this.ports.store.read)
      .selectFrom("id_mandate")
      .selectAll()
      .where("tenant", "=", this.tenant)
      .where("state", "=", "open")
      .where("deadline", ">", this.ports.clock.now())
      .execute();
    this.held = new Map();
    this.starters.clear();
    for (const held of rows.map(readMandate)) this.hold(held);
  }
}

/** Who did it, as an event says it. */
export function byOf({ by }: Act): { readonly by?: IdentityId } {
  return by === "system" ? {} : { by };
}

function isHolder(identity: Identity | undefined): boolean {
  return identity?.status === "active" && identity.kind !== "human";
}

function readGrant(json: Json): StepGrant | No {
  try {
    return parseStepGrant(json);
  } catch (cause) {
    if (cause instanceof CoreError) return no("invalid", cause.message);
    throw cause;
  }
}
