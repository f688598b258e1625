// SPDX-License-Identifier: Apache-2.0
// Every governed identity, in rows and mirrored in memory. What loosens takes effect when row and entry are durable;
// what tightens takes effect in memory at once, whatever the disk says (identify I3, I4, I37).
import {
  type AdminDraft,
  type AdminName,
  type BlueprintRef,
  type Clock,
  type Identity,
  type IdentityId,
  type IdentityView,
  type InstanceId,
  type Instant,
  identityOf,
  instant,
  type Json,
  type JsonObject,
  parseIdentityId,
  parseInstanceId,
  type Random,
  type ScopeKey,
  type Store,
  type TenantId,
} from "../core/index.ts";
import type { Changes, Rows } from "./changes.ts";
import { type CallerKeys, readPublicJwk } from "./keys.ts";
import { RegistryMirror } from "./mirror.ts";
import {
  type Act,
  type AgentInput,
  checkAct,
  checkAgent,
  checkHuman,
  checkMove,
  checkSegment,
  checkSponsor,
  checkWord,
  type HumanInput,
  type Move,
  no,
  type Outcome,
} from "./registry-rules.ts";
import { type Instance, type Registered, writeIdentity, writeInstance } from "./rows.ts";
import { tables } from "./schema.ts";

export interface Registry extends IdentityView {
  list(): readonly Identity[];
  /** By the text that a client says it is. */
  instance(id: string): Instance | undefined;
  instances(id: IdentityId): readonly Instance[];
  /** The instance that has this key, or had it. @param jkt RFC 7638 thumbprint */
  instanceOf(jkt: string): Instance | undefined;
  /** Newest version. */
  blueprint(id: string): BlueprintRef | undefined;
  /** When it last ceased to be active: what it was given up to then is dead, also after it came back (identify I4). */
  left(id: IdentityId): Instant | undefined;
  /** The person that was registered under this name first; what the configuration declares is found by it. */
  humanNamed(name: string): Promise<Identity | undefined>;
  registerHuman(input: HumanInput, act: Act): Promise<Outcome<Identity>>;
  registerBlueprint(
    input: { readonly id: string; readonly describes: string },
    act: Act,
  ): Promise<Outcome<BlueprintRef>>;
  registerAgent(input: AgentInput, act: Act): Promise<Outcome<Identity>>;
  registerInstance(input: InstanceInput, act: Act): Promise<Outcome<Instance>>;
  /** One that was not renewed in time is retired, and stays so. */
  renewInstance(id: InstanceId, lease: Instant, act: Act): Promise<Outcome<Instance>>;
  retireInstance(id: InstanceId, act: Act): Promise<Outcome<Instance>>;
  suspend(id: IdentityId, act: Act): Promise<Outcome<Identity>>;
  /** By an order; only `release` leads out of it, and that to suspended. */
  isolate(id: IdentityId, act: Act): Promise<Outcome<Identity>>;
  /** From isolated to suspended. */
  release(id: IdentityId, act: Act): Promise<Outcome<Identity>>;
  /** By another person than who suspended or released it. */
  resume(id: IdentityId, act: Act): Promise<Outcome<Identity>>;
  /** For ever; the id is never used again. */
  retire(id: IdentityId, act: Act): Promise<Outcome<Identity>>;
}

export interface InstanceInput {
  readonly identity: IdentityId;
  /** Last segment of the id; 22 random characters where absent. */
  readonly name?: string;
  /** Public key, P-256 or Ed25519 (RFC 7517). */
  readonly jwk: Json;
  /** Until when it counts unless it is renewed. */
  readonly lease?: Instant;
}

/** A person who is registered once `rows` and `draft` are durable. */
export interface HumanDraft {
  readonly identity: Identity;
  readonly draft: AdminDraft;
  readonly rows: Rows;
  apply(): void;
}

export interface RegistryPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: CallerKeys;
  /** Whether nobody would be owner without this person. */
  isLastOwner(person: IdentityId): boolean;
  /** Whether an order isolates any of these now. */
  isStopped(keys: readonly ScopeKey[]): boolean;
}

/** Identities and instances held in memory; one more is refused. */
export const REGISTRY_MAX = 200_000;
const EVERYTHING: readonly ScopeKey[] = [{ kind: "all", id: "all" }];
const STOPPED = no("contained", "an order isolates it, or what it would belong to");

