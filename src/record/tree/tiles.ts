// SPDX-License-Identifier: Apache-2.0
// C2SP tlog-tiles: which files a tree of a size consists of, how they are called, and how a bundle of entries is written.
import type { Bytes } from "../../core/index.ts";
import { TILE_WIDTH } from "./tree.ts";

/** A tile of hashes at a level, or (`entries`) a bundle of entries. */
export interface Tile {
  readonly level: number | "entries";
  readonly index: number;
  /** 1 to 256; 256 is a full one. */
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]`: N in groups of three digits, `x` before all but the last. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${name}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

/** The tiles and bundles that a tree of the new size needs and one of the old size has not. */
export function newTiles(oldSize: number, newSize: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, from = oldSize, to = newSize; to > from; level++) {
    for (let index = Math.floor(from / TILE_WIDTH); index < Math.ceil(to / TILE_WIDTH); index++) {
      const width = Math.min(TILE_WIDTH, to - index * TILE_WIDTH);
      if (level === 0) tiles.push({ level: "entries", index, width });
      tiles.push({ level, index, width });
    }
    from = Math.floor(from / TILE_WIDTH);
    to = Math.floor(to / TILE_WIDTH);
  }
  return tiles;
}

/** A bundle: each entry behind its length as a big-endian uint16. */
export function writeBundle(entries: readonly Bytes[]): Bytes {
  const bundle = Buffer.allocUnsafe(entries.reduce((sum, entry) => sum + 2 + entry.length, 0));
  let offset = 0;
  for (const entry of entries) {
    offset = bundle.writeUInt16BE(entry.length, offset);
    bundle.set(entry, offset);
    offset += entry.length;
  }
  return bundle;
}

/** The entries of a bundle that this log wrote; undefined where the lengths do not add up. */
export function readBundle(bundle: Bytes): readonly Bytes[] | undefined {
  const entries: Bytes[] = [];
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.length);
  for (let offset = 0; offset < bundle.length; ) {
    const end = offset + 2 <= bundle.length ? offset + 2 + view.getUint16(offset) : Number.POSITIVE_INFINITY;
    if (end > bundle.length) return undefined;
    entries.push(bundle.subarray(offset + 2, end));
    offset = end;
  }
  return entries;
}

/** The partial tiles that full ones of the new size replace, as the folder of each. */
export function outgrownTiles(oldSize: number, newSize: number): readonly string[] {
  // only the first tile of a level can have been partial before
  const firsts = new Map(
    newTiles(oldSize, newSize)
      .toReversed()
      .map((tile) => [tile.level, tile]),
  );
  return [...firsts.values()].flatMap((tile) => (tile.width === TILE_WIDTH ? [`${tilePath(tile)}.p`] : []));
}
