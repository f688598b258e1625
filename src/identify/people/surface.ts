// SPDX-License-Identifier: Apache-2.0
// People as the server's routes see them.
import type {
  BoundAssertion,
  Digest,
  IdentityId,
  IdentityStatus,
  Instant,
  Json,
  PersonRole,
} from "../../core/index.ts";
import type { Act, HumanInput, Outcome } from "../registry-rules.ts";
import type { BoundTerms } from "./bound.ts";
import type { Gone, Link, LinkTerms } from "./links.ts";
import type { Browser, Session } from "./sessions.ts";

export interface MadeLink {
  readonly link: string;
  readonly expires: Instant;
}

/** A person who is signed in from here on. */
export interface Entered {
  readonly session: Session;
  readonly setCookie: string;
}

/** Why somebody does not get in. */
export interface NoEntry {
  readonly refused: "gone" | "passkey_needed" | "passkey_refused";
  /** For the person. */
  readonly why: string;
  /** When a link was used. */
  readonly at?: Instant;
}

export interface Person {
  readonly id: IdentityId;
  /** Empty once it was erased. */
  readonly name: string;
  readonly status: IdentityStatus;
  readonly jurisdiction: string;
  readonly roles: readonly PersonRole[];
  /** Roles, and groups of the configuration that only policies know. */
  readonly groups: readonly string[];
  readonly passkeys: number;
  readonly sessions: number;
}

/** Something that no honest person does, or only by mistake. */
export interface Sign {
  readonly code: "setup-link-again" | "session-copied" | "passkey-copied" | "owner-recovered";
  readonly person?: IdentityId;
  readonly at: Instant;
}

export interface People {
  /**
   * Makes a link that works once, within 15 minutes. One that the host makes is also in the file `setup-link`.
   * @param link - makes the address from the token; the token belongs in its fragment, which no server logs
   * @param because - for the entry; without one there is none, as for the link that every start makes
   */
  makeLink(terms: LinkTerms, link: (token: string) => string, because?: string): Promise<MadeLink>;
  /** What a link opens, without using it up. */
  look(token: string): Promise<Pick<Link, "kind" | "roles" | "expires"> | Gone>;
  /** Uses up a link of kind `sign-in`. */
  enter(token: string, browser: Browser): Promise<Entered | NoEntry>;
  /** What the browser is asked for, so that a link's person gets a passkey. */
  creation(token: string, name: string): Promise<{ readonly options: Json } | NoEntry>;
  /** Uses up a link with the passkey that was made: its person is signed in. @param answer - as the browser gave it */
  join(
    token: string,
    about: Omit<HumanInput, "environment">,
    answer: unknown,
    browser: Browser,
  ): Promise<Entered | NoEntry>;
  /** What the browser is asked for, so that somebody may sign in. */
  request(): Json;
  signIn(answer: unknown, browser: Browser): Promise<Entered | NoEntry>;
  /**
   * The session that a `Cookie` header belongs to.
   * @param browser - of the request; left out where the server asks by itself
   * @param isAttended - false where no person was at the page: that does not keep a session alive
   */
  session(cookie: string | undefined, browser?: Browser, isAttended?: boolean): Session | undefined;
  /** Oldest first. */
  openSessions(person?: IdentityId): readonly Session[];
  /** At once; the number of those that were open. */
  endSessions(isMeant: (session: Session) => boolean): number;
  /** The returned `Set-Cookie` value clears the browser's copy. */
  signOut(cookie: string | undefined): { readonly setCookie: string };
  /** Groups that the configuration names somebody in. */
  declare(person: IdentityId, groups: readonly string[]): void;
  holds(group: string, person: IdentityId): boolean;
  rolesOf(person: IdentityId): readonly PersonRole[];
  /** Active people with a role. */
  holders(role: PersonRole): readonly IdentityId[];
  hasPasskey(person: IdentityId): boolean;
  /** Whether an owner can sign in: set-up is closed then. */
  hasOwner(): boolean;
  isLastOwner(person: IdentityId): boolean;
  persons(): Promise<readonly Person[]>;
  setRoles(person: IdentityId, roles: readonly PersonRole[], act: Act): Promise<Outcome<readonly PersonRole[]>>;
  /** What the browser is asked for, so that a person signs one thing with a passkey. */
  boundOptions(person: IdentityId, digest: Digest): Json;
  /** A person's signature under exactly these terms; it also counts as showing the passkey. */
  bind(session: Session, terms: BoundTerms, answer: unknown): Promise<BoundAssertion | NoEntry>;
  /** Whose signature it is, and under which key (SubjectPublicKeyInfo, base64url). Synchronous, never throws. */
  verify(assertion: BoundAssertion, digest: Digest): { readonly person: IdentityId; readonly key: string } | undefined;
  /**
   * Erases what names a person, with passkeys, roles and sessions (record L42); the random id stays, and may do nothing. Does
   * nothing where that is done. @throws IdentifyError IDENTIFY_FORGET_REFUSED
   */
  forget(person: IdentityId, act: Act): Promise<void>;
  /** Told of what no honest person does. The returned function ends it. */
  watch(told: (sign: Sign) => void): () => void;
}
