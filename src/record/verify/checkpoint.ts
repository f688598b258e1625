// SPDX-License-Identifier: Apache-2.0
// C2SP tlog-checkpoint: the note text that says how large a log is and what its root is.
import { readDecimal, readHash } from "./bytes.ts";
import { VerifyError } from "./fault.ts";
import { type Note, parseNote } from "./note.ts";

export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly note: Note;
}

/** What the text of a checkpoint says. */
export type CheckpointText = Omit<Checkpoint, "note">;

/** @throws VerifyError */
export function parseCheckpoint(text: string, place = "checkpoint"): Checkpoint {
  const note = parseNote(text, place);
  return { ...parseCheckpointText(note.text, place), note };
}

/** Reads the text of a note, with its last line feed and without its signatures. @throws VerifyError */
export function parseCheckpointText(text: string, place = "checkpoint"): CheckpointText {
  const lines = text.slice(0, -1).split("\n");
  const [origin, size, root] = lines;
  if (origin === undefined || size === undefined || root === undefined || lines.includes("")) {
    throw new VerifyError(place, "not an origin, a size and a root hash on lines of their own");
  }
  return { origin, size: readDecimal(size, `${place}: size`), root: readHash(root, `${place}: root hash`) };
}
