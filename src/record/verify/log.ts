// SPDX-License-Identifier: Apache-2.0
// Verifies the whole folder of one log: the checkpoint by its key, every entry up to the published size by the
// checkpoint's root, every tile and every journal frame by the entries. What stands in the folder and is none of these
// is refused, so that nothing there goes unchecked.
import { readUtf8, sameBytes } from "./bytes.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { EntryChecks } from "./entry.ts";
import { attempt, quoted, VerifyError } from "./fault.ts";
import { type AgeLimit, checkHead } from "./head.ts";
import { HistoryChecks, readHistory } from "./history.ts";
import { type JournalEntry, JournalReader, type Segment } from "./journal.ts";
import { Frontier, leafHash, rootOf } from "./merkle.ts";
import type { Opening } from "./opening.ts";
import type { Policy } from "./policy.ts";
import { canVerify } from "./signature.ts";
import { historyPath, readBundle, readPath, readTile, segmentPath, TILE_WIDTH, type Tile, tilePath } from "./tiles.ts";
import { Report, type Verdict } from "./verdict.ts";

/** Largest published size that is read; its hashes are held in memory. */
const ENTRIES_MAX = 2 ** 31;

/** The folder of one log. Paths are relative, with `/`. */
export interface LogSource {
  read(path: string): Uint8Array | undefined;
  /** Every file, in any order. */
  list(): readonly string[];
}

/**
 * Is the folder, byte for byte, what a log of this origin consists of? Without `trust` the signature is not checked and
 * the verdict is not ok. A folder without a journal (a copy of the published tiles) is judged without it.
 * @param options - `older`: a checkpoint of before, of which this log has to be the continuation
 */
export function verifyLog(
  source: LogSource,
  trust: Policy | undefined,
  options: {
    readonly age?: AgeLimit | undefined;
    readonly older?: string | undefined;
    readonly openings?: readonly Opening[] | undefined;
  } = {},
): Verdict {
  const report = new Report();
  const text = attempt(() => readUtf8(required(source, "checkpoint"), "checkpoint"));
  if ("reason" in text) {
    report.failed("format", text.reason);
    return report.verdict();
  }
  const checkpoint = checkHead(text.value, trust, report, options);
  if (checkpoint === undefined) return report.verdict();
  const verifier = new LogVerifier(source, { checkpoint, trust, report, openings: options.openings });
  verifier.run();
  if (options.older !== undefined) verifier.checkGrowth(options.older);
  return report.verdict();
}

interface LogClaim {
  readonly checkpoint: Checkpoint;
  readonly trust: Policy | undefined;
  readonly report: Report;
  readonly openings: readonly Opening[] | undefined;
}

class LogVerifier {
  private readonly source: LogSource;
  private readonly checkpoint: Checkpoint;
  private readonly report: Report;
  private readonly checks: EntryChecks;
  private readonly tiles: Tile[] = [];
  private readonly segments: Segment[] = [];
  private readonly histories: number[] = [];
  private readonly trust: Policy | undefined;
  /** Hashes of every level, `levels[0]` the leaves: first of the published entries, then of those only in the journal. */
  private readonly levels: Uint8Array[][] = [[]];

  constructor(source: LogSource, { checkpoint, trust, report, openings }: LogClaim) {
    this.source = source;
    this.checkpoint = checkpoint;
    this.trust = trust;
    this.report = report;
    this.checks = new EntryChecks(checkpoint.origin, report, openings);
  }

  run(): void {
    this.sort();
    const published = attempt(() => this.readEntries());
    if ("reason" in published) {
      this.report.failed("entries", published.reason);
      for (const name of ["log-binding", "schema", "history", "journal", "tiles"] as const) {
        this.report.notRun(name, "the published entries could not be read");
      }
      return;
    }
    this.report.passed("entries", `all ${published.value} lead to the checkpoint's root`);
    this.readJournal(published.value);
    const tiles = attempt(() => this.checkTiles(published.value));
    if ("reason" in tiles) this.report.failed("tiles", tiles.reason);
    else this.report.passed("tiles", `all ${this.tiles.length} have the entries behind them`);
    this.report.passed("log-binding", this.checkpoint.origin);
    this.report.passed("schema", "canonical JSON with its header");
    this.checks.end(true);
    const { approvals } = this.checks;
    if (approvals > 0) this.report.passed("approvals", `${approvals} signed by passkeys, each for its own call`);
  }

