// SPDX-License-Identifier: Apache-2.0
// Who may do what, and with which passkeys: the rows of people in memory. The queue of changes writes it after row and entry
// are durable.
import { type IdentityId, PERSON_ROLES, type PersonRole, parseIdentityId, type Store } from "../../core/index.ts";
import { tables } from "../schema.ts";

export interface Passkey {
  readonly credential: string;
  readonly person: IdentityId;
  /** COSE_Key, base64url. */
  readonly cose: string;
  /** SubjectPublicKeyInfo, base64url. */
  readonly spki: string;
  readonly counter: number;
  readonly transports: readonly string[];
  /** It may be on several devices of its owner. */
  readonly synced: boolean;
  readonly created: number;
  readonly used?: number;
}

/** Passkeys of one person. */
export const PASSKEYS_MAX = 10;

export class Roster {
  private readonly store: Store;
  private readonly tenant: string;
  private keys = new Map<string, Passkey>();
  private roles = new Map<IdentityId, readonly PersonRole[]>();
  /** Groups that the configuration names people in: read at each start, never stored. */
  private readonly declared = new Map<IdentityId, readonly string[]>();

  constructor(store: Store, tenant: string) {
    this.store = store;
    this.tenant = tenant;
  }

  async load(): Promise<void> {
    const db = tables(this.store.read);
    const keys = await db.selectFrom("id_passkey").selectAll().execute();
    this.keys = new Map(
      keys.map(({ person, transports, synced, used, ...key }) => [
        key.credential,
        {
          ...key,
          person: parseIdentityId(person),
          transports: transports.split(" ").filter((word) => word !== ""),
          synced: synced === 1,
          ...(used === null ? {} : { used }),
        },
      ]),
    );
    const rows = await db.selectFrom("id_role").selectAll().where("tenant", "=", this.tenant).execute();
    this.roles = new Map();
    for (const { person, role } of rows) {
      const known = PERSON_ROLES.find((one) => one === role);
      const id = parseIdentityId(person);
      if (known !== undefined) this.roles.set(id, [...(this.roles.get(id) ?? []), known]);
    }
  }

  key(credential: string): Passkey | undefined {
    return this.keys.get(credential);
  }

  keysOf(person: IdentityId): readonly Passkey[] {
    return [...this.keys.values()].filter((key) => key.person === person);
  }

  /** @param isOnly - whether it takes the place of all that its person had */
  putKey(key: Passkey, isOnly = false): void {
    for (const old of isOnly ? this.keysOf(key.person) : []) this.keys.delete(old.credential);
    this.keys.set(key.credential, key);
  }

  forget(person: IdentityId): void {
    for (const { credential } of this.keysOf(person)) this.keys.delete(credential);
    this.roles.delete(person);
    this.declared.delete(person);
  }

  declare(person: IdentityId, groups: readonly string[]): void {
    this.declared.set(person, groups);
  }

  /** Every group that somebody belongs to; roles are groups. */
  groupsOf(person: IdentityId): ReadonlySet<string> {
    return new Set<string>([...(this.roles.get(person) ?? []), ...(this.declared.get(person) ?? [])]);
  }

  rolesOf(person: IdentityId): readonly PersonRole[] {
    const groups = this.groupsOf(person);
    return PERSON_ROLES.filter((role) => groups.has(role));
  }

  putRoles(person: IdentityId, roles: readonly PersonRole[]): void {
    this.roles.set(person, roles);
  }

  /** Everybody with that role, by the rows or by the configuration. */
  holders(role: PersonRole): readonly IdentityId[] {
    const all = new Set([...this.roles.keys(), ...this.declared.keys()]);
    return [...all].filter((person) => this.groupsOf(person).has(role));
  }
}
