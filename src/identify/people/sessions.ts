// SPDX-License-Identifier: Apache-2.0
// Sessions of people (identify I52): an opaque cookie that is stored hashed, ended by rest, by time, by its person or with its
// person, and by the sight of the same cookie in another browser.
import {
  type Clock,
  type IdentityId,
  type Instant,
  instant,
  type Log,
  parseIdentityId,
  type Random,
  type Store,
} from "../../core/index.ts";
import type { Rows } from "../changes.ts";
import { tables } from "../schema.ts";
import { newSecret, secretHash } from "../secret-file.ts";

export interface Session {
  /** Names it in lists; opens nothing. */
  readonly id: string;
  readonly person: IdentityId;
  /** The passkey that opened it; absent where a link of the demo did. */
  readonly credential?: string;
  readonly opened: Instant;
  readonly seen: Instant;
  /** When its person showed a passkey last. */
  readonly verified?: Instant;
  readonly expires: Instant;
  /** What a person recognises it by. */
  readonly label: string;
}

/** What a browser says of itself with each request. */
export interface Browser {
  /** `User-Agent`. */
  readonly agent: string | undefined;
}

interface Kept extends Session {
  readonly agent: string;
}

/** Sessions at once; opening one more ends the oldest. */
export const SESSIONS_MAX = 1000;
/** UNIT: ms. How far the row may be behind the last sight of a session. */
const SEEN_STEP_MS = 60_000;
/** UNIT: characters. */
const LABEL_MAX_CHARS = 120;

export interface SessionPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Since when a person may be signed in; `undefined` where they may not. */
  mayEnter(person: IdentityId): { readonly after: number } | undefined;
  /** Told when a cookie came from another browser than the one that it was given to. */
  copied(session: Session): void;
}

export interface SessionSettings {
  readonly issuer: string;
  /** UNIT: ms. */
  readonly sessionMs: number;
  /** UNIT: ms. */
  readonly sessionIdleMs: number;
}

/** A session that is to be stored, and what makes it count. */
export interface NewSession {
  readonly session: Session;
  readonly setCookie: string;
  readonly rows: Rows;
  /** Once the rows are durable. */
  apply(): void;
}

export class Sessions {
  private readonly ports: SessionPorts;
  private readonly settings: SessionSettings;
  private readonly cookie: string;
  private readonly attributes: string;
  /** By hash of the cookie, oldest first. Changed after the rows, but for what ends one, which comes before. */
  private readonly open = new Map<string, Kept>();

  constructor(ports: SessionPorts, settings: SessionSettings) {
    this.ports = ports;
    this.settings = settings;
    const secure = settings.issuer.startsWith("https:");
    // SOURCE: RFC 6265bis section 4.1.3.2: the prefix needs Secure and Path=/, so no other host can plant the cookie
    this.cookie = secure ? "__Host-bailiwick" : "bailiwick";
    this.attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
  }

  /** Reads the sessions that a restart left open. */
  async load(): Promise<void> {
    const { store, clock } = this.ports;
    const rows = await tables(store.read)
      .selectFrom("id_session")
      .selectAll()
      .where("expires", ">", clock.now())
      .orderBy("opened")
      .execute();
    this.open.clear();
    for (const { hash, person, credential, opened, seen, verified, expires, ...rest } of rows) {
      this.open.set(hash, {
        ...rest,
        person: parseIdentityId(person),
        ...(credential === null ? {} : { credential }),
        ...(verified === null ? {} : { verified: instant(verified) }),
        opened: instant(opened),
        seen: instant(seen),
        expires: instant(expires),
      });
    }
  }

  /** A session for this person in this browser. @param credential - the passkey that was shown */
  prepare(person: IdentityId, browser: Browser, credential?: string): NewSession {
    const { clock, random } = this.ports;
    const secret = newSecret(random);
    const hash = secretHash(secret);
    const now = clock.now();
    const kept: Kept = {
      id: random.id(),
      person,
      ...(credential === undefined ? {} : { credential, verified: now }),
      opened: now,
      seen: now,
      expires: instant(now + this.settings.sessionMs),
      agent: agentOf(browser),
      label: labelOf(browser),
    };
    const oldest = this.open.size >= SESSIONS_MAX ? this.open.keys().next().value : undefined;
    return {
      session: shown(kept),
      setCookie: `${this.cookie}=${secret}; Max-Age=${Math.floor(this.settings.sessionMs / 1000)}; ${this.attributes}`,
      rows: async (db) => {
        await db.deleteFrom("id_session").where("expires", "<=", now).execute();
        if (oldest !== undefined) await db.deleteFrom("id_session").where("hash", "=", oldest).execute();
        await db
          .insertInto("id_session")
          .values({ hash, ...kept, credential: credential ?? null, verified: kept.verified ?? null })
          .execute();
      },
      apply: () => {
        for (const [key, { expires }] of this.open) if (expires <= now || key === oldest) this.open.delete(key);
        this.open.set(hash, kept);
      },
    };
  }

