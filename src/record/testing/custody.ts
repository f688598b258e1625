// SPDX-License-Identifier: Apache-2.0
// Keys that a test can make again, for tests only.
import { createPrivateKey, createPublicKey, createSecretKey, hash } from "node:crypto";
import type { Custody, KeyAlgorithm } from "../../core/index.ts";

/** PKCS #8 of a key up to its seed. SOURCE: RFC 8410 section 7, RFC 9881 section 6 */
const PKCS8: Readonly<Record<Exclude<KeyAlgorithm, "ES256">, Buffer>> = {
  Ed25519: Buffer.from("302e020100300506032b657004220420", "hex"),
  "ML-DSA-44": Buffer.from("3034020100300b060960864801650304031104228020", "hex"),
};

/** Keys that were made: an ML-DSA-44 key takes a millisecond to make of its seed, and tests open many logs. */
const made = new Map<string, Awaited<ReturnType<Custody["keyPair"]>>>();

/** The same seed gives the same keys. `algorithms` leaves out what a runtime does not know. */
export function fakeCustody(seed = "TEST", algorithms: readonly KeyAlgorithm[] = ["Ed25519", "ML-DSA-44"]): Custody {
  const secret = (name: string): Buffer => hash("sha256", `${seed}\n${name}`, "buffer");
  return {
    async keyPair(name, algorithm) {
      if (algorithm === "ES256") throw new Error("no such key in a fake custody");
      const called = `${algorithm} ${seed} ${name}`;
      const known = made.get(called);
      if (known !== undefined) return known;
      const key = Buffer.concat([PKCS8[algorithm], secret(`key ${name}`)]);
      const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
      const pair = { privateKey, publicKey: createPublicKey(privateKey) };
      made.set(called, pair);
      return pair;
    },
    algorithms: new Set(algorithms),
    derive: (purpose) => createSecretKey(secret(`purpose ${purpose}`)),
  };
}
