// SPDX-License-Identifier: Apache-2.0
// Looks at a JWT before any library does: small, one spelling, no member twice, and nothing in its header that could
// choose the key or change the rules (RFC 8725; identify I18). What is signed is made by `jose`; whether a signature holds is
// asked of Node's own cryptography in the same tick (ADR 24).
import { type KeyObject, verify } from "node:crypto";
import { isJsonObject, type JsonObject, JWT_MAX_BYTES, member, parseJson } from "../core/index.ts";

export interface JwtHeader {
  readonly alg: string;
  /** Lower case, without `application/`; empty where there is none. */
  readonly typ: string;
  readonly header: JsonObject;
}

export interface Jwt extends JwtHeader {
  readonly text: string;
  /** The header as it was written. */
  readonly head: string;
  readonly payload: JsonObject;
}

/** UNIT: UTF-8 bytes. */
export const JTI_MAX_BYTES = 128;

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
/** Keys and rules come from the registration, never from what the sender wrote. */
const FORBIDDEN = ["crit", "b64", "zip", "jku", "x5u", "x5c", "x5t", "x5t#S256"];

/** SOURCE: RFC 7518 section 3.4, RFC 8037 section 3.1, RFC 9864: what each algorithm hashes with, and whose it is. */
const SIGNED_BY: ReadonlyMap<string, { readonly digest: string | null; readonly type: string }> = new Map([
  ["ES256", { digest: "sha256", type: "ec" }],
  ["Ed25519", { digest: null, type: "ed25519" }],
  ["EdDSA", { digest: null, type: "ed25519" }],
]);
/** UNIT: bytes. Of every algorithm here: R and S of P-256 as RFC 7518 section 3.4 writes them, and Ed25519's. */
const SIGNATURE_BYTES = 64;

/** How a JWT is read. */
export interface JwtReading {
  /** A DPoP proof carries its key in the header; nothing else may. */
  readonly embedsKey: boolean;
  /** A header that was read before, by its text: a caller writes the same one on every proof. */
  readonly knownHeader?: (text: string) => JwtHeader | undefined;
}

/** Reads a compact JWS without checking its signature. */
export function readJwt(text: string, { embedsKey, knownHeader }: JwtReading): Jwt | undefined {
  if (text.length > JWT_MAX_BYTES) return undefined;
  const [, head = "", second, third] = COMPACT.exec(text) ?? [];
  const header = knownHeader?.(head) ?? readHeader(head, embedsKey);
  const payload = readObject(second);
  if (header === undefined || payload === undefined || decode(third) === undefined) return undefined;
  return { ...header, text, head, payload };
}

function readHeader(text: string, embedsKey: boolean): JwtHeader | undefined {
  const header = readObject(text);
  if (header === undefined) return undefined;
  const alg = member(header, "alg");
  const typ = member(header, "typ") ?? "";
  if (typeof alg !== "string" || typeof typ !== "string") return undefined;
  if (FORBIDDEN.some((name) => member(header, name) !== undefined)) return undefined;
  if ((member(header, "jwk") !== undefined) !== embedsKey) return undefined;
  return { alg, typ: typ.toLowerCase().replace(/^application\//, ""), header };
}

/** Whether the signature is this key's, with an algorithm that this key may use. */
export function isSigned(jwt: Jwt, key: KeyObject, algorithms: readonly string[]): boolean {
  const { digest, type } = SIGNED_BY.get(jwt.alg) ?? {};
  // the key decides, never the header: an algorithm of another kind of key is no algorithm here
  if (digest === undefined || !algorithms.includes(jwt.alg) || key.asymmetricKeyType !== type) return false;
  const end = jwt.text.lastIndexOf(".");
  const signature = Buffer.from(jwt.text.slice(end + 1), "base64url");
  if (signature.length !== SIGNATURE_BYTES) return false;
  return verify(digest, Buffer.from(jwt.text.slice(0, end)), { key, dsaEncoding: "ieee-p1363" }, signature);
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