  /**
   * The session that a `Cookie` header belongs to.
   * @param browser - where it came from; left out where only the server itself asks again
   * @param isAttended - whether a person is there: what a page asks by itself does not keep a session alive
   */
  find(cookie: string | undefined, browser?: Browser, isAttended = true): Session | undefined {
    const hash = this.hashIn(cookie);
    const kept = hash === undefined ? undefined : this.open.get(hash);
    if (hash === undefined || kept === undefined || !this.isLive(kept)) return undefined;
    if (browser !== undefined && agentOf(browser) !== kept.agent) {
      this.drop(hash);
      this.ports.copied(shown(kept));
      return undefined;
    }
    return shown(browser !== undefined && isAttended ? this.touch(hash, kept) : kept);
  }

  /** Sessions that are open now, oldest first. @param person - of whom, or everybody's */
  list(person?: IdentityId): readonly Session[] {
    const all = [...this.open.values()].filter((kept) => this.isLive(kept));
    return all.filter((kept) => person === undefined || kept.person === person).map(shown);
  }

  /** Notes that its person showed a passkey just now. */
  verify(id: string): void {
    const verified = this.ports.clock.now();
    for (const [hash, kept] of this.open) if (kept.id === id) this.open.set(hash, { ...kept, verified });
    this.save("identify.verified", (db) =>
      db.updateTable("id_session").set({ verified }).where("id", "=", id).execute(),
    );
  }

  /** Ends sessions at once; their rows go after. @returns those that were open */
  end(isMeant: (session: Session) => boolean): readonly Session[] {
    const ended = [...this.open].filter(([, kept]) => isMeant(kept));
    for (const [hash] of ended) this.drop(hash);
    return ended.map(([, kept]) => shown(kept));
  }

  /** Signs out. @returns the `Set-Cookie` value that clears the browser's copy */
  close(cookie: string | undefined): { readonly setCookie: string; readonly ended: Session | undefined } {
    const hash = this.hashIn(cookie);
    const kept = hash === undefined ? undefined : this.open.get(hash);
    if (hash !== undefined && kept !== undefined) this.drop(hash);
    return { setCookie: `${this.cookie}=; Max-Age=0; ${this.attributes}`, ended: kept && shown(kept) };
  }

  private isLive({ person, opened, seen, expires }: Kept): boolean {
    const now = this.ports.clock.now();
    const entry = this.ports.mayEnter(person);
    return entry !== undefined && opened > entry.after && expires > now && seen + this.settings.sessionIdleMs > now;
  }

  private touch(hash: string, kept: Kept): Kept {
    const seen = this.ports.clock.now();
    const touched = { ...kept, seen };
    this.open.set(hash, touched);
    const before = Math.floor(kept.seen / SEEN_STEP_MS);
    if (Math.floor(seen / SEEN_STEP_MS) > before) {
      this.save("identify.seen", (db) => db.updateTable("id_session").set({ seen }).where("hash", "=", hash).execute());
    }
    return touched;
  }

  private drop(hash: string): void {
    this.open.delete(hash);
    this.save("identify.signout", (db) => db.deleteFrom("id_session").where("hash", "=", hash).execute());
  }

  /** What is not stored in time is only told: memory is ahead, and in doubt a person signs in again. */
  private save(name: string, rows: (db: ReturnType<typeof tables>) => Promise<unknown>): void {
    void this.ports.store
      .tx(name, (db) => rows(tables(db)))
      .catch((cause: unknown) =>
        this.ports.log.fault("IDENTIFY_SESSION_NOT_SAVED", { why: cause instanceof Error ? cause.message : "unknown" }),
      );
  }

  private hashIn(cookie: string | undefined): string | undefined {
    const prefix = `${this.cookie}=`;
    const pair = (cookie ?? "").split("; ").find((part) => part.startsWith(prefix));
    return pair === undefined ? undefined : secretHash(pair.slice(prefix.length));
  }
}

function shown({ agent: _agent, ...session }: Kept): Session {
  return session;
}

function agentOf({ agent }: Browser): string {
  return secretHash(agent ?? "");
}

/** The last words of what a browser calls itself: product and version, and before them the machine. */
function labelOf({ agent }: Browser): string {
  return (agent ?? "").replaceAll(/[^\x20-\x7e]/g, "").slice(0, LABEL_MAX_CHARS);
}
