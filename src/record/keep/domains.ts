// SPDX-License-Identifier: Apache-2.0
// Erasure domains (record L7): one key for each person, and one for each UTC day for what nobody's task began. A task stays in
// the domain in which it was opened, since its id says when that was. Keys are in memory: making a commitment waits for
// nothing. A key that is new is stored before the first entry under it is written, or a crash would leave an entry behind
// that nobody can ever open.
import { createSecretKey, type KeyObject } from "node:crypto";
import {
  type Clock,
  type ErasureDomainId,
  type Instant,
  parseErasureDomainId,
  type Random,
  type TaskOwner,
} from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import { DAY_MS, dayOf, isDay, madeAt } from "./day.ts";
import { NONCE_BYTES, sealed, unsealed } from "./seal.ts";

/** A key as it is stored. */
export interface DomainRow {
  readonly id: string;
  /** A person's id, or a day. */
  readonly owner: string;
  /** Sealed under a key of custody; base64url. */
  readonly sealed: string;
  readonly made: Instant;
}

/** Where keys are stored. */
export interface DomainShelf {
  /** Durable when it resolves. */
  add(row: DomainRow): Promise<void>;
}

export interface DomainPorts {
  readonly shelf: DomainShelf;
  /** Seals the keys. */
  readonly under: KeyObject;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
}

/** The key of one domain, in memory. */
export interface Domain {
  readonly id: ErasureDomainId;
  readonly owner: string;
  readonly key: KeyObject;
}

const KEY_BYTES = 32;
const ID_BYTES = 16;
/** Keys that could not be stored, of which it is still known: what was committed to under them is refused. */
const FAILED_MAX = 1024;

/** Mutable state is changed by `of`, which is synchronous, and by what follows it on its own shelf. */
export class Domains {
  private readonly ports: DomainPorts;
  private readonly byOwner = new Map<string, Domain>();
  private readonly byId = new Map<string, Domain>();
  /** By the number of the day: the way of every call whose task nobody began. */
  private readonly byDay = new Map<number, Domain>();
  /** Keys that are not stored yet, or could not be. */
  private readonly storing = new Map<string, Promise<void>>();
  /** People whose key was destroyed: none is made for them again. */
  private readonly gone = new Set<string>();
  private readonly watchers = new Set<(domain: Domain) => void>();

  /**
   * @param rows - as they are stored
   * @param erased - people whose key was destroyed
   * @throws RecordError RECORD_KEY_MISMATCH where a key was sealed under another one, or was changed
   */
  constructor(ports: DomainPorts, rows: readonly DomainRow[] = [], erased: readonly string[] = []) {
    this.ports = ports;
    for (const row of rows) this.hold(openDomain(row, ports.under));
    for (const person of erased) this.gone.add(person);
  }

  /** The domain of a task, with a new key where it has none. */
  of({ mandate, person }: TaskOwner): Domain {
    const known = person === undefined ? undefined : this.byOwner.get(person);
    if (known !== undefined) return known;
    // what is still under way for somebody who was erased goes with its day
    if (person !== undefined && !this.gone.has(person)) return this.make(person);
    const began = madeAt(mandate.task);
    const day = Math.floor(began / DAY_MS);
    const domain = this.byDay.get(day) ?? this.owned(dayOf(began)) ?? this.make(dayOf(began));
    this.byDay.set(day, domain);
    return domain;
  }

  /** Nothing where its key is destroyed. */
  get(id: string): Domain | undefined {
    return this.byId.get(id);
  }

  /** @param owner - a person, or a day */
  owned(owner: string): Domain | undefined {
    return this.byOwner.get(owner);
  }

  /** Days that have a key, oldest first. */
  days(): readonly string[] {
    return [...this.byOwner.keys()].filter(isDay).toSorted();
  }

  /** Resolves once the key is stored, rejects RECORD_BUSY where it cannot be; nothing where it is already. */
  storingOf(id: string): Promise<void> | undefined {
    return this.storing.get(id);
  }

  /** Told of each domain whose key is destroyed: what was derived from it is to be forgotten. */
  watch(destroyed: (domain: Domain) => void): void {
    this.watchers.add(destroyed);
  }

  /** Forgets the key of a person or a day. Whoever calls has taken it off the shelf. */
  destroyed(owner: string): void {
    if (!isDay(owner)) this.gone.add(owner);
    const domain = this.byOwner.get(owner);
    if (domain === undefined) return;
    this.drop(domain);
    for (const watcher of this.watchers) watcher(domain);
  }

  private make(owner: string): Domain {
    const { clock, random, shelf, under } = this.ports;
    const secret = Buffer.from(random.bytes(KEY_BYTES));
    const id = parseErasureDomainId(`e1:${Buffer.from(random.bytes(ID_BYTES)).toString("base64url")}`);
    const domain = { id, owner, key: createSecretKey(secret) };
    const text = sealed(secret, { under, about: id, nonce: random.bytes(NONCE_BYTES) }).toString("base64url");
    secret.fill(0);
    this.hold(domain);
    const stored = shelf.add({ id, owner, sealed: text, made: clock.now() }).then(
      () => void this.storing.delete(id),
      (cause: unknown) => {
        this.dropFailed(domain);
        throw new RecordError("RECORD_BUSY", "appending: the key of its erasure domain could not be stored", { cause });
      },
    );
    stored.catch(() => undefined); // told to whoever waits for it
    this.storing.set(id, stored);
    return domain;
  }

  private hold(domain: Domain): void {
    this.byOwner.set(domain.owner, domain);
    this.byId.set(domain.id, domain);
  }

  private drop(domain: Domain): void {
    this.byOwner.delete(domain.owner);
    this.byId.delete(domain.id);
    for (const [day, one] of this.byDay) if (one === domain) this.byDay.delete(day);
  }

  /** The next task of its owner tries again with another key: no entry was written under this one. */
  private dropFailed(domain: Domain): void {
    this.drop(domain);
    const [oldest] = this.storing.keys();
    if (this.storing.size > FAILED_MAX && oldest !== undefined) this.storing.delete(oldest);
  }
}

/** @throws RecordError RECORD_KEY_MISMATCH */
export function openDomain({ id, owner, sealed: text }: DomainRow, under: KeyObject): Domain {
  const secret = unsealed(Buffer.from(text, "base64url"), under, id);
  if (secret === undefined) {
    throw new RecordError("RECORD_KEY_MISMATCH", `opening the key of the erasure domain ${id}: another key sealed it`, {
      fix: "put data/keys and the database back from the same backup",
    });
  }
  return { id: parseErasureDomainId(id), owner, key: createSecretKey(secret) };
}
