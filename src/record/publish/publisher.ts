// SPDX-License-Identifier: Apache-2.0
// Publishes the log as a stranger sees it (record L22): tiles and bundles for a size, then the signature, then the guard,
// then what witnesses say, then the checkpoint, then its line in the history, each durable before the next. What full tiles
// hold is then forgotten here.
import { dirname } from "node:path";
import type { Clock, Instant } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import type { LogFolder, NamedBytes } from "../folder.ts";
import { type Guard, guarded } from "../guard/guard.ts";
import type { LogReader } from "../read/reader.ts";
import { joinHashes } from "../tree/hash.ts";
import { newTiles, outgrownTiles, type Tile, tilePath, writeBundle } from "../tree/tiles.ts";
import { TILE_WIDTH, type Tree } from "../tree/tree.ts";
import type { Quorum } from "./cosign.ts";
import { type Head, headText, rollback } from "./head.ts";
import type { History } from "./history.ts";
import type { Leaves } from "./leaves.ts";
import type { Signer } from "./signer.ts";

/** Files that are in memory at once, and written before their folders are synced. */
const FILES_AT_ONCE = 128;
const NOTHING: Head = { size: 0, note: "" };

export interface PublisherParts {
  readonly folder: LogFolder;
  readonly tree: Tree;
  readonly leaves: Leaves;
  readonly signer: Signer;
  readonly guard: Guard | undefined;
  /** Where every published checkpoint is kept. */
  readonly history: History;
  /** Whether enough witnesses cosign a checkpoint, before it is published. */
  readonly quorum: Quorum;
  /** Proves growth to witnesses. */
  readonly reader: Pick<LogReader, "growth">;
  readonly clock: Pick<Clock, "now">;
  /** How often a log that does not grow is signed again. */
  readonly republishMs: number;
  readonly published: Head | undefined;
  /** The newest one that was signed, where the guard has one. */
  readonly signed: Head | undefined;
}

export class Publisher {
  private readonly folder: LogFolder;
  private readonly tree: Tree;
  private readonly leaves: Leaves;
  private readonly signer: Signer;
  private readonly guard: Guard | undefined;
  private readonly history: History;
  private readonly present = new Map<string, ReadonlySet<string>>();
  /** What the world was told last. */
  private last: Head | undefined;
  /** What was signed last; ahead of `last` while a checkpoint is on its way. */
  private signed: Head | undefined;
  /** What the guard may hold or not: it did not answer. */
  private unsure: Head | undefined;
  private refused: RecordError | undefined;

  private readonly reader: PublisherParts["reader"];
  private readonly clock: Pick<Clock, "now">;
  private readonly republishMs: number;
  private readonly quorum: Quorum;
  /** When something was signed last; for what an earlier process signed, when this one began. */
  private signedAt: Instant;

  constructor(log: PublisherParts) {
    this.folder = log.folder;
    this.tree = log.tree;
    this.leaves = log.leaves;
    this.signer = log.signer;
    this.guard = log.guard;
    this.reader = log.reader;
    this.clock = log.clock;
    this.republishMs = log.republishMs;
    this.quorum = log.quorum;
    this.history = log.history;
    this.last = log.published;
    this.signed = log.signed ?? log.published;
    this.signedAt = log.clock.now();
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

  /** Is there something to tell the world: entries, or that nothing was added for long? */
  get isDue(): boolean {
    return this.last?.size !== this.tree.size || this.isStale(this.last);
  }

  /**
   * Publishes the tree as it is now, and answers what is published then: what was before, where too few witnesses
   * cosigned. One at a time: the caller waits for the one before.
   */
  async publish(): Promise<Head> {
    if (this.refused !== undefined) throw this.refused;
    if (this.last !== undefined && !this.isDue) return this.last;
    return this.witnessed(await this.sign());
  }

  /** Publishes the same bytes that a killed process had signed, and not published (record L22). */
  async resume(): Promise<void> {
    if (this.signed === undefined || this.last?.note.startsWith(this.signed.note) === true) {
      if (this.last !== undefined) await this.history.append(this.last);
      return;
    }
    await this.witnessed(this.signed);
  }

  private async witnessed(head: Head): Promise<Head> {
    const note = await this.quorum.pass(head, (from) => this.reader.growth(from, head.size));
    return note === undefined ? this.published : this.tell({ size: head.size, note });
  }

  /** Signed long ago; or before the log had a second key, which signs it now. */
  private isStale({ note }: Head): boolean {
    return this.clock.now() - this.signedAt >= this.republishMs || !this.signer.isComplete(note);
  }

  /** Tiles, then the signature, then the guard. What was signed for this size before is not signed again. */
  private async sign(): Promise<Head> {
    await this.settle(this.guard);
    const { size } = this.tree;
    const before = this.signed;
    if (before?.size === size && !this.isStale(before)) return before;
    const at = this.clock.now();
    const next = { size, note: await this.signer.checkpoint(size, this.tree.root(), at) };
    const tiles = newTiles(before?.size ?? 0, size);
    for (let i = 0; i < tiles.length; i += FILES_AT_ONCE) {
      await this.folder.putOnce(tiles.slice(i, i + FILES_AT_ONCE).map((tile) => this.file(tile)));
    }
    if (this.guard !== undefined) await this.swap(this.guard, before, next);
    this.signed = next;
    this.signedAt = at;
    this.release(size);
    for (const path of outgrownTiles(before?.size ?? 0, size)) await this.folder.remove(path);
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
    if (found?.note === this.unsure.note) {
      this.signed = this.unsure;
      this.release(this.signed.size);
    }
    this.unsure = undefined;
  }

  private async tell(head: Head): Promise<Head> {
    await this.folder.replace({ path: "checkpoint", bytes: Buffer.from(head.note) });
    this.last = head;
    await this.history.append(head);
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
