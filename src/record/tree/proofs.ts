// SPDX-License-Identifier: Apache-2.0
// RFC 6962 sections 2.1.1 and 2.1.2: the hashes that prove an entry's place, and those that prove growth, from tiles; and
// those beside a run of entries, which prove that nothing of it is left out (record L37).
import { type Hash, nodeHash } from "./hash.ts";
import { TILE_WIDTH } from "./tree.ts";

/** Hashes [from, to) of one tile level, all of one tile. */
export type HashSource = (level: number, from: number, to: number) => Promise<readonly Hash[]>;

/** PATH(index, D[start:end]): from the leaf's sibling up to the root's child. */
export async function inclusionPath(
  source: HashSource,
  index: number,
  end: number,
  start = 0,
): Promise<readonly Hash[]> {
  if (end - start === 1) return [];
  const split = start + leftWidth(end - start);
  return index < split
    ? [...(await inclusionPath(source, index, split, start)), await subtree(source, split, end)]
    : [...(await inclusionPath(source, index, end, split)), await subtree(source, start, split)];
}

/** PROOF(oldSize, D[newSize]), for 0 < oldSize <= newSize. */
export async function consistencyPath(source: HashSource, oldSize: number, newSize: number): Promise<readonly Hash[]> {
  const path: Hash[] = [];
  let [start, end] = [0, newSize];
  const above: Hash[] = [];
  while (oldSize < end) {
    const split = start + leftWidth(end - start);
    if (oldSize <= split) {
      above.unshift(await subtree(source, split, end));
      end = split;
    } else {
      above.unshift(await subtree(source, start, split));
      start = split;
    }
  }
  // the old root itself is known to whoever asks; a part of it is not
  if (start > 0) path.push(await subtree(source, start, end));
  return [...path, ...above];
}

/** The roots of the perfect subtrees that entries [from, to) consist of, in order: what a range proof says of its sides. */
export async function compactRange(source: HashSource, from: number, to: number): Promise<readonly Hash[]> {
  const hashes: Hash[] = [];
  for (let at = from; at < to; ) {
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= to) width *= 2;
    hashes.push(await subtree(source, at, at + width));
    at += width;
  }
  return hashes;
}

/** MTH(D[start:end]) where the range is a whole subtree of some tree. */
async function subtree(source: HashSource, start: number, end: number): Promise<Hash> {
  const width = end - start;
  const left = leftWidth(width);
  if (left * 2 !== width && width > 1) {
    return nodeHash(await subtree(source, start, start + left), await subtree(source, start + left, end));
  }
  // a perfect subtree: its root is folded from the hashes of the highest tile level that has any of it
  let [level, span] = [0, 1];
  while (span * TILE_WIDTH <= width) [level, span] = [level + 1, span * TILE_WIDTH];
  return fold(await source(level, start / span, end / span));
}

function fold(hashes: readonly Hash[]): Hash {
  let row = hashes;
  while (row.length > 1) {
    const below = row;
    row = Array.from({ length: below.length / 2 }, (_, i) => nodeHash(below[2 * i] ?? "", below[2 * i + 1] ?? ""));
  }
  return row[0] ?? "";
}

/** The largest power of two below a width; 1 for 1. */
function leftWidth(width: number): number {
  let left = 1;
  while (left * 2 < width) left *= 2;
  return left;
}
