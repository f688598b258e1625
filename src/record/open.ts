// SPDX-License-Identifier: Apache-2.0
// Opens the record: recovers the journal, checks that the published checkpoint is one of this very log, makes good what a
// killed process left half done, and only then lets anything in.
import { join } from "node:path";
import {
  type AdminDraft,
  type Clock,
  type Custody,
  type Instant,
  instant,
  type JsonObject,
  jsonObject,
  type Log,
  type OutcomeDraft,
  parseEntryIndex,
  quote,
  type Random,
  type Store,
  type Timers,
} from "../core/index.ts";
import { readBefore, refuseClosed } from "./adopt.ts";
import { Commitments } from "./commitment.ts";
import type { RecordConfig } from "./config.ts";
import { Disk } from "./disk.ts";
import { factsOf } from "./entry/facts.ts";
import { EntryWriter } from "./entry/writer.ts";
import { RecordError } from "./errors.ts";
import { LogFolder } from "./folder.ts";
import { type Guard, guarded, openGuard } from "./guard/guard.ts";
import { type LogIdentity, mayBegin, readIdentity, writeIdentity } from "./identity.ts";
import type { FramedEntry } from "./journal/frame.ts";
import { errorCode, isFull, type JournalFs, nodeFs } from "./journal/fs.ts";
import { Journal } from "./journal/journal.ts";
import { type Recovery, readJournal } from "./journal/recover.ts";
import { findResumePoint } from "./journal/resume.ts";
import type { Domains } from "./keep/domains.ts";
import { OpenIntents } from "./open-intents.ts";
import { type Cosigner, Quorum, type WitnessedHead } from "./publish/cosign.ts";
import { checkGuard, checkHead, checkWitnessed, type Head, readHead } from "./publish/head.ts";
import { History } from "./publish/history.ts";
import { Leaves } from "./publish/leaves.ts";
import { Publisher } from "./publish/publisher.ts";
import { openSigner, type Signer } from "./publish/signer.ts";
import { LogFiles } from "./read/files.ts";
import { LogReader } from "./read/reader.ts";
import { References } from "./read/references.ts";
import { Reserve } from "./reserve.ts";
import { type RecordRoom, Room } from "./room.ts";
import { base64urlOf, EMPTY_ROOT, type Hash } from "./tree/hash.ts";
import { TILE_WIDTH, Tree } from "./tree/tree.ts";

/** Exit code after a write that failed: what is on disk is no longer known (record L10). */
export const FATAL_EXIT_CODE = 74;

/** Outcomes that one group of appends closes at once. */
const OUTCOMES_AT_ONCE = 128;

export interface RecordPorts {
  /** The machine's own file system where absent. */
  readonly fs?: JournalFs;
  /** For the guard `sql`. */
  readonly store?: Pick<Store, "read" | "tx">;
  readonly custody: Custody;
  /** Whose keys commitments are under. */
  readonly domains: Domains;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Asks the witnesses of this log; absent where there are none. */
  readonly cosigner?: Cosigner | undefined;
  /** Ends the process: after a failed write nothing may go on. */
  readonly onFatal: (exitCode: typeof FATAL_EXIT_CODE) => void;
}

/**
 * Opens the log in `<dir>/<name>`, or begins it there.
 * @throws RecordError RECORD_CONFIG, RECORD_CORRUPT, RECORD_ROLLBACK, RECORD_KEY_MISMATCH,
 *   RECORD_GUARD, RECORD_MISSING, RECORD_FULL
 */
export async function openRecord(ports: RecordPorts, config: RecordConfig): Promise<RecordRoom> {
  // a key name of signed notes, without what would end it in an entry reference
  if (!/^[A-Za-z0-9._~:/[\]-]{1,200}$/.test(config.origin)) {
    throw new RecordError("RECORD_CONFIG", `opening the record: ${quote(config.origin)} is no origin`, {
      fix: "use the public host and the log's name, such as gate.example/log/main-1",
    });
  }
  try {
    return await new Opening(ports, config).open();
  } catch (cause) {
    if (isFull(cause)) throw new RecordError("RECORD_FULL", `opening ${config.origin}: no room on the disk`, { cause });
    throw cause;
  }
}

interface Heads {
  readonly guard: Guard | undefined;
  /** What was published last. */
  readonly published: Head | undefined;
  /** What the guard has. */
  readonly signed: Head | undefined;
  /** What witnesses have. */
  readonly witnessed: readonly WitnessedHead[];
}

