// SPDX-License-Identifier: Apache-2.0
// How a person gets in: a setup link that works once, then a session. There is no password, and nothing stored opens
// anything: tokens lie hashed (identify I50, I52).
import { rm } from "node:fs/promises";
import path from "node:path";
import {
  type Clock,
  type IdentityId,
  type Instant,
  instant,
  parseIdentityId,
  type Random,
  type Store,
} from "../core/index.ts";
import type { Changes } from "./changes.ts";
import type { Registry } from "./registry.ts";
import { tables } from "./schema.ts";
import { newSecret, secretHash, writeSecretFile } from "./secret-file.ts";

export interface Session {
  readonly person: IdentityId;
  readonly opened: Instant;
  readonly expires: Instant;
}

export interface People {
  /**
   * Makes a link that opens one session for this person, within 15 minutes, and puts it into the file `setup-link`.
   * @param link makes the address a person opens from the token; the token belongs in its fragment, which no server logs
   */
  setupLink(
    person: IdentityId,
    link: (token: string) => string,
  ): Promise<{ readonly link: string; readonly expires: Instant }>;
  /** `gone` for a token that is unknown, late or used: to the caller they are one (HTTP 410). */
  openSession(
    token: string,
  ): Promise<{ readonly session: Session; readonly setCookie: string } | { readonly refused: "gone" }>;
  /** The session that a `Cookie` header belongs to. */
  session(cookie: string | undefined): Session | undefined;
  /** Signs out; the returned `Set-Cookie` value clears the browser's copy. */
  closeSession(cookie: string | undefined): Promise<{ readonly setCookie: string }>;
}

export interface PeoplePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly registry: Registry;
  readonly changes: Changes;
}

export interface PeopleSettings {
  readonly dataDir: string;
  readonly issuer: string;
  readonly sessionMs: number;
}

/** UNIT: ms. */
export const SETUP_LIFE_MS: number = 15 * 60_000;
/** Sessions at once; opening one more ends the oldest. */
export const SESSIONS_MAX = 1000;

const SETUP_FILE = "setup-link";

export class PeopleDesk implements People {
  private readonly ports: PeoplePorts;
  private readonly settings: PeopleSettings;
  private readonly cookie: string;
  private readonly attributes: string;
  /** By hash of the token, oldest first. Changed after the rows, but for sign-out, which comes before. */
  private readonly sessions = new Map<string, Session>();

  constructor(ports: PeoplePorts, settings: PeopleSettings) {
    this.ports = ports;
    this.settings = settings;
    const secure = settings.issuer.startsWith("https:");
    // SOURCE: RFC 6265bis section 4.1.3.2: the prefix needs Secure and Path=/, so no other host can plant the cookie
    this.cookie = secure ? "__Host-bailiwick" : "bailiwick";
    this.attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
    ports.changes.mirror(() => this.load());
  }

  /** Reads the sessions that a restart left open. */
  private async load(): Promise<void> {
    const { store, clock } = this.ports;
    const rows = await tables(store.read)
      .selectFrom("id_session")
      .selectAll()
      .where("expires", ">", clock.now())
      .orderBy("expires")
      .execute();
    for (const { hash, person, opened, expires } of rows) {
      this.sessions.set(hash, { person: parseIdentityId(person), opened: instant(opened), expires: instant(expires) });
    }
  }

  async setupLink(person: IdentityId, link: (token: string) => string): Promise<{ link: string; expires: Instant }> {
    const token = newSecret(this.ports.random);
    const expires = instant(this.ports.clock.now() + SETUP_LIFE_MS);
    await this.ports.store.tx("identify.setup", async (db) => {
      const own = tables(db);
      // a new link ends the older ones
      await own.deleteFrom("id_setup").where("person", "=", person).execute();
      await own
        .insertInto("id_setup")
        .values({ hash: secretHash(token), person, expires, used: null })
        .execute();
    });
    await writeSecretFile(this.file(), link(token));
    return { link: link(token), expires };
  }

  openSession(token: string): ReturnType<People["openSession"]> {
    return this.ports.changes.run(async () => {
      const now = this.ports.clock.now();
      const hash = secretHash(token);
      const row = await tables(this.ports.store.read)
        .selectFrom("id_setup")
        .selectAll()
        .where("hash", "=", hash)
        .where("used", "is", null)
        .where("expires", ">", now)
        .executeTakeFirst();
      const person = row === undefined ? undefined : parseIdentityId(row.person);
      if (person === undefined || !this.mayEnter(person)) return { refused: "gone" };
      const secret = newSecret(this.ports.random);
      const session: Session = { person, opened: now, expires: instant(now + this.settings.sessionMs) };
      await this.store(session, secretHash(secret), hash);
      await rm(this.file(), { force: true });
      const age = Math.floor(this.settings.sessionMs / 1000);
      return { session, setCookie: `${this.cookie}=${secret}; Max-Age=${age}; ${this.attributes}` };
    });
  }

  session(cookie: string | undefined): Session | undefined {
    const hash = this.hashIn(cookie);
    const session = hash === undefined ? undefined : this.sessions.get(hash);
    if (session === undefined || session.expires <= this.ports.clock.now()) return undefined;
    const endedBy = this.ports.registry.left(session.person) ?? -1;
    return this.mayEnter(session.person) && session.opened > endedBy ? session : undefined;
  }

  async closeSession(cookie: string | undefined): Promise<{ setCookie: string }> {
    const hash = this.hashIn(cookie);
    if (hash !== undefined && this.sessions.delete(hash)) {
      await this.ports.store.tx("identify.signout", (db) =>
        tables(db).deleteFrom("id_session").where("hash", "=", hash).execute(),
      );
    }
    return { setCookie: `${this.cookie}=; Max-Age=0; ${this.attributes}` };
  }

  /** The setup token is spent, the session stored, and the entry durable, before anybody gets the cookie. */
  private async store(session: Session, hash: string, setup: string): Promise<void> {
    const now = this.ports.clock.now();
    const oldest = this.sessions.size >= SESSIONS_MAX ? this.sessions.keys().next().value : undefined;
    const draft = {
      type: "event",
      name: "session.opened",
      by: session.person,
      data: { expires: session.expires },
    } as const;
    await this.ports.changes.commit("identify.session", draft, async (db) => {
      await db.updateTable("id_setup").set({ used: now }).where("hash", "=", setup).execute();
      await db.deleteFrom("id_session").where("expires", "<=", now).execute();
      if (oldest !== undefined) await db.deleteFrom("id_session").where("hash", "=", oldest).execute();
      await db
        .insertInto("id_session")
        .values({ hash, ...session })
        .execute();
    });
    for (const [key, { expires }] of this.sessions) if (expires <= now || key === oldest) this.sessions.delete(key);
    this.sessions.set(hash, session);
  }

  private mayEnter(person: IdentityId): boolean {
    const identity = this.ports.registry.get(person);
    return identity?.kind === "human" && identity.status === "active";
  }

  private hashIn(cookie: string | undefined): string | undefined {
    const prefix = `${this.cookie}=`;
    const pair = (cookie ?? "").split("; ").find((part) => part.startsWith(prefix));
    return pair === undefined ? undefined : secretHash(pair.slice(prefix.length));
  }

  private file(): string {
    return path.join(this.settings.dataDir, SETUP_FILE);
  }
}
