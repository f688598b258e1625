// SPDX-License-Identifier: Apache-2.0
// Directories and small files with the modes that secrets need, and writes that survive a power cut.
import { constants, type Stats } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { quote } from "../core/index.ts";
import { StoreError } from "./errors.ts";

/** Makes the data directory 0700; one that others may write to is refused. @throws StoreError STORE_DIRECTORY_OPEN */
export async function ensureDirectory(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { mode } = await stat(dir);
  if ((mode & 0o022) !== 0) {
    throw new StoreError("STORE_DIRECTORY_OPEN", `using the directory ${quote(dir)}: others may write to it`, {
      fix: `chmod go-w ${dir}`,
    });
  }
}

/** UNIT: ms. A copy from before a change of the schema is there to go back; keys that were erased since must not stay in it. */
export const COPY_MS: number = 7 * 24 * 3_600_000;

/** Where copies go that are made before a schema changes; those that are too old to go back to are removed. */
export async function backupsFolder(dir: string, now: number): Promise<string> {
  const folder = path.join(dir, "backups");
  await ensurePrivateDirectory(folder);
  await dropOldCopies(dir, now);
  return folder;
}

/** At each start, and before a new one is made. */
export async function dropOldCopies(dir: string, now: number): Promise<void> {
  const folder = path.join(dir, "backups");
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((one) => one.startsWith("pre-"))) {
    const file = path.join(folder, name);
    if ((await stat(file)).mtimeMs + COPY_MS < now) await rm(file, { recursive: true });
  }
}

/** Makes a folder for keys: ours, 0700, no link. @throws StoreError STORE_FILE_EXPOSED */
export async function ensurePrivateDirectory(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const found = await lstat(dir);
  if (!found.isDirectory()) throw exposed(dir, "it is no plain directory", `rm ${dir}`);
  checkPrivate(dir, found);
}

/** Reads a secret file, or `undefined` where there is none. @throws StoreError STORE_FILE_EXPOSED */
export async function readPrivate(file: string): Promise<Buffer | undefined> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") throw exposed(file, "it is a link", "put the file itself there");
    throw error;
  }
  try {
    // the handle that is read is the one that is checked, so nothing can be swapped in between
    const found = await handle.stat();
    if (!found.isFile() || found.nlink !== 1)
      throw exposed(file, "it has another name too", "put the file itself there");
    checkPrivate(file, found);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a 0600 file so that after a power cut either the old or the new content stands there.
 * @throws StoreError STORE_FULL, STORE_IO
 */
export async function writeDurable(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await replace(file, bytes);
  } catch (cause) {
    const full = cause instanceof Error && "code" in cause && cause.code === "ENOSPC";
    throw new StoreError(full ? "STORE_FULL" : "STORE_IO", `writing ${quote(file)}`, { cause });
  }
}

async function replace(file: string, bytes: Uint8Array): Promise<void> {
  const temp = `${file}.tmp`;
  await rm(temp, { force: true });
  const handle = await open(temp, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temp, file);
  const dir = await open(path.dirname(file), "r");
  try {
    await dir.sync();
  } finally {
    await dir.close();
  }
}

function checkPrivate(file: string, { mode, uid }: Stats): void {
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw exposed(file, "it belongs to another user", `chown ${process.getuid()} ${file}`);
  }
  if ((mode & 0o077) !== 0) throw exposed(file, "others may read or write it", `chmod go-rwx ${file}`);
}

function exposed(file: string, why: string, fix: string): StoreError {
  return new StoreError("STORE_FILE_EXPOSED", `using ${quote(file)}: ${why}`, { fix });
}
