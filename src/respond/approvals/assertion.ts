// SPDX-License-Identifier: Apache-2.0
// A person's signature under a digest (identify I53). Only a yes is ever signed, and everything else in the assertion is in
// the digest or fixed, so no signature can be turned into another answer, another question or another time.
import { hash } from "node:crypto";
import type { BoundAssertion, Digest, IdentityId, Instant } from "../../core/index.ts";

export const PURPOSE = "approval";
export const YES = "approve";

/** An assertion that was verified, and the public key it was verified with: what a record needs to check it again. */
export interface SignedYes {
  readonly assertion: BoundAssertion;
  /** Raw public key, base64url. */
  readonly key: string;
}

/** Knows keys of people. */
export interface Signers {
  /** Whose signature this is, and under which public key (raw, base64url); `undefined` where it is nobody's. Never throws. */
  verify(assertion: BoundAssertion, digest: Digest): { readonly person: IdentityId; readonly key: string } | undefined;
}

/** What a key signs for a digest: SHA-256 of the domain, a zero byte and the digest's text. */
export function signedBytes(digest: Digest): Buffer {
  return hash("sha256", `bailiwick-bound-v1\0${digest}`, "buffer");
}

export interface TrustedKeys {
  readonly signers: readonly Signers[];
  /** Whether signatures of demo keys count. */
  readonly demo: boolean;
}

/** What a signature must be under. */
export interface SignedTerms {
  readonly digest: Digest;
  readonly nonce: string;
  readonly expires: Instant;
}

/** What a person signs to say yes to a question, or to the end of an order. */
export function signedYesTerms({ digest, nonce, expires }: SignedTerms): {
  readonly purpose: string;
  readonly digest: Digest;
  readonly answer: string;
  readonly nonce: string;
  readonly exp: Instant;
} {
  return { purpose: PURPOSE, digest, answer: YES, nonce, exp: expires };
}

/** The assertion with its key, if a person said yes to exactly these terms with a key that is trusted. */
export function signedYes(keys: TrustedKeys, terms: SignedTerms, assertion: BoundAssertion): SignedYes | undefined {
  const { purpose, answer, digest, nonce, exp, acr, person } = assertion;
  const isYes = purpose === PURPOSE && answer === YES;
  const isThis = digest === terms.digest && nonce === terms.nonce && exp === terms.expires;
  if (!isYes || !isThis || (acr === "demo" && !keys.demo)) return undefined;
  for (const signer of keys.signers) {
    const signed = signer.verify(assertion, terms.digest);
    if (signed?.person === person) return { assertion, key: signed.key };
  }
  return undefined;
}
