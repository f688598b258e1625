// SPDX-License-Identifier: Apache-2.0
// A backup of a server that runs (store S18): rows at one moment, then the record, then what lies beside it, so that the
// record is never older than the rows. Keys go to a set of their own: who has one set alone can read nothing that is sealed,
// and a key that is erased here is not kept there for longer than that set is.
import type { KeyObject } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { type Clock, type Custody, formatInstant, quote, type RoomSchema } from "../../core/index.ts";
import { StoreError } from "../errors.ts";
import { schemaOf } from "../migrate.ts";
import type { OpenedStore } from "../transactions.ts";
import { copyFile, filesUnder } from "./files.ts";
import { type BackupManifest, writeManifest } from "./manifest.ts";
import { type FilePart, type TablePart, writeTable } from "./rows.ts";

export interface BackupPorts {
  readonly store: Pick<OpenedStore, "snapshot">;
  readonly custody: Pick<Custody, "keyPair">;
  readonly clock: Clock;
}

export interface BackupAsked {
  readonly dataDir: string;
  readonly schemas: readonly RoomSchema[];
  /** Folder for everything but keys; made by this, and refused where it is there. */
  readonly to: string;
  /** The same for keys. */
  readonly keysTo: string;
  readonly engine: BackupManifest["engine"];
  readonly version: string;
  readonly node: string;
  readonly log: string;
  /** Entries that are in the log, asked after the rows were read. */
  readonly size: () => number;
}

/** Files on their way, and the space that a full disk gives back. */
const LEFT_OUT = /^[^/]+\.(?:tmp\/|state\/reserve$)/;

/** Key that signs manifests. */
export const BACKUP_KEY = "store/backup";

/** @returns the manifest, and its text as it was signed @throws StoreError STORE_BACKUP_TAKEN, STORE_FULL, STORE_IO */
export async function makeBackup(
  ports: BackupPorts,
  asked: BackupAsked,
): Promise<{ readonly manifest: BackupManifest; readonly text: string }> {
  const { to, keysTo, schemas, dataDir } = asked;
  for (const set of [to, keysTo]) await begin(set);
  // before keys are copied: at the first backup it is made
  const { privateKey, publicKey } = await ports.custody.keyPair(BACKUP_KEY, "Ed25519");
  const { tables, keys, steps } = await schemaOf(schemas);
  const rows: TablePart[] = [];
  const keyRows: TablePart[] = [];
  await ports.store.snapshot(async (db) => {
    for (const name of tables) {
      const isKey = keys.has(name);
      const part = await writeTable(db, name, isKey ? keysTo : to, `rows/${name}.jsonl`);
      (isKey ? keyRows : rows).push(part);
    }
  });
  const size = asked.size();
  const files = await copyAll(dataDir, to, await recordFiles(dataDir));
  files.push(...(await copyAll(dataDir, to, await besideFiles(dataDir))));
  const keyFiles = await copyAll(dataDir, keysTo, await keyFilesOf(dataDir));
  const manifest: BackupManifest = {
    format: "bailiwick-backup/1",
    made: formatInstant(ports.clock.now()),
    version: asked.version,
    node: asked.node,
    engine: asked.engine,
    log: { name: asked.log, size },
    schema: [...steps],
    tables: rows,
    files,
    keys: { tables: keyRows, files: keyFiles },
    signer: spki(publicKey),
  };
  return { manifest, text: await writeManifest(to, manifest, privateKey) };
}

async function begin(set: string): Promise<void> {
  try {
    await mkdir(path.dirname(set), { recursive: true, mode: 0o700 });
    await mkdir(set, { mode: 0o700 });
    await mkdir(path.join(set, "rows"), { mode: 0o700 });
  } catch (cause) {
    throw new StoreError("STORE_BACKUP_TAKEN", `beginning a backup in ${quote(set)}: it is there, or cannot be made`, {
      cause,
      fix: "name a folder that is not there yet",
    });
  }
}

/** Checkpoints before tiles before journals: what was signed is in what is copied after it. */
async function recordFiles(dataDir: string): Promise<readonly string[]> {
  const found = (await filesUnder(path.join(dataDir, "record"))).filter((name) => !LEFT_OUT.test(name));
  return found.map((name) => `record/${name}`).toSorted((a, b) => rank(a) - rank(b));
}

function rank(name: string): number {
  if (name.includes("/journal/")) return 3;
  return name.includes("/tile/") ? 2 : 1;
}

/** Bodies and what a verifier needs to be told. */
async function besideFiles(dataDir: string): Promise<readonly string[]> {
  const found: string[] = ["trust.policy"];
  for (const folder of ["bodies", "slices"]) {
    const inside = await filesUnder(path.join(dataDir, folder));
    found.push(...inside.map((name) => `${folder}/${name}`).filter((name) => !name.startsWith("slices/keys/")));
  }
  return found;
}

async function keyFilesOf(dataDir: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of ["keys", "slices/keys"]) {
    const inside = await filesUnder(path.join(dataDir, folder));
    found.push(...inside.filter((name) => !name.endsWith(".tmp")).map((name) => `${folder}/${name}`));
  }
  return found;
}

/** What is gone by the time it is copied was a partial tile, or was erased. */
async function copyAll(dataDir: string, set: string, names: readonly string[]): Promise<FilePart[]> {
  const parts: FilePart[] = [];
  for (const name of names) {
    const part = await copyFile(path.join(dataDir, name), set, name);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

function spki(key: KeyObject): string {
  return key.export({ type: "spki", format: "der" }).toString("base64");
}
