// SPDX-License-Identifier: Apache-2.0
// Canonical names for files. One file has many spellings (relative, absolute, `..`, a link, another Unicode form); policy
// must see one. The spelling is resolved as the operating system would, and the upstream is sent the resolved path, so
// that what it opens is what was judged.
import { lstat, readdir, realpath } from "node:fs/promises";
import path from "node:path";
import { ENTRY_STRING_MAX_BYTES, quote, type Ref, type ServerId } from "../../core/index.ts";
import { EnforceError } from "../errors.ts";

/** UNIT: bytes of UTF-8. Linux PATH_MAX. */
const SPELLING_MAX_BYTES = 4096;
/** Most things below a folder that one call may reach; past it the call cannot be judged and is refused. */
export const SUBTREE_MAX = 10_000;

/** A resource under its canonical name. */
export interface Located {
  readonly ref: Ref;
  /** Canonical absolute path: what the upstream is sent. */
  readonly absolute: string;
}

/** Why a spelling names nothing that may be judged. */
export interface Unlocated {
  readonly outside: string;
}

export interface Folder {
  readonly root: string;
  /** The one resource that a spelling names. */
  locate(spelling: string): Promise<Located | Unlocated>;
  /** Everything below a located folder; a file has nothing below it. */
  below(located: Located): Promise<readonly Ref[] | Unlocated>;
}

/** @throws EnforceError ENFORCE_FOLDER_UNUSABLE where the root is no readable folder */
export async function openFolder(server: ServerId, configured: string): Promise<Folder> {
  const spelled = path.resolve(configured);
  let root: string;
  try {
    root = await realpath(spelled);
    await readdir(root);
  } catch (cause) {
    throw new EnforceError("ENFORCE_FOLDER_UNUSABLE", `opening folder ${quote(configured)} of server ${server}`, {
      cause,
    });
  }
  return {
    root,
    locate: (spelling) => locate(server, root, spelled, spelling),
    below: (located) => below(server, root, located),
  };
}

async function locate(server: ServerId, root: string, spelled: string, spelling: string): Promise<Located | Unlocated> {
  const refused = refusedSpelling(spelling);
  if (refused !== undefined) return { outside: refused };
  const lexical = path.resolve(root, spelling);
  const inRoot = isWithin(spelled, lexical) ? path.join(root, path.relative(spelled, lexical)) : lexical;
  if (!isWithin(root, inRoot)) return { outside: "outside the folder" };
  try {
    return await nameOf(server, root, await resolveParts(root, inRoot));
  } catch (cause) {
    if (cause instanceof Outside) return { outside: cause.message };
    // ENOENT cannot come: missing parts are handled one by one. ELOOP, EACCES, ENOTDIR and races end here.
    return { outside: `cannot be resolved (${errorCode(cause)})` };
  }
}

function refusedSpelling(spelling: string): string | undefined {
  if (spelling === "" || spelling.includes("\0")) return "an empty name, or one with a NUL";
  if (Buffer.byteLength(spelling) > SPELLING_MAX_BYTES) return `a name over ${SPELLING_MAX_BYTES} bytes`;
  // an upstream may expand these by its own environment, which the gate does not see
  if (spelling === "~" || spelling.startsWith("~/")) return "a home folder";
  if (path.sep === "/" && /^[A-Za-z]:(?:[\\/]|$)/.test(spelling)) return "a drive name";
  return undefined;
}

/** Thrown inside this file only: a component that leads out, or that may mean two things. */
class Outside extends Error {}

/** Walks the parts below the root; each existing one is resolved, links included, and must stay inside. */
async function resolveParts(root: string, lexical: string): Promise<string> {
  const parts = path
    .relative(root, lexical)
    .split(path.sep)
    .filter((part) => part !== "");
  let current = root;
  for (const [index, part] of parts.entries()) {
    const name = await nameOnDisk(current, part);
    if (name === undefined) return path.join(current, ...parts.slice(index));
    current = await realpath(path.join(current, name)).catch((cause: unknown) => {
      // a link to nothing: writing through it would make a file wherever it points
      throw errorCode(cause) === "ENOENT" ? new Outside("a link to nothing") : cause;
    });
    if (!isWithin(root, current)) throw new Outside("a link that leads outside the folder");
  }
  return current;
}

/** The entry that a part means: itself, or else the one entry that is equal to it under Unicode NFC. */
async function nameOnDisk(folder: string, part: string): Promise<string | undefined> {
  if (await exists(path.join(folder, part))) return part;
  const entries = await readdir(folder).catch((cause: unknown) => {
    if (errorCode(cause) === "ENOTDIR") return [];
    throw cause;
  });
  const wanted = part.normalize("NFC");
  const equal = entries.filter((entry) => entry.normalize("NFC") === wanted);
  if (equal.length > 1) throw new Outside("a name that may mean two files");
  return equal[0];
}

async function exists(absolute: string): Promise<boolean> {
  try {
    await lstat(absolute);
    return true;
  } catch (cause) {
    // below a file there is nothing: told apart from a missing folder, it would tell that the file is there
    if (errorCode(cause) === "ENOENT" || errorCode(cause) === "ENOTDIR") return false;
    throw cause;
  }
}

async function nameOf(server: ServerId, root: string, absolute: string): Promise<Located> {
  const relative = path.relative(root, absolute);
  const isFolder = relative === "" || ((await exists(absolute)) && (await lstat(absolute)).isDirectory());
  const ref = refOf(server, relative, isFolder);
  if (Buffer.byteLength(ref.id) > ENTRY_STRING_MAX_BYTES)
    throw new Outside(`a name over ${ENTRY_STRING_MAX_BYTES} bytes`);
  return { ref, absolute };
}

function refOf(server: ServerId, relative: string, isFolder: boolean): Ref {
  const id = [server, ...relative.split(path.sep).filter((part) => part !== "")].join("/").normalize("NFC");
  return { type: isFolder ? "Collection" : "Document", id };
}

async function below(server: ServerId, root: string, from: Located): Promise<readonly Ref[] | Unlocated> {
  if (from.ref.type !== "Collection") return [];
  const found: Ref[] = [];
  const folders = [from.absolute];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const absolute = path.join(folder, entry.name);
      found.push(refOf(server, path.relative(root, absolute), entry.isDirectory()));
      if (entry.isDirectory()) folders.push(absolute);
    }
    if (found.length > SUBTREE_MAX) return { outside: `reaches more than ${SUBTREE_MAX} things` };
  }
  return found;
}

function isWithin(root: string, absolute: string): boolean {
  const relative = path.relative(root, absolute);
  return relative === "" || (!relative.startsWith(`..${path.sep}`) && relative !== ".." && !path.isAbsolute(relative));
}

function errorCode(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown";
}
