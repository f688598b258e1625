// SPDX-License-Identifier: Apache-2.0
// A signer for the demonstration: a key in software, which proves that this machine agreed and not that a person did. Its
// assertions say so (`acr: demo`), and only a desk of a demonstration takes them (experience X6).
import { createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import type { BoundAssertion, DeskView, Digest, IdentityId } from "../../core/index.ts";
import { PURPOSE, type Signers, signedBytes, YES } from "./assertion.ts";

export interface DemoKey extends Signers {
  readonly person: IdentityId;
  /** Signs a yes to what this view shows. */
  approve(view: Pick<DeskView, "digest" | "nonce" | "expires">): BoundAssertion;
}

/** @param privateKey Ed25519, from custody */
export function createDemoKey(privateKey: KeyObject, person: IdentityId): DemoKey {
  const publicKey = createPublicKey(privateKey);
  const { x: key = "" } = publicKey.export({ format: "jwk" });
  // SOURCE: RFC 7638 with RFC 8037 section 2: the members of an OKP key in this order
  const credential = hash("sha256", JSON.stringify({ crv: "Ed25519", kty: "OKP", x: key }), "base64url");
  return {
    person,
    approve({ digest, nonce, expires }) {
      const signature = sign(null, signedBytes(digest), privateKey).toString("base64url");
      return { purpose: PURPOSE, digest, answer: YES, nonce, exp: expires, person, credential, signature, acr: "demo" };
    },
    verify(assertion, digest: Digest) {
      const isOwn = assertion.acr === "demo" && assertion.credential === credential && assertion.person === person;
      const signature = Buffer.from(assertion.signature, "base64url");
      return isOwn && verify(null, signedBytes(digest), publicKey, signature) ? { person, key } : undefined;
    },
  };
}
