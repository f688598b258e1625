// SPDX-License-Identifier: Apache-2.0
// Public keys of callers. Two kinds are taken, P-256 and Ed25519; anything that smells of a private or symmetric key is not.
import { createPublicKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { isJsonObject, type Json, type JsonObject, member } from "../core/index.ts";
import { Lru } from "./lru.ts";

/** JWS algorithms for assertions and proofs; EdDSA is the older name of Ed25519 (RFC 8037, RFC 9864). */
export const CALLER_ALGORITHMS: readonly string[] = ["ES256", "Ed25519", "EdDSA"];

export type PublicJwk =
  | { readonly kty: "EC"; readonly crv: "P-256"; readonly x: string; readonly y: string }
  | { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };

export interface CallerKey {
  readonly jwk: PublicJwk;
  /** RFC 7638 thumbprint, SHA-256, base64url. */
  readonly jkt: string;
  /** What a signature by this key may name as `alg`: the key decides, never the header (identify I18). */
  readonly algorithms: readonly string[];
  readonly key: KeyObject;
}

/** Keys kept imported: importing an EC key costs as much as verifying with it. */
export const KEY_CACHE_MAX = 10_000;

const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const COORDINATE = /^[A-Za-z0-9_-]{43}$/;

/** The public members of a JWK we accept; `undefined` for any other key, and for one that carries a secret. */
export function readPublicJwk(json: Json | undefined): PublicJwk | undefined {
  if (!isJsonObject(json) || PRIVATE.some((name) => member(json, name) !== undefined)) return undefined;
  const [kty, crv] = [member(json, "kty"), member(json, "crv")];
  const [x, y] = [coordinate(json, "x"), coordinate(json, "y")];
  if (kty === "EC" && crv === "P-256" && x !== undefined && y !== undefined) return { kty, crv, x, y };
  return kty === "OKP" && crv === "Ed25519" && x !== undefined ? { kty, crv, x } : undefined;
}

function coordinate(jwk: JsonObject, name: string): string | undefined {
  const text = member(jwk, name);
  return typeof text === "string" && COORDINATE.test(text) ? text : undefined;
}

/** Imports callers' keys and remembers them. */
export class CallerKeys {
  private readonly known = new Lru<string, CallerKey>(KEY_CACHE_MAX);

  /** `undefined` for a key that is none, such as a point that is not on the curve. */
  async import(jwk: PublicJwk): Promise<CallerKey | undefined> {
    const name = jwk.kty === "EC" ? `${jwk.x}.${jwk.y}` : jwk.x;
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const key = keyOf(jwk);
    if (key === undefined) return undefined;
    const jkt = await calculateJwkThumbprint({ ...jwk }, "sha256");
    const caller = { jwk, jkt, algorithms: jwk.kty === "EC" ? ["ES256"] : ["Ed25519", "EdDSA"], key };
    this.known.set(name, caller);
    return caller;
  }
}

function keyOf(jwk: PublicJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...jwk }, format: "jwk" });
  } catch {
    return undefined; // OpenSSL's word for a bad key
  }
}