/** What an order could name to stop an identity before it has a token (respond R11). */
function scopesOf(identity: Pick<Identity, "id" | "jurisdiction"> & Partial<Identity>): readonly ScopeKey[] {
  const { id, sponsor, blueprint, jurisdiction } = identity;
  return [
    { kind: "identity", id },
    { kind: "jurisdiction", id: jurisdiction },
    ...(sponsor === undefined ? [] : [{ kind: "sponsor", id: sponsor } as const]),
    ...(blueprint === undefined ? [] : [{ kind: "blueprint", id: `${blueprint.id}@${blueprint.version}` } as const]),
    ...EVERYTHING,
  ];
}

/** Moves that end what a person may do, by the word of people. */
const LEAVES: readonly Move[] = ["suspend", "retire"];

/** People do not expire: 9999-12-31T23:59:59.999Z. */
const NEVER = instant(253_402_300_799_999);

export class IdentityRegistry implements Registry {
  private readonly ports: RegistryPorts;
  private readonly place: { readonly tenant: TenantId; readonly trustDomain: string };
  private readonly changes: Changes;
  private readonly mirror: RegistryMirror;

  constructor(
    ports: RegistryPorts,
    place: { readonly tenant: TenantId; readonly trustDomain: string },
    changes: Changes,
  ) {
    this.ports = ports;
    this.place = place;
    this.changes = changes;
    this.mirror = new RegistryMirror(ports.store, ports.keys, place.tenant);
    changes.mirror(() => this.mirror.load());
  }

  get(id: IdentityId): Identity | undefined {
    return this.mirror.get(id);
  }

  list(): readonly Identity[] {
    return this.mirror.list();
  }

  instance(id: string): Instance | undefined {
    return this.leased(this.mirror.instance(id));
  }

  instances(id: IdentityId): readonly Instance[] {
    return this.mirror.instances(id).flatMap((instance) => this.leased(instance) ?? []);
  }

  instanceOf(jkt: string): Instance | undefined {
    return this.leased(this.mirror.instanceOf(jkt));
  }

  blueprint(id: string): BlueprintRef | undefined {
    const version = this.mirror.blueprint(id);
    return version === 0 ? undefined : { id, version };
  }

  left(id: IdentityId): Instant | undefined {
    return this.mirror.seen(id)?.left;
  }

  async humanNamed(name: string): Promise<Identity | undefined> {
    const rows = await tables(this.ports.store.read)
      .selectFrom("id_person")
      .select("id")
      .where("tenant", "=", this.place.tenant)
      .where("name", "=", name)
      .execute();
    const ids = new Set<string>(rows.map((row) => row.id));
    return this.list().find((identity) => ids.has(identity.id));
  }

  registerHuman(input: HumanInput, act: Act): Promise<Outcome<Identity>> {
    return this.changes.run(async () => {
      const drafted = this.draftHuman(input, act);
      if ("no" in drafted) return drafted;
      const { done } = drafted;
      await this.changes.commit(done.draft.name, done.draft, done.rows);
      done.apply();
      return { done: done.identity };
    });
  }

  /** A person to be registered inside the queue, together with what else is written then. @param id - made before, or now */
  draftHuman(input: HumanInput, act: Act, id: IdentityId = this.newHumanId()): Outcome<HumanDraft> {
    const refused = checkAct(act) ?? checkHuman(input) ?? this.room();
    if (refused !== undefined) return refused;
    const { tenant } = this.place;
    const { environment, jurisdiction, name } = input;
    const place = { tenant, environment, jurisdiction };
    const life = { status: "active", purpose: "person", expires: NEVER, synthetic: false, v: 1 } as const;
    const identity: Identity = { id, kind: "human", ...place, ...life };
    const { by, because } = act;
    return {
      done: {
        identity,
        draft: { type: "admin", name: "identity.registered", by, because, data: { id, kind: identity.kind } },
        rows: async (db) => {
          await db.insertInto("id_identity").values(writeIdentity({ identity })).execute();
          await db.insertInto("id_person").values({ tenant, id, name }).execute();
        },
        apply: () => this.mirror.put({ identity }),
      },
    };
  }

  /** 22 random characters: the id is the record's pseudonym (identify I1). */
  newHumanId(): IdentityId {
    return this.id("human", this.randomName());
  }

  registerBlueprint(
    input: { readonly id: string; readonly describes: string },
    act: Act,
  ): Promise<Outcome<BlueprintRef>> {
    return this.changes.run(async () => {
      const refused = checkAct(act) ?? checkWord(input.id) ?? this.room();
      if (refused !== undefined) return refused;
      if (this.ports.isStopped(EVERYTHING)) return STOPPED;
      const blueprint: BlueprintRef = { id: input.id, version: this.mirror.blueprint(input.id) + 1 };
      const data = { blueprint: blueprint.id, version: blueprint.version };
      await this.commit("identity.registered", act, data, async (db) => {
        await db
          .insertInto("id_blueprint")
          .values({ tenant: this.place.tenant, ...blueprint, describes: input.describes })
          .execute();
      });
      this.mirror.putBlueprint(blueprint.id, blueprint.version);
      return { done: blueprint };
    });
  }

