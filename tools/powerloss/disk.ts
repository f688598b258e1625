// SPDX-License-Identifier: Apache-2.0
// A disk whose power is cut: of what was not synced it keeps any part, in any order. Names are durable once their folder
// was synced, bytes and length once their file was; a page that no sync wrote has its old bytes or its new ones.
import path from "node:path";
import type { Operation } from "./trace.ts";

/** UNIT: bytes. */
const PAGE = 512;

/** 0 <= number < 1. */
export type Chance = () => number;

class Inode {
  seen: Buffer;
  stored: Buffer;
  readonly isFolder: boolean;
  private readonly dirty = new Set<number>();

  constructor(bytes: Uint8Array, isFolder = false) {
    this.seen = Buffer.from(bytes);
    this.stored = Buffer.from(bytes);
    this.isFolder = isFolder;
  }

  write(bytes: Uint8Array, position: number | undefined, isSynced: boolean): void {
    const at = position ?? this.seen.length;
    this.seen = resized(this.seen, Math.max(this.seen.length, at + bytes.length));
    this.seen.set(bytes, at);
    this.touch(at, at + bytes.length);
    if (isSynced) this.sync();
  }

  truncate(length: number): void {
    this.touch(length, Math.max(length, this.seen.length));
    this.seen = resized(this.seen, length);
  }

  sync(): void {
    this.stored = Buffer.from(this.seen);
    this.dirty.clear();
  }

  /** What a disk has of it that lost its power now. */
  left(chance: Chance): Uint8Array {
    if (this.dirty.size === 0) return this.stored;
    const [least, most] = [this.seen.length, this.stored.length].toSorted((a, b) => a - b) as [number, number];
    const bytes = resized(this.stored, least + Math.floor(chance() * (most - least + 1)));
    for (const page of this.dirty) {
      if (chance() < 0.5) this.seen.copy(bytes, Math.min(page * PAGE, bytes.length), page * PAGE, (page + 1) * PAGE);
    }
    return bytes;
  }

  private touch(from: number, to: number): void {
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page++) this.dirty.add(page);
  }
}

/** Names of a folder: as programs see them, and as the disk has them. */
interface Names {
  readonly seen: Map<string, Inode>;
  stored: Map<string, Inode>;
}

export class Disk {
  private readonly folders = new Map<string, Names>();
  private readonly root: string;

  /** @param files - what is on the disk under a folder, durable, by absolute path */
  constructor(root: string, files: ReadonlyMap<string, Uint8Array>) {
    this.root = root;
    this.folders.set(root, { seen: new Map(), stored: new Map() });
    for (const [file, bytes] of files) {
      this.ancestors(file);
      this.names(file)?.seen.set(path.basename(file), new Inode(bytes));
    }
    for (const names of this.folders.values()) names.stored = new Map(names.seen);
  }

  /** @param isCut - the power goes while it is done, so that nothing of it is promised */
  apply(operation: Operation, isCut = false): void {
    const { kind } = operation;
    if (!`${operation.path}/`.startsWith(`${this.root}/`)) return;
    if (kind === "folder") this.folder(operation.path);
    else if (kind === "remove") this.remove(operation.path);
    else if (kind === "rename") this.rename(operation.path, operation.to);
    else if (kind !== "sync") this.change(operation, isCut);
    else if (!isCut) this.sync(operation.path);
  }

  /** Files by absolute path, and every folder. */
  afterPowerCut(chance: Chance): { readonly files: Map<string, Uint8Array>; readonly folders: readonly string[] } {
    const files = new Map<string, Uint8Array>();
    const folders: string[] = [];
    const left = new Map<Inode, Uint8Array>();
    const walk = (folder: string): void => {
      folders.push(folder);
      const names = this.folders.get(folder);
      for (const name of new Set([...(names?.seen.keys() ?? []), ...(names?.stored.keys() ?? [])])) {
        const inode = chance() < 0.5 ? names?.seen.get(name) : names?.stored.get(name);
        if (inode === undefined) continue;
        if (inode.isFolder) walk(path.join(folder, name));
        else {
          // two names of one file have the same bytes
          const bytes = left.get(inode) ?? inode.left(chance);
          left.set(inode, bytes);
          files.set(path.join(folder, name), bytes);
        }
      }
    };
    walk(this.root);
    return { files, folders };
  }

  private change(
    operation: Extract<Operation, { readonly kind: "create" | "truncate" | "write" }>,
    isCut: boolean,
  ): void {
    const names = this.names(operation.path);
    const name = path.basename(operation.path);
    const inode = names?.seen.get(name);
    if (operation.kind === "truncate") inode?.truncate(operation.length);
    else if (operation.kind === "write")
      inode?.write(operation.bytes, operation.position, operation.isSynced && !isCut);
    else if (inode === undefined) names?.seen.set(name, new Inode(new Uint8Array()));
  }

  private rename(from: string, to: string): void {
    const names = this.names(from);
    const inode = names?.seen.get(path.basename(from));
    if (inode === undefined) return;
    names?.seen.delete(path.basename(from));
    this.names(to)?.seen.set(path.basename(to), inode);
  }

  private names(file: string): Names | undefined {
    return this.folders.get(path.dirname(file));
  }

  private folder(dir: string): void {
    if (this.folders.has(dir)) return;
    this.folders.set(dir, { seen: new Map(), stored: new Map() });
    this.names(dir)?.seen.set(path.basename(dir), new Inode(new Uint8Array(), true));
  }

  private ancestors(file: string): void {
    const dir = path.dirname(file);
    if (this.folders.has(dir)) return;
    this.ancestors(dir);
    this.folder(dir);
  }

  private remove(file: string): void {
    this.names(file)?.seen.delete(path.basename(file));
    // an empty folder that is made again is another one
    if (this.folders.get(file)?.seen.size === 0) this.folders.delete(file);
  }

  private sync(file: string): void {
    const folder = this.folders.get(file);
    if (folder !== undefined) folder.stored = new Map(folder.seen);
    else this.names(file)?.seen.get(path.basename(file))?.sync();
  }
}

function resized(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.alloc(length);
  bytes.copy(copy);
  return copy;
}
