// SPDX-License-Identifier: Apache-2.0
// Reads entries back, and proves them. Nothing read from a bundle is believed unless it hashes to its place in the tile.
import {
  type Bytes,
  isJsonObject,
  type JsonObject,
  parseEntryIndex,
  parseJson,
  type RecordedEntry,
} from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import type { LogFolder } from "../folder.ts";
import type { Head } from "../publish/head.ts";
import type { Leaves } from "../publish/leaves.ts";
import { base64Of, base64urlOf, bytesOf, HASH_BYTES, type Hash, leafHash, splitHashes } from "../tree/hash.ts";
import { compactRange, consistencyPath, type HashSource, inclusionPath } from "../tree/proofs.ts";
import { readBundle, type Tile, tilePath } from "../tree/tiles.ts";
import { TILE_WIDTH, type Tree } from "../tree/tree.ts";

/** An entry as the bytes that were hashed, and as what they mean. */
export interface LeafLine {
  readonly index: number;
  /** Leaf hash, base64url. */
  readonly leaf: string;
  /** Canonical JSON. */
  readonly text: string;
  read(): RecordedEntry;
}

/** Proofs of several entries under one checkpoint. */
export interface SharedProofs {
  /** The signed note. */
  readonly checkpoint: string;
  /** Base64, from the leaf's sibling up, in the order that was asked for. */
  readonly paths: readonly (readonly string[])[];
}

export class LogReader {
  private readonly folder: LogFolder;
  private readonly tree: Tree;
  private readonly held: Leaves;
  private readonly origin: string;

  constructor(log: {
    readonly folder: LogFolder;
    readonly tree: Tree;
    readonly leaves: Leaves;
    readonly origin: string;
  }) {
    this.folder = log.folder;
    this.tree = log.tree;
    this.held = log.leaves;
    this.origin = log.origin;
  }

  /** Entries [from, to), in order. */
  async *entries(from: number, to: number): AsyncGenerator<RecordedEntry> {
    for await (const { index, leaf } of this.leaves(from, to)) yield this.entry(index, leaf);
  }

  /** Entries [from, to) as their own text, in order. */
  async *lines(from: number, to: number): AsyncGenerator<LeafLine> {
    for await (const { index, leaf } of this.leaves(from, to)) {
      const text = Buffer.from(leaf).toString("utf8");
      yield { index, leaf: base64urlOf(leafHash(leaf)), text, read: () => this.entry(index, leaf) };
    }
  }

  /** Entries [from, to) as the bytes that were hashed, in order. */
  async *leaves(from: number, to: number): AsyncGenerator<{ readonly index: number; readonly leaf: Bytes }> {
    for (let start = from; start < to; ) {
      const end = Math.min(to, (Math.floor(start / TILE_WIDTH) + 1) * TILE_WIDTH);
      for (const [i, leaf] of (await this.range(start, end)).entries()) yield { index: start + i, leaf };
      start = end;
    }
  }

  /** @param hash - of the leaf, where it is known */
  entry(index: number, leaf: Bytes, hash: Hash = leafHash(leaf)): RecordedEntry {
    const ref = { log: this.origin, index: parseEntryIndex(index), leaf: base64urlOf(hash) };
    return { ref, entry: readEntry(leaf) };
  }

  /** C2SP tlog-proof for an entry that the checkpoint covers; the entry travels in its `extra` line. */
  async proof(index: number, { size, note }: Head): Promise<string> {
    const [leaf = new Uint8Array()] = await this.range(index, index + 1);
    const path = await inclusionPath(this.hashSource(), index, size);
    const extra = Buffer.from(leaf).toString("base64");
    return ["c2sp.org/tlog-proof@v1", `extra ${extra}`, `index ${index}`, ...path.map(base64Of), "", note].join("\n");
  }

  /** The hashes of a C2SP tlog-proof for each of these entries. */
  async sharedProofs(indexes: readonly number[], { size, note }: Head): Promise<SharedProofs> {
    const source = this.hashSource();
    const paths: (readonly string[])[] = [];
    for (const index of indexes) paths.push((await inclusionPath(source, index, size)).map(base64Of));
    return { checkpoint: note, paths };
  }

  /** Proof that entries [from, to) are all that is there, without the entries (record L37). */
  async rangeProof(from: number, to: number, { size, note }: Head): Promise<string> {
    const source = this.hashSource();
    const sides = [...(await compactRange(source, 0, from)), ...(await compactRange(source, to, size))];
    return ["bailiwick/range-proof@v1", `from ${from}`, `to ${to}`, ...sides.map(base64Of), "", note].join("\n");
  }

  /** RFC 6962 section 2.1.2. */
  async growth(oldSize: number, newSize: number): Promise<readonly Bytes[]> {
    return (await consistencyPath(this.hashSource(), oldSize, newSize)).map(bytesOf);
  }

  /** Entries [from, to) of one bundle. */
  private async range(from: number, to: number): Promise<readonly Bytes[]> {
    const held = this.held.range(from, to);
    if (held !== undefined) return held;
    const index = Math.floor(from / TILE_WIDTH);
    const bundle: Tile = { level: "entries", index, width: TILE_WIDTH };
    const first = index * TILE_WIDTH;
    const leaves = (readBundle(await this.file(bundle)) ?? []).slice(from - first, to - first);
    const hashes = await this.hashSource()(0, from, to);
    if (leaves.length !== to - from || !leaves.every((leaf, i) => leafHash(leaf) === hashes[i])) {
      throw new RecordError("RECORD_CORRUPT", `reading ${tilePath(bundle)}: not the entries of its tile`);
    }
    return leaves;
  }

  /** Hashes from memory or tiles; reads each tile once. */
  private hashSource(): HashSource {
    const read = new Map<string, Promise<Bytes>>();
    return async (level, from, to) => {
      const held = this.tree.hashes(level, from, to);
      if (held !== undefined) return held;
      const tile: Tile = { level, index: Math.floor(from / TILE_WIDTH), width: TILE_WIDTH };
      const path = tilePath(tile);
      const bytes = read.get(path) ?? this.file(tile);
      read.set(path, bytes);
      const first = tile.index * TILE_WIDTH;
      return splitHashes((await bytes).subarray((from - first) * HASH_BYTES, (to - first) * HASH_BYTES));
    };
  }

  private async file(tile: Tile): Promise<Bytes> {
    const bytes = await this.folder.read(tilePath(tile));
    if (bytes === undefined) throw new RecordError("RECORD_CORRUPT", `reading ${tilePath(tile)}: it is missing`);
    return bytes;
  }
}

/** An entry of this log as JSON. @throws CoreError where it is none */
export function readEntry(leaf: Bytes): JsonObject {
  const json = parseJson(leaf);
  if (!isJsonObject(json)) throw new RecordError("RECORD_CORRUPT", "reading an entry: not a JSON object");
  return json;
}
