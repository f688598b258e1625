// SPDX-License-Identifier: Apache-2.0
// What the record's answers rest on, kept beside it for a while (record L5, decide D44). A slice is no part of the log: it is
// written without waiting, a crash can lose the last tenth of a second of them, and after `keepDays` they and their keys
// are gone. What an entry holds of its slice, a digest, stays.
import { mkdir, open, truncate, unlink } from "node:fs/promises";
import path from "node:path";
import {
  type Clock,
  type Custody,
  type EntryId,
  type Instant,
  instant,
  type Log,
  type Random,
  type SealKey,
  type Seals,
  type Slices,
  type Timers,
} from "../../core/index.ts";
import { errorCode } from "../journal/fs.ts";
import { DAY_MS, dayOf, startOf } from "../keep/day.ts";
import { NONCE_BYTES } from "../keep/seal.ts";
import { HEADER_BYTES, type NamedText, readHeader, writeBlock } from "./block.ts";
import { type DomainKeys, ifMissing, keyedDays, readKey, SliceKeys } from "./keys.ts";
import { fileOf, SliceReader } from "./read.ts";

/** UNIT: ms. What is together for so long is one block. */
const TOGETHER_MS = 50;
/** UNIT: UTF-16 units. No more is ever waiting. */
const WAITING_LENGTH_MAX: number = 32 * 1024 * 1024;
/** UNIT: ms. */
const LOOK_EVERY_MS = 3_600_000;
/** Salts are drawn in bulk. UNIT: bytes */
const SALT_BYTES = 16;
const SALTS = 256;
const KEYS = "keys";

export interface SlicesPorts {
  readonly custody: Pick<Custody, "derive">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly domainKeys: DomainKeys;
  /** Whether something of this day must not be erased. */
  readonly isHeld?: (from: Instant, to: Instant) => boolean;
  /** Told of the days whose slices nobody can read any more. */
  readonly erased?: (days: readonly string[]) => void;
}

export interface SlicesConfig {
  readonly dir: string;
  /** UNIT: days. 0 keeps none. */
  readonly keepDays: number;
}

/** How keeping goes. */
export interface SlicesStatus {
  /** Slices that could not be kept since the start. */
  readonly lost: number;
  /** The oldest day whose slices can still be opened. */
  readonly since: string | undefined;
}

export interface SliceRoom extends Slices, Seals {
  status(): Promise<SlicesStatus>;
  /** Forgets what is open: whose key was destroyed is not to be read from memory. */
  forget(): Promise<void>;
  /** Destroys the keys and files of every day before this one, and answers which days those were. */
  erase(before: Instant): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** @throws RecordError RECORD_KEY_MISMATCH, or what the disk says */
export async function openSlices(ports: SlicesPorts, config: SlicesConfig): Promise<SliceRoom> {
  await mkdir(config.dir, { recursive: true, mode: 0o700 });
  const under = ports.custody.derive("record/slices");
  const keys = await SliceKeys.open(path.join(config.dir, KEYS), { ...ports, under });
  const room = new Room(ports, config, keys);
  await room.start();
  return room;
}

/** The slices of a folder that nobody writes to now. */
export function readSlices(
  custody: Pick<Custody, "derive">,
  dir: string,
  domainKeys: DomainKeys,
): Pick<Slices, "get" | "key"> {
  const under = custody.derive("record/slices");
  const key = (day: string): ReturnType<typeof readKey> => readKey(path.join(dir, KEYS), day, under);
  const reader = new SliceReader(dir, key, domainKeys);
  return { get: (id) => reader.get(id), key };
}

interface Waiting extends NamedText {
  readonly day: string;
  /** Empty where it is of no domain. */
  readonly domain: string;
}

class Room implements SliceRoom {
  private readonly ports: SlicesPorts;
  private readonly config: SlicesConfig;
  private readonly keys: SliceKeys;
  private readonly reader: SliceReader;
  /** What no block holds yet, by entry id. */
  private waiting = new Map<string, Waiting>();
  private readonly writingNow = new Map<string, string>();
  private waitingLength = 0;
  private writing: Promise<void> = Promise.resolve();
  private isDue = false;
  private isFailing = false;
  private lost = 0;
  private salts: Buffer = Buffer.alloc(0);
  private nextSalt = 0;
  private looking: Promise<void> = Promise.resolve();
  private stopLooking: () => void = () => undefined;

  constructor(ports: SlicesPorts, config: SlicesConfig, keys: SliceKeys) {
    this.ports = ports;
    this.config = config;
    this.keys = keys;
    this.reader = new SliceReader(config.dir, (day) => keys.get(day), ports.domainKeys);
  }

  async start(): Promise<void> {
    await cutTorn(fileOf(this.config.dir, this.keys.current().id));
    await this.look();
    this.stopLooking = this.ports.timers.every(LOOK_EVERY_MS, () => {
      // one after the other: two at once could make two keys of one day
      this.looking = this.looking.then(() => this.look()).catch((cause: unknown) => this.fault(cause));
    });
  }

