// SPDX-License-Identifier: Apache-2.0
// A backup back into an empty place (store S19). Every byte is compared before the first is written there; what was issued
// before is dead, because what was revoked after the backup is not known in it.
import { readdir } from "node:fs/promises";
import path from "node:path";
import { type Clock, formatInstant, quote, type RoomSchema } from "../../core/index.ts";
import { StoreError } from "../errors.ts";
import { ensureDirectory, writeDurable } from "../files.ts";
import { schemaOf } from "../migrate.ts";
import type { OpenedStore } from "../transactions.ts";
import { copyFile, sumOf } from "./files.ts";
import { type BackupManifest, readManifest } from "./manifest.ts";
import { type FilePart, readTable, type TablePart } from "./rows.ts";

/** Stands in a data directory from its restore until a person lets it go on. */
export const RESTORED_FILE = "restored.json";

export interface RestoreSets {
  readonly from: string;
  /** Left out, rows and record can be looked at, and nothing that is sealed can be opened. */
  readonly keysFrom?: string;
}

/** Compares every file with the manifest. @throws StoreError STORE_BACKUP_DAMAGED naming the first that differs */
export async function checkBackup({ from, keysFrom }: RestoreSets): Promise<BackupManifest> {
  const { manifest } = await readManifest(from);
  await checkFiles(from, [...manifest.tables, ...manifest.files]);
  if (keysFrom !== undefined) await checkFiles(keysFrom, [...manifest.keys.tables, ...manifest.keys.files]);
  return manifest;
}

/** Copies the files of a backup that was checked. @throws StoreError STORE_RESTORE_TAKEN where something is there */
export async function restoreFiles(
  { from, keysFrom }: RestoreSets,
  manifest: BackupManifest,
  dir: string,
): Promise<void> {
  await ensureDirectory(dir);
  if ((await readdir(dir)).some((name) => !name.startsWith("lock."))) {
    throw new StoreError("STORE_RESTORE_TAKEN", `restoring to ${quote(dir)}: something is there`, {
      fix: "name an empty folder",
    });
  }
  await copyParts(from, manifest.files, dir);
  if (keysFrom !== undefined) await copyParts(keysFrom, manifest.keys.files, dir);
}

/** Puts the rows of a backup that was checked into a store that was opened for the first time. @returns how many */
export async function restoreRows(
  { from, keysFrom }: RestoreSets,
  manifest: BackupManifest,
  store: Pick<OpenedStore, "tx">,
  schemas: readonly RoomSchema[],
): Promise<number> {
  const { tables, steps } = await schemaOf(schemas);
  const ours = new Map(steps.map(({ name, sha256 }) => [name, sha256]));
  for (const { name, sha256 } of manifest.schema) {
    if (ours.get(name) !== sha256) throw otherSchema(name, manifest.version);
  }
  const keyTables = keysFrom === undefined ? [] : manifest.keys.tables.map((part) => ({ part, set: keysFrom }));
  const parts = [...manifest.tables.map((part) => ({ part, set: from })), ...keyTables];
  const order = new Map(tables.map((name, i) => [name, i]));
  // as they were made: what refers comes after what is referred to
  const sorted = parts.toSorted((a, b) => (order.get(a.part.table) ?? 0) - (order.get(b.part.table) ?? 0));
  let rows = 0;
  for (const { part, set } of sorted) {
    rows += await store.tx(`restore.${part.table}`, (db) => readPart(db, part, set));
  }
  return rows;
}

async function readPart(db: Parameters<typeof readTable>[0], part: TablePart, set: string): Promise<number> {
  const rows = await readTable(db, part.table, path.join(set, part.path));
  if (rows === part.rows) return rows;
  throw damaged(part.path, `it has ${rows} rows, and ${part.rows} were written`);
}

/** From here on a server that is started here knows that it was restored. */
export async function noteRestored(dir: string, manifest: BackupManifest, clock: Clock): Promise<void> {
  const note = { log: manifest.log.name, made: manifest.made, restored: formatInstant(clock.now()) };
  await writeDurable(path.join(dir, RESTORED_FILE), Buffer.from(`${JSON.stringify(note)}\n`));
}

async function checkFiles(set: string, parts: readonly FilePart[]): Promise<void> {
  for (const { path: name, bytes, sha256 } of parts) {
    const found = await sumOf(path.join(set, name));
    if (found === undefined) throw damaged(name, "it is gone");
    if (found.bytes !== bytes || found.sha256 !== sha256) throw damaged(name, "it is not what was written");
  }
}

async function copyParts(set: string, parts: readonly FilePart[], dir: string): Promise<void> {
  for (const { path: name, sha256 } of parts) {
    const copied = await copyFile(path.join(set, name), dir, name);
    if (copied?.sha256 !== sha256) throw damaged(name, "it changed while it was restored");
  }
}

function damaged(name: string, why: string): StoreError {
  return new StoreError("STORE_BACKUP_DAMAGED", `reading ${quote(name)} of a backup: ${why}`, {
    fix: "use another backup; nothing was restored from this one",
  });
}

function otherSchema(name: string, version: string): StoreError {
  return new StoreError("STORE_SCHEMA_NEWER", `restoring: the backup has the step ${name}, which is another one here`, {
    fix: `restore with version ${version}, then start this one`,
  });
}
