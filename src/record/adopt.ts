// SPDX-License-Identifier: Apache-2.0
// What goes on after a log that cannot: its name is closed for ever, and the next one begins with what is known of it
// (record L25). No size is signed twice under one origin, and what is missing is said in the first entry.
import { join } from "node:path";
import { z } from "zod";
import { type JsonObject, jsonObject, quote } from "../core/index.ts";
import { RecordError } from "./errors.ts";
import { LogFolder } from "./folder.ts";
import { openGuard } from "./guard/guard.ts";
import { readIdentity } from "./identity.ts";
import { type JournalFs, nodeFs } from "./journal/fs.ts";
import { readJournal } from "./journal/recover.ts";
import type { RecordPorts } from "./open.ts";
import { type Head, readHead } from "./publish/head.ts";
import { lastOfHistory } from "./publish/history.ts";
import { Tree } from "./tree/tree.ts";

const CLOSED = "closed.json";
const BEFORE = "before.json";

/** The log that went before, as the first entry of the next one says it. */
export interface Adopted {
  /** The log that is closed. */
  readonly origin: string;
  readonly successor: string;
  /** The newest checkpoint that is known: in the log, in its history, or in its guard. */
  readonly size: number;
  readonly root: string;
  /** Entries that are still there. */
  readonly kept: number;
}

const adoptedShape: z.ZodType<Adopted> = z.strictObject({
  origin: z.string(),
  successor: z.string(),
  size: z.number().int().min(0),
  root: z.string(),
  kept: z.number().int().min(0),
});

export interface AdoptAsked {
  /** Folder that holds the logs' folders; nobody has it open. */
  readonly dir: string;
  readonly name: string;
  /** Name of the log that goes on. */
  readonly next: string;
  /** Section `record.guard`. */
  readonly guard: string;
  readonly store?: RecordPorts["store"];
  readonly fs?: JournalFs;
}

/** @throws RecordError RECORD_CONFIG where there is nothing to close, or the next name is taken */
export async function adoptLog({ dir, name, next, guard, store, fs = nodeFs() }: AdoptAsked): Promise<Adopted> {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(next) || next === name) {
    throw refused(`${quote(next)} is no name for another log`, "name one in small letters, such as main-2");
  }
  if ((await fs.list(join(dir, next))).length > 0) throw refused(`${quote(next)} is there already`, "name another one");
  const folder = await LogFolder.open(fs, join(dir, name));
  const identity = await readIdentity(folder);
  if (identity === undefined)
    throw refused(`no log ${quote(name)} was begun here`, "start the server, which begins it");
  const { origin } = identity;
  const checkpoint = await folder.read("checkpoint");
  const heads = [
    checkpoint === undefined ? undefined : readHead(checkpoint, origin),
    await lastOfHistory(folder),
    await openGuard(guard, { fs, origin, dir, store })?.read(),
  ];
  const known = heads.reduce<Head | undefined>(newer, undefined);
  const [, , root = ""] = known?.note.split("\n", 3) ?? [];
  const adopted = { origin, successor: next, size: known?.size ?? 0, root, kept: await entriesOf(folder, origin) };
  const bytes = Buffer.from(`${JSON.stringify(adopted)}\n`);
  const successor = await LogFolder.open(fs, join(dir, next));
  await successor.replace({ path: successor.beside(BEFORE), bytes });
  // last: from here on the old name is refused
  await folder.replace({ path: folder.beside(CLOSED), bytes });
  return adopted;
}

/** @throws RecordError RECORD_CONFIG where the log was closed */
export async function refuseClosed(folder: LogFolder): Promise<void> {
  const closed = await read(folder, CLOSED);
  if (closed === undefined) return;
  throw refused(
    `${quote(closed.origin)} was closed for ever by \`record adopt\``,
    `set record.name: ${closed.successor}`,
  );
}

/** What a log that goes on after another says of it in its first entry. */
export async function readBefore(folder: LogFolder): Promise<JsonObject | undefined> {
  const before = await read(folder, BEFORE);
  if (before === undefined) return undefined;
  const { origin, size, root, kept } = before;
  return jsonObject([
    ["log", origin],
    ["size", size],
    ["root", root],
    ["kept", kept],
    ["missing", Math.max(0, size - kept)],
  ]);
}

async function read(folder: LogFolder, name: string): Promise<Adopted | undefined> {
  const bytes = await folder.read(folder.beside(name));
  if (bytes === undefined) return undefined;
  try {
    return adoptedShape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch (cause) {
    throw new RecordError("RECORD_CORRUPT", `opening ${name}: it is not what was written`, { cause });
  }
}

/** Entries of the journal up to where it can be read. */
async function entriesOf(folder: LogFolder, origin: string): Promise<number> {
  const tree = new Tree();
  try {
    await readJournal(folder, { origin, tree, onEntry: () => undefined });
  } catch (cause) {
    if (!(cause instanceof RecordError)) throw cause;
  }
  return tree.size;
}

function newer(one: Head | undefined, other: Head | undefined): Head | undefined {
  return other === undefined || (one !== undefined && one.size >= other.size) ? one : other;
}

function refused(why: string, fix: string): RecordError {
  return new RecordError("RECORD_CONFIG", `opening the record: ${why}`, { fix });
}
