// SPDX-License-Identifier: Apache-2.0
// Makes the files that strangers read again from the entries alone (record L20). Nothing is written before the entries have
// the root that was signed, so what is there afterwards is what was there when it was signed, byte for byte.
import { basename } from "node:path";
import type { Bytes } from "../core/index.ts";
import { RecordError } from "./errors.ts";
import { LogFolder } from "./folder.ts";
import { type JournalFs, nodeFs } from "./journal/fs.ts";
import { readJournal } from "./journal/recover.ts";
import { type Head, headText, readHead } from "./publish/head.ts";
import { lastOfHistory } from "./publish/history.ts";
import { base64Of, EMPTY_ROOT, type Hash, joinHashes, leafHash } from "./tree/hash.ts";
import { newTiles, readBundle, type Tile, tilePath, writeBundle } from "./tree/tiles.ts";
import { TILE_WIDTH, Tree } from "./tree/tree.ts";

export interface Rebuilt {
  readonly log: string;
  readonly origin: string;
  /** Entries that the signed checkpoint covers. */
  readonly size: number;
  /** What the entries were read from. */
  readonly from: "journal" | "bundles";
  /** Why the journal was not what they were read from. */
  readonly why?: string;
  /** Files that were missing. */
  readonly written: readonly string[];
  /** Files that were there, and were not what the entries say. */
  readonly replaced: readonly string[];
}

/** Gives each entry, in order; what `onEntry` returns is awaited. */
type Entries = (tree: Tree, onEntry: (leaf: Bytes) => Promise<void>) => Promise<void>;

/**
 * Rebuilds tiles, bundles and a lost checkpoint of a log that nobody has open.
 * @param dir - folder of the log
 * @throws RecordError RECORD_CORRUPT where neither journal nor bundles lead to the signed root: then nothing was changed
 */
export async function rebuildLog(dir: string, fs: JournalFs = nodeFs()): Promise<Rebuilt> {
  const folder = await LogFolder.open(fs, dir);
  const { head, origin, isLost } = await signedHead(folder);
  const source = await sourceOf(folder, origin, head);
  const made = { written: [] as string[], replaced: [] as string[] };
  const put = async (path: string, bytes: Bytes): Promise<void> => {
    const present = await folder.read(path);
    if (present !== undefined && Buffer.compare(present, bytes) === 0) return;
    (present === undefined ? made.written : made.replaced).push(path);
    await folder.replace({ path, bytes });
  };
  await putTiles(source, head.size, put);
  if (isLost) await put("checkpoint", Buffer.from(head.note));
  const { from, why } = source;
  return { log: basename(dir), origin, size: head.size, from, ...(why === undefined ? {} : { why }), ...made };
}

/** The newest checkpoint; from the history where its file is lost. */
async function signedHead(
  folder: LogFolder,
): Promise<{ readonly head: Head; readonly origin: string; readonly isLost: boolean }> {
  const checkpoint = await folder.read("checkpoint");
  if (checkpoint !== undefined) {
    const [origin = ""] = Buffer.from(checkpoint).toString().split("\n", 1);
    return { head: readHead(checkpoint, origin), origin, isLost: false };
  }
  const head = await lastOfHistory(folder);
  if (head === undefined) {
    throw new RecordError("RECORD_NOT_FOUND", "rebuilding: no checkpoint and no history says what was signed", {
      fix: "start the server: it reads the journal and signs it anew, if its guard and witnesses agree",
    });
  }
  const [origin = ""] = head.note.split("\n", 1);
  return { head, origin, isLost: true };
}

interface Source {
  readonly from: Rebuilt["from"];
  readonly why?: string;
  readonly entries: Entries;
  /** Every hash of the tree. */
  readonly tree: Tree;
}

/** The journal where it leads to the signed root, else the bundles. */
async function sourceOf(folder: LogFolder, origin: string, head: Head): Promise<Source> {
  const journal: Entries = async (tree, onEntry) => {
    await readJournal(folder, { origin, tree, onEntry: ({ leaf }) => onEntry(leaf) });
  };
  const bundles: Entries = async (tree, onEntry) => {
    for await (const leaf of leavesOf(folder, head.size)) {
      tree.append(leafHash(leaf));
      await onEntry(leaf);
    }
  };
  try {
    return { from: "journal", entries: journal, tree: await checked(journal, head, "journal") };
  } catch (cause) {
    if (!(cause instanceof RecordError)) throw cause;
    return { from: "bundles", why: cause.message, entries: bundles, tree: await checked(bundles, head, "bundles") };
  }
}

/** @throws RecordError RECORD_CORRUPT where the entries do not have the root that was signed */
async function checked(entries: Entries, head: Head, from: Rebuilt["from"]): Promise<Tree> {
  const tree = new Tree();
  let root: Hash | undefined = head.size === 0 ? EMPTY_ROOT : undefined;
  await entries(tree, async () => {
    if (tree.size === head.size) root = tree.root();
  });
  const [, , signed = ""] = head.note.split("\n", 3);
  if (root !== undefined && base64Of(root) === signed) return tree;
  const found = root === undefined ? `${tree.size} entries` : `root ${base64Of(root)} at that size`;
  throw new RecordError("RECORD_CORRUPT", `rebuilding: ${headText(head)} was signed, the ${from} have ${found}`, {
    fix: "restore the log's folder from a copy, or from whoever follows this log",
  });
}

async function* leavesOf(folder: LogFolder, size: number): AsyncGenerator<Bytes> {
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    const full = tilePath({ level: "entries", index, width: TILE_WIDTH });
    const path = tilePath({ level: "entries", index, width });
    const leaves = readBundle((await folder.read(path)) ?? (await folder.read(full)) ?? new Uint8Array());
    if (leaves === undefined || leaves.length < width) {
      throw new RecordError("RECORD_CORRUPT", `rebuilding from ${path}: missing, or not ${width} entries`, {
        fix: "restore the log's folder from a copy, or from whoever follows this log",
      });
    }
    yield* leaves.slice(0, width);
  }
}

async function putTiles(
  { entries, tree }: Source,
  size: number,
  put: (path: string, bytes: Bytes) => Promise<void>,
): Promise<void> {
  let bundle: Bytes[] = [];
  let next = 0;
  const flush = async (): Promise<void> => {
    const tile: Tile = { level: "entries", index: Math.floor((next - 1) / TILE_WIDTH), width: bundle.length };
    await put(tilePath(tile), writeBundle(bundle));
    bundle = [];
  };
  await entries(new Tree(), async (leaf) => {
    if (next === size) return; // what no checkpoint covers yet is in no tile
    bundle.push(leaf);
    next += 1;
    if (next % TILE_WIDTH === 0 || next === size) await flush();
  });
  for (const tile of newTiles(0, size)) {
    if (tile.level === "entries") continue;
    const from = tile.index * TILE_WIDTH;
    await put(tilePath(tile), joinHashes(tree.hashes(tile.level, from, from + tile.width) ?? []));
  }
}
