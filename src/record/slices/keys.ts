// SPDX-License-Identifier: Apache-2.0
// The keys of slices: one a day, made at random, lying sealed in a folder of their own (record L5, L7). Who destroys a key
// has erased every slice of that day, wherever copies of them are; the entries and their proofs stay. With the key of an
// erasure domain mixed in, the slices of one person can be erased and those of the others of that day stay.
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises";
import path from "node:path";
import { type Clock, type Instant, instant, type Random, type SealKey } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import { errorCode } from "../journal/fs.ts";
import { DAY_MS, dayOf, endOf, isDay } from "../keep/day.ts";
import { NONCE_BYTES, sealed, unsealed } from "../keep/seal.ts";

const KEY_BYTES = 32;
/** UNIT: bytes of the digest that stands for a text. */
const SEAL_BYTES = 16;
const SUFFIX = ".key";

/** The key of an erasure domain; nothing where it is destroyed. */
export type DomainKeys = (domain: string) => KeyObject | undefined;

/** One day's key: for texts inside slices, and for the file that they lie in. */
export interface DayKey extends SealKey {
  /** Of blocks of that day in one domain. @param domain - its key; absent for slices of no domain */
  block(domain: KeyObject | undefined): KeyObject;
}

export interface SliceKeysPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Seals the keys themselves. */
  readonly under: KeyObject;
}

export class SliceKeys {
  private readonly dir: string;
  private readonly ports: SliceKeysPorts;
  private readonly known = new Map<string, DayKey>();
  private now: { readonly key: DayKey; readonly until: Instant };

  private constructor(dir: string, ports: SliceKeysPorts, first: DayKey) {
    this.dir = dir;
    this.ports = ports;
    this.known.set(first.id, first);
    this.now = { key: first, until: endOf(ports.clock.now()) };
  }

  /** Opens the folder for writing: the key of today is there from now on. */
  static async open(dir: string, ports: SliceKeysPorts): Promise<SliceKeys> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const today = dayOf(ports.clock.now());
    const first = (await readKey(dir, today, ports.under)) ?? (await makeKey(dir, today, ports));
    return new SliceKeys(dir, ports, first);
  }

  /** Of today, from memory; where today's is not made yet, of the day before: whoever opens a slice is told which. */
  current(): DayKey {
    const now = this.ports.clock.now();
    if (now < this.now.until) return this.now.key;
    const key = this.known.get(dayOf(now));
    if (key !== undefined) this.now = { key, until: endOf(now) };
    return this.now.key;
  }

  /** Makes tomorrow's key while there is time. */
  async ahead(): Promise<void> {
    const now = this.ports.clock.now();
    for (const day of [dayOf(now), dayOf(instant(now + DAY_MS))]) {
      if (this.known.has(day)) continue;
      this.known.set(
        day,
        (await readKey(this.dir, day, this.ports.under)) ?? (await makeKey(this.dir, day, this.ports)),
      );
    }
  }

  async get(day: string): Promise<DayKey | undefined> {
    return this.known.get(day) ?? readKey(this.dir, day, this.ports.under);
  }

  /** Erases the keys of these days. */
  async destroy(days: readonly string[]): Promise<void> {
    for (const day of days) {
      if (day === this.now.key.id) continue;
      this.known.delete(day);
      await unlink(path.join(this.dir, `${day}${SUFFIX}`)).catch(ifMissing);
    }
    await syncFolder(this.dir);
  }
}

/** The days whose keys are there, oldest first. */
export async function keyedDays(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch(ifMissing);
  return (names ?? [])
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .filter(isDay)
    .toSorted();
}

/** @throws RecordError RECORD_KEY_MISMATCH where it was sealed under another key, or was changed */
export async function readKey(dir: string, day: string, under: KeyObject): Promise<DayKey | undefined> {
  if (!isDay(day)) return undefined;
  const bytes = await readFile(path.join(dir, `${day}${SUFFIX}`)).catch(ifMissing);
  if (bytes === undefined) return undefined;
  const secret = unsealed(bytes, under, day);
  if (secret === undefined) {
    throw new RecordError("RECORD_KEY_MISMATCH", `opening the key of the slices of ${day}: another key sealed it`, {
      fix: "put data/keys and data/slices back from the same backup, or delete the key: its slices are erased then",
    });
  }
  return dayKey(day, secret);
}

async function makeKey(dir: string, day: string, { random, under }: SliceKeysPorts): Promise<DayKey> {
  const secret = Buffer.from(random.bytes(KEY_BYTES));
  const file = path.join(dir, `${day}${SUFFIX}`);
  const unfinished = `${file}.tmp`;
  const handle = await open(unfinished, "w", 0o600);
  try {
    await handle.writeFile(sealed(secret, { under, about: day, nonce: random.bytes(NONCE_BYTES) }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
  await syncFolder(dir);
  return dayKey(day, secret);
}

function dayKey(day: string, secret: Buffer): DayKey {
  const seal = part(secret, "seal");
  return {
    id: day,
    block(domain) {
      const both = domain === undefined ? secret : Buffer.concat([secret, domain.export()]);
      return part(both, domain === undefined ? "day" : "day and domain");
    },
    seal: (text) => createHmac("sha256", seal).update(text).digest().toString("base64url", 0, SEAL_BYTES),
  };
}

function part(secret: Buffer, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync("sha256", secret, "", `bailiwick slices v1 ${purpose}`, KEY_BYTES)));
}

async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function ifMissing(error: unknown): undefined {
  if (errorCode(error) !== "ENOENT") throw error;
  return undefined;
}
