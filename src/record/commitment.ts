// SPDX-License-Identifier: Apache-2.0
// Commitments (record L6): a keyed digest that says "the same content" inside one scope, and nothing without its key.
// The key is one for the whole deployment: keys for each person and each day, which erase one person's commitments by
// being destroyed, do not exist yet.
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { type Bytes, type Commitment, parseCommitment } from "../core/index.ts";
import { RecordError } from "./errors.ts";

const SALT_BYTES = 32;
/** Salts that are kept: each costs a derivation, and a task makes many commitments under one. */
const SALTS_MAX = 1024;

export class Commitments {
  private readonly domainKey: KeyObject;
  /** By their info, in the order in which they were made. */
  private readonly salts = new Map<string, KeyObject>();

  constructor(domainKey: KeyObject) {
    this.domainKey = domainKey;
  }

  /**
   * `c1:` and base64url of HMAC-SHA-256(salt, "bailiwick/c1" LF field LF content), salt = HKDF-SHA-256(domain key,
   * info = scope LF field).
   * @throws RecordError RECORD_ENTRY_MALFORMED where scope or field has a line feed, which would let two pairs read alike
   */
  commit(scope: string, field: string, content: Bytes): Commitment {
    if (scope.includes("\n") || field.includes("\n")) {
      throw new RecordError("RECORD_ENTRY_MALFORMED", "making a commitment: a line feed in its scope or field");
    }
    const mac = createHmac("sha256", this.salt(`${scope}\n${field}`));
    return parseCommitment(`c1:${mac.update(`bailiwick/c1\n${field}\n`).update(content).digest("base64url")}`);
  }

  private salt(info: string): KeyObject {
    const known = this.salts.get(info);
    if (known !== undefined) return known;
    const salt = createSecretKey(Buffer.from(hkdfSync("sha256", this.domainKey, "", info, SALT_BYTES)));
    this.salts.set(info, salt);
    const [oldest] = this.salts.keys();
    if (this.salts.size > SALTS_MAX && oldest !== undefined) this.salts.delete(oldest);
    return salt;
  }
}
