// SPDX-License-Identifier: Apache-2.0
// A passkey's signature under exactly one thing (identify I53). The challenge is made from the thing's digest, so the
// signature agrees to nothing else; and it can be checked again at any time from what is in the record.
import { createPublicKey, hash, verify } from "node:crypto";
import { z } from "zod";
import type { BoundAssertion, Digest, IdentityId, Instant } from "../../core/index.ts";
import type { RelyingParty, Signed } from "./webauthn.ts";

/** What is agreed to. */
export interface BoundTerms {
  /** What for: `approval`, `release`, `pairing`. */
  readonly purpose: string;
  /** Of the thing, with everything that the answer shall cover. */
  readonly digest: Digest;
  readonly answer: string;
  readonly nonce: string;
  readonly exp: Instant;
}

/** What an authenticator signs for a digest: SHA-256 of the domain, a zero byte and the digest's text; base64url. */
export function boundChallenge(digest: Digest): string {
  return hash("sha256", `bailiwick-bound-v1\0${digest}`, "base64url");
}

export function assertionOf(
  { purpose, digest, answer, nonce, exp }: BoundTerms,
  person: IdentityId,
  { id, response }: Signed,
): BoundAssertion {
  const { clientDataJSON, authenticatorData, signature } = response;
  const terms = { purpose, digest, answer, nonce, exp };
  // `phrh` needs an attestation that was verified, and none is asked for
  return { ...terms, person, credential: id, signature, acr: "phr", clientDataJSON, authenticatorData };
}

/** UNIT: bytes. RP ID hash, flags, counter: WebAuthn level 3 section 6.1. */
const HEAD_BYTES = 37;
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

const clientData = z.object({
  type: z.literal("webauthn.get"),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.literal(false).optional(),
});

/**
 * Whether this is a signature of that key under that digest, given here. For what was checked in full when it came (its
 * counter too) and is read again; never throws.
 */
export function isBound(assertion: BoundAssertion, digest: Digest, spki: string, rp: RelyingParty): boolean {
  try {
    const data = Buffer.from(assertion.clientDataJSON ?? "", "base64url");
    const head = Buffer.from(assertion.authenticatorData ?? "", "base64url");
    const told = clientData.parse(JSON.parse(data.toString()));
    const flags = head.length < HEAD_BYTES ? 0 : head.readUInt8(32);
    const isHere = told.origin === rp.origin && head.subarray(0, 32).equals(hash("sha256", rp.id, "buffer"));
    const isPerson = (flags & USER_PRESENT) !== 0 && (flags & USER_VERIFIED) !== 0;
    if (told.challenge !== boundChallenge(digest) || !isHere || !isPerson) return false;
    const key = createPublicKey({ key: Buffer.from(spki, "base64url"), format: "der", type: "spki" });
    const signed = Buffer.concat([head, hash("sha256", data, "buffer")]);
    const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
    return verify(algorithm, signed, key, Buffer.from(assertion.signature, "base64url"));
  } catch {
    return false; // what cannot be read was not signed
  }
}
