// SPDX-License-Identifier: Apache-2.0
// People: signing in and out, who there is, and answering what waits with a passkey.
import { type ApprovalPage, readApprovalPage, readState } from "./answers.ts";
import { type LinkView, readLink, readSession, type SessionView } from "./now.ts";
import { flag, list, member, type Part, text, whole } from "./parts.ts";
import { type PasskeyCreation, type PasskeyRequest, readCreation, readRequest } from "./passkeys.ts";
import { type Connection, getJson, postJson, putJson, sendOnly } from "./request.ts";

export interface PersonView {
  readonly id: string;
  /** Empty once it was erased. */
  readonly name: string;
  readonly status: string;
  readonly jurisdiction: string;
  readonly roles: readonly string[];
  readonly passkeys: number;
  readonly sessions: number;
}

export interface OpenSession {
  readonly id: string;
  readonly person: string;
  /** What the browser calls itself. */
  readonly label: string;
  /** RFC 3339, UTC; the same for those below. */
  readonly opened: string;
  readonly seen: string;
  readonly expires: string;
  /** Whether it is the one that asks. */
  readonly isThis: boolean;
}

/** A link that works once. Whoever opens it first has what it gives. */
export interface OneUseLink {
  readonly link: string;
  readonly expires: string;
}

export interface PeopleClient {
  /** Whether this client is known to the server, as whom, and what the server keeps. */
  session(): Promise<SessionView>;
  /** What a one-use link opens; it is not used up by that. */
  link(setup: string): Promise<LinkView>;
  /** Uses up a link that signs in by itself: the server answers with the cookie of a session. */
  signIn(setup: string): Promise<void>;
  /** What a browser is asked for, so that a link's person gets a passkey. */
  passkeyOptions(setup: string, name: string): Promise<PasskeyCreation>;
  /** Uses up a link with the passkey that was made: the server answers with the cookie of a session. */
  enrol(
    setup: string,
    about: { readonly name: string; readonly jurisdiction: string },
    credential: object,
  ): Promise<void>;
  /** What a browser is asked for, so that somebody signs in. */
  signInOptions(): Promise<PasskeyRequest>;
  signInWith(credential: object): Promise<void>;
  signOut(): Promise<void>;
  people(): Promise<readonly PersonView[]>;
  /** Lets somebody in, with these roles from their first passkey on; or a person of the configuration. */
  invite(who: InviteWish): Promise<OneUseLink>;
  setRoles(person: string, roles: readonly string[], because: string): Promise<void>;
  /** A way back in for owners; for the command line on the server's own machine. @param person - whose passkey is lost */
  ownerLink(person?: string): Promise<OneUseLink>;
  /** One's own open sessions; everybody's for whoever manages people. */
  openSessions(): Promise<readonly OpenSession[]>;
  endSession(id: string): Promise<void>;
  /** One question, as far as whoever asks may see it. @param id - or its reference */
  approval(id: string): Promise<ApprovalPage>;
  /** What a browser is asked for, so that its person signs a yes to this one call. */
  approvalOptions(id: string): Promise<PasskeyRequest>;
  /** A yes, signed by whoever is signed in. @param digest - of what they were shown @returns the state after it */
  approveWith(id: string, digest: string, credential: object): Promise<string>;
}

export interface InviteWish {
  readonly roles: readonly string[];
  readonly because: string;
  /** A person of the configuration, by name or id. */
  readonly person?: string;
}

export function peopleClient(connection: Connection): PeopleClient {
  const session = "/api/session";
  return {
    session: async () => readSession(await getJson(connection, session)),
    link: async (setup) => readLink(await postJson(connection, `${session}/setup`, { setup })),
    signIn: (setup) => sendOnly(connection, session, { method: "POST", body: { setup } }),
    passkeyOptions: async (setup, name) =>
      readCreation(await postJson(connection, `${session}/setup/options`, { setup, name })),
    enrol: (setup, about, credential) =>
      sendOnly(connection, `${session}/setup/passkey`, { method: "POST", body: { setup, ...about, credential } }),
    signInOptions: async () => readRequest(await postJson(connection, `${session}/options`, {})),
    signInWith: (credential) => sendOnly(connection, `${session}/passkey`, { method: "POST", body: { credential } }),
    signOut: () => sendOnly(connection, session, { method: "DELETE" }),
    people: async () => list(member(await getJson(connection, "/api/people"), "people"), readPerson),
    invite: async (who) => readOneUse(await postJson(connection, "/api/people/invitations", who)),
    setRoles: async (person, roles, because) => {
      await putJson(connection, `/api/people/${encodeURIComponent(person)}/roles`, { roles, because });
    },
    ownerLink: async (person) =>
      readOneUse(await postJson(connection, "/api/people/owner-link", person === undefined ? {} : { person })),
    openSessions: async () => list(member(await getJson(connection, "/api/people/sessions"), "sessions"), readOpen),
    endSession: (id) => sendOnly(connection, `/api/people/sessions/${encodeURIComponent(id)}`, { method: "DELETE" }),
    approval: async (id) => readApprovalPage(await getJson(connection, approvalPath(id))),
    approvalOptions: async (id) => readRequest(await postJson(connection, `${approvalPath(id)}/options`, {})),
    approveWith: async (id, digest, credential) =>
      readState(await postJson(connection, `${approvalPath(id)}/approve`, { digest, credential })),
  };
}

function approvalPath(id: string): string {
  return `/api/approvals/${encodeURIComponent(id)}`;
}

function readPerson(person: Part): PersonView {
  return {
    id: text(member(person, "id")),
    name: text(member(person, "name")),
    status: text(member(person, "status")),
    jurisdiction: text(member(person, "jurisdiction")),
    roles: list(member(person, "roles"), text),
    passkeys: whole(member(person, "passkeys")),
    sessions: whole(member(person, "sessions")),
  };
}

function readOneUse(made: Part): OneUseLink {
  return { link: text(member(made, "link")), expires: text(member(made, "expires")) };
}

function readOpen(open: Part): OpenSession {
  return {
    id: text(member(open, "id")),
    person: text(member(open, "person")),
    label: text(member(open, "label")),
    opened: text(member(open, "opened")),
    seen: text(member(open, "seen")),
    expires: text(member(open, "expires")),
    isThis: flag(member(open, "isThis")),
  };
}
