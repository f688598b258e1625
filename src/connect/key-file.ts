// SPDX-License-Identifier: Apache-2.0
// A key at rest: a file that its owner alone may read, in a folder that its owner alone may enter. Anything else is refused,
// because whoever holds the key can ask as the agent (identify I45).
import { generateKeyPairSync } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import path from "node:path";
import type { JWK } from "jose";
import { quote } from "../core/index.ts";
import { ConnectError } from "./errors.ts";
import { isObject } from "./http.ts";

/** UNIT: bytes. */
const FILE_MAX_BYTES = 16 * 1024;

/** What a key file holds: a private JWK alone, or with the instance that it is registered for. */
export interface KeyFile {
  readonly jwk: JWK;
  readonly instance: string | undefined;
}

/**
 * Reads a key that only its owner can read; `undefined` where there is no file.
 * @throws ConnectError CONNECT_KEY_UNSAFE, CONNECT_KEY_MALFORMED
 */
export async function readKeyFile(file: string, uid: number | undefined): Promise<KeyFile | undefined> {
  // no link is followed, so what was checked is what is read
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: unknown) => {
    if (isCode(cause, "ENOENT")) return undefined;
    if (isCode(cause, "ELOOP")) throw unsafe(file, "it is a link", "put the file itself there");
    throw new ConnectError("CONNECT_KEY_UNSAFE", `reading the key ${quote(file)}: it cannot be opened`, { cause });
  });
  if (handle === undefined) return undefined;
  try {
    const { mode, uid: owner, size } = await handle.stat();
    checkAccess(file, { mode, owner, uid });
    await checkFolder(path.dirname(file), uid);
    if (size > FILE_MAX_BYTES) throw malformed(file);
    return readKey(file, await handle.readFile("utf8"));
  } finally {
    await handle.close();
  }
}

/** A new key, for this process alone unless it is written down. */
export function makeKey(): JWK {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
}

/**
 * The key of a file, which is made where there is none.
 * @throws ConnectError CONNECT_KEY_UNSAFE, CONNECT_KEY_MALFORMED
 */
export async function keptKey(file: string, uid: number | undefined): Promise<KeyFile> {
  const known = await readKeyFile(file, uid);
  if (known !== undefined) return known;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await checkFolder(path.dirname(file), uid);
    await putWhole(file, `${JSON.stringify({ jwk: makeKey() })}\n`);
  } catch (cause) {
    if (cause instanceof ConnectError) throw cause;
    if (!isCode(cause, "EEXIST")) {
      throw new ConnectError("CONNECT_KEY_UNSAFE", `writing the key ${quote(file)}: it cannot be written`, {
        cause,
        fix: "say --ephemeral for a key that is forgotten at the end, or --key FILE",
      });
    }
  }
  const made = await readKeyFile(file, uid);
  if (made === undefined) throw malformed(file);
  return made;
}

/** Whole or not at all: whoever starts beside us reads no half of it. Fails where another process was first. */
async function putWhole(file: string, text: string): Promise<void> {
  const folder = await mkdtemp(`${file}.`);
  const draft = path.join(folder, "draft");
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkFolder(folder: string, uid: number | undefined): Promise<void> {
  const { mode, uid: owner } = await lstat(folder);
  const isOther = uid !== undefined && owner !== uid && owner !== 0;
  // whoever may write here may put another key in its place
  if (process.platform !== "win32" && ((mode & 0o022) !== 0 || isOther)) {
    throw unsafe(folder, "others may write into this folder", `chmod 700 ${folder}`);
  }
}

function checkAccess(
  file: string,
  { mode, owner, uid }: { readonly mode: number; readonly owner: number; readonly uid: number | undefined },
): void {
  if (process.platform === "win32") return;
  if (uid !== undefined && owner !== uid) throw unsafe(file, "it belongs to somebody else", "use a key of your own");
  if ((mode & 0o077) !== 0) throw unsafe(file, "others may read it", `chmod 600 ${file}; if they may have, retire it`);
}

function readKey(file: string, text: string): KeyFile {
  try {
    const found: unknown = JSON.parse(text);
    if (!isObject(found)) throw new Error("not an object");
    const { jwk = found, instance } = found;
    if (!isObject(jwk)) throw new Error("no key");
    const members = Object.entries(jwk).filter((pair): pair is [string, string] => typeof pair[1] === "string");
    return { jwk: Object.fromEntries(members), instance: typeof instance === "string" ? instance : undefined };
  } catch {
    throw malformed(file); // a parser's message could hold a piece of the key
  }
}

function malformed(file: string): ConnectError {
  return new ConnectError("CONNECT_KEY_MALFORMED", `reading the key ${quote(file)}: not a private JWK`, {
    fix: "put a private P-256 or Ed25519 JWK there, or remove the file to pair anew",
  });
}

function unsafe(file: string, why: string, fix: string): ConnectError {
  return new ConnectError("CONNECT_KEY_UNSAFE", `reading the key ${quote(file)}: ${why}`, { fix });
}

export function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && "code" in cause && cause.code === code;
}