  /** Is the log that was told of before the beginning of this one? Called after the entries were read. */
  checkGrowth(text: string): void {
    const place = "older checkpoint";
    const older = checkHead(text, this.trust, this.report, { place });
    if (older === undefined) return;
    const { origin, size } = this.checkpoint;
    const leaves = this.levels[0]?.slice(0, Number(older.size)) ?? [];
    if (older.origin !== origin) this.report.failed("growth", `${place}: it is of ${quoted(older.origin)}`);
    else if (older.size > size) this.report.failed("growth", `${place}: ${older.size} entries, and here are ${size}`);
    else if (!sameBytes(rootOf(leaves), older.root)) {
      this.report.failed("growth", `${place}: the first ${older.size} entries here are not those it was signed over`);
    } else this.report.passed("growth", `from ${older.size} to ${size}: nothing was changed or taken away`);
  }

  /** Sorts files by what they are. */
  private sort(): void {
    for (const path of this.source.list()) {
      const file = readPath(path);
      if (file?.kind === "tile") this.tiles.push(file.tile);
      else if (file?.kind === "segment") this.segments.push(this.segment(path, file.first));
      else if (file?.kind === "history") this.histories.push(file.first);
      else if (file === undefined) this.report.failed("files", `${quoted(path)}: no file of a log`);
    }
    this.segments.sort((a, b) => a.first - b.first);
    this.histories.sort((a, b) => a - b);
    this.report.passed("files", `${this.tiles.length} tiles and ${this.segments.length} journal segments`);
  }

  /** Segments are large: each is read when its turn comes, and let go after the next. */
  private segment(path: string, first: number): Segment {
    const { source } = this;
    return {
      first,
      get bytes() {
        return source.read(path) ?? new Uint8Array();
      },
    };
  }

  /** The checkpoints that were published before. Without their files there is nothing to compare. */
  private readHistory(size: number): HistoryChecks | undefined {
    const { origin } = this.checkpoint;
    const read = attempt(() => {
      const lines = this.histories.flatMap((first) => {
        return readHistory(required(this.source, historyPath(first)), first, this.checkpoint);
      });
      const checks = new HistoryChecks(lines, size);
      const keys = this.trust?.logs.filter((key) => key.name === origin && canVerify(key)) ?? [];
      if (lines.length === 0) this.report.notRunOptional("history", "no checkpoints of before in this folder");
      else if (keys.length === 0) this.report.notRun("history", "no trusted key was given");
      else
        this.report.passed("history", `all ${checks.checkSignatures(keys)} checkpoints are signed and have their root`);
      return checks;
    });
    if ("value" in read) return read.value;
    this.report.failed("history", read.reason);
    return undefined;
  }

  /** Reads the bundles up to the published size. @throws VerifyError */
  private readEntries(): number {
    if (this.checkpoint.size > ENTRIES_MAX) throw new VerifyError("checkpoint", `over ${ENTRIES_MAX} entries`);
    const size = Number(this.checkpoint.size);
    const tree = new Frontier();
    const history = this.readHistory(size);
    for (const tile of tilesOf("entries", size)) {
      const { path, bytes, width } = this.open(tile);
      for (const [i, { entry, offset }] of readBundle(bytes, width, path).slice(0, tile.width).entries()) {
        const place = `${path} offset ${offset} (entry ${tile.index * TILE_WIDTH + i})`;
        this.checks.check(entry, place);
        const leaf = leafHash(entry);
        tree.push(leaf);
        this.levels[0]?.push(leaf);
        this.judge(() => history?.at(tree.size, () => tree.root()));
      }
    }
    if (!sameBytes(tree.root(), this.checkpoint.root)) throw this.blame(size);
    return size;
  }

  /** A checkpoint of before that does not fit says nothing against the entries. */
  private judge(history: () => void): void {
    const told = attempt(history);
    if ("reason" in told) this.report.failed("history", told.reason);
  }

  /** The bundles do not make the root: says where they part from the tiles of leaf hashes. */
  private blame(size: number): VerifyError {
    for (const tile of tilesOf(0, size)) {
      const bundle = tilePath({ ...tile, level: "entries" });
      const read = attempt(() => this.readHashes(tile));
      const hashes = "value" in read ? read.value : [];
      const at = hashes.findIndex((hash, i) => !sameBytes(hash, this.hash(0, tile.index * TILE_WIDTH + i)));
      if (at >= 0) {
        return new VerifyError(
          bundle,
          `entry ${tile.index * TILE_WIDTH + at} does not hash to what ${tilePath(tile)} has`,
        );
      }
    }
    return new VerifyError("checkpoint", "its root is not the root of the entries");
  }

