// SPDX-License-Identifier: Apache-2.0
// Erasing a person (record L42): asked for by one, agreed to by another, and stopped by any hold. The key of the person's
// domain is destroyed, and with it what commitments and slices say; the row with the name goes; entries, proofs and counts
// stay, and lead to nobody. It is complete when the last backup that holds the key has ended.
import { z } from "zod";
import {
  type AdminDraft,
  type AnyDb,
  type Clock,
  type Digest,
  digestOf,
  type ErasureId,
  type IdentityId,
  type Instant,
  instant,
  type Json,
  type JsonObject,
  jsonObject,
  type Log,
  parseErasureId,
  type Reference,
  type Store,
  type Timers,
} from "../../core/index.ts";
import {
  type Act,
  type Actor,
  type Approval,
  actorShape,
  approvalJson,
  approvalShape,
  barredFrom,
  type Done,
  identityShape,
  instantShape,
  type No,
  refused,
} from "./act.ts";
import { Book, type BookPorts } from "./book.ts";
import { DAY_MS, dayOf, endOf, startOf } from "./day.ts";
import type { Domains } from "./domains.ts";
import type { HoldRegister } from "./holds.ts";
import { tables } from "./tables.ts";

const STATES = ["requested", "withdrawn", "destroying", "pending backups", "complete"] as const;

export interface Erasure {
  readonly id: ErasureId;
  readonly person: IdentityId;
  readonly by: Actor;
  readonly because: string;
  readonly at: Instant;
  readonly state: (typeof STATES)[number];
  /** The domain whose key is destroyed; absent where the person never had one. */
  readonly domain?: string;
  readonly agreed?: Approval;
  /** When the key was destroyed. */
  readonly erased?: Instant;
  /** When the last backup of the key ends. */
  readonly until?: Instant;
}

export interface ErasurePorts extends BookPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly domains: Domains;
  readonly holds: HoldRegister;
  /** Why this person cannot be erased. */
  readonly unfit: (person: IdentityId) => No | undefined;
  /** Erases what names the person, again where it is done already. */
  readonly forget: (person: IdentityId, act: Act) => Promise<void>;
  /** Told once a domain's key is gone, before its entry: nothing may be read from memory any more. */
  readonly forgotten: () => Promise<void>;
}

export interface ErasurePlace {
  readonly tenant: string;
  /** UNIT: days. How long a backup of keys is kept. */
  readonly keyBackupDays: number;
  /** UNIT: days. How long keys of days are kept, for tasks that nobody began; 0 for good. */
  readonly dayKeyDays: number;
}

/** UNIT: ms. */
const LOOK_EVERY_MS = 60_000;

const shape: z.ZodType<Erasure> = z.object({
  id: z.string().transform(parseErasureId),
  person: identityShape,
  by: actorShape,
  because: z.string(),
  at: instantShape,
  state: z.enum(STATES),
  domain: z.string().exactOptional(),
  agreed: approvalShape.exactOptional(),
  erased: instantShape.exactOptional(),
  until: instantShape.exactOptional(),
});

export class Erasures {
  private readonly ports: ErasurePorts;
  private readonly place: ErasurePlace;
  private readonly book: Book<Erasure>;
  /** The end of the queue: one erasure at a time. */
  private tail: Promise<unknown> = Promise.resolve();
  private stopLooking: () => void = () => undefined;

  constructor(ports: ErasurePorts, place: ErasurePlace) {
    this.ports = ports;
    this.place = place;
    this.book = new Book(ports, { kind: "erasure", tenant: place.tenant, shape });
  }

  /** Goes on with what a crash cut short. */
  async open(): Promise<void> {
    await this.book.open();
    for (const { state, person } of this.list()) if (isGone(state)) this.ports.domains.destroyed(person);
    await this.look();
    this.stopLooking = this.ports.timers.every(LOOK_EVERY_MS, () => void this.run(() => this.look()));
  }

  async close(): Promise<void> {
    this.stopLooking();
    await this.tail;
  }

  list(): readonly Erasure[] {
    return this.book.list();
  }

  get(id: string): Erasure | undefined {
    return this.book.get(id);
  }

  /** Nothing happens to anything before a second person agrees. */
  request(person: IdentityId, { by, because }: Act): Promise<{ readonly done: Erasure } | No> {
    return this.run(async () => {
      const no = this.ports.unfit(person) ?? this.held(person) ?? this.known(person);
      if (no !== undefined) return no;
      const { random, clock } = this.ports;
      const id = parseErasureId(random.id());
      const asked: Erasure = { id, person, by, because, at: clock.now(), state: "requested" };
      await this.book.put(asked, {});
      return { done: asked };
    });
  }

  withdraw(id: string): Promise<{ readonly done: Erasure } | No> {
    return this.run(async () => {
      const asked = this.get(id);
      if (asked === undefined) return UNKNOWN;
      if (asked.state !== "requested") return DECIDED;
      const withdrawn: Erasure = { ...asked, state: "withdrawn" };
      await this.book.put(withdrawn, {});
      return { done: withdrawn };
    });
  }

  /** What a second person signs. */
  termsOf({ id, person, by, because }: Erasure): Digest {
    return digestOf(jsonObject(Object.entries({ erasure: id, person, by, because })));
  }

