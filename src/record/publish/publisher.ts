// SPDX-License-Identifier: Apache-2.0
// Publishes the log as a stranger sees it (record L22): tiles and bundles for a size, then the signed checkpoint that
// needs them, each durable before the next. What full tiles hold is then forgotten here.
import { dirname } from "node:path";
import { RecordError } from "../errors.ts";
import type { LogFolder, NamedBytes } from "../folder.ts";
import { joinHashes } from "../tree/hash.ts";
import { newTiles, outgrownTiles, type Tile, tilePath, writeBundle } from "../tree/tiles.ts";
import { TILE_WIDTH, type Tree } from "../tree/tree.ts";
import type { Leaves } from "./leaves.ts";
import type { Signer } from "./signer.ts";

/** Files that are in memory at once, and written before their folders are synced. */
const FILES_AT_ONCE = 128;

/** What the world was told last. */
export interface Published {
  readonly size: number;
  /** The signed note. */
  readonly note: string;
}

export class Publisher {
  private readonly folder: LogFolder;
  private readonly tree: Tree;
  private readonly leaves: Leaves;
  private readonly signer: Signer;
  private readonly present = new Map<string, ReadonlySet<string>>();
  private last: Published | undefined;

  constructor(log: {
    readonly folder: LogFolder;
    readonly tree: Tree;
    readonly leaves: Leaves;
    readonly signer: Signer;
    readonly published: Published | undefined;
  }) {
    this.folder = log.folder;
    this.tree = log.tree;
    this.leaves = log.leaves;
    this.signer = log.signer;
    this.last = log.published;
  }

  get published(): Published {
    return this.last ?? { size: 0, note: "" };
  }

  /** Publishes the tree as it is now. One at a time: the caller waits for the one before. */
  async publish(): Promise<Published> {
    const { size } = this.tree;
    const before = this.published.size;
    if (this.last !== undefined && size === before) return this.last;
    const note = this.signer.checkpoint(size, this.tree.root());
    const tiles = newTiles(before, size);
    for (let i = 0; i < tiles.length; i += FILES_AT_ONCE) {
      await this.folder.putOnce(tiles.slice(i, i + FILES_AT_ONCE).map((tile) => this.file(tile)));
    }
    await this.folder.replace({ path: "checkpoint", bytes: Buffer.from(note) });
    const published = { size, note };
    this.last = published;
    this.release(size);
    for (const path of outgrownTiles(before, size)) await this.folder.remove(path);
    return published;
  }

  /** Writes again what is missing of the full tiles that end at a multiple of 256 below the published size. */
  async restoreFull(size: number): Promise<void> {
    for (const tile of newTiles(size - TILE_WIDTH, size)) {
      if (tile.width === TILE_WIDTH && !(await this.has(tilePath(tile)))) await this.folder.putOnce([this.file(tile)]);
    }
    this.release(size);
  }

  /** Writes again what is missing of the partial tiles of the published size. */
  async restorePartial(): Promise<void> {
    const partial = newTiles(0, this.published.size).filter((tile) => tile.width < TILE_WIDTH);
    await this.folder.putOnce(partial.map((tile) => this.file(tile)));
  }

  private release(size: number): void {
    this.tree.release(size);
    this.leaves.release(size);
  }

  private file(tile: Tile): NamedBytes {
    const from = tile.index * TILE_WIDTH;
    const to = from + tile.width;
    const path = tilePath(tile);
    const bytes =
      tile.level === "entries"
        ? writeBundle(whole(path, this.leaves.range(from, to), tile.width))
        : joinHashes(whole(path, this.tree.hashes(tile.level, from, to), tile.width));
    return { path, bytes };
  }

  private async has(path: string): Promise<boolean> {
    const dir = dirname(path);
    const names = this.present.get(dir) ?? new Set(await this.folder.list(dir));
    this.present.set(dir, names);
    return names.has(path.slice(dir.length + 1));
  }
}

/** INVARIANT: what is not on disk whole is in memory. */
function whole<T>(path: string, rows: readonly T[] | undefined, width: number): readonly T[] {
  if (rows?.length === width) return rows;
  throw new RecordError("RECORD_CORRUPT", `writing ${path}: what belongs there is no longer in memory`);
}
