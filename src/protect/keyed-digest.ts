// SPDX-License-Identifier: Apache-2.0
// Digests by which this process finds again what it met, without keeping it (ADR 22). They are compared here and shown to
// nobody: whatever leaves the process, or has to be the same elsewhere, is a MAC of `Scanner.mac`.
import { createHmac, hash, type KeyObject } from "node:crypto";

/**
 * SHA-256 behind a secret prefix of one length, made of the key and of what the digests are for: equal only for equal
 * texts, and without the key nobody can find two texts that share one.
 * @returns 32 latin1 characters
 */
export function keyedDigest(key: KeyObject, purpose: string): (text: string) => string {
  const secret = createHmac("sha256", key).update(`digests of ${purpose}`).digest("base64url");
  return (text) => hash("sha256", secret + text, "binary");
}
