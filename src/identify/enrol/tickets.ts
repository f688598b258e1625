// SPDX-License-Identifier: Apache-2.0
// Tickets: whoever shows one within ten minutes enrols one key for one identity. They lie hashed, and are spent by the first
// use, whatever comes of it (identify I15).
import {
  type Clock,
  type IdentityId,
  type Instant,
  instant,
  parseIdentityId,
  type Random,
  type Store,
} from "../../core/index.ts";
import { tables } from "../schema.ts";
import { newSecret, secretHash } from "../secret-file.ts";

/** UNIT: ms. */
export const TICKET_LIFE_MS: number = 10 * 60_000;

export interface Ticket {
  readonly ticket: string;
  readonly expires: Instant;
}

export class Tickets {
  private readonly ports: { readonly store: Store; readonly clock: Clock; readonly random: Random };

  constructor(ports: { readonly store: Store; readonly clock: Clock; readonly random: Random }) {
    this.ports = ports;
  }

  async make(identity: IdentityId): Promise<Ticket> {
    const { store, clock, random } = this.ports;
    const ticket = newSecret(random);
    const now = clock.now();
    const expires = instant(now + TICKET_LIFE_MS);
    await store.tx("identify.ticket", async (db) => {
      const own = tables(db);
      await own.deleteFrom("id_ticket").where("expires", "<=", now).execute();
      await own
        .insertInto("id_ticket")
        .values({ hash: secretHash(ticket), identity, expires, used: null })
        .execute();
    });
    return { ticket, expires };
  }

  /** Spends a ticket. `undefined` for one that is unknown, late or spent: to who shows it they are one. */
  async take(ticket: string): Promise<IdentityId | undefined> {
    const { store, clock } = this.ports;
    const hash = secretHash(ticket);
    const now = clock.now();
    const row = await store.tx("identify.ticket", async (db) => {
      const own = tables(db);
      const found = await own
        .selectFrom("id_ticket")
        .select("identity")
        .where("hash", "=", hash)
        .where("used", "is", null)
        .where("expires", ">", now)
        .executeTakeFirst();
      await own.updateTable("id_ticket").set({ used: now }).where("hash", "=", hash).execute();
      return found;
    });
    return row === undefined ? undefined : parseIdentityId(row.identity);
  }
}
