// SPDX-License-Identifier: Apache-2.0
// Commitments (record L6): a keyed digest that says "the same content" inside one scope, and nothing without its key.
// The key is one for the whole deployment: keys for each person and each day, which erase one person's commitments by
// being destroyed, do not exist yet.
import { createHmac, hkdfSync, type KeyObject } from "node:crypto";
import { type Bytes, type Commitment, parseCommitment } from "../core/index.ts";
import { RecordError } from "./errors.ts";

const SALT_BYTES = 32;

/**
 * `c1:` and base64url of HMAC-SHA-256(salt, "bailiwick/c1" LF field LF content), salt = HKDF-SHA-256(domain key,
 * info = scope LF field).
 * @throws RecordError RECORD_ENTRY_MALFORMED where scope or field has a line feed, which would let two pairs read alike
 */
export function commit(domainKey: KeyObject, scope: string, field: string, content: Bytes): Commitment {
  if (scope.includes("\n") || field.includes("\n")) {
    throw new RecordError("RECORD_ENTRY_MALFORMED", "making a commitment: a line feed in its scope or field");
  }
  const salt = hkdfSync("sha256", domainKey, "", `${scope}\n${field}`, SALT_BYTES);
  const mac = createHmac("sha256", Buffer.from(salt)).update(`bailiwick/c1\n${field}\n`).update(content);
  return parseCommitment(`c1:${mac.digest("base64url")}`);
}
