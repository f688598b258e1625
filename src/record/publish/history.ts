// SPDX-License-Identifier: Apache-2.0
// Every checkpoint that was published, one line each in `checkpoints/<size of the first>.log`: size, root, and the log's own
// signature. The last step of publishing (record L22), and what `record fsck` compares the tree with at every size.
import { RecordError } from "../errors.ts";
import type { LogFolder } from "../folder.ts";
import { readIdentity } from "../identity.ts";
import { isFull, writeAll } from "../journal/fs.ts";
import { type Head, readHead } from "./head.ts";

/** UNIT: bytes. About 7,000 checkpoints; a start reads the newest file only. */
const FILE_BYTES: number = 1024 * 1024;

/** Mutable state is changed by `open` and `append` only, which follow one another. */
export class History {
  private readonly folder: LogFolder;
  private path: string | undefined;
  private offset = 0;
  private size = -1;
  /** Lines that are not on disk yet: for want of room, they wait for the next one. */
  private lines = "";

  private constructor(folder: LogFolder) {
    this.folder = folder;
  }

  /** A line that a killed process left half written is written over. @throws RecordError RECORD_CORRUPT */
  static async open(folder: LogFolder): Promise<History> {
    const history = new History(folder);
    const name = (await folder.list("checkpoints")).toSorted().at(-1);
    if (name === undefined) return history;
    history.path = `checkpoints/${name}`;
    const text = Buffer.from((await folder.read(history.path)) ?? []).toString("latin1");
    history.offset = text.lastIndexOf("\n") + 1;
    const last = text.slice(0, history.offset).trimEnd().split("\n").at(-1) ?? "";
    history.size = Number(last.split(" ", 1)[0]);
    if (Number.isSafeInteger(history.size)) return history;
    throw new RecordError("RECORD_CORRUPT", `opening ${history.path}: its last line has no size`, {
      fix: "restore the file from a copy of the log; it is no part of what proofs rest on",
    });
  }

  /** A head that is no newer than the newest line is there already. */
  async append(head: Head): Promise<void> {
    if (head.size <= this.size) return;
    this.size = head.size;
    this.lines += lineOf(head);
    try {
      await this.write();
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }

  private async write(): Promise<void> {
    const bytes = Buffer.from(this.lines);
    if (this.path === undefined || this.offset + bytes.length > FILE_BYTES) {
      const first = Number(this.lines.split(" ", 1)[0]);
      this.path = `checkpoints/${first.toString(16).padStart(16, "0")}.log`;
      this.offset = 0;
      await this.folder.replace({ path: this.path, bytes });
    } else {
      const file = await this.folder.fs.open(this.folder.path(this.path));
      try {
        await writeAll(file, bytes, this.offset);
        // what an earlier process left of a longer line
        await file.truncate(this.offset + bytes.length);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    this.offset += bytes.length;
    this.lines = "";
  }
}

/** The newest checkpoint that was published, with the log's own signature only; undefined where no line is whole. */
export async function lastOfHistory(folder: LogFolder): Promise<Head | undefined> {
  const identity = await readIdentity(folder);
  const name = (await folder.list("checkpoints")).toSorted().at(-1);
  if (identity === undefined || name === undefined) return undefined;
  const text = Buffer.from((await folder.read(`checkpoints/${name}`)) ?? []).toString("latin1");
  const [size, root, signature] = (text.split("\n").at(-2) ?? "").split(" ");
  if (size === undefined || root === undefined || signature === undefined) return undefined;
  const { origin } = identity;
  return readHead(Buffer.from(`${origin}\n${size}\n${root}\n\n— ${origin} ${signature}\n`), origin, name);
}

/** Size, root, and what follows the key's name in the log's own signature line. */
function lineOf({ note }: Head): string {
  const [origin = "", size = "", root = ""] = note.split("\n", 3);
  const own = `\n— ${origin} `;
  const from = note.indexOf(own) + own.length;
  return `${size} ${root} ${note.slice(from, note.indexOf("\n", from))}\n`;
}