/** What the entries of the journal say, gathered while they are read. */
class Opening {
  readonly leaves = new Leaves();
  tree = new Tree();
  references = new References();
  intents = new OpenIntents();
  private readonly ports: RecordPorts;
  private readonly config: RecordConfig;
  private last: Instant = instant(0);

  constructor(ports: RecordPorts, config: RecordConfig) {
    this.ports = ports;
    this.config = config;
  }

  async open(): Promise<RecordRoom> {
    const { ports, config, leaves } = this;
    const fs = ports.fs ?? nodeFs();
    const folder = await LogFolder.open(fs, join(config.dir, config.name));
    await refuseClosed(folder);
    const signer = await openSigner(ports.custody, { ...config, ...config.keys });
    const heads = await this.heads(folder, fs, signer);
    const identity = await readIdentity(folder);
    if (heads.guard !== undefined) checkGuard(heads.signed, heads.published, identity?.guarded === true);
    await this.resume(folder, heads);
    const { tree, references, intents } = this;
    const known = { tree, leaves, references, intents };
    const reader = new LogReader({ folder, tree, leaves, origin: config.origin });
    const quorum = new Quorum(ports.cosigner, config.witness, ports.clock);
    const publishing = { folder, tree, leaves, signer, reader, quorum, history: await History.open(folder), ...heads };
    const publisher = new Publisher({ ...publishing, clock: ports.clock, republishMs: config.republishMs });
    const journaled = await this.read(folder, signer, { ...heads, publisher });
    this.checkBirth(signer, heads, identity);
    await this.firstGuard(heads);
    await publisher.restorePartial();
    const recovered = await journaled.finish();
    const { disk, reserve } = await this.space(folder);
    const journal = new Journal(
      {
        ...ports,
        ...config,
        folder,
        tree,
        onDurable: (entries) => room.onDurable(entries),
        onSegment: (first) => intents.keep(folder, first),
        makeRoom: () => reserve.release(),
        onFatal: (cause) => this.stop(cause),
      },
      recovered,
    );
    const room: Room = new Room({
      ...ports,
      ...known,
      config,
      publisher,
      files: new LogFiles(folder, publisher),
      disk,
      reserve,
      journal,
      vkeys: signer.vkeys,
      quorum,
      isGuarded: heads.guard !== undefined,
      commitments: new Commitments(ports.domains),
      writer: new EntryWriter({ ...ports, ...config, last: this.last }),
      reader,
    });
    try {
      await publisher.resume();
      await this.begin(room, folder);
    } catch (cause) {
      await journal.close();
      throw cause;
    }
    return room;
  }

  /** What there is on the disk, and what is kept back of it. */
  private async space(folder: LogFolder): Promise<{ readonly disk: Disk; readonly reserve: Reserve }> {
    const { config, ports } = this;
    const disk = new Disk(folder.fs, config.dir, config.low);
    await disk.look();
    const reserve = new Reserve(folder, ports.random, config.reserveBytes);
    await reserve.restore();
    return { disk, reserve };
  }

  private async heads(folder: LogFolder, fs: JournalFs, { vkeys }: Signer): Promise<Heads> {
    const { config, ports } = this;
    const checkpoint = await folder.read("checkpoint");
    // a process killed right after the rename never made it durable, and from here on it counts as told
    if (checkpoint !== undefined) await folder.sync(["checkpoint"]);
    const published = checkpoint === undefined ? undefined : readHead(checkpoint, config.origin);
    const guard = openGuard(config.guard, { ...config, fs, store: ports.store });
    const signed = guard === undefined ? undefined : await guarded("reading", guard.read());
    const witnessed = (await ports.cosigner?.heads(vkeys)) ?? [];
    return { guard, published, signed, witnessed };
  }

  /** Takes what lies before a late segment from its tiles, where that can be done. */
  private async resume(folder: LogFolder, { guard, published, signed, witnessed }: Heads): Promise<void> {
    if (published === undefined || (guard !== undefined && signed === undefined)) return;
    const sizes = [published, ...(signed === undefined ? [] : [signed]), ...witnessed].map(({ size }) => size);
    const from = { published: published.size, oldestHead: Math.min(...sizes), entries: this.config.startEntries };
    const point = await findResumePoint(folder, from);
    if (point === undefined) return;
    this.tree = point.tree;
    this.intents = point.intents;
    this.references = new References(point.first);
    this.leaves.resume(point.first - point.leaves.length, point.leaves);
  }

