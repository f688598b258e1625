// SPDX-License-Identifier: Apache-2.0
// The registry in memory: what the hot path reads. It mirrors the rows, and the queue of changes writes it after row and
// entry are durable. What tightens lies over it at once, and stays there when it cannot be stored (identify I37).
import { type Identity, type IdentityId, type Instant, identityOf, type Store, type TenantId } from "../core/index.ts";
import type { CallerKeys } from "./keys.ts";
import { type Instance, type Registered, readIdentity, readInstance } from "./rows.ts";
import { tables } from "./schema.ts";

export class RegistryMirror {
  private readonly store: Store;
  private readonly keys: CallerKeys;
  private readonly tenant: TenantId;
  private identities = new Map<IdentityId, Registered>();
  private copies = new Map<string, Instance>();
  private byKey = new Map<string, string>();
  private blueprints = new Map<string, number>();
  /** Identities that are being tightened, and how often: refused from the call on, not from the commit on. */
  private readonly held = new Map<IdentityId, number>();
  /** Identities whose tightening could not be stored, by whom and when: shut until somebody resumes them. */
  private readonly shut = new Map<IdentityId, { readonly suspendedBy: string; readonly left: Instant }>();
  /** Instances that were retired, stored or not: for ever. */
  private readonly closed = new Set<string>();

  constructor(store: Store, keys: CallerKeys, tenant: TenantId) {
    this.store = store;
    this.keys = keys;
    this.tenant = tenant;
  }

  /** Reads the rows; what tightens still lies over them. */
  async load(): Promise<void> {
    const db = tables(this.store.read);
    const { tenant } = this;
    const identities = await db.selectFrom("id_identity").selectAll().where("tenant", "=", tenant).execute();
    const instances = await db.selectFrom("id_instance").selectAll().where("tenant", "=", tenant).execute();
    const blueprints = await db
      .selectFrom("id_blueprint")
      .select((eb) => ["id", eb.fn.max("version").as("version")])
      .where("tenant", "=", tenant)
      .groupBy("id")
      .execute();
    const copies = await Promise.all(instances.map((row) => readInstance(row, this.keys)));
    this.identities = new Map(identities.map(readIdentity).map((r) => [r.identity.id, r]));
    this.copies = new Map(copies.map((i) => [i.id, i]));
    this.byKey = new Map(copies.map((i) => [i.key.jkt, i.id]));
    this.blueprints = new Map(blueprints.map((b) => [b.id, b.version]));
  }

  /** How much is held. */
  get size(): number {
    return this.identities.size + this.copies.size + this.blueprints.size;
  }

  get(id: IdentityId): Identity | undefined {
    return this.seen(id)?.identity;
  }

  /** As everybody sees it. */
  seen(id: IdentityId): Registered | undefined {
    const known = this.identities.get(id);
    const shut = this.shut.get(id);
    if (known?.identity.status !== "active" || (shut === undefined && !this.held.has(id))) return known;
    return { ...known, suspendedBy: "system", ...shut, identity: { ...known.identity, status: "suspended" } };
  }

  /** As its row has it. */
  stored(id: IdentityId): Registered | undefined {
    return this.identities.get(id);
  }

  list(): readonly Identity[] {
    return [...this.identities.keys()].flatMap((id) => this.get(id) ?? []);
  }

  instance(id: string): Instance | undefined {
    const known = this.copies.get(id);
    return known !== undefined && this.closed.has(id) ? { ...known, status: "retired" } : known;
  }

  /** An instance as its row has it. */
  storedInstance(id: string): Instance | undefined {
    return this.copies.get(id);
  }

  instances(id: IdentityId): readonly Instance[] {
    return [...this.copies.values()].filter((i) => identityOf(i.id) === id).flatMap((i) => this.instance(i.id) ?? []);
  }

  /** The instance that has this key, or had it. */
  instanceOf(jkt: string): Instance | undefined {
    const id = this.byKey.get(jkt);
    return id === undefined ? undefined : this.instance(id);
  }

  /** Newest version of a blueprint, 0 where there is none. */
  blueprint(id: string): number {
    return this.blueprints.get(id) ?? 0;
  }

  put(registered: Registered): void {
    this.identities.set(registered.identity.id, registered);
    this.shut.delete(registered.identity.id);
  }

  putInstance(instance: Instance): void {
    this.copies.set(instance.id, instance);
    this.byKey.set(instance.key.jkt, instance.id);
  }

  putBlueprint(id: string, version: number): void {
    this.blueprints.set(id, version);
  }

  /** Refuses this identity until the returned function is called. */
  hold(id: IdentityId): () => void {
    this.held.set(id, (this.held.get(id) ?? 0) + 1);
    return () => {
      const left = (this.held.get(id) ?? 1) - 1;
      if (left === 0) this.held.delete(id);
      else this.held.set(id, left);
    };
  }

  /** Keeps an identity suspended although no row says so. */
  keepShut(id: IdentityId, suspendedBy: string, left: Instant): void {
    this.shut.set(id, { suspendedBy, left });
  }

  /** Keeps an instance retired, whatever its row says. */
  closeInstance(id: string): void {
    this.closed.add(id);
  }
}
