// SPDX-License-Identifier: Apache-2.0
// How a person gets in, and what stands behind their word (identify I50-I55): a link that works once, a passkey, a session.
// There is no password, and nothing stored opens anything.
import { rm } from "node:fs/promises";
import path from "node:path";
import type {
  BoundAssertion,
  Clock,
  Digest,
  EventDraft,
  IdentityId,
  Json,
  Log,
  PersonRole,
  Random,
  Store,
} from "../../core/index.ts";
import type { ChangeDraft, Changes, Rows } from "../changes.ts";
import { IdentifyError } from "../errors.ts";
import type { HumanDraft, IdentityRegistry } from "../registry.ts";
import type { Act, HumanInput, Outcome } from "../registry-rules.ts";
import { tables } from "../schema.ts";
import { writeSecretFile } from "../secret-file.ts";
import type { BoundTerms } from "./bound.ts";
import { Challenges } from "./challenges.ts";
import { Keyring, refused } from "./keyring.ts";
import { type Gone, type Link, Links, type LinkTerms } from "./links.ts";
import { Offices } from "./offices.ts";
import { PASSKEYS_MAX, type Passkey, Roster } from "./roster.ts";
import { type Browser, type NewSession, type Session, Sessions } from "./sessions.ts";
import type { Entered, MadeLink, NoEntry, People, Person, Sign } from "./surface.ts";
import {
  challengeOf,
  checkCreated,
  creationOptions,
  type NewKey,
  type RelyingParty,
  readCreated,
  readSigned,
  relyingParty,
  requestOptions,
  type Signed,
} from "./webauthn.ts";

export interface PeoplePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly registry: IdentityRegistry;
  readonly changes: Changes;
}

export interface PeopleSettings {
  readonly dataDir: string;
  readonly issuer: string;
  readonly tenant: string;
  /** UNIT: ms. */
  readonly sessionMs: number;
  /** UNIT: ms. */
  readonly sessionIdleMs: number;
}

const SETUP_FILE = "setup-link";
/** Where people are who joined by a link. */
const ENVIRONMENT = "main";

/** What a browser was asked for. */
type Asked =
  | { readonly for: "sign-in" }
  | { readonly for: "passkey"; readonly link: string; readonly person: IdentityId };

/** Who comes by a link, with the passkey that was made for it. */
interface Guest {
  readonly person: IdentityId;
  readonly about: Omit<HumanInput, "environment">;
  readonly key: NewKey;
  readonly browser: Browser;
}

export class PeopleDesk implements People {
  private readonly ports: PeoplePorts;
  private readonly settings: PeopleSettings;
  private readonly rp: RelyingParty;
  private readonly links: Links;
  private readonly roster: Roster;
  private readonly sessions: Sessions;
  private readonly keyring: Keyring;
  private readonly offices: Offices;
  private readonly asked: Challenges<Asked>;
  private readonly watchers = new Set<(sign: Sign) => void>();

  constructor(ports: PeoplePorts, settings: PeopleSettings) {
    this.ports = ports;
    this.settings = settings;
    this.rp = relyingParty(settings.issuer);
    this.links = new Links(ports);
    this.roster = new Roster(ports.store, settings.tenant);
    this.asked = new Challenges(ports);
    const tell = (sign: Sign): void => this.tell(sign);
    this.keyring = new Keyring({ ...ports, roster: this.roster, tell }, this.rp);
    const sessionsOf = (person: IdentityId): number => this.sessions.list(person).length;
    this.offices = new Offices({ ...ports, roster: this.roster, tenant: settings.tenant, sessionsOf });
    this.sessions = new Sessions(
      {
        ...ports,
        mayEnter: (person) =>
          this.offices.isActive(person) ? { after: ports.registry.left(person) ?? -1 } : undefined,
        copied: (session) => this.tell({ code: "session-copied", person: session.person, at: ports.clock.now() }),
      },
      settings,
    );
    ports.changes.mirror(() => this.roster.load());
    ports.changes.mirror(() => this.sessions.load());
  }

