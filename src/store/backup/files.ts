// SPDX-License-Identifier: Apache-2.0
// Copies of files, summed while they are copied and synced before they count.
import { createHash } from "node:crypto";
import { createReadStream, type Dirent } from "node:fs";
import { mkdir, open, readdir } from "node:fs/promises";
import path from "node:path";
import type { FilePart } from "./rows.ts";

/** Every file below a folder, with `/`, in the order of their names; none where there is no folder. */
export async function filesUnder(folder: string, prefix = ""): Promise<readonly string[]> {
  const found = await list(path.join(folder, prefix));
  const inside: string[] = [];
  for (const entry of found) {
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) inside.push(...(await filesUnder(folder, `${name}/`)));
    else if (entry.isFile()) inside.push(name);
  }
  return inside;
}

/**
 * Copies one file as long as it was when it was opened: what is appended meanwhile is not of this moment.
 * @returns nothing where it is gone
 */
export async function copyFile(from: string, set: string, to: string): Promise<FilePart | undefined> {
  const source = await open(from, "r").catch(ifGone);
  if (source === undefined) return undefined;
  try {
    const target = path.join(set, to);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    const copy = await open(target, "wx", 0o600);
    try {
      const { size } = await source.stat();
      const sum = createHash("sha256");
      if (size > 0) {
        for await (const chunk of source.createReadStream({ start: 0, end: size - 1, autoClose: false })) {
          const bytes = Buffer.from(chunk as Uint8Array); // oxlint-disable-line typescript/no-unsafe-type-assertion -- without an encoding it gives bytes
          sum.update(bytes);
          await copy.write(bytes);
        }
      }
      await copy.sync();
      return { path: to, bytes: size, sha256: sum.digest("hex") };
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
}

/** SHA-256 of a file, or nothing where it is not there. */
export async function sumOf(file: string): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const sum = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file)) {
      const part = Buffer.from(chunk as Uint8Array); // oxlint-disable-line typescript/no-unsafe-type-assertion -- without an encoding it gives bytes
      sum.update(part);
      bytes += part.length;
    }
  } catch (error) {
    return ifGone(error);
  }
  return { bytes, sha256: sum.digest("hex") };
}

async function list(folder: string): Promise<readonly Dirent[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(ifGone);
  return (found ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function ifGone(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