  /** The journal must hold the published entries, and may hold more that no checkpoint covers yet. */
  private readJournal(published: number): void {
    if (this.segments.length === 0) {
      this.report.notRunOptional("journal", "no journal in this folder");
      return;
    }
    const reader = new JournalReader(this.checkpoint.origin, (entry) => this.journalEntry(entry, published));
    const read = attempt(() => reader.read(this.segments));
    const torn = "value" in read ? read.value : undefined;
    if ("reason" in read) this.report.failed("journal", read.reason);
    else if (reader.size < published) {
      const where = torn ?? segmentPath(this.segments.at(-1)?.first ?? 0);
      this.report.failed("journal", `${where}: it ends at entry ${reader.size}, before the published ${published}`);
    } else this.report.passed("journal", `${this.segments.length} segments, whole up to entry ${reader.size}`);
    const unfinished = torn === undefined ? "" : `; ${torn}: writing was cut off here, and opening the log removes it`;
    const after = Math.max(0, reader.size - published);
    if (after > 0) {
      this.report.notRunOptional("unpublished", `${after} entries after the checkpoint, checksummed only${unfinished}`);
    } else this.report.passed("unpublished", `no entry after the checkpoint${unfinished}`);
  }

  private journalEntry({ index, entry, leaf, place }: JournalEntry, published: number): void {
    if (index >= published) {
      this.checks.check(entry, place);
      this.levels[0]?.push(leaf);
    } else if (!sameBytes(leaf, this.hash(0, index))) {
      throw new VerifyError(place, "not the entry that was published under this index");
    }
  }

  /** Compares every tile of the folder with the entries, and asks for each one that the published size needs. */
  private checkTiles(published: number): void {
    for (let level = 0; this.levelSize(level) >= TILE_WIDTH; level++) {
      const above = Array.from({ length: Math.floor(this.levelSize(level) / TILE_WIDTH) }, (_, i) =>
        rootOf(this.levels[level]?.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH) ?? []),
      );
      this.levels.push(above);
    }
    for (const tile of this.tiles) this.checkTile(tile);
    for (let level = 0, width = published; width > 0; level++, width = Math.floor(width / TILE_WIDTH)) {
      for (const tile of tilesOf(level, width)) this.open(tile);
    }
  }

  private checkTile(tile: Tile): void {
    const path = tilePath(tile);
    const level = tile.level === "entries" ? 0 : tile.level;
    const first = tile.index * TILE_WIDTH;
    if (first + tile.width > this.levelSize(level)) throw new VerifyError(path, "there are no entries behind it");
    const bytes = required(this.source, path);
    const found =
      tile.level === "entries"
        ? readBundle(bytes, tile.width, path).map(({ entry }) => leafHash(entry))
        : readTile(bytes, tile, path);
    const wrong = found.findIndex((hash, i) => !sameBytes(hash, this.hash(level, first + i)));
    if (wrong >= 0)
      throw new VerifyError(path, `hash ${wrong} (of ${tile.width}) is not that of the entries behind it`);
  }

  /** A tile as the published size needs it: itself, or the full one that took its place. @throws VerifyError */
  private open(tile: Tile): { readonly path: string; readonly bytes: Uint8Array; readonly width: number } {
    for (const width of new Set([tile.width, TILE_WIDTH])) {
      const path = tilePath({ ...tile, width });
      const bytes = this.source.read(path);
      if (bytes !== undefined) return { path, bytes, width };
    }
    throw new VerifyError(tilePath(tile), "missing");
  }

  private readHashes(tile: Tile): readonly Uint8Array[] {
    const { path, bytes, width } = this.open(tile);
    return readTile(bytes, { ...tile, width }, path).slice(0, tile.width);
  }

  private levelSize(level: number): number {
    return this.levels[level]?.length ?? 0;
  }

  private hash(level: number, index: number): Uint8Array {
    return this.levels[level]?.[index] ?? new Uint8Array();
  }
}

/** The tiles of one level that a level of this width consists of; the last one may be partial. */
function tilesOf(level: Tile["level"], size: number): readonly Tile[] {
  return Array.from({ length: Math.ceil(size / TILE_WIDTH) }, (_, index) => ({
    level,
    index,
    width: Math.min(TILE_WIDTH, size - index * TILE_WIDTH),
  }));
}

function required(source: LogSource, path: string): Uint8Array {
  const bytes = source.read(path);
  if (bytes === undefined) throw new VerifyError(path, "missing");
  return bytes;
}