  async makeLink(terms: LinkTerms, link: (token: string) => string, because?: string): Promise<MadeLink> {
    return this.ports.changes.run(async () => {
      const { token, expires, rows } = this.links.prepare(terms);
      const { kind, person, roles, madeBy: by } = terms;
      const data = { setup: kind, ...(person === undefined ? {} : { id: person }), roles: [...roles], expires };
      if (because === undefined) await this.ports.store.tx("identify.link", (db) => rows(tables(db)));
      else
        await this.ports.changes.commit(
          "identify.link",
          { type: "admin", name: "identity.changed", by, because, data },
          rows,
        );
      if (by === "system") await writeSecretFile(this.file(), link(token));
      return { link: link(token), expires };
    });
  }

  async look(token: string): Promise<Pick<Link, "kind" | "roles" | "expires"> | Gone> {
    const found = await this.links.find(token, this.offices.hasOwner());
    if ("refused" in found) {
      if (found.why === "used") this.tell({ code: "setup-link-again", at: this.ports.clock.now() });
      return found;
    }
    const { kind, roles, expires } = found;
    return { kind, roles, expires };
  }

  enter(token: string, browser: Browser): Promise<Entered | NoEntry> {
    return this.ports.changes.run(async () => {
      const found = await this.find(token);
      if ("refused" in found) return found;
      if (found.kind !== "sign-in" || found.person === undefined)
        return { refused: "passkey_needed", why: "this link takes a passkey" };
      if (!this.offices.isActive(found.person)) return { refused: "gone", why: "its person may not act" };
      const opened = this.sessions.prepare(found.person, browser);
      await this.open(found, opened, [], [this.links.use(found)]);
      return opened;
    });
  }

  async creation(token: string, name: string): Promise<{ readonly options: Json } | NoEntry> {
    const found = await this.find(token);
    if ("refused" in found) return found;
    if (found.kind === "sign-in") return { refused: "gone", why: "this link signs in without a passkey" };
    const person = found.person ?? this.ports.registry.newHumanId();
    const keys = this.roster.keysOf(person);
    if (keys.length >= PASSKEYS_MAX) return refused(`there are ${PASSKEYS_MAX} passkeys already`);
    const challenge = this.asked.ask({ for: "passkey", link: found.hash, person });
    const user = Buffer.from(handleOf(person)).toString("base64url");
    const exclude = keys.map(({ credential }) => credential);
    return { options: creationOptions(this.rp, { challenge, user, name, exclude }) };
  }

  async join(
    token: string,
    about: Omit<HumanInput, "environment">,
    answer: unknown,
    browser: Browser,
  ): Promise<Entered | NoEntry> {
    const created = readCreated(answer);
    const challenge = created === undefined ? undefined : challengeOf(created);
    const asked = challenge === undefined ? undefined : this.asked.take(challenge);
    if (created === undefined || challenge === undefined || asked?.for !== "passkey")
      return refused("it answers nothing that was asked here in the last five minutes");
    const checked = await checkCreated(this.rp, challenge, created);
    if ("why" in checked) return refused(checked.why);
    return this.ports.changes.run(async () => {
      const found = await this.find(token);
      if ("refused" in found) return found;
      if (found.hash !== asked.link) return refused("it was asked for another link");
      if (this.roster.key(checked.ok.credential) !== undefined) return refused("somebody has this passkey already");
      return this.welcome(found, { person: asked.person, about, key: checked.ok, browser });
    });
  }

  request(): Json {
    return requestOptions(this.rp, this.asked.ask({ for: "sign-in" }), []);
  }

  async signIn(answer: unknown, browser: Browser): Promise<Entered | NoEntry> {
    const signed = readSigned(answer);
    const challenge = signed === undefined ? undefined : challengeOf(signed);
    const asked = challenge === undefined ? undefined : this.asked.take(challenge);
    if (signed === undefined || challenge === undefined || asked?.for !== "sign-in")
      return refused("it answers nothing that was asked here in the last five minutes");
    return this.ports.changes.run(async () => {
      const key = this.roster.key(signed.id);
      if (key === undefined || !this.offices.isActive(key.person) || !isHandleOf(signed, key.person))
        return refused("no passkey of anybody who may sign in here");
      const checked = await this.keyring.check(challenge, signed, key);
      if ("why" in checked) return refused(checked.why);
      const opened = this.sessions.prepare(key.person, browser, key.credential);
      await this.commitSession(opened, [], [checked.rows]);
      checked.apply();
      return opened;
    });
  }

