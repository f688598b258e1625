// SPDX-License-Identifier: Apache-2.0
// Entries by what people have in hand of them, and that they are in the log.
import { CoreError, parseEntryId, parseEntryIndex, parseReference, type RecordedEntry } from "../core/index.ts";
import type { RecordRoom } from "../record/index.ts";
import type { ProofPorts } from "./http/proofs.ts";

export function proofsOf(record: RecordRoom): ProofPorts {
  return { find: (key) => findEntries(record, key), prove: (index) => record.prove(index) };
}

/** By index, entry id or reference; nothing for what is none of these. */
async function findEntries(record: RecordRoom, key: string): Promise<readonly RecordedEntry[]> {
  if (/^[0-9]{1,15}$/.test(key)) return record.find(parseEntryIndex(Number(key)));
  try {
    return await record.find(key.startsWith("BW-") ? parseReference(key) : parseEntryId(key));
  } catch (cause) {
    if (cause instanceof CoreError) return [];
    throw cause;
  }
}
