// SPDX-License-Identifier: Apache-2.0
// Backups of the server that runs, and what is done with them elsewhere: compared, restored to a scratch folder, restored.
import { hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { type Custody, jsonObject } from "../core/index.ts";
import { type RecordRoom, rebuildLog } from "../record/index.ts";
import { type Policy, parsePolicy, policyOf, verifyLog } from "../record/verify/index.ts";
import {
  type BackupManifest,
  checkBackup,
  filesUnder,
  makeBackup,
  noteRestored,
  type OpenedStore,
  openCustody,
  openStore,
  type RestoreSets,
  restoreFiles,
  restoreRows,
} from "../store/index.ts";
import { type Config, readStoreSection } from "./config.ts";
import { readEnvironment } from "./env.ts";
import { ServerError } from "./errors.ts";
import { whileStopped } from "./offline-record.ts";
import { openServerStore, SCHEMAS } from "./store.ts";
import { lineLog, systemClock, systemRandom, systemTimers } from "./system.ts";

export interface BackupSets {
  readonly to: string;
  readonly keysTo: string;
}

/** What is told of a backup. */
export interface BackupTold extends BackupSets {
  /** SHA-256 of the manifest, hexadecimal. */
  readonly manifest: string;
  readonly made: string;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  /** Entries of the record. */
  readonly entries: number;
}

interface BackupRooms {
  readonly store: OpenedStore;
  readonly record: RecordRoom;
  readonly custody: Custody;
}

/** Makes a backup while everything goes on, and says so in the record. */
export async function backUp(
  { store, record, custody }: BackupRooms,
  { config, version }: { readonly config: Config; readonly version: string },
  sets: BackupSets,
): Promise<BackupTold> {
  const { dataDir, node } = config;
  const { manifest, text } = await makeBackup(
    { store, custody, clock: systemClock },
    {
      ...sets,
      dataDir,
      node,
      version,
      schemas: SCHEMAS,
      engine: config.store.postgres === undefined ? "sqlite" : "postgres",
      log: config.record.name,
      size: () => record.size(),
    },
  );
  const told = tell(manifest, text, sets);
  await record.append({
    type: "admin",
    name: "backup.made",
    by: "system",
    because: "asked on the host",
    data: jsonObject([
      ["manifest", `sha256:${told.manifest}`],
      ["rows", told.rows],
      ["files", told.files],
      ["bytes", told.bytes],
      ["entries", told.entries],
    ]),
  });
  return told;
}

function tell(manifest: BackupManifest, text: string, sets: BackupSets): BackupTold {
  const parts = [...manifest.tables, ...manifest.files, ...manifest.keys.tables, ...manifest.keys.files];
  return {
    ...sets,
    manifest: hash("sha256", text, "hex"),
    made: manifest.made,
    rows: [...manifest.tables, ...manifest.keys.tables].reduce((sum, { rows }) => sum + rows, 0),
    files: parts.length,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    entries: manifest.log.size,
  };
}

export interface BackupTested {
  readonly made: string;
  readonly rows: number;
  /** Entries of each log that were checked, from the first. */
  readonly logs: readonly { readonly log: string; readonly size: number; readonly ok: boolean; readonly why: string }[];
  /** Whether the keys were there, and are those of the server that made it. */
  readonly keys: "opened" | "not looked at";
}

/**
 * Restores a backup to a scratch folder and checks what is there: a backup counts once this went well (store S18).
 * @throws StoreError STORE_BACKUP_DAMAGED and what opening the rows or the keys throws
 */
export async function testBackup(sets: RestoreSets): Promise<BackupTested> {
  const manifest = await checkBackup(sets);
  const scratch = await mkdtemp(path.join(tmpdir(), "bailiwick-restore-"));
  try {
    await restoreFiles(sets, manifest, scratch);
    const ports = { clock: systemClock, log: lineLog(() => undefined) };
    await using store = await openStore({ dir: scratch, schemas: SCHEMAS, readers: 1 }, ports);
    const rows = await restoreRows(sets, manifest, store, SCHEMAS);
    if (sets.keysFrom !== undefined) await checkSigner(scratch, manifest);
    const keys = sets.keysFrom === undefined ? "not looked at" : "opened";
    return { made: manifest.made, rows, logs: await checkLogs(scratch, manifest), keys };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Restores into an empty folder, and into an empty database where `DATABASE_URL` names one. */
export async function restoreBackup(sets: RestoreSets, dataDir: string): Promise<BackupTested> {
  const tested = await testBackup(sets);
  const manifest = await checkBackup(sets);
  const store = readStoreSection(readEnvironment().databaseUrl);
  await whileStopped(dataDir, async () => {
    await restoreFiles(sets, manifest, dataDir);
    await noteRestored(dataDir, manifest, systemClock);
    const ports = { clock: systemClock, timers: systemTimers, random: systemRandom, log: lineLog(() => undefined) };
    await using opened = await openServerStore({ dataDir, store }, { ...ports, exit: taken });
    await restoreRows(sets, manifest, opened, SCHEMAS);
    for (const { log } of tested.logs) await rebuildLog(path.join(dataDir, "record", log));
  });
  return tested;
}

function taken(): never {
  throw new ServerError("SERVER_RESTORED", "restoring: another process took the database", {
    fix: "restore again, to an empty folder and an empty database of its own",
  });
}

/** The keys that were kept apart are those of the server that signed. */
async function checkSigner(dir: string, manifest: BackupManifest): Promise<void> {
  const custody = await openCustody({ dir }, { random: systemRandom });
  const { publicKey } = await custody.keyPair("store/backup", "Ed25519");
  if (publicKey.export({ type: "spki", format: "der" }).toString("base64") === manifest.signer) return;
  throw new ServerError("SERVER_RESTORED", "restoring: rows and keys are not of the same server", {
    fix: "name the keys that were backed up together with these rows",
  });
}

/** Tiles may have been a step ahead of the checkpoint; made again from the journal they are what was signed. */
async function checkLogs(dir: string, manifest: BackupManifest): Promise<BackupTested["logs"]> {
  const names = new Set(
    manifest.files.flatMap(({ path: name }) => /^record\/([^/]+)\/journal\//.exec(name)?.[1] ?? []),
  );
  const logs: { log: string; size: number; ok: boolean; why: string }[] = [];
  for (const log of names) {
    const folder = path.join(dir, "record", log);
    const { size } = await rebuildLog(folder);
    const files = new Set(await filesUnder(folder));
    const source = {
      list: () => [...files],
      read: (name: string) => (files.has(name) ? readFileSync(path.join(folder, name)) : undefined),
    };
    const { ok, checks } = verifyLog(source, trustOf(dir, log, manifest));
    const failed = checks.find(({ result }) => result !== "passed");
    logs.push({ log, size, ok, why: ok || failed === undefined ? "" : `${failed.name}: ${failed.result}` });
  }
  return logs;
}

/** What a verifier is told of the log that was written then; of one that was closed before, its own key. */
function trustOf(dir: string, log: string, manifest: BackupManifest): Policy | undefined {
  if (log === manifest.log.name) return parsePolicy(readFileSync(path.join(dir, "trust.policy")));
  const file = path.join(dir, "record", `${log}.state`, "identity.json");
  if (!existsSync(file)) return undefined;
  return policyOf(z.looseObject({ vkey: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).vkey);
}
