// SPDX-License-Identifier: Apache-2.0
// Who is what (identify I55): roles are given by others, and somebody is always owner.
import type { IdentityId, PersonRole, Store } from "../../core/index.ts";
import type { Changes, Rows } from "../changes.ts";
import type { IdentityRegistry } from "../registry.ts";
import { type Act, checkAct, no, type Outcome } from "../registry-rules.ts";
import { tables } from "../schema.ts";
import type { Roster } from "./roster.ts";
import type { Person } from "./surface.ts";

export interface OfficePorts {
  readonly store: Store;
  readonly registry: IdentityRegistry;
  readonly changes: Changes;
  readonly roster: Roster;
  readonly tenant: string;
  /** Sessions of this person that are open. */
  readonly sessionsOf: (person: IdentityId) => number;
}

export class Offices {
  private readonly ports: OfficePorts;

  constructor(ports: OfficePorts) {
    this.ports = ports;
  }

  /** Active people with a role. */
  holders(role: PersonRole): readonly IdentityId[] {
    return this.ports.roster.holders(role).filter((person) => this.isActive(person));
  }

  isActive(person: IdentityId): boolean {
    const identity = this.ports.registry.get(person);
    return identity?.kind === "human" && identity.status === "active";
  }

  /** Whether an owner can sign in. */
  hasOwner(): boolean {
    return this.holders("owner").some((person) => this.ports.roster.keysOf(person).length > 0);
  }

  isLastOwner(person: IdentityId): boolean {
    const isOwner = this.ports.roster.groupsOf(person).has("owner");
    return isOwner && this.holders("owner").every((owner) => owner === person);
  }

  async persons(): Promise<readonly Person[]> {
    const { store, registry, roster, tenant, sessionsOf } = this.ports;
    const rows = await tables(store.read).selectFrom("id_person").selectAll().where("tenant", "=", tenant).execute();
    const names = new Map<string, string>(rows.map(({ id, name }) => [id, name]));
    const people = registry.list().filter(({ kind }) => kind === "human");
    return people.map(({ id, status, jurisdiction }) => ({
      id,
      name: names.get(id) ?? "",
      status,
      jurisdiction,
      roles: roster.rolesOf(id),
      groups: [...roster.groupsOf(id)],
      passkeys: roster.keysOf(id).length,
      sessions: sessionsOf(id),
    }));
  }

  /** Inside the queue of changes. */
  async setRoles(person: IdentityId, roles: readonly PersonRole[], act: Act): Promise<Outcome<readonly PersonRole[]>> {
    const { roster, registry, changes } = this.ports;
    const before = roster.rolesOf(person);
    const refused = checkAct(act);
    if (refused !== undefined) return refused;
    if (registry.get(person)?.kind !== "human") return no("unknown", "there is no such person");
    const isRaise = roles.some((role) => !before.includes(role));
    if (act.by === person && isRaise) return no("move_refused", "nobody raises their own role: another owner does");
    if (!roles.includes("owner") && this.isLastOwner(person))
      return no("move_refused", "the last owner stays: make somebody else owner first");
    const data = { id: person, roles: [...roles], before: [...before] };
    const draft = { type: "admin", name: "identity.changed", by: act.by, because: act.because, data } as const;
    await changes.commit("identify.roles", draft, this.rows(person, roles));
    roster.putRoles(person, roles);
    return { done: roles };
  }

  rows(person: IdentityId, roles: readonly PersonRole[]): Rows {
    const { tenant } = this.ports;
    return async (db) => {
      await db.deleteFrom("id_role").where("tenant", "=", tenant).where("person", "=", person).execute();
      const rows = roles.map((role) => ({ tenant, person, role }));
      if (rows.length > 0) await db.insertInto("id_role").values(rows).execute();
    };
  }
}
