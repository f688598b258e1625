// SPDX-License-Identifier: Apache-2.0
// RFC 6962 trees over SHA-256, and the two verification algorithms of RFC 9162. Sizes and indexes are BigInt: a proof
// from outside may name any 64-bit number.
import { hash } from "node:crypto";
import { sameBytes } from "./bytes.ts";

const HASH_BYTES = 32;

/** RFC 6962 section 2.1: SHA-256(0x00 | entry). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([Uint8Array.of(0), entry]), "buffer");
}

/** RFC 6962 section 2.1: SHA-256(0x01 | left | right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([Uint8Array.of(1), left, right]), "buffer");
}

/** Grows a tree leaf by leaf, keeping one hash for each perfect subtree on its right edge. */
export class Frontier {
  size = 0;
  private readonly edge: Uint8Array[] = [];

  push(leaf: Uint8Array): void {
    let node = leaf;
    // as many subtrees merge as the old size has ones at its end, as in a binary counter
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.edge.pop();
      if (left !== undefined) node = nodeHash(left, node);
    }
    this.edge.push(node);
    this.size += 1;
  }

  root(): Uint8Array {
    const last = this.edge.at(-1);
    if (last === undefined) return hash("sha256", "", "buffer");
    return this.edge.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }
}

/** The root of a perfect subtree, or of a ragged one on the right edge. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const tree = new Frontier();
  for (const one of hashes) tree.push(one);
  return tree.root();
}

/** RFC 9162 section 2.1.3.2: does the path lead from this leaf at this index to the root of a tree of this size? */
export function verifyInclusion(claim: {
  readonly index: bigint;
  readonly size: bigint;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
}): boolean {
  if (claim.index < 0n || claim.index >= claim.size || claim.leaf.length !== HASH_BYTES) return false;
  let fn = claim.index;
  let sn = claim.size - 1n;
  let node = claim.leaf;
  for (const step of claim.path) {
    if (sn === 0n) return false;
    if (isOdd(fn) || fn === sn) {
      node = nodeHash(step, node);
      const skip = isOdd(fn) ? 0n : zerosBelow(fn);
      fn >>= skip;
      sn >>= skip;
    } else {
      node = nodeHash(node, step);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && sameBytes(node, claim.root);
}

/** RFC 9162 section 2.1.4.2: is the older tree a prefix of the newer one? Nothing grows from size 0 (record L36). */
export function verifyConsistency(claim: {
  readonly oldSize: bigint;
  readonly newSize: bigint;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}): boolean {
  const { oldSize, newSize, oldRoot, newRoot } = claim;
  if (oldSize <= 0n || oldSize > newSize) return false;
  if (oldSize === newSize) return claim.path.length === 0 && sameBytes(oldRoot, newRoot);
  if (claim.path.length === 0) return false;
  // where the older tree is one perfect subtree, its root is not repeated in the proof
  const path = zerosBelow(oldSize) === bits(oldSize) - 1n ? [oldRoot, ...claim.path] : claim.path;
  const [first = oldRoot, ...steps] = path;
  const start = zerosBelow(oldSize);
  let fn = (oldSize - 1n) >> start;
  let sn = (newSize - 1n) >> start;
  let [older, newer] = [first, first];
  for (const step of steps) {
    if (sn === 0n) return false;
    if (isOdd(fn) || fn === sn) {
      older = nodeHash(step, older);
      newer = nodeHash(step, newer);
      const skip = isOdd(fn) ? 0n : zerosBelow(fn);
      fn >>= skip;
      sn >>= skip;
    } else {
      newer = nodeHash(newer, step);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && sameBytes(older, oldRoot) && sameBytes(newer, newRoot);
}

function isOdd(n: bigint): boolean {
  return (n & 1n) === 1n;
}

function bits(n: bigint): bigint {
  return BigInt(n.toString(2).length);
}

/** Zero bits below the lowest one bit; for 0 there is nothing to skip. */
function zerosBelow(n: bigint): bigint {
  return n === 0n ? 0n : bits(n & -n) - 1n;
}
