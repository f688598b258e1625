// SPDX-License-Identifier: Apache-2.0
// Where a start may begin to read (record section 4: start time follows the entries since the last checkpoint, not the log).
// What lies before a segment need not be read again where the tiles lead to the very root that the segment's first seal
// names, where every head that anybody holds is at or after it, and where it is written down which effects were open then.
import type { Bytes } from "../../core/index.ts";
import type { LogFolder } from "../folder.ts";
import { OpenIntents } from "../open-intents.ts";
import { HASH_BYTES, type Hash, leafHash, splitHashes } from "../tree/hash.ts";
import { compactRange, type HashSource } from "../tree/proofs.ts";
import { readBundle, type Tile, tilePath } from "../tree/tiles.ts";
import { TILE_WIDTH, Tree } from "../tree/tree.ts";
import { readBatch, SEGMENT_HEADER_BYTES, segmentName } from "./frame.ts";

export interface ResumeFrom {
  /** The newest checkpoint whose tiles are on disk, and the smallest size that anybody holds a head of. */
  readonly published: number;
  readonly oldestHead: number;
  /** Entries that are read at least. */
  readonly entries: number;
}

/** What the entries before the segment leave behind. */
export interface ResumePoint {
  /** The segment's first entry. */
  readonly first: number;
  readonly tree: Tree;
  /** The entries of the bundle that the segment begins in. */
  readonly leaves: readonly Bytes[];
  readonly intents: OpenIntents;
}

/** Nothing where the whole journal has to be read. Changes nothing; what does not fit is no point, and no fault. */
export async function findResumePoint(folder: LogFolder, from: ResumeFrom): Promise<ResumePoint | undefined> {
  const newest = Math.min(from.oldestHead, from.published - from.entries);
  const firsts = (await folder.list("journal"))
    .map((name) => Number.parseInt(name, 16))
    .filter((first) => first > 0 && first <= newest)
    .toSorted((a, b) => b - a);
  for (const first of firsts) {
    const intents = await OpenIntents.at(folder, first);
    const point = intents === undefined ? undefined : await pointAt(folder, from.published, { first, intents });
    if (point !== undefined) return point;
  }
  return undefined;
}

class Missing extends Error {}

async function pointAt(
  folder: LogFolder,
  published: number,
  { first, intents }: Pick<ResumePoint, "first" | "intents">,
): Promise<ResumePoint | undefined> {
  const segment = await folder.read(segmentName(first));
  const seal = segment === undefined ? undefined : readBatch(segment, SEGMENT_HEADER_BYTES);
  if (seal?.size !== first) return undefined;
  try {
    const source = tilesOf(folder, published);
    const tree = await treeOf(source, first);
    const leaves = await leavesOf(folder, published, first);
    const isSame = tree.root() === seal.root && leaves.every((leaf, i) => leafHash(leaf) === edgeOf(tree, first)[i]);
    return isSame ? { first, tree, leaves, intents } : undefined;
  } catch (cause) {
    if (cause instanceof Missing) return undefined;
    throw cause;
  }
}

async function treeOf(source: HashSource, size: number): Promise<Tree> {
  const levels: { first: number; hashes: Hash[] }[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const first = wholeTiles(count);
    levels.push({ first, hashes: count > first ? [...(await source(level, first, count))] : [] });
  }
  return Tree.resumed(size, await compactRange(source, 0, size), levels);
}

/** Leaf hashes of the bundle that the tree ends in. */
function edgeOf(tree: Tree, size: number): readonly Hash[] {
  return tree.hashes(0, wholeTiles(size), size) ?? [];
}

async function leavesOf(folder: LogFolder, published: number, size: number): Promise<readonly Bytes[]> {
  const first = wholeTiles(size);
  if (first === size) return [];
  const bundle = await folder.read(tilePath(tileIn("entries", first, published)));
  const leaves = bundle === undefined ? undefined : readBundle(bundle);
  if (leaves === undefined || leaves.length < size - first) throw new Missing();
  return leaves.slice(0, size - first);
}

/** Hashes from the tiles of the published size. */
function tilesOf(folder: LogFolder, published: number): HashSource {
  return async (level, from, to) => {
    const first = wholeTiles(from);
    const nodes = Math.floor(published / TILE_WIDTH ** level);
    const bytes = await folder.read(tilePath(tileIn(level, first, nodes)));
    if (bytes === undefined || bytes.length < (to - first) * HASH_BYTES) throw new Missing();
    return splitHashes(bytes.subarray((from - first) * HASH_BYTES, (to - first) * HASH_BYTES));
  };
}

/** @param nodes - of this level, in all */
function tileIn(level: Tile["level"], first: number, nodes: number): Tile {
  return { level, index: first / TILE_WIDTH, width: Math.min(TILE_WIDTH, nodes - first) };
}

function wholeTiles(count: number): number {
  return Math.floor(count / TILE_WIDTH) * TILE_WIDTH;
}
