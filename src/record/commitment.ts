// SPDX-License-Identifier: Apache-2.0
// Commitments (record L6): a keyed digest that says "the same content" inside one task, and nothing without its key. Who has
// the salt of one field of one task can check its contents, and no others: that is what an opening hands out.
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { type Bytes, type Commitment, parseCommitment, type TaskOwner } from "../core/index.ts";
import { RecordError } from "./errors.ts";
import type { Domain, Domains } from "./keep/domains.ts";

const SALT_BYTES = 32;
/** Salts that are kept: each costs a derivation, and a task makes many commitments under one. */
const SALTS_MAX = 1024;

interface Salt {
  /** An erased domain's salts are of no use any more, whoever still holds one. */
  readonly of: Domain;
  readonly key: KeyObject;
}

export class Commitments {
  private readonly domains: Domains;
  /** By their info, in the order in which they were made. */
  private readonly salts = new Map<string, Salt>();

  constructor(domains: Domains) {
    this.domains = domains;
    domains.watch((domain) => {
      for (const [info, { of }] of this.salts) if (of === domain) this.salts.delete(info);
    });
  }

  /**
   * `c1:` and base64url of HMAC-SHA-256(salt, "bailiwick/c1" LF field LF content), salt = HKDF-SHA-256(domain key,
   * info = task LF field).
   * @throws RecordError RECORD_ENTRY_MALFORMED where the field has a line feed, which would let two pairs read alike
   */
  commit(owner: TaskOwner, field: string, content: Bytes): Commitment {
    if (field.includes("\n")) {
      throw new RecordError("RECORD_ENTRY_MALFORMED", "making a commitment: a line feed in its field");
    }
    return commitmentOf(this.salt(this.domains.of(owner), owner.mandate.task, field), field, content);
  }

  /** The salt of one field of a task. */
  salt(domain: Domain, task: string, field: string): KeyObject {
    const info = `${task}\n${field}`;
    const known = this.salts.get(info);
    if (known?.of === domain) return known.key;
    const key = createSecretKey(Buffer.from(hkdfSync("sha256", domain.key, "", info, SALT_BYTES)));
    this.salts.set(info, { of: domain, key });
    const [oldest] = this.salts.keys();
    if (this.salts.size > SALTS_MAX && oldest !== undefined) this.salts.delete(oldest);
    return key;
  }
}

/** What content commits to under a salt. */
export function commitmentOf(salt: KeyObject, field: string, content: Bytes): Commitment {
  const mac = createHmac("sha256", salt);
  return parseCommitment(`c1:${mac.update(`bailiwick/c1\n${field}\n`).update(content).digest("base64url")}`);
}