  session(cookie: string | undefined, browser?: Browser, isAttended?: boolean): Session | undefined {
    return this.sessions.find(cookie, browser, isAttended);
  }

  openSessions(person?: IdentityId): readonly Session[] {
    return this.sessions.list(person);
  }

  endSessions(isMeant: (session: Session) => boolean): number {
    return this.sessions.end(isMeant).length;
  }

  signOut(cookie: string | undefined): { readonly setCookie: string } {
    return { setCookie: this.sessions.close(cookie).setCookie };
  }

  declare(person: IdentityId, groups: readonly string[]): void {
    this.roster.declare(person, groups);
  }

  holds(group: string, person: IdentityId): boolean {
    return this.roster.groupsOf(person).has(group);
  }

  rolesOf(person: IdentityId): readonly PersonRole[] {
    return this.roster.rolesOf(person);
  }

  holders(role: PersonRole): readonly IdentityId[] {
    return this.offices.holders(role);
  }

  hasPasskey(person: IdentityId): boolean {
    return this.roster.keysOf(person).length > 0;
  }

  persons(): Promise<readonly Person[]> {
    return this.offices.persons();
  }

  async forget(person: IdentityId, act: Act): Promise<void> {
    const { registry, changes, store } = this.ports;
    const known = registry.get(person);
    if (known !== undefined && known.status !== "retired") {
      const retired = await registry.retire(person, act);
      if ("no" in retired)
        throw new IdentifyError("IDENTIFY_FORGET_REFUSED", `erasing what names ${person}: ${retired.why}`);
    }
    await changes.run(async () => {
      this.sessions.end((session) => session.person === person);
      await store.tx("identify.forget", (db) => forgetRows(tables(db), person));
      this.roster.forget(person);
    });
  }

  setRoles(person: IdentityId, roles: readonly PersonRole[], act: Act): Promise<Outcome<readonly PersonRole[]>> {
    return this.ports.changes.run(async () => {
      const set = await this.offices.setRoles(person, roles, act);
      // who may do more or less signs in again for it (identify I52)
      if ("done" in set) this.sessions.end((session) => session.person === person);
      return set;
    });
  }

  isLastOwner(person: IdentityId): boolean {
    return this.offices.isLastOwner(person);
  }

  hasOwner(): boolean {
    return this.offices.hasOwner();
  }

  boundOptions(person: IdentityId, digest: Digest): Json {
    return this.keyring.options(person, digest);
  }

  async bind(session: Session, terms: BoundTerms, answer: unknown): Promise<BoundAssertion | NoEntry> {
    const bound = await this.ports.changes.run(() => this.keyring.bind(session.person, terms, answer));
    if (!("refused" in bound)) this.sessions.verify(session.id);
    return bound;
  }

  verify(assertion: BoundAssertion, digest: Digest): ReturnType<Keyring["verify"]> {
    return this.keyring.verify(assertion, digest);
  }

  watch(told: (sign: Sign) => void): () => void {
    this.watchers.add(told);
    return () => void this.watchers.delete(told);
  }

  private tell(sign: Sign): void {
    for (const watcher of this.watchers) watcher(sign);
  }

  private async find(token: string): Promise<Link | NoEntry> {
    const found = await this.links.find(token, this.offices.hasOwner());
    if (!("refused" in found)) return found;
    if (found.why === "used") this.tell({ code: "setup-link-again", at: this.ports.clock.now() });
    return { refused: "gone", why: found.why, ...("at" in found ? { at: found.at } : {}) };
  }

