// SPDX-License-Identifier: Apache-2.0
// The part of the client about who is here: identities, mandates, live credentials, and programs that wait for a person.
import {
  type IdentityList,
  type IdentityView,
  type InstanceView,
  type LiveSession,
  type LiveSessionList,
  type MandateListing,
  type MandateView,
  readIdentities,
  readIdentity,
  readInstance,
  readLiveSession,
  readLiveSessions,
  readMandate,
  readMandates,
} from "./identities.ts";
import {
  type IdentityWish,
  type MandateWish,
  type PairingTermsView,
  type PairingView,
  readPairing,
  readPairings,
  readTerms,
  readTicket,
  type TicketView,
} from "./pairings.ts";
import { member, text } from "./parts.ts";
import { type Connection, getJson, postJson } from "./request.ts";

/** Every method throws SdkError, as those of {@link Client}. */
export interface IdentityClient {
  identities(): Promise<IdentityList>;
  /** @param id - the whole `spiffe://` id; the same for those below */
  identity(id: string): Promise<IdentityView>;
  /** One move of a life: `suspend`, `resume` (by another person than who suspended it) or `retire` (for ever). */
  moveIdentity(id: string, move: "suspend" | "resume" | "retire", because: string): Promise<IdentityView>;
  /** Ends a running copy and its key. */
  retireInstance(id: string, because: string): Promise<InstanceView>;
  /** @param holder - of one identity only */
  mandates(holder?: string): Promise<MandateListing>;
  mandate(id: string): Promise<MandateView>;
  /** Ends a mandate and everything under its task. */
  closeMandate(id: string, because: string): Promise<MandateView>;
  /** Tokens that are good now. @param identity - of one identity only */
  sessions(identity?: string): Promise<LiveSessionList>;
  /** Takes one token away. */
  revoke(jti: string, because: string): Promise<LiveSession>;
  registerIdentity(wish: IdentityWish, because: string): Promise<IdentityView>;
  /** A ticket for one more instance of an identity. */
  ticket(identity: string, because: string): Promise<TicketView>;
  openMandate(holder: string, mandate: MandateWish, because: string): Promise<MandateView>;
  /** Programs that wait for a person, oldest first. */
  pairings(): Promise<readonly PairingView[]>;
  pairing(ref: string): Promise<PairingView>;
  /** What would be signed. */
  pairingTerms(ref: string, mandate: MandateWish): Promise<PairingTermsView>;
  /** @param signed - the digest that was shown, and what the passkey answered */
  confirmPairing(ref: string, mandate: MandateWish, signed: { digest: string; credential?: object }): Promise<string>;
  refusePairing(ref: string, because: string): Promise<PairingView>;
}

export function createIdentityClient(connection: Connection): IdentityClient {
  return {
    identities: async () => readIdentities(await getJson(connection, "/api/identities")),
    identity: async (id) => readIdentity(await getJson(connection, pathOf("identities", id))),
    moveIdentity: async (id, move, because) =>
      readIdentity(await postJson(connection, pathOf("identities", id, move), { because })),
    retireInstance: async (id, because) =>
      readInstance(await postJson(connection, pathOf("instances", id, "retire"), { because })),
    mandates: async (holder) => readMandates(await getJson(connection, `/api/mandates${onlyOf("holder", holder)}`)),
    mandate: async (id) => readMandate(await getJson(connection, pathOf("mandates", id))),
    closeMandate: async (id, because) =>
      readMandate(await postJson(connection, pathOf("mandates", id, "close"), { because })),
    sessions: async (id) => readLiveSessions(await getJson(connection, `/api/sessions${onlyOf("identity", id)}`)),
    revoke: async (jti, because) =>
      readLiveSession(await postJson(connection, pathOf("sessions", jti, "revoke"), { because })),
    registerIdentity: async (wish, because) =>
      readIdentity(await postJson(connection, "/api/identities", { ...wish, because })),
    ticket: async (id, because) =>
      readTicket(await postJson(connection, pathOf("identities", id, "tickets"), { because })),
    openMandate: async (holder, mandate, because) =>
      readMandate(await postJson(connection, "/api/mandates", { holder, mandate, because })),
    pairings: async () => readPairings(await getJson(connection, "/api/pairings")),
    pairing: async (ref) => readPairing(await getJson(connection, pathOf("pairings", ref))),
    pairingTerms: async (ref, mandate) =>
      readTerms(await postJson(connection, pathOf("pairings", ref, "terms"), { mandate })),
    confirmPairing: async (ref, mandate, signed) => {
      const answer = await postJson(connection, pathOf("pairings", ref, "confirm"), { mandate, ...signed });
      return text(member(answer, "instance"));
    },
    refusePairing: async (ref, because) =>
      readPairing(await postJson(connection, pathOf("pairings", ref, "refuse"), { because })),
  };
}

function pathOf(list: string, id: string, act?: string): string {
  return `/api/${list}/${encodeURIComponent(id)}${act === undefined ? "" : `/${act}`}`;
}

function onlyOf(name: string, value: string | undefined): string {
  return value === undefined ? "" : `?${name}=${encodeURIComponent(value)}`;
}
