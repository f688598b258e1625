// SPDX-License-Identifier: Apache-2.0
// RFC 6962 hashing. A hash is a string of 32 characters, one for each byte: node:crypto makes those in half the time of a
// Buffer (0.7 against 1.4 us for an entry of 800 bytes), and two of them compare with `===`.
import { hash } from "node:crypto";
import { type Bytes, ENTRY_MAX_BYTES } from "../../core/index.ts";

/** SHA-256, as 32 latin1 characters. */
export type Hash = string;

export const HASH_BYTES = 32;

// scratch: the prefix byte stands at 0, the input is copied behind it, and nothing is kept between two calls
const leaf: Buffer = Buffer.alloc(1 + ENTRY_MAX_BYTES);
const node: Buffer = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** The root of a tree without entries: SHA-256 of nothing. */
export const EMPTY_ROOT: Hash = hash("sha256", "", "binary");

/** RFC 6962 section 2.1: SHA-256(0x00 | entry), for an entry of at most {@link ENTRY_MAX_BYTES}. */
export function leafHash(entry: Bytes): Hash {
  leaf.set(entry, 1);
  return hash("sha256", leaf.subarray(0, 1 + entry.length), "binary");
}

/** RFC 6962 section 2.1: SHA-256(0x01 | left | right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  node.write(left, 1, HASH_BYTES, "latin1");
  node.write(right, 1 + HASH_BYTES, HASH_BYTES, "latin1");
  return hash("sha256", node, "binary");
}

export function bytesOf(one: Hash): Bytes {
  return Buffer.from(one, "latin1");
}

export function base64Of(one: Hash): string {
  return Buffer.from(one, "latin1").toString("base64");
}

/** As it stands in an entry reference. */
export function base64urlOf(one: Hash): string {
  return Buffer.from(one, "latin1").toString("base64url");
}

/** Many hashes one after another, as in a tile. */
export function joinHashes(hashes: readonly Hash[]): Bytes {
  return Buffer.from(hashes.join(""), "latin1");
}

export function splitHashes(bytes: Bytes): readonly Hash[] {
  const text = Buffer.from(bytes).toString("latin1");
  return Array.from({ length: text.length / HASH_BYTES }, (_, i) => text.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}
