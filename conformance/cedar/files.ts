// SPDX-License-Identifier: Apache-2.0
// Where test cases come from: gzipped tar archives as they are, or a folder in which somebody unpacked one.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** Files by their path inside an archive or below a folder. */
export interface FileSet {
  readonly name: string;
  readonly paths: readonly string[];
  read(path: string): Uint8Array | undefined;
}

/** Every archive in `folder`, and the files that lie there unpacked. A folder `cedar` below it is meant where there is one. */
export function fileSets(folder: string): readonly FileSet[] {
  const root = isFolder(path.join(folder, "cedar")) ? path.join(folder, "cedar") : folder;
  if (!isFolder(root)) return [];
  const archives = readdirSync(root)
    .filter((name) => name.endsWith(".tar.gz"))
    .toSorted();
  return [...archives.map((name) => openArchive(name, readFileSync(path.join(root, name)))), openFolder(root)];
}

function isFolder(at: string): boolean {
  return statSync(at, { throwIfNoEntry: false })?.isDirectory() === true;
}

function openFolder(root: string): FileSet {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).map((p) => p.split(path.sep).join("/"));
  const known = new Set(paths);
  return { name: root, paths, read: (at) => (known.has(at) ? readFileSync(path.join(root, at)) : undefined) };
}

function openArchive(name: string, packed: Uint8Array): FileSet {
  const files = readTar(gunzipSync(packed));
  return { name, paths: [...files.keys()], read: (at) => files.get(at) };
}

const BLOCK = 512;

/** Members of a tar archive: POSIX ustar with pax headers, and GNU long names. */
export function readTar(tar: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + BLOCK);
    const size = Number.parseInt(field(header, 124, 12), 8);
    if (!Number.isSafeInteger(size) || at + BLOCK + size > tar.length) throw new Error(`tar: a bad size at ${at}`);
    const body = tar.subarray(at + BLOCK, at + BLOCK + size);
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === "x") longName = paxPath(body) ?? longName;
    else if (kind === "L") longName = field(body, 0, size);
    else {
      const prefix = field(header, 257, 6).startsWith("ustar") ? field(header, 345, 155) : "";
      const short = field(header, 0, 100);
      if (kind === "0" || kind === "\0")
        files.set((longName ?? (prefix === "" ? short : `${prefix}/${short}`)).replace(/^\.\//, ""), body);
      longName = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function field(bytes: Uint8Array, from: number, length: number): string {
  const text = new TextDecoder().decode(bytes.subarray(from, from + length));
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}

/** `path` among the records `<length> <key>=<value>\n`, whose length counts bytes. */
function paxPath(body: Uint8Array): string | undefined {
  for (let at = 0; at < body.length; ) {
    const length = Number.parseInt(field(body, at, 20), 10);
    if (!(length > 0)) return undefined;
    const record = field(body, at, length).slice(String(length).length + 1, -1);
    if (record.startsWith("path=")) return record.slice("path=".length);
    at += length;
  }
  return undefined;
}
