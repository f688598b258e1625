// SPDX-License-Identifier: Apache-2.0
// The files of a log's folder: C2SP tlog-tiles paths for hashes and entries, and the journal beside them. One spelling
// for each path; what has another one does not belong there.
import { VerifyError } from "./fault.ts";

/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 256;
const HASH_BYTES = 32;

/** A tile of hashes at a level, or (`entries`) a bundle of entries. */
export interface Tile {
  readonly level: number | "entries";
  readonly index: number;
  /** 1 to 256; 256 is a full one. */
  readonly width: number;
}

export type LogFile =
  | { readonly kind: "checkpoint" }
  | { readonly kind: "segment"; readonly first: number }
  /** Published checkpoints, named by the size of the first. */
  | { readonly kind: "history"; readonly first: number }
  | { readonly kind: "tile"; readonly tile: Tile };

/** tlog-tiles, "Merkle Tree": `tile/<L>/<N>[.p/<W>]`. */
export function tilePath(tile: Tile): string {
  const groups: string[] = [];
  for (let rest = tile.index, last = true; last || rest > 0; rest = Math.floor(rest / 1000), last = false) {
    groups.unshift(`${last ? "" : "x"}${String(rest % 1000).padStart(3, "0")}`);
  }
  const partial = tile.width === TILE_WIDTH ? "" : `.p/${tile.width}`;
  return `tile/${tile.level}/${groups.join("/")}${partial}`;
}

export function segmentPath(first: number): string {
  return `journal/${first.toString(16).padStart(16, "0")}.bwj`;
}

export function historyPath(first: number): string {
  return `checkpoints/${first.toString(16).padStart(16, "0")}.log`;
}

/** What a path means, or undefined where it means nothing. */
export function readPath(path: string): LogFile | undefined {
  if (path === "checkpoint") return { kind: "checkpoint" };
  return readNumberedPath(path) ?? readTilePath(path);
}

/** A journal segment by its first entry, or a file of checkpoints by its first size. */
function readNumberedPath(path: string): LogFile | undefined {
  const [, hex] = /^(?:journal|checkpoints)\/([0-9a-f]{16})\.(?:bwj|log)$/.exec(path) ?? [];
  if (hex === undefined) return undefined;
  const first = Number.parseInt(hex, 16);
  if (segmentPath(first) === path) return { kind: "segment", first };
  return historyPath(first) === path ? { kind: "history", first } : undefined;
}

function readTilePath(path: string): LogFile | undefined {
  const [, level, digits, partial] =
    /^tile\/(entries|[0-9]{1,2})\/([x0-9/]{3,30})(?:\.p\/([0-9]{1,3}))?$/.exec(path) ?? [];
  if (level === undefined || digits === undefined) return undefined;
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  if (width < 1 || width > TILE_WIDTH || Number(level) > 63) return undefined;
  const index = Number(digits.replaceAll(/[x/]/g, ""));
  const tile: Tile = { level: level === "entries" ? level : Number(level), index, width };
  // writing it again refuses every other spelling: leading zeros, empty groups, a stray x, a width of 256
  return tilePath(tile) === path ? { kind: "tile", tile } : undefined;
}

/** @throws VerifyError */
export function readTile(bytes: Uint8Array, tile: Tile, place: string): readonly Uint8Array[] {
  if (bytes.length !== tile.width * HASH_BYTES) {
    throw new VerifyError(place, `${bytes.length} bytes instead of ${tile.width * HASH_BYTES}`);
  }
  return Array.from({ length: tile.width }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/** tlog-tiles, "Log entries": big-endian uint16 lengths, each followed by an entry. @throws VerifyError */
export function readBundle(
  bytes: Uint8Array,
  width: number,
  place: string,
): readonly { readonly entry: Uint8Array; readonly offset: number }[] {
  const entries: { entry: Uint8Array; offset: number }[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const length = ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
    const entry = bytes.subarray(offset + 2, offset + 2 + length);
    if (entry.length !== length || offset + 2 > bytes.length) {
      throw new VerifyError(place, `entry ${entries.length} at offset ${offset} does not end inside the file`);
    }
    entries.push({ entry, offset });
    offset += 2 + length;
  }
  if (entries.length !== width) throw new VerifyError(place, `${entries.length} entries instead of ${width}`);
  return entries;
}
