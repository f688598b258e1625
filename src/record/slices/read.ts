// SPDX-License-Identifier: Apache-2.0
// Finds slices again. Entry ids begin with their time, so an id says which day's file to look into, and blocks say which ids
// they hold. The blocks that were opened last stay open: who reads in the order of the log reads each block once.
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { instant } from "../../core/index.ts";
import { DAY_MS, dayOf, madeAt } from "../keep/day.ts";
import { type BlockHeader, type BlockKey, HEADER_BYTES, readBlock, readHeader } from "./block.ts";
import { type DayKey, type DomainKeys, ifMissing } from "./keys.ts";

/** Blocks that stay open. */
const OPEN_MAX = 8;

export function fileOf(dir: string, day: string): string {
  return path.join(dir, `${day}.slices`);
}

interface Placed extends BlockHeader {
  readonly offset: number;
}

/** One day's file, as far as it was looked at. */
interface DayFile {
  readonly blocks: Placed[];
  end: number;
}

export class SliceReader {
  private readonly dir: string;
  private readonly keyOf: (day: string) => Promise<DayKey | undefined>;
  private readonly domainKeys: DomainKeys;
  private readonly files = new Map<string, DayFile>();
  private readonly opened = new Map<string, ReadonlyMap<string, string>>();
  /** One look at a time: two that read on from the same place would both count what they found there. */
  private reading: Promise<unknown> = Promise.resolve();

  constructor(dir: string, keyOf: (day: string) => Promise<DayKey | undefined>, domainKeys: DomainKeys) {
    this.dir = dir;
    this.keyOf = keyOf;
    this.domainKeys = domainKeys;
  }

  /** Nothing where it was not kept, is erased, or its file is damaged. @throws RecordError RECORD_KEY_MISMATCH */
  get(id: string): Promise<string | undefined> {
    const found = this.reading.then(() => this.find(id));
    this.reading = found.catch(() => undefined); // the asker gets the fault; the next one looks all the same
    return found;
  }

  /** What was opened is erased, or may be. */
  forget(): void {
    this.files.clear();
    this.opened.clear();
  }

  private async find(id: string): Promise<string | undefined> {
    for (const texts of this.opened.values()) {
      const text = texts.get(id);
      if (text !== undefined) return text;
    }
    const at = madeAt(id);
    // an id is made before its slice is sealed: at midnight that can be the next day's file
    for (const day of new Set([dayOf(at), dayOf(instant(at + DAY_MS))])) {
      const text = await this.look(day, id);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  private async look(day: string, id: string): Promise<string | undefined> {
    const key = await this.keyOf(day);
    const handle = key === undefined ? undefined : await open(fileOf(this.dir, day), "r").catch(ifMissing);
    if (key === undefined || handle === undefined) return undefined;
    try {
      const file = await this.survey(day, handle);
      for (const block of file.blocks) {
        if (id < block.first || id > block.last || this.opened.has(`${day} ${block.offset}`)) continue;
        const domain = block.domain === "" ? undefined : this.domainKeys(block.domain);
        if (domain === undefined && block.domain !== "") continue; // erased
        const text = (await this.openBlock(handle, block, { key: key.block(domain), day }))?.get(id);
        if (text !== undefined) return text;
      }
      return undefined;
    } finally {
      await handle.close();
    }
  }

  /** Where the blocks are; a file that grew is read on from where it ended. */
  private async survey(day: string, handle: FileHandle): Promise<DayFile> {
    const file = this.files.get(day) ?? { blocks: [], end: 0 };
    this.files.set(day, file);
    const { size } = await handle.stat();
    while (file.end + HEADER_BYTES <= size) {
      const { buffer } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, file.end);
      const header = readHeader(buffer);
      if (header === undefined || file.end + HEADER_BYTES + header.bytes > size) break;
      file.blocks.push({ ...header, offset: file.end });
      file.end += HEADER_BYTES + header.bytes;
    }
    return file;
  }

  private async openBlock(
    handle: FileHandle,
    { bytes, offset }: Placed,
    { key, day }: BlockKey,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const whole = Buffer.alloc(HEADER_BYTES + bytes);
    await handle.read(whole, 0, whole.length, offset);
    const texts = readBlock(whole.subarray(0, HEADER_BYTES), whole.subarray(HEADER_BYTES), { key, day });
    if (texts === undefined) return undefined;
    this.opened.set(`${day} ${offset}`, texts);
    const [oldest] = this.opened.keys();
    if (this.opened.size > OPEN_MAX && oldest !== undefined) this.opened.delete(oldest);
    return texts;
  }
}
