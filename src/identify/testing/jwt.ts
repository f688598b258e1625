// SPDX-License-Identifier: Apache-2.0
// Callers as tests need them: keys, and JWTs written by hand so that anything can be wrong with them.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { Json } from "../../core/index.ts";

export interface TestKey {
  readonly alg: string;
  readonly privateKey: KeyObject;
  /** Public JWK. */
  readonly jwk: { readonly [name: string]: Json };
  readonly jkt: string;
}

/** A fresh key of a caller. */
export function testKey(alg: "ES256" | "EdDSA" = "ES256"): TestKey {
  const pair = alg === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  const { kty = "", crv = "", x = "", y } = pair.publicKey.export({ format: "jwk" });
  const jwk = y === undefined ? { kty, crv, x } : { kty, crv, x, y };
  // RFC 7638 section 3: required members in lexicographic order
  const ordered = y === undefined ? { crv, kty, x } : { crv, kty, x, y };
  const jkt = createHash("sha256").update(JSON.stringify(ordered)).digest("base64url");
  return { alg, privateKey: pair.privateKey, jwk, jkt };
}

const encode = (part: object | string): string =>
  Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");

/** A signed compact JWS; header and payload may be given as text, to be as wrong as text can be. */
export function signJwt(header: object | string, payload: object | string, key: TestKey): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const digest = key.privateKey.asymmetricKeyType === "ed25519" ? null : "sha256";
  const signature = sign(digest, Buffer.from(input), { key: key.privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");