  registerAgent(input: AgentInput, act: Act): Promise<Outcome<Identity>> {
    return this.changes.run(async () => {
      const { name, kind = "agent", synthetic = false, ...rest } = input;
      const sponsor = this.get(input.sponsor);
      const refused = checkAct(act) ?? checkAgent(input, sponsor, this.ports.clock.now()) ?? this.room();
      if (refused !== undefined) return refused;
      if (input.blueprint !== undefined && this.mirror.blueprint(input.blueprint.id) < input.blueprint.version) {
        return no("unknown", "the blueprint is not registered in that version");
      }
      const id = this.id(kind, name);
      if (this.ports.isStopped(scopesOf({ id, ...input }))) return STOPPED;
      if (this.mirror.stored(id) !== undefined)
        return no("exists", "the id was used before, and ids are never used again");
      const identity: Identity = { ...rest, id, kind, tenant: this.place.tenant, status: "active", synthetic, v: 1 };
      return this.add(identity, act, { id, kind, sponsor: input.sponsor, expires: input.expires, synthetic });
    });
  }

  registerInstance(input: InstanceInput, act: Act): Promise<Outcome<Instance>> {
    return this.changes.run(async () => {
      const name = input.name ?? this.randomName();
      const refused = checkAct(act) ?? (input.name === undefined ? undefined : checkSegment(name)) ?? this.room();
      if (refused !== undefined) return refused;
      const identity = this.get(input.identity);
      const unfit = this.checkOwner(identity);
      if (unfit !== undefined) return unfit;
      const jwk = readPublicJwk(input.jwk);
      const key = jwk === undefined ? undefined : await this.ports.keys.import(jwk);
      if (key === undefined) return no("invalid", "the key is not a public P-256 or Ed25519 JWK");
      if (this.mirror.instanceOf(key.jkt) !== undefined)
        return no("key_in_use", "another instance has this key: each has its own");
      const id = parseInstanceId(`${input.identity}/${name}`);
      if (this.mirror.instance(id) !== undefined)
        return no("exists", "the id was used before, and ids are never used again");
      const lease = input.lease === undefined ? {} : { lease: input.lease };
      const instance: Instance = { id, status: "active", key, ...lease, v: 1 };
      const data = { id: input.identity, instance: id, jkt: key.jkt, to: "active", ...lease };
      await this.commit("identity.changed", act, data, async (db) => {
        await db
          .insertInto("id_instance")
          .values(writeInstance(instance, this.place.tenant, input.identity))
          .execute();
      });
      this.mirror.putInstance(instance);
      return { done: instance };
    });
  }

  renewInstance(id: InstanceId, lease: Instant, act: Act): Promise<Outcome<Instance>> {
    return this.changes.run(async () => {
      const known = this.instance(id);
      const refused = checkAct(act) ?? this.checkOwner(this.get(identityOf(id)));
      if (refused !== undefined) return refused;
      if (known?.status !== "active") return no("move_refused", "it is retired");
      const renewed: Instance = { ...known, lease, v: known.v + 1 };
      const data = { id: identityOf(id), instance: id, jkt: known.key.jkt, to: "active", lease };
      await this.commit("identity.changed", act, data, async (db) => {
        await db.updateTable("id_instance").set({ lease, v: renewed.v }).where("id", "=", id).execute();
      });
      this.mirror.putInstance(renewed);
      return { done: renewed };
    });
  }

  retireInstance(id: InstanceId, act: Act): Promise<Outcome<Instance>> {
    if (checkAct(act) === undefined) this.mirror.closeInstance(id); // at once: only the rest waits for its turn
    return this.changes.run(async () => {
      const known = this.mirror.storedInstance(id);
      const refused = checkAct(act);
      if (refused !== undefined) return refused;
      if (known === undefined) return no("unknown", "there is no such instance");
      if (known.status !== "active") return no("move_refused", "it is retired already");
      const retired: Instance = { ...known, status: "retired", v: known.v + 1 };
      const data = { id: identityOf(id), instance: id, jkt: known.key.jkt, to: "retired" };
      await this.commit("identity.changed", act, data, async (db) => {
        const { status, v } = retired;
        await db.updateTable("id_instance").set({ status, v }).where("id", "=", id).execute();
      });
      this.mirror.putInstance(retired);
      return { done: retired };
    });
  }

