// SPDX-License-Identifier: Apache-2.0
// Heads that were signed before, compared with the journal at every start (record L23): a log never goes back behind what
// it told the world, and never tells it two things of one size.
import { type Bytes, quote } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import { base64Of, type Hash } from "../tree/hash.ts";
import type { WitnessedHead } from "./cosign.ts";
import type { Signer } from "./signer.ts";

/** A checkpoint that this log signed. */
export interface Head {
  readonly size: number;
  /** The signed note. */
  readonly note: string;
}

/**
 * Reads size and origin; the rest is compared as a whole.
 * @param place - where it stands: `checkpoint`, or the guard
 * @throws RecordError RECORD_CORRUPT or RECORD_CONFIG
 */
export function readHead(checkpoint: Bytes, origin: string, place = "checkpoint"): Head {
  const note = Buffer.from(checkpoint).toString();
  const [name = "", size = ""] = note.split("\n", 2);
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(size)) {
    throw new RecordError("RECORD_CORRUPT", `opening ${place}: ${quote(size)} is no size`);
  }
  if (name !== origin) {
    throw new RecordError("RECORD_CONFIG", `opening the record ${quote(origin)}: ${place} is that of ${quote(name)}`, {
      fix: "a log keeps its origin for ever: set the old public address again, or give the new log another name",
    });
  }
  return { size: Number(size), note };
}

/** A head in words: `size 7 with root ...`. */
export function headText({ size, note }: Head): string {
  return `size ${size} with root ${rootOf(note)}`;
}

/**
 * Is this head one that this journal and this key would sign for its size?
 * @param journal - its size, and the root of its tree at the head's size; undefined where it has fewer entries
 * @param told - by whom the head was kept: `published`, or `put into the guard`
 * @throws RecordError RECORD_ROLLBACK naming both heads, or RECORD_KEY_MISMATCH
 */
export function checkHead(
  head: Head,
  journal: { readonly size: number; readonly root: Hash | undefined },
  signer: Signer,
  told: string,
): void {
  const { root } = journal;
  if (root === undefined || base64Of(root) !== rootOf(head.note)) {
    const found = root === undefined ? `${journal.size} entries` : `root ${base64Of(root)} at that size`;
    throw rollback(`opening the record: ${headText(head)} was ${told}, the journal has ${found}`);
  }
  if (!signer.hasSigned(head.note, head.size, root)) {
    throw new RecordError("RECORD_KEY_MISMATCH", `opening the record: the checkpoint ${told} has another signature`, {
      fix: "put back the key the log was begun with",
    });
  }
}

/**
 * Is the guard at or after what was published? Its swap comes before the publishing, so anything else is a guard, or a
 * folder, that is not of this log's life.
 * @throws RecordError RECORD_ROLLBACK
 */
export function checkGuard(guard: Head | undefined, published: Head | undefined, wasGuarded: boolean): void {
  if (guard === undefined && wasGuarded) {
    const known = published === undefined ? "nothing" : headText(published);
    throw rollback(`opening the record: its guard is empty, and had a head before; ${known} was published`);
  }
  if (guard !== undefined && published !== undefined && published.size > guard.size) {
    throw rollback(`opening the record: ${headText(published)} was published, the guard has ${headText(guard)}`);
  }
}

/**
 * Does this journal have what witnesses saw this log sign (record L24)? An older copy of the folder has not.
 * @param rootAt - of the journal's tree at a size that it has
 * @throws RecordError RECORD_ROLLBACK naming both heads
 */
export function checkWitnessed(
  heads: readonly WitnessedHead[],
  size: number,
  rootAt: (size: number) => Hash | undefined,
): void {
  for (const head of heads) {
    const root = rootAt(head.size);
    if (root === head.root) continue;
    const journal = root === undefined ? `${size} entries` : `root ${base64Of(root)} at that size`;
    const seen = `size ${head.size} with root ${base64Of(head.root)}, signed by this log,`;
    throw rollback(`opening the record: the witness ${quote(head.witness)} has ${seen} and the journal has ${journal}`);
  }
}

/** @param message - names both heads */
export function rollback(message: string): RecordError {
  return new RecordError("RECORD_ROLLBACK", message, {
    fix: "put back the newest copy of the log's folder and of its guard; where that is lost, `bailiwick record adopt`",
  });
}

function rootOf(note: string): string {
  const [, , root = ""] = note.split("\n", 3);
  return root;
}
