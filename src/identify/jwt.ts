// SPDX-License-Identifier: Apache-2.0
// Looks at a JWT before any library does: small, one spelling, no member twice, and nothing in its header that could
// choose the key or change the rules (RFC 8725; identify I18). Signatures are `jose`'s alone.
import { type CryptoKey, compactVerify } from "jose";
import { isJsonObject, type JsonObject, JWT_MAX_BYTES, member, parseJson } from "../core/index.ts";

export interface Jwt {
  readonly text: string;
  readonly alg: string;
  /** Lower case, without `application/`; empty where there is none. */
  readonly typ: string;
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/** UNIT: UTF-8 bytes. */
export const JTI_MAX_BYTES = 128;

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
/** Keys and rules come from the registration, never from what the sender wrote. */
const FORBIDDEN = ["crit", "b64", "zip", "jku", "x5u", "x5c", "x5t", "x5t#S256"];

/**
 * Reads a compact JWS without checking its signature.
 * @param embedsKey a DPoP proof carries its key in the header; nothing else may
 */
export function readJwt(text: string, { embedsKey }: { readonly embedsKey: boolean }): Jwt | undefined {
  if (text.length > JWT_MAX_BYTES) return undefined;
  const [, first, second, third] = COMPACT.exec(text) ?? [];
  const header = readObject(first);
  const payload = readObject(second);
  if (header === undefined || payload === undefined || decode(third) === undefined) return undefined;
  const alg = member(header, "alg");
  const typ = member(header, "typ") ?? "";
  if (typeof alg !== "string" || typeof typ !== "string") return undefined;
  if (FORBIDDEN.some((name) => member(header, name) !== undefined)) return undefined;
  if ((member(header, "jwk") !== undefined) !== embedsKey) return undefined;
  return { text, alg, typ: typ.toLowerCase().replace(/^application\//, ""), header, payload };
}

/** Whether the signature is this key's, with an algorithm that this key may use. */
export function isSigned(jwt: Jwt, key: CryptoKey, algorithms: readonly string[]): Promise<boolean> {
  return compactVerify(jwt.text, key, { algorithms: [...algorithms] }).then(
    () => true,
    () => false, // jose rejects for another algorithm and for a bad signature, and both mean no
  );
}

/** A text claim. */
export function textClaim(jwt: Jwt, name: string): string | undefined {
  const value = member(jwt.payload, name);
  return typeof value === "string" ? value : undefined;
}

/** A NumericDate (RFC 7519 section 2) in milliseconds. */
export function timeClaim(jwt: Jwt, name: string): number | undefined {
  const value = member(jwt.payload, name);
  return typeof value === "number" && value >= 0 ? value * 1000 : undefined;
}

/** `jti`, if it is one that we remember. */
export function jtiClaim(jwt: Jwt): string | undefined {
  const jti = textClaim(jwt, "jti");
  return jti !== undefined && jti !== "" && Buffer.byteLength(jti) <= JTI_MAX_BYTES ? jti : undefined;
}

function readObject(part: string | undefined): JsonObject | undefined {
  const bytes = decode(part);
  if (bytes === undefined) return undefined;
  try {
    const json = parseJson(bytes, { maxBytes: JWT_MAX_BYTES, maxDepth: 16 });
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined; // not JSON, or a member twice: to us it is no JWT
  }
}

/** Base64url in its one spelling: unused bits are zero, so no two texts mean the same bytes. */
function decode(part: string | undefined): Buffer | undefined {
  if (part === undefined) return undefined;
  const bytes = Buffer.from(part, "base64url");
  return bytes.toString("base64url") === part ? bytes : undefined;
}