  /** Reads the journal, changes nothing in it, and compares it with every head that was signed. */
  private async read(
    folder: LogFolder,
    signer: Signer,
    { published, signed, publisher, witnessed }: Omit<Heads, "guard"> & { readonly publisher: Publisher },
  ): Promise<Recovery> {
    const { tree } = this;
    const sizes = new Set([published?.size, signed?.size, ...witnessed.map(({ size }) => size)]);
    const roots = new Map([
      [0, EMPTY_ROOT],
      [tree.size, tree.root()],
    ]);
    const onEntry = async (entry: FramedEntry): Promise<void> => {
      this.learn(entry);
      if (sizes.has(tree.size)) roots.set(tree.size, tree.root());
      if (tree.size % TILE_WIDTH === 0 && tree.size <= publisher.signedSize) await publisher.restoreFull(tree.size);
    };
    const journal = await readJournal(folder, { origin: this.config.origin, tree, onEntry });
    const found = (head: Head): { size: number; root: Hash | undefined } => ({
      size: tree.size,
      root: roots.get(head.size),
    });
    if (signed !== undefined) checkHead(signed, found(signed), signer, "put into the guard");
    if (published !== undefined) checkHead(published, found(published), signer, "published");
    checkWitnessed(witnessed, tree.size, (size) => roots.get(size));
    return journal;
  }

  /** A log that gets its first guard puts what it published there; one whose guard was emptied was refused before. */
  private async firstGuard({ guard, published, signed }: Heads): Promise<void> {
    if (guard === undefined || published === undefined || signed !== undefined) return;
    if (await guarded("writing", guard.swap(undefined, published))) return;
    throw new RecordError("RECORD_GUARD", "opening the record: somebody else began to use the guard", {
      fix: "two processes opened one log: stop one of them",
    });
  }

  private checkBirth(signer: Signer, { published, signed }: Heads, identity: LogIdentity | undefined): void {
    const { vkey } = this.config;
    const [own] = signer.vkeys;
    if (vkey !== undefined && vkey !== own) {
      throw new RecordError("RECORD_KEY_MISMATCH", `opening the record: its key is ${own}, and another is pinned`, {
        fix: "put back the key the log was begun with; `record.vkey` is what strangers were told",
      });
    }
    const isEmpty = this.tree.size === 0 && published === undefined && signed === undefined;
    if (isEmpty) mayBegin(this.config, identity, this.ports.clock.now());
  }

  private learn({ index, hash, leaf }: FramedEntry): void {
    const facts = factsOf(leaf);
    this.intents.learn(index, hash, facts);
    this.leaves.push(leaf);
    this.references.add(index, facts.id);
    this.last = facts.at;
  }

  /** The first entries of a new log, or of an old one that is opened again; then the first checkpoint. */
  private async begin(room: Room, folder: LogFolder): Promise<void> {
    const { origin, vkey } = room.status();
    if (room.size() === 0) await room.append(logOpened(vkey, await readBefore(folder)));
    const unknown = this.intents.all().map(([index, hash]) => unknownOutcome(this.config.origin, index, hash));
    for (let i = 0; i < unknown.length; i += OUTCOMES_AT_ONCE) {
      await Promise.all(unknown.slice(i, i + OUTCOMES_AT_ONCE).map((draft) => room.append(draft)));
    }
    await room.checkpoint();
    await writeIdentity(folder, { origin, vkey, guarded: this.config.guard !== "none" });
    room.start();
  }

  private stop(cause: unknown): void {
    const error = errorCode(cause) ?? (cause instanceof RecordError ? cause.code : "unknown");
    this.ports.log.fault("record.stopped", { error, log: this.config.origin });
    this.ports.onFatal(FATAL_EXIT_CODE);
  }
}

function logOpened(vkey: string, before: JsonObject | undefined): AdminDraft {
  const because = before === undefined ? "the log begins" : "the log before it cannot go on";
  const data = jsonObject([["vkey", vkey], ...(before === undefined ? [] : [["before", before] as const])]);
  return { type: "admin", name: "log.opened", by: "system", because, data };
}

/** Nothing is retried on its own (record L14): whether the effect happened is not known, and that is said. */
function unknownOutcome(log: string, index: number, hash: Hash): OutcomeDraft {
  const of = { log, index: parseEntryIndex(index), leaf: base64urlOf(hash) };
  return { type: "outcome", of, result: "unknown", bytesIn: 0, bytesOut: 0, ms: 0, objects: [] };
}
