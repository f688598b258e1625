// SPDX-License-Identifier: Apache-2.0
// Effects that were let through and whose outcome is in no entry yet (record L14). They are known while the log runs, and
// written down where a segment of the journal begins: a start that reads from there on knows of those before it.
import { z } from "zod";
import type { EntryDraft } from "../core/index.ts";
import type { EntryFacts } from "./entry/facts.ts";
import type { LogFolder } from "./folder.ts";
import { isFull } from "./journal/fs.ts";
import { base64Of, type Hash } from "./tree/hash.ts";

const PREFIX = "intents-";
/** UNIT: segments. A start looks for one that it can begin at among so many. */
const KEPT = 8;

const shape: z.ZodType<readonly (readonly [index: number, hash: string])[]> = z.array(
  z.tuple([z.int().min(0), z.string().regex(/^[A-Za-z0-9+/]{43}=$/)]),
);

/** Index and leaf hash of each intent. Changed in the order of the log only. */
export class OpenIntents {
  private readonly open: Map<number, Hash>;

  constructor(open: Iterable<readonly [number, Hash]> = []) {
    this.open = new Map(open);
  }

  /** An entry that was read. */
  learn(index: number, hash: Hash, { isIntent, closes }: EntryFacts): void {
    if (isIntent) this.open.set(index, hash);
    if (closes !== undefined) this.open.delete(closes);
  }

  /** An entry that was written. */
  wrote(index: number, hash: Hash, draft: EntryDraft): void {
    if (draft.type === "decision" && draft.shape === "intent") this.open.set(index, hash);
    else if (draft.type === "outcome") this.open.delete(draft.of.index);
  }

  all(): readonly (readonly [index: number, hash: Hash])[] {
    return [...this.open];
  }

  /** Writes down what is open where the segment begins. A full disk keeps none: the next start reads more. */
  async keep(folder: LogFolder, first: number): Promise<void> {
    const rows = this.all().map(([index, hash]) => [index, base64Of(hash)]);
    try {
      await folder.replace({ path: pathOf(folder, first), bytes: Buffer.from(JSON.stringify(rows)) });
      const names = (await folder.list(folder.beside(""))).filter((name) => name.startsWith(PREFIX)).toSorted();
      for (const name of names.slice(0, -KEPT)) await folder.remove(folder.beside(name));
    } catch (cause) {
      if (!isFull(cause)) throw cause;
    }
  }

  /** What was open where this segment begins; nothing where nobody wrote it down, or something else stands there. */
  static async at(folder: LogFolder, first: number): Promise<OpenIntents | undefined> {
    const bytes = await folder.read(pathOf(folder, first));
    if (bytes === undefined) return undefined;
    try {
      const rows = shape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
      if (rows.some(([index]) => index >= first)) return undefined;
      return new OpenIntents(rows.map(([index, hash]) => [index, Buffer.from(hash, "base64").toString("latin1")]));
    } catch {
      return undefined; // half a file, or somebody else's: the start reads further back
    }
  }
}

function pathOf(folder: LogFolder, first: number): string {
  return folder.beside(`${PREFIX}${first.toString(16).padStart(16, "0")}.json`);
}
