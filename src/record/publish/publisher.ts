// SPDX-License-Identifier: Apache-2.0
// Publishes the log as a stranger sees it (record L22): tiles and bundles for a size, then the signature, then the guard,
// then the checkpoint, each durable before the next. What full tiles hold is then forgotten here.
import { dirname } from "node:path";
import { RecordError } from "../errors.ts";
import type { LogFolder, NamedBytes } from "../folder.ts";
import { type Guard, guarded } from "../guard/guard.ts";
import { joinHashes } from "../tree/hash.ts";
import { newTiles, outgrownTiles, type Tile, tilePath, writeBundle } from "../tree/tiles.ts";
import { TILE_WIDTH, type Tree } from "../tree/tree.ts";
import { type Head, headText, rollback } from "./head.ts";
import type { Leaves } from "./leaves.ts";
import type { Signer } from "./signer.ts";

/** Files that are in memory at once, and written before their folders are synced. */
const FILES_AT_ONCE = 128;
const NOTHING: Head = { size: 0, note: "" };

export class Publisher {
  private readonly folder: LogFolder;
  private readonly tree: Tree;
  private readonly leaves: Leaves;
  private readonly signer: Signer;
  private readonly guard: Guard | undefined;
  private readonly present = new Map<string, ReadonlySet<string>>();
  /** What the world was told last. */
  private last: Head | undefined;
  /** What was signed last; ahead of `last` while a checkpoint is on its way. */
  private signed: Head | undefined;
  /** What the guard may hold or not: it did not answer. */
  private unsure: Head | undefined;
  private refused: RecordError | undefined;

  constructor(log: {
    readonly folder: LogFolder;
    readonly tree: Tree;
    readonly leaves: Leaves;
    readonly signer: Signer;
    readonly guard: Guard | undefined;
    readonly published: Head | undefined;
    /** The newest one that was signed, where the guard has one. */
    readonly signed: Head | undefined;
  }) {
    this.folder = log.folder;
    this.tree = log.tree;
    this.leaves = log.leaves;
    this.signer = log.signer;
    this.guard = log.guard;
    this.last = log.published;
    this.signed = log.signed ?? log.published;
  }

  get published(): Head {
    return this.last ?? NOTHING;
  }

  /** Entries whose tiles are on disk. */
  get signedSize(): number {
    return this.signed?.size ?? 0;
  }

  /** Somebody else signed under this origin: nothing is signed here any more (record L23). */
  get isRolledBack(): boolean {
    return this.refused !== undefined;
  }

  /** Publishes the tree as it is now. One at a time: the caller waits for the one before. */
  async publish(): Promise<Head> {
    if (this.refused !== undefined) throw this.refused;
    if (this.last?.size === this.tree.size) return this.last;
    return this.tell(await this.sign());
  }

  /** Publishes the same bytes that a killed process had signed, and not published (record L22). */
  async resume(): Promise<void> {
    if (this.signed !== undefined && this.signed !== this.last) await this.tell(this.signed);
  }

  /** Tiles, then the signature, then the guard. What was signed for this size before is not signed again. */
  private async sign(): Promise<Head> {
    await this.settle(this.guard);
    const { size } = this.tree;
    const before = this.signed;
    if (before?.size === size) return before;
    const next = { size, note: this.signer.checkpoint(size, this.tree.root()) };
    const tiles = newTiles(before?.size ?? 0, size);
    for (let i = 0; i < tiles.length; i += FILES_AT_ONCE) {
      await this.folder.putOnce(tiles.slice(i, i + FILES_AT_ONCE).map((tile) => this.file(tile)));
    }
    if (this.guard !== undefined) await this.swap(this.guard, before, next);
    this.signed = next;
    return next;
  }

  /** @throws RecordError RECORD_GUARD where it does not answer, RECORD_ROLLBACK where another head stands in it */
  private async swap(guard: Guard, before: Head | undefined, next: Head): Promise<void> {
    this.unsure = next;
    const isOurs = await guarded("writing", guard.swap(before, next));
    this.unsure = undefined;
    if (isOurs) return;
    const found = await guarded("reading", guard.read());
    const theirs = found === undefined ? "nothing" : headText(found);
    const ours = before === undefined ? "nothing" : headText(before);
    this.refused = rollback(`publishing ${headText(next)}: the guard has ${theirs}, this log put ${ours} there`);
    throw this.refused;
  }

  /** A swap that failed may have come through all the same. */
  private async settle(guard: Guard | undefined): Promise<void> {
    if (guard === undefined || this.unsure === undefined) return;
    const found = await guarded("reading", guard.read());
    if (found?.note === this.unsure.note) this.signed = this.unsure;
    this.unsure = undefined;
  }

  private async tell(head: Head): Promise<Head> {
    const before = this.published.size;
    await this.folder.replace({ path: "checkpoint", bytes: Buffer.from(head.note) });
    this.last = head;
    this.release(head.size);
    for (const path of outgrownTiles(before, head.size)) await this.folder.remove(path);
    return head;
  }

  /** Writes again what is missing of the full tiles that end at a multiple of 256 below the signed size. */
  async restoreFull(size: number): Promise<void> {
    for (const tile of newTiles(size - TILE_WIDTH, size)) {
      if (tile.width === TILE_WIDTH && !(await this.has(tilePath(tile)))) await this.folder.putOnce([this.file(tile)]);
    }
    this.release(size);
  }

  /** Writes again what is missing of the partial tiles of the signed size. */
  async restorePartial(): Promise<void> {
    const partial = newTiles(0, this.signedSize).filter((tile) => tile.width < TILE_WIDTH);
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
