// SPDX-License-Identifier: Apache-2.0
// The Merkle tree as it grows. In memory are one hash for each perfect subtree on the right edge, and the hashes of the
// tiles that are not yet on disk whole; nothing else.
import { EMPTY_ROOT, type Hash, nodeHash } from "./hash.ts";

/** Hashes in a full tile: a tile is a subtree of height 8 (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

/** The hashes of one tile level that are in memory. */
interface Level {
  /** Index of the first of them, a multiple of {@link TILE_WIDTH}. */
  first: number;
  readonly hashes: Hash[];
}

export class Tree {
  private readonly edge: Hash[] = [];
  private readonly levels: Level[] = [];
  private count = 0;

  /**
   * A tree that goes on where one of this size stood.
   * @param edge - the roots of its perfect subtrees, left to right
   * @param levels - of each tile level, the hashes of the tile that is not full, and the index of the first of them
   */
  static resumed(
    size: number,
    edge: readonly Hash[],
    levels: readonly { readonly first: number; readonly hashes: readonly Hash[] }[],
  ): Tree {
    const tree = new Tree();
    tree.count = size;
    tree.edge.push(...edge);
    for (const { first, hashes } of levels) tree.levels.push({ first, hashes: [...hashes] });
    return tree;
  }

  get size(): number {
    return this.count;
  }

  append(leaf: Hash): void {
    this.level(0).hashes.push(leaf);
    let node = leaf;
    // as many subtrees merge as the size has ones at its end, as in a binary counter
    for (let rest = this.count, height = 1; rest % 2 === 1; rest = (rest - 1) / 2, height++) {
      node = nodeHash(this.edge.pop() ?? EMPTY_ROOT, node);
      if (height % TILE_HEIGHT === 0) this.level(height / TILE_HEIGHT).hashes.push(node);
    }
    this.edge.push(node);
    this.count += 1;
  }

  /** RFC 6962 section 2.1: MTH of all entries. */
  root(): Hash {
    const last = this.edge.at(-1);
    if (last === undefined) return EMPTY_ROOT;
    return this.edge.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }

  /** Hashes [from, to) of a tile level; undefined where they are no longer in memory. */
  hashes(level: number, from: number, to: number): readonly Hash[] | undefined {
    const row = this.levels[level];
    return row === undefined || from < row.first ? undefined : row.hashes.slice(from - row.first, to - row.first);
  }

  /** Forgets what full tiles of a tree of this size hold: they are on disk. */
  release(size: number): void {
    for (const [i, level] of this.levels.entries()) {
      const first = Math.floor(size / TILE_WIDTH ** (i + 1)) * TILE_WIDTH;
      level.hashes.splice(0, Math.max(0, first - level.first));
      level.first = Math.max(level.first, first);
    }
  }

  private level(index: number): Level {
    const level = this.levels[index] ?? { first: 0, hashes: [] };
    this.levels[index] = level;
    return level;
  }
}
