// SPDX-License-Identifier: Apache-2.0
// Folders of demos that were killed: named, never removed by themselves.
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isJsonObject, member, parseJson } from "../../core/index.ts";

export const PREFIX = "bailiwick-demo-";

/** Demo folders whose process is gone. */
export async function leftovers(): Promise<readonly string[]> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  const folders = names.map((name) => path.join(tmpdir(), name));
  const dead = await Promise.all(folders.map(isDead));
  return folders.filter((_, i) => dead[i]);
}

async function isDead(folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, "data", "lock.json")).catch(() => undefined);
  if (text === undefined) return false;
  const holder = parseJson(text);
  const pid = isJsonObject(holder) ? member(holder, "pid") : undefined;
  if (typeof pid !== "number") return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "ESRCH";
  }
}