  current(): SealKey {
    return this.keys.current();
  }

  salt(): string {
    if (this.nextSalt === this.salts.length) {
      this.salts = Buffer.from(this.ports.random.bytes(SALT_BYTES * SALTS));
      this.nextSalt = 0;
    }
    this.nextSalt += SALT_BYTES;
    return this.salts.toString("base64url", this.nextSalt - SALT_BYTES, this.nextSalt);
  }

  put(id: EntryId, text: string, domain = ""): void {
    if (this.config.keepDays === 0) return;
    if (this.waitingLength + text.length > WAITING_LENGTH_MAX) {
      this.lost += 1;
      return;
    }
    this.waiting.set(id, { id, text, day: this.keys.current().id, domain });
    this.waitingLength += text.length;
    if (this.isDue) return;
    this.isDue = true;
    this.ports.timers.after(TOGETHER_MS, () => void this.flush());
  }

  async get(id: EntryId): Promise<string | undefined> {
    return this.waiting.get(id)?.text ?? this.writingNow.get(id) ?? (await this.reader.get(id));
  }

  key(id: string): Promise<SealKey | undefined> {
    return this.keys.get(id);
  }

  async status(): Promise<SlicesStatus> {
    const [since] = await keyedDays(path.join(this.config.dir, KEYS));
    return { lost: this.lost, since };
  }

  async erase(before: Instant): Promise<readonly string[]> {
    const first = dayOf(before);
    const old = (await keyedDays(path.join(this.config.dir, KEYS))).filter((day) => day < first);
    const days = old.filter((day) => !this.isHeld(day));
    await this.keys.destroy(days);
    this.reader.forget();
    for (const day of days) await unlink(fileOf(this.config.dir, day)).catch(ifMissing);
    if (days.length > 0) this.ports.erased?.(days);
    return days;
  }

  async forget(): Promise<void> {
    await this.flush();
    this.reader.forget();
  }

  async close(): Promise<void> {
    this.stopLooking();
    await this.looking;
    await this.flush();
    await this.writing;
  }

  /** One block after the other, each of one day. */
  private flush(): Promise<void> {
    this.isDue = false;
    const all = [...this.waiting.values()];
    this.waiting = new Map();
    this.waitingLength = 0;
    for (const { id, text } of all) this.writingNow.set(id, text);
    this.writing = this.writing.then(() => this.write(all));
    return this.writing;
  }

  private async write(all: readonly Waiting[]): Promise<void> {
    for (const texts of Map.groupBy(all, ({ day, domain }) => `${day} ${domain}`).values()) {
      try {
        await this.append(texts);
        this.isFailing = false;
      } catch (cause) {
        this.lost += texts.length;
        if (!this.isFailing) this.fault(cause);
        this.isFailing = true;
      }
    }
    for (const { id } of all) this.writingNow.delete(id);
  }

  private async append(texts: readonly Waiting[]): Promise<void> {
    const [{ day, domain } = { day: "", domain: "" }] = texts;
    const key = await this.keys.get(day);
    const domainKey = domain === "" ? undefined : this.ports.domainKeys(domain);
    if (domain !== "" && domainKey === undefined) return; // erased while it waited
    if (key === undefined) throw new Error(`no key of ${day}`);
    const nonce = this.ports.random.bytes(NONCE_BYTES);
    const block = await writeBlock(texts, { key: key.block(domainKey), day, domain, nonce });
    const file = fileOf(this.config.dir, day);
    const handle = await open(file, "a", 0o600);
    try {
      const { size } = await handle.stat();
      const { bytesWritten } = await handle.write(block);
      // half a block would hide every one behind it
      if (bytesWritten < block.length) {
        await handle.truncate(size);
        throw new Error("no room on the disk");
      }
    } finally {
      await handle.close();
    }
  }

  /** Tomorrow's key, and an end to what was kept long enough. */
  private async look(): Promise<void> {
    await this.keys.ahead();
    await this.erase(instant(Math.max(0, this.ports.clock.now() - this.config.keepDays * DAY_MS)));
  }

  private isHeld(day: string): boolean {
    const from = startOf(day);
    return this.ports.isHeld?.(from, instant(from + DAY_MS)) === true;
  }

  private fault(cause: unknown): void {
    this.ports.log.fault("record.slices_failed", {
      error: errorCode(cause) ?? (cause instanceof Error ? cause.message : "unknown"),
    });
  }
}

/** A process that was killed while it wrote leaves half a block, and the next one would stand behind it unseen. */
async function cutTorn(file: string): Promise<void> {
  const handle = await open(file, "r").catch(ifMissing);
  if (handle === undefined) return;
  let end = 0;
  let size = 0;
  try {
    ({ size } = await handle.stat());
    for (;;) {
      const { buffer } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, end);
      const header = readHeader(buffer);
      if (header === undefined || end + HEADER_BYTES + header.bytes > size) break;
      end += HEADER_BYTES + header.bytes;
    }
  } finally {
    await handle.close();
  }
  if (end < size) await truncate(file, end);
}
