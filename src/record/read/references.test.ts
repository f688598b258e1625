// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type EntryId, parseEntryId, type RecordedEntry, referenceOf } from "../../core/index.ts";
import { eventDraft } from "../testing/drafts.ts";
import { openTestRecord } from "../testing/rooms.ts";
import type { LogReader } from "./reader.ts";
import { findEntries, GENERATION, References } from "./references.ts";

const idOf = (n: number): EntryId => parseEntryId(`019a0000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`);

/** A reader of entries that are only their ids, and which of them it was asked for. */
function readerOf(ids: readonly EntryId[]): { reader: LogReader; asked: [from: number, to: number][] } {
  const asked: [number, number][] = [];
  const reader = {
    async *leaves(from: number, to: number) {
      asked.push([from, to]);
      for (let index = from; index < to; index++)
        yield { index, leaf: Buffer.from(JSON.stringify({ id: ids[index], at: 1 })) };
    },
    entry: (index: number): unknown => ({ ref: { index } }),
  };
  return { reader: reader as unknown as LogReader, asked };
}

async function indexes(found: AsyncIterable<RecordedEntry>): Promise<readonly number[]> {
  const all: number[] = [];
  for await (const { ref } of found) all.push(ref.index);
  return all;
}

test("L38: an entry is found by its reference, as core spells it, and by its id", async () => {
  const ids = fc.uniqueArray(fc.uuid({ version: 7 }), { minLength: 1, maxLength: 8 });
  const finds = fc.asyncProperty(ids, async (texts) => {
    const all = texts.map((text) => parseEntryId(text));
    const references = new References();
    for (const [index, id] of all.entries()) references.add(index, id);
    const { reader } = readerOf(all);
    for (const [index, id] of all.entries()) {
      expect(await indexes(findEntries(reader, references, id))).toEqual([index]);
      expect(await indexes(findEntries(reader, references, referenceOf(id)))).toContain(index);
    }
  });
  await fc.assert(finds, { numRuns: 30 });
});

test("L38: at most two generations are held, and older entries are searched for by reading", async () => {
  const references = new References();
  const ids = Array.from({ length: 2 * GENERATION + 1 }, (_, n) => idOf(n));
  for (const [index, id] of ids.entries()) references.add(index, id);
  expect(references.since).toBe(GENERATION);
  const { reader, asked } = readerOf(ids);
  expect(await indexes(findEntries(reader, references, idOf(7)))).toEqual([7]);
  expect(await indexes(findEntries(reader, references, idOf(GENERATION)))).toEqual([GENERATION]);
  expect(asked).toEqual([
    [0, GENERATION],
    [0, GENERATION],
    [GENERATION, GENERATION + 1],
  ]);
});

test("L38: what has no entry has none", async () => {
  const { room } = await openTestRecord();
  await room.append(eventDraft());
  expect(await room.find(idOf(5))).toEqual([]);
});
