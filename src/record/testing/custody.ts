// SPDX-License-Identifier: Apache-2.0
// Keys that a test can make again, for tests only.
import { createPrivateKey, createPublicKey, createSecretKey, hash } from "node:crypto";
import type { Custody } from "../../core/index.ts";

/** PKCS #8 of an Ed25519 key up to its seed (RFC 8410 section 7). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** The same seed gives the same keys. Ed25519 only. */
export function fakeCustody(seed = "TEST"): Custody {
  const secret = (name: string): Buffer => hash("sha256", `${seed}\n${name}`, "buffer");
  return {
    async keyPair(name) {
      const key = Buffer.concat([PKCS8, secret(`key ${name}`)]);
      const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
      return { privateKey, publicKey: createPublicKey(privateKey) };
    },
    derive: (purpose) => createSecretKey(secret(`purpose ${purpose}`)),
  };
}