  /** Makes who holds the link a person of this server, or gives a person the passkey; and opens their session. */
  private async welcome(link: Link, { person, about, key, browser }: Guest): Promise<Entered | NoEntry> {
    const act: Act = {
      by: link.madeBy,
      because: link.first ? "the first owner" : "joined by a link that an owner made",
    };
    const isNew = link.person === undefined;
    const drafted = isNew
      ? this.ports.registry.draftHuman({ ...about, environment: ENVIRONMENT }, act, person)
      : undefined;
    if (drafted !== undefined && "no" in drafted) return refused(drafted.why);
    if (!isNew && !this.offices.isActive(person)) return { refused: "gone", why: "its person may not act" };
    const human: HumanDraft | undefined = drafted?.done;
    const passkey: Passkey = { ...key, person, created: this.ports.clock.now() };
    const opened = this.sessions.prepare(person, browser, key.credential);
    const { roles } = link;
    const made: ChangeDraft = {
      type: "admin",
      name: "key.created",
      by: person,
      because: "a passkey of this person",
      data: { kid: key.credential, purpose: "passkey", id: person, synced: key.synced },
    };
    // made on the host, for somebody whose passkeys are lost: whoever has those is out from here on
    const isRecovery = !isNew && link.madeBy === "system";
    const before: ChangeDraft[] = human === undefined ? [made] : [withRoles(human, roles), made];
    const rows: Rows[] = [this.links.use(link), ...(isRecovery ? [noKeysOf(person)] : []), keyRows(passkey)];
    if (human !== undefined) rows.push(human.rows, this.offices.rows(person, roles));
    this.sessions.end((session) => isRecovery && session.person === person);
    await this.open(link, opened, before, rows);
    human?.apply();
    this.roster.putKey(passkey, isRecovery);
    if (human !== undefined) this.roster.putRoles(person, roles);
    return opened;
  }

  /** Spends the link, and opens the session; what comes with it is in the same transaction. */
  private async open(
    link: Link,
    opened: NewSession,
    before: readonly ChangeDraft[],
    rows: readonly Rows[],
  ): Promise<void> {
    await this.commitSession(opened, before, rows);
    if (link.madeBy === "system") await rm(this.file(), { force: true });
  }

  /** The session is stored, and its entry durable, before anybody gets the cookie. */
  private async commitSession(
    opened: NewSession,
    before: readonly ChangeDraft[],
    rows: readonly Rows[],
  ): Promise<void> {
    const { person, id, expires, credential } = opened.session;
    const how = credential === undefined ? { how: "link" } : { how: "passkey", credential };
    const draft: EventDraft = {
      type: "event",
      name: "session.opened",
      by: person,
      data: { session: id, expires, ...how },
    };
    await this.ports.changes.commit("identify.session", [...before, draft], async (db) => {
      for (const write of rows) await write(db);
      await opened.rows(db);
    });
    opened.apply();
  }

  private file(): string {
    return path.join(this.settings.dataDir, SETUP_FILE);
  }
}

function noKeysOf(person: IdentityId): Rows {
  return async (db) => {
    await db.deleteFrom("id_passkey").where("person", "=", person).execute();
  };
}

/** Every row of these tables that is about the person. */
async function forgetRows(db: ReturnType<typeof tables>, person: IdentityId): Promise<void> {
  await db.deleteFrom("id_person").where("id", "=", person).execute();
  for (const table of ["id_passkey", "id_role", "id_session", "id_link"] as const)
    await db.deleteFrom(table).where("person", "=", person).execute();
}

function keyRows(key: Passkey): Rows {
  const { transports, synced, ...rest } = key;
  const row = { ...rest, transports: transports.join(" "), synced: synced ? 1 : 0, used: null };
  return async (db) => {
    await db.insertInto("id_passkey").values(row).execute();
  };
}

function withRoles({ draft }: HumanDraft, roles: readonly PersonRole[]): ChangeDraft {
  return { ...draft, data: { ...draft.data, roles: [...roles] } };
}

/** What an authenticator knows a person by: the random part of the id, which names nobody. */
function handleOf(person: IdentityId): string {
  return person.slice(person.lastIndexOf("/") + 1);
}

function isHandleOf({ response }: Signed, person: IdentityId): boolean {
  const { userHandle } = response;
  if (userHandle === undefined || userHandle === null) return true;
  return Buffer.from(userHandle, "base64url").toString() === handleOf(person);
}
