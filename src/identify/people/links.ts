// SPDX-License-Identifier: Apache-2.0
// One-use links (identify I50): 256 bits, 15 minutes, stored hashed. What one opens is fixed when it is made.
import {
  type Clock,
  type IdentityId,
  type Instant,
  instant,
  PERSON_ROLES,
  type PersonRole,
  parseIdentityId,
  type Random,
  type Store,
} from "../../core/index.ts";
import type { Rows } from "../changes.ts";
import { tables } from "../schema.ts";
import { newSecret, secretHash } from "../secret-file.ts";

/** UNIT: ms. */
export const LINK_LIFE_MS: number = 15 * 60_000;
/** UNIT: ms. How long a used link can be told from one that never was. */
const REMEMBERED_MS: number = 7 * 86_400_000;

/** `sign-in` opens a session without a passkey; `enrol` takes one for a person; `join` makes a person with one. */
export type LinkKind = "sign-in" | "enrol" | "join";

export interface LinkTerms {
  readonly kind: LinkKind;
  /** Whose it is; absent for `join`. */
  readonly person?: IdentityId;
  /** What a person who joins may do. */
  readonly roles: readonly PersonRole[];
  /** Good only until somebody is owner. */
  readonly first: boolean;
  readonly madeBy: IdentityId | "system";
}

export interface Link extends LinkTerms {
  readonly hash: string;
  readonly made: Instant;
  readonly expires: Instant;
}

/** Why a link opens nothing. */
export type Gone =
  | { readonly refused: "gone"; readonly why: "unknown" | "late" | "closed" }
  | { readonly refused: "gone"; readonly why: "used"; readonly at: Instant };

export class Links {
  private readonly ports: { readonly store: Store; readonly clock: Clock; readonly random: Random };

  constructor(ports: { readonly store: Store; readonly clock: Clock; readonly random: Random }) {
    this.ports = ports;
  }

  /** A new link, which ends older ones for the same person or for the first owner. */
  prepare(terms: LinkTerms): { readonly token: string; readonly expires: Instant; readonly rows: Rows } {
    const { clock, random } = this.ports;
    const token = newSecret(random);
    const made = clock.now();
    const expires = instant(made + LINK_LIFE_MS);
    const { kind, person = null, roles, first, madeBy } = terms;
    return {
      token,
      expires,
      rows: async (db) => {
        await db
          .deleteFrom("id_link")
          .where("expires", "<=", made - REMEMBERED_MS)
          .execute();
        const older = db.deleteFrom("id_link").where("used", "is", null);
        if (person !== null) await older.where("person", "=", person).execute();
        if (first) await older.where("first", "=", 1).execute();
        await db
          .insertInto("id_link")
          .values({
            hash: secretHash(token),
            kind,
            person,
            roles: roles.join(" "),
            first: first ? 1 : 0,
            made_by: madeBy,
            made,
            expires,
            used: null,
          })
          .execute();
      },
    };
  }

  /** What a token opens now. @param hasOwner - whether somebody is owner: then set-up is closed */
  async find(token: string, hasOwner: boolean): Promise<Link | Gone> {
    const row = await tables(this.ports.store.read)
      .selectFrom("id_link")
      .selectAll()
      .where("hash", "=", secretHash(token))
      .executeTakeFirst();
    const kind = KINDS.find((one) => one === row?.kind);
    if (row === undefined || kind === undefined) return { refused: "gone", why: "unknown" };
    if (row.used !== null) return { refused: "gone", why: "used", at: instant(row.used) };
    if (row.expires <= this.ports.clock.now()) return { refused: "gone", why: "late" };
    if (row.first === 1 && hasOwner) return { refused: "gone", why: "closed" };
    return {
      hash: row.hash,
      kind,
      ...(row.person === null ? {} : { person: parseIdentityId(row.person) }),
      roles: PERSON_ROLES.filter((role) => row.roles.split(" ").includes(role)),
      first: row.first === 1,
      madeBy: row.made_by === "system" ? "system" : parseIdentityId(row.made_by),
      made: instant(row.made),
      expires: instant(row.expires),
    };
  }

  /** Spends it; inside the transaction of what it opens. */
  use({ hash }: Link): Rows {
    const used = this.ports.clock.now();
    return async (db) => {
      await db.updateTable("id_link").set({ used }).where("hash", "=", hash).execute();
    };
  }
}

const KINDS: readonly LinkKind[] = ["sign-in", "enrol", "join"];