  suspend(id: IdentityId, act: Act): Promise<Outcome<Identity>> {
    return this.tighten("suspend", id, act);
  }

  retire(id: IdentityId, act: Act): Promise<Outcome<Identity>> {
    return this.tighten("retire", id, act);
  }

  isolate(id: IdentityId, act: Act): Promise<Outcome<Identity>> {
    return this.tighten("isolate", id, act);
  }

  release(id: IdentityId, act: Act): Promise<Outcome<Identity>> {
    return this.changes.run(() => this.move("release", this.mirror.stored(id), act));
  }

  resume(id: IdentityId, act: Act): Promise<Outcome<Identity>> {
    return this.changes.run(async () => {
      const known = this.mirror.seen(id);
      const sponsor = known?.identity.sponsor;
      const unfit = sponsor === undefined ? undefined : checkSponsor(this.get(sponsor), this.ports.clock.now());
      return unfit ?? this.move("resume", known, act);
    });
  }

  private async tighten(move: Move, id: IdentityId, act: Act): Promise<Outcome<Identity>> {
    const release = this.mirror.hold(id);
    const left = this.ports.clock.now();
    try {
      return await this.changes.run(() => this.move(move, this.mirror.stored(id), act, left));
    } catch (error) {
      this.mirror.keepShut(id, act.by, left);
      throw error;
    } finally {
      release();
    }
  }

  /** One move of one life, inside the queue. */
  private async move(
    move: Move,
    known: Registered | undefined,
    act: Act,
    leaves?: Instant,
  ): Promise<Outcome<Identity>> {
    const refused = checkAct(act);
    if (refused !== undefined) return refused;
    if (known === undefined) return no("unknown", "there is no such identity");
    const judged = checkMove(move, known, act);
    if ("no" in judged) return judged;
    // an order isolates anybody; of what people decide at a desk, somebody has to be left who can undo it
    if (LEAVES.includes(move) && this.ports.isLastOwner(known.identity.id))
      return no("move_refused", "the last owner stays: make somebody else owner first");
    const { id, status: from } = known.identity;
    const identity: Identity = { ...known.identity, status: judged.to, v: known.identity.v + 1 };
    const left = leaves ?? known.left;
    const next: Registered = {
      identity,
      ...(judged.to === "suspended" ? { suspendedBy: act.by } : {}),
      ...(left === undefined ? {} : { left }),
    };
    const data = { id, from, to: judged.to, v: identity.v };
    await this.commit("identity.changed", act, data, async (db) => {
      const { status, suspended_by, left_active, v } = writeIdentity(next);
      const set = { status, suspended_by, left_active, v };
      await db.updateTable("id_identity").set(set).where("id", "=", id).execute();
    });
    this.mirror.put(next);
    return { done: identity };
  }

  private async add(identity: Identity, act: Act, data: JsonObject): Promise<Outcome<Identity>> {
    await this.commit("identity.registered", act, data, async (db) => {
      await db.insertInto("id_identity").values(writeIdentity({ identity })).execute();
    });
    this.mirror.put({ identity });
    return { done: identity };
  }

  /** Rows and their entry. */
  private commit(name: AdminName, act: Act, data: JsonObject, rows: Rows): Promise<void> {
    const { by, because } = act;
    return this.changes.commit(name, { type: "admin", name, by, because, data }, rows);
  }

  /** SOURCE: identify I15: what was not renewed in time is retired, judged at use. */
  private leased(instance: Instance | undefined): Instance | undefined {
    if (instance?.lease === undefined || instance.lease > this.ports.clock.now()) return instance;
    return { ...instance, status: "retired" };
  }

  private checkOwner(identity: Identity | undefined): ReturnType<typeof checkAct> {
    const now = this.ports.clock.now();
    if (identity === undefined) return no("unknown", "there is no such identity");
    if (identity.kind === "human") return no("invalid", "people sign in; they have no instances");
    if (identity.status !== "active" || identity.expires <= now)
      return no("move_refused", "the identity is not active");
    if (this.ports.isStopped(scopesOf(identity))) return STOPPED;
    return checkSponsor(identity.sponsor === undefined ? undefined : this.get(identity.sponsor), now);
  }

  private room(): ReturnType<typeof checkAct> {
    return this.mirror.size < REGISTRY_MAX ? undefined : no("full", "the registry is full");
  }

  private id(kind: string, name: string): IdentityId {
    return parseIdentityId(`spiffe://${this.place.trustDomain}/${kind}/${name}`);
  }

  /** 22 base64url characters, 128 bits: for people the id is the record's pseudonym (identify I1). */
  private randomName(): string {
    return Buffer.from(this.ports.random.bytes(16)).toString("base64url");
  }
}
