// SPDX-License-Identifier: Apache-2.0
// A credential that opens nothing, planted where nobody has any business with it: made for each folder, never shipped. It has
// the shape of a well-known provider's token, so that it is taken for one.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Running } from "../compose.ts";
import { systemRandom } from "../system.ts";

/** Below the folder that the files server serves. */
export const DECOY_FILE = "ops/deploy.env";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 36;

/** Plants it, or finds what an earlier start planted. @param files - the folder that the server `files` serves */
export async function plantDecoy(running: Pick<Running, "watch" | "macOf">, files: string): Promise<string> {
  const file = path.join(files, DECOY_FILE);
  const kept = await readFile(file, "utf8").catch(() => undefined);
  const value = /ghp_[A-Za-z0-9]{36}/.exec(kept ?? "")?.[0] ?? newValue();
  if (kept === undefined) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `DEPLOY_HOST=deploy.office.example\nDEPLOY_TOKEN=${value}\n`, { mode: 0o600 });
  }
  const place = { type: "Document", id: `files/${DECOY_FILE}` };
  await running.watch.plant({ kind: "credential", mac: running.macOf(value), place, by: "system" });
  return value;
}

function newValue(): string {
  let text = "";
  // a byte over the last whole multiple of the alphabet is dropped, so that each letter is as likely as any other
  while (text.length < LENGTH) {
    for (const byte of systemRandom.bytes(LENGTH)) {
      if (byte < 4 * LETTERS.length && text.length < LENGTH) text += LETTERS.charAt(byte % LETTERS.length);
    }
  }
  return `ghp_${text}`;
}
