// SPDX-License-Identifier: Apache-2.0
// Finds entries by what callers were shown of them: the newest from memory, the older ones by reading.
import { type EntryId, parseEntryId, parseReference, type RecordedEntry, type Reference } from "../../core/index.ts";
import { factsOf } from "../entry/facts.ts";
import type { LogReader } from "./reader.ts";

/** Entries of one generation. Two are kept, of about 80 bytes for each entry. */
export const GENERATION = 100_000;

/** The 35 bits that a reference shows of an id (core `referenceOf`), as a number: a fifth of the time to make. */
type Tail = number;

export class References {
  private newer = new Map<Tail, readonly number[] | number>();
  private older = new Map<Tail, readonly number[] | number>();
  private newerFrom = 0;
  private olderFrom = 0;

  /** @param since - the first entry that will be added */
  constructor(since = 0) {
    this.newerFrom = since;
    this.olderFrom = since;
  }

  /** First index that is known here; entries before it must be read. */
  get since(): number {
    return this.olderFrom;
  }

  /** Called for every entry, in order. */
  add(index: number, id: EntryId): void {
    if (index - this.newerFrom >= GENERATION) {
      [this.older, this.olderFrom] = [this.newer, this.newerFrom];
      this.newer = new Map();
      this.newerFrom = index;
    }
    const tail = tailOf(id);
    const same = this.newer.get(tail);
    this.newer.set(tail, same === undefined ? index : [same, index].flat());
  }

  /** Indexes from {@link since} on, in order. */
  find(tail: Tail): readonly number[] {
    return [this.older, this.newer].flatMap((generation) => generation.get(tail) ?? []);
  }
}

/** Entries with this reference or id, in order. */
export async function* findEntries(
  reader: LogReader,
  references: References,
  what: Reference | EntryId,
): AsyncGenerator<RecordedEntry> {
  const isReference = what.startsWith("BW-");
  const tail = isReference ? tailOfReference(parseReference(what)) : tailOf(parseEntryId(what));
  const isMatch = (id: EntryId): boolean => (isReference ? tailOf(id) === tail : id === what);
  for await (const { index, leaf } of reader.leaves(0, references.since)) {
    if (isMatch(factsOf(leaf).id)) yield reader.entry(index, leaf);
  }
  for (const found of references.find(tail)) {
    for await (const { index, leaf } of reader.leaves(found, found + 1)) {
      if (isMatch(factsOf(leaf).id)) yield reader.entry(index, leaf);
    }
  }
}

function tailOf(id: EntryId): Tail {
  return Number.parseInt(id.slice(-9), 16) % 2 ** 35;
}

function tailOfReference(reference: Reference): Tail {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  return Array.from(reference.slice("BW-".length)).reduce((tail, digit) => tail * 32 + digits.indexOf(digit), 0);
}
