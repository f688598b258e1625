// SPDX-License-Identifier: Apache-2.0
// The checkpoints that a log published over its life, as its folder keeps them: each must be signed by a trusted key, and
// have the root that the entries have at its size.
import { readDecimal, readHash, readUtf8, sameBytes } from "./bytes.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { VerifyError } from "./fault.ts";
import { type Note, parseNote, type VerifierKey } from "./note.ts";
import { signersOf } from "./signature.ts";
import { historyPath } from "./tiles.ts";

export interface HistoryLine {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly place: string;
}

/** Lines of one file. Only that of the newest checkpoint may be unfinished: its writer was killed. @throws VerifyError */
export function readHistory(bytes: Uint8Array, first: number, { origin, note }: Checkpoint): readonly HistoryLine[] {
  const path = historyPath(first);
  const lines = readUtf8(bytes, path).split("\n");
  const rest = (lines.pop() ?? "").replace(/\0+$/, "");
  if (!linesOf(note).some((line) => line.startsWith(rest))) {
    throw new VerifyError(`${path} line ${lines.length + 1}`, "it does not end");
  }
  const read = lines.map((line, i) => {
    const place = `${path} line ${i + 1}`;
    const [size = "", root = "", signature = "", ...more] = line.split(" ");
    if (signature === "" || more.length > 0) throw new VerifyError(place, "not a size, a root and a signature");
    const known = { size: Number(readDecimal(size, place)), root: readHash(root, place) };
    return { ...known, place, note: `${origin}\n${size}\n${root}\n\n— ${origin} ${signature}\n` };
  });
  if (read[0] !== undefined && read[0].size !== first) throw new VerifyError(path, "it begins with another size");
  return read;
}

/** How a checkpoint is written here: one of these, by which of its signatures is the log's own. */
function linesOf({ text, signatures }: Note): readonly string[] {
  const [, size = "", root = ""] = text.split("\n");
  return signatures.map(({ id, signature }) => {
    const line = Buffer.concat([Buffer.from(id, "hex"), signature]).toString("base64");
    return `${size} ${root} ${line}`;
  });
}

/** Asks for the root at each size, in order, and compares. */
export class HistoryChecks {
  private readonly lines: readonly HistoryLine[];
  private next = 0;

  /** @param lines - of all files, in order @throws VerifyError where sizes do not grow, or one is past the checkpoint's */
  constructor(lines: readonly HistoryLine[], published: number) {
    this.lines = lines;
    let before = -1;
    for (const { size, place } of lines) {
      if (size <= before) throw new VerifyError(place, `size ${size} after size ${before}`);
      if (size > published)
        throw new VerifyError(place, `size ${size} was published, and the checkpoint has ${published}`);
      before = size;
    }
  }

  /** Called at every size from 0 on; `root` only where a line asks for it. @throws VerifyError */
  at(size: number, root: () => Uint8Array): void {
    const line = this.lines[this.next];
    if (line?.size !== size) return;
    this.next += 1;
    if (!sameBytes(root(), line.root)) throw new VerifyError(line.place, "its root is not the root of the entries");
  }

  /** @throws VerifyError where one is not signed by any of these keys */
  checkSignatures(keys: readonly VerifierKey[]): number {
    for (const { note, place } of this.lines) {
      if (signersOf(parseNote(note, place), keys, place).length === 0) {
        throw new VerifyError(place, "no trusted key signed it");
      }
    }
    return this.lines.length;
  }
}