  barred(asked: Erasure, person: IdentityId): No | undefined {
    if (asked.state !== "requested") return DECIDED;
    return barredFrom(asked.by, person) ?? this.held(asked.person) ?? this.ports.unfit(asked.person);
  }

  /** Destroys the key. What follows is done again after a crash until it is done. */
  agree(id: string, approval: Approval): Promise<Done<Erasure>> {
    return this.run(async () => {
      const asked = this.get(id);
      if (asked === undefined) return UNKNOWN;
      const no = this.barred(asked, approval.by);
      if (no !== undefined) return no;
      if (approval.terms !== this.termsOf(asked)) return refused("it is not what was shown any more");
      const { clock, domains } = this.ports;
      const domain = domains.owned(asked.person)?.id;
      await (domain === undefined ? undefined : domains.storingOf(domain));
      const destroying: Erasure = {
        ...asked,
        state: "destroying",
        agreed: approval,
        erased: clock.now(),
        ...(domain === undefined ? {} : { domain }),
      };
      await this.book.put(destroying, { rows: (db) => this.destroyKey(db, asked.person) });
      return this.finish(destroying);
    });
  }

  private held(person: IdentityId): No | undefined {
    const holds = this.ports.holds.on({ person });
    if (holds.length === 0) return undefined;
    return refused(`it is held by ${holds.join(", ")}`, "npx bailiwick record holds");
  }

  private known(person: IdentityId): No | undefined {
    const other = this.list().find((one) => one.person === person && one.state !== "withdrawn");
    return other === undefined ? undefined : refused(`there is an erasure already: ${other.id}, ${other.state}`);
  }

  private async destroyKey(db: AnyDb, person: IdentityId): Promise<void> {
    const { tenant } = this.place;
    await tables(db).deleteFrom("record_domain_key").where("tenant", "=", tenant).where("owner", "=", person).execute();
  }

  /** From the key's end to the entry; each step may be done twice. */
  private async finish(destroying: Erasure): Promise<{ readonly done: Erasure; readonly reference: Reference }> {
    const { domains, forgotten, forget, store } = this.ports;
    const { person, by, because, erased = destroying.at } = destroying;
    domains.destroyed(person);
    await forgotten();
    await forget(person, { by, because });
    await store.scrub();
    const until = instant(erased + this.place.keyBackupDays * DAY_MS);
    const state = until <= this.ports.clock.now() ? "complete" : "pending backups";
    const done: Erasure = { ...destroying, state, until };
    return { done, reference: await this.book.put(done, { draft: erasedEntry(done) }) };
  }

  /** What a crash or a busy disk left, and what backups held longest. */
  private async look(): Promise<void> {
    const { clock, log } = this.ports;
    await this.dropDays().catch((error: unknown) => {
      log.fault("record.days_unfinished", { error: error instanceof Error ? error.message : "unknown" });
    });
    for (const one of this.list()) {
      try {
        if (one.state === "destroying") await this.finish(one);
        const isOver = one.state === "pending backups" && (one.until ?? 0) <= clock.now();
        const complete: Erasure = { ...one, state: "complete" };
        if (isOver) await this.book.put(complete, { draft: erasedEntry(complete) });
      } catch (error) {
        log.fault("record.erasure_unfinished", {
          erasure: one.id,
          error: error instanceof Error ? error.message : "unknown",
        });
      }
    }
  }

  /** Keys of days that were kept long enough (record L40); told before they go, so that a crash cannot hide it. */
  private async dropDays(): Promise<void> {
    const { domains, holds, clock, recorder, store, forgotten } = this.ports;
    const { dayKeyDays, tenant } = this.place;
    if (dayKeyDays === 0) return;
    const first = dayOf(instant(Math.max(0, clock.now() - dayKeyDays * DAY_MS)));
    const old = domains.days().filter((day) => day < first);
    const days = old.filter((day) => holds.on({ from: startOf(day), to: endOf(startOf(day)) }).length === 0);
    if (days.length === 0) return;
    const data = jsonObject([["days", days]]);
    await recorder.append({ type: "admin", name: "log.erased", by: "system", because: "kept long enough", data });
    await store.tx("record.days", (db) =>
      tables(db).deleteFrom("record_domain_key").where("tenant", "=", tenant).where("owner", "in", days).execute(),
    );
    for (const day of days) domains.destroyed(day);
    await forgotten();
    await store.scrub();
  }

  private run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined); // the caller gets the fault; the queue goes on
    return turn;
  }
}

const UNKNOWN: No = { no: "unknown", why: "there is no such erasure", fix: "npx bailiwick record erase" };
const DECIDED: No = refused("it does not wait for anybody any more");

function isGone(state: Erasure["state"]): boolean {
  return state === "destroying" || state === "pending backups" || state === "complete";
}

function erasedEntry(erasure: Erasure): AdminDraft {
  const { by, because } = erasure;
  return { type: "admin", name: "log.erased", by, because, data: erasureData(erasure) };
}

function erasureData({ id, person, state, domain, agreed, until }: Erasure): JsonObject {
  const members: readonly (readonly [string, Json])[] = [
    ["erasure", id],
    ["person", person],
    ["state", state],
    ...(domain === undefined ? [] : [["domain", domain] as const]),
    ...(until === undefined ? [] : [["until", until] as const]),
    ...(agreed === undefined ? [] : [["approved", approvalJson(agreed)] as const]),
  ];
  return jsonObject(members);
}
