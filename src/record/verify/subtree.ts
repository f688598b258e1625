// SPDX-License-Identifier: Apache-2.0
// Proofs for a part of a tree: draft-ietf-plants-merkle-tree-certs, section 4 ("Subtrees"). A subtree [start, end) begins at a
// multiple of the smallest power of two that holds it, so that it hashes as a tree of its own.
import { hash } from "node:crypto";
import { sameBytes } from "./bytes.ts";
import { nodeHash, verifyInclusion } from "./merkle.ts";

const EMPTY_ROOT: Uint8Array = hash("sha256", "", "buffer");

/** Section 4.1: 0 <= start < end, and start is a multiple of the smallest power of two that is not below end - start. */
export function isSubtree(start: bigint, end: bigint): boolean {
  if (start < 0n || start >= end) return false;
  const width = 1n << BigInt((end - start - 1n).toString(2).length);
  return start % (end - start === 1n ? 1n : width) === 0n;
}

/** Section 4.3: is this leaf the one at an index of the subtree? Its proof is that of a tree of the subtree's entries. */
export function verifySubtreeInclusion(claim: {
  readonly index: bigint;
  readonly start: bigint;
  readonly end: bigint;
  /** Of the subtree. */
  readonly root: Uint8Array;
  readonly leaf: Uint8Array;
  readonly path: readonly Uint8Array[];
}): boolean {
  const { index, start, end, ...rest } = claim;
  if (!isSubtree(start, end) || index < start) return false;
  return verifyInclusion({ ...rest, index: index - start, size: end - start });
}

/** Section 4.4.3: is the subtree a part of the tree? An empty one, at any place in it, has the root of no entries. */
export function verifySubtreeConsistency(claim: {
  readonly start: bigint;
  readonly end: bigint;
  readonly size: bigint;
  readonly subtreeRoot: Uint8Array;
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
}): boolean {
  const { start, end, size, subtreeRoot, root, path } = claim;
  if (start < 0n || end > size) return false;
  if (start === end) return path.length === 0 && sameBytes(subtreeRoot, EMPTY_ROOT);
  if (!isSubtree(start, end)) return false;
  const place = climbed({ first: start, last: end - 1n, end: size - 1n });
  const [seed = subtreeRoot, ...steps] = place.first === place.last ? [subtreeRoot, ...path] : path;
  if (place.first !== place.last && path.length === 0) return false;
  const found = walk(place, seed, steps);
  return found !== undefined && sameBytes(found.subtree, subtreeRoot) && sameBytes(found.tree, root);
}

/** Places of the subtree's first and last entry and of the tree's last one, as one climbs. */
interface Place {
  first: bigint;
  last: bigint;
  end: bigint;
}

/** The levels below the first hash of the proof. */
function climbed(place: Place): Place {
  let { first, last, end } = place;
  // a subtree at the right edge of the tree meets no hash from outside, and both ends stay the same all the way
  while (first !== last && (last === end || (last & 1n) === 1n))
    [first, last, end] = [first >> 1n, last >> 1n, end >> 1n];
  return { first, last, end };
}

/** Builds both roots from one seed; undefined where the proof is too long or too short. */
function walk(
  from: Place,
  seed: Uint8Array,
  steps: readonly Uint8Array[],
): { readonly subtree: Uint8Array; readonly tree: Uint8Array } | undefined {
  let { first, last, end } = from;
  let [subtree, tree] = [seed, seed];
  for (const step of steps) {
    if (end === 0n) return undefined;
    if ((last & 1n) === 1n || last === end) {
      if (first < last) subtree = nodeHash(step, subtree);
      tree = nodeHash(step, tree);
      while (last !== 0n && (last & 1n) === 0n) [first, last, end] = [first >> 1n, last >> 1n, end >> 1n];
    } else {
      tree = nodeHash(tree, step);
    }
    [first, last, end] = [first >> 1n, last >> 1n, end >> 1n];
  }
  return end === 0n ? { subtree, tree } : undefined;
}
