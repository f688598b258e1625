// SPDX-License-Identifier: Apache-2.0
// The entries of a log's folder, for whoever reads it beside the process that writes it, or after it. Whole batches only;
// whether the log is sound is the verifier's to say.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Bytes, JsonObject } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import { readBatch, SEGMENT_HEADER_BYTES } from "../journal/frame.ts";
import { errorCode } from "../journal/fs.ts";

export interface FolderEntry {
  readonly index: number;
  readonly entry: JsonObject;
}

/**
 * Every entry from an index on, in order, one journal file in memory at a time.
 * @param dir - folder of one log @throws RecordError RECORD_NOT_FOUND where it is none, RECORD_CORRUPT
 */
export async function* readEntries(dir: string, from = 0): AsyncGenerator<FolderEntry> {
  const journal = path.join(dir, "journal");
  const names = (await readdir(journal).catch(noLog)).filter((name) => name.endsWith(".bwj")).toSorted();
  const firsts = names.map((name) => Number.parseInt(name.slice(0, -4), 16));
  let next = 0;
  for (const [at, name] of names.entries()) {
    const after = firsts[at + 1];
    if (after !== undefined && after <= from) continue;
    const segment = await readFile(path.join(journal, name));
    for (const { index, leaf } of entriesOf(segment)) {
      // an opening that was cut short leaves the last entries twice
      if (index < next) continue;
      next = index + 1;
      if (index >= from) yield { index, entry: readLeaf(leaf) };
    }
  }
}

function* entriesOf(segment: Bytes): Generator<{ readonly index: number; readonly leaf: Bytes }> {
  for (let offset = SEGMENT_HEADER_BYTES; ; ) {
    const batch = readBatch(segment, offset);
    if (batch === undefined) return;
    for (const [at, leaf] of batch.leaves.entries()) yield { index: batch.size + at, leaf };
    offset = batch.end;
  }
}

/** Written by us, one text for one value: the engine's own reader is good enough, and many times as fast. */
function readLeaf(leaf: Bytes): JsonObject {
  const json: unknown = JSON.parse(Buffer.from(leaf.buffer, leaf.byteOffset, leaf.length).toString("utf8"));
  if (!isMembers(json)) throw new RecordError("RECORD_CORRUPT", "reading an entry: not a JSON object");
  return json;
}

function isMembers(json: unknown): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function noLog(cause: unknown): never {
  if (errorCode(cause) !== "ENOENT") throw cause;
  throw new RecordError("RECORD_NOT_FOUND", "reading a log's folder: there is no journal in it", { cause });
}
