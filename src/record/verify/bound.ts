// SPDX-License-Identifier: Apache-2.0
// Did the people whom an entry names sign what it says? A passkey's signature is under the digest of the binding (which call,
// which rule, until when), so a yes for another call, or by another key than the entry has, does not hold. Which key belongs
// to which person is the log's own word: `key.created` in the same log.
import { createHash, createPublicKey, verify } from "node:crypto";
import { VerifyError } from "./fault.ts";

type Fields = Readonly<Record<string, unknown>>;

/** UNIT: bytes. RP ID hash, flags and counter (WebAuthn level 3 section 6.1). */
const HEAD_BYTES = 37;
/** User present and user verified. */
const PERSON_FLAGS = 0x05;

/**
 * Checks the passkeys' signatures of an `approval.decided`; other entries have none.
 * @param canonical - the canonical text of a value
 * @returns how many there are; a demo's key is no person's, and is not counted
 * @throws VerifyError for one that does not hold
 */
export function checkBound(entry: Fields, place: string, canonical: (value: unknown) => string): number {
  if (entry["type"] !== "event" || entry["name"] !== "approval.decided") return 0;
  const data = fieldsOf(entry["data"]);
  const binding = fieldsOf(data["binding"]);
  const digest = `sha256:${createHash("sha256").update(canonical(data["binding"])).digest("hex")}`;
  const given = Array.isArray(data["bound"]) ? data["bound"].map(fieldsOf) : [];
  const passkeys = given.filter((one) => fieldsOf(one["assertion"])["acr"] !== "demo");
  for (const one of passkeys) {
    const why = data["digest"] === digest ? faultOf(one, digest, binding) : "its digest is not that of its binding";
    if (why !== undefined) throw new VerifyError(place, `a person's signature does not hold: ${why}`);
  }
  return passkeys.length;
}

function faultOf(given: Fields, digest: string, binding: Fields): string | undefined {
  const assertion = fieldsOf(given["assertion"]);
  const isThis = assertion["digest"] === digest && assertion["purpose"] === "approval";
  if (!isThis || assertion["answer"] !== "approve") return "it is for something else";
  if (assertion["nonce"] !== binding["nonce"] || assertion["exp"] !== binding["expires"])
    return "it is for another time of asking";
  const client = bytesOf(assertion["clientDataJSON"]);
  const head = bytesOf(assertion["authenticatorData"]);
  return clientFault(client, digest, head) ?? signatureFault(given["key"], assertion["signature"], client, head);
}

function clientFault(client: Buffer, digest: string, head: Buffer): string | undefined {
  const told = parsed(client);
  const challenge = createHash("sha256").update(`bailiwick-bound-v1\0${digest}`).digest("base64url");
  if (told["type"] !== "webauthn.get" || told["challenge"] !== challenge) return "its challenge is not this binding's";
  const host = URL.parse(String(told["origin"]))?.hostname ?? "";
  const isThere = head.length >= HEAD_BYTES && head.subarray(0, 32).equals(createHash("sha256").update(host).digest());
  if (!isThere) return "its domain is not that of its origin";
  return (head.readUInt8(32) & PERSON_FLAGS) === PERSON_FLAGS ? undefined : "nobody was there and verified";
}

function signatureFault(key: unknown, signature: unknown, client: Buffer, head: Buffer): string | undefined {
  try {
    const publicKey = createPublicKey({ key: bytesOf(key), format: "der", type: "spki" });
    const signed = Buffer.concat([head, createHash("sha256").update(client).digest()]);
    const algorithm = publicKey.asymmetricKeyType === "ed25519" ? null : "sha256";
    return verify(algorithm, signed, publicKey, bytesOf(signature)) ? undefined : "it is not by the key that is named";
  } catch {
    return "its key cannot be read";
  }
}

function parsed(json: Buffer): Fields {
  try {
    return fieldsOf(JSON.parse(json.toString()));
  } catch {
    return {}; // no JSON says nothing, and so not what is asked for
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(typeof value === "string" ? value : "", "base64url");
}
