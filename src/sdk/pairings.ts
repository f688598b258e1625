// SPDX-License-Identifier: Apache-2.0
// Programs that wait for a person, and what a person lets one do, in the answers of the control API.
import { flag, list, maybe, member, type Part, text } from "./parts.ts";
import { type PasskeyRequest, readRequest } from "./passkeys.ts";

export interface PairingView {
  readonly ref: string;
  /** What the program says of itself; nothing of it is proven but that it holds the key. */
  readonly host: string;
  readonly user: string;
  readonly blueprint: string;
  readonly server: string;
  /** True where it does not, or may not, run on the gate's machine. */
  readonly remote: boolean;
  /** Of its key, in groups to be compared. */
  readonly fingerprint: string;
  /** `pending`, `confirmed` or `refused`. */
  readonly state: string;
  /** RFC 3339, UTC. */
  readonly asked: string;
  readonly expires: string;
}

/** A mandate as a person writes it down. */
export interface MandateWish {
  /** What is asked for; the values in it may decide arguments. */
  readonly request: string;
  readonly verbs: readonly string[];
  /** Servers, or places below one: `files`, `files/reports`. */
  readonly locations: readonly string[];
  readonly labelMax: string;
  readonly jurisdictions: readonly string[];
  /** Dotted words. */
  readonly purpose: string;
  readonly hours: number;
}

/** What is signed to confirm a pairing. */
export interface PairingTermsView {
  readonly digest: string;
  /** What a passkey is asked for; `undefined` where the session alone counts. */
  readonly options: PasskeyRequest | undefined;
}

/** An identity to be registered; whoever asks answers for it unless another person is named. */
export interface IdentityWish {
  readonly name: string;
  readonly kind?: string;
  readonly purpose: string;
  readonly environment: string;
  readonly jurisdiction: string;
  readonly days?: number;
  readonly sponsor?: string;
  readonly blueprint?: string;
}

export interface TicketView {
  /** A secret, good for one key. */
  readonly ticket: string;
  /** RFC 3339, UTC. */
  readonly expires: string;
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readPairings(answer: Part): readonly PairingView[] {
  return list(member(answer, "pairings"), readPairing);
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readPairing(pairing: Part): PairingView {
  return {
    ref: text(member(pairing, "ref")),
    host: text(member(pairing, "host")),
    user: text(member(pairing, "user")),
    blueprint: text(member(pairing, "blueprint")),
    server: text(member(pairing, "server")),
    remote: flag(member(pairing, "remote")),
    fingerprint: text(member(pairing, "fingerprint")),
    state: text(member(pairing, "state")),
    asked: text(member(pairing, "asked")),
    expires: text(member(pairing, "expires")),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readTerms(answer: Part): PairingTermsView {
  return { digest: text(member(answer, "digest")), options: maybe(member(answer, "options"), readRequest) };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readTicket(answer: Part): TicketView {
  return { ticket: text(member(answer, "ticket")), expires: text(member(answer, "expires")) };
}
