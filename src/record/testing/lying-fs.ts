// SPDX-License-Identifier: Apache-2.0
// A file system in memory that does what real ones do at their worst, for tests only: it writes short, fails at any call,
// and at a power cut keeps any part of what was not synced: any name, any page, torn at any byte.
import { basename, dirname } from "node:path";
import type { Bytes } from "../../core/index.ts";
import type { JournalFile, JournalFs } from "../journal/fs.ts";

interface Inode {
  /** As programs see it. */
  seen: Buffer;
  /** As the disk has it. */
  stored: Buffer;
  /** Pages that the next sync writes. */
  readonly dirty: Set<number>;
}

interface Folder {
  readonly seen: Map<string, Inode>;
  readonly stored: Map<string, Inode>;
}

export interface LyingFsOptions {
  /** 0 <= number < 1: what is torn, kept, or cut short. */
  readonly chance: () => number;
  /** What the nth call (from 1) fails with; `killed` fails it and every one after. */
  readonly fault?: (call: number, operation: string) => "EIO" | "ENOSPC" | "killed" | undefined;
  readonly shortWrites?: boolean;
  /** UNIT: bytes. Small by default, so that one batch has many pages. */
  readonly pageBytes?: number;
  readonly freeBytes?: () => number;
}

export class LyingFs implements JournalFs {
  calls = 0;
  private readonly options: LyingFsOptions;
  private readonly folders: Map<string, Folder>;
  private readonly pageBytes: number;
  private isKilled = false;

  constructor(options: LyingFsOptions, folders: Map<string, Folder> = new Map()) {
    this.options = options;
    this.folders = folders;
    this.pageBytes = options.pageBytes ?? 64;
  }

  /** The same files for another process: all that programs saw is still there. */
  afterKill(options: LyingFsOptions): LyingFs {
    return new LyingFs(options, this.folders);
  }

  /** What the disk has after the power was cut. */
  afterPowerCut(options: LyingFsOptions): LyingFs {
    const survivors = new Map<Inode, Inode>();
    const survivor = (inode: Inode): Inode => {
      const known = survivors.get(inode) ?? this.torn(inode);
      survivors.set(inode, known);
      return known;
    };
    const folders = new Map<string, Folder>();
    for (const [path, { seen, stored }] of this.folders) {
      const names = new Map<string, Inode>();
      for (const name of new Set([...seen.keys(), ...stored.keys()])) {
        const inode = this.toss() ? seen.get(name) : stored.get(name);
        if (inode !== undefined) names.set(name, survivor(inode));
      }
      folders.set(path, { seen: names, stored: new Map(names) });
    }
    return new LyingFs(options, folders);
  }

  /** Every file under a folder, by its path from there. */
  files(root: string): Map<string, Uint8Array> {
    const files = new Map<string, Uint8Array>();
    for (const [path, { seen }] of this.folders) {
      if (path !== root && !path.startsWith(`${root}/`)) continue;
      for (const [name, { seen: bytes }] of seen) files.set(`${path}/${name}`.slice(root.length + 1), bytes);
    }
    return files;
  }

  async makeDir(path: string): Promise<void> {
    this.call("makeDir");
    for (let dir = path; !this.folders.has(dir); dir = dirname(dir)) {
      this.folders.set(dir, { seen: new Map(), stored: new Map() });
    }
  }

  async list(path: string): Promise<readonly string[]> {
    this.call("list");
    const below = [...this.folders.keys()]
      .filter((dir) => dirname(dir) === path && dir !== path)
      .map((d) => basename(d));
    return [...(this.folders.get(path)?.seen.keys() ?? []), ...below];
  }

  async read(path: string): Promise<Bytes | undefined> {
    this.call("read");
    const inode = this.folders.get(dirname(path))?.seen.get(basename(path));
    return inode === undefined ? undefined : new Uint8Array(inode.seen);
  }

  async create(path: string): Promise<JournalFile> {
    this.call("create");
    const { seen } = this.folder(path);
    if (seen.has(basename(path))) throw systemError("EEXIST", path);
    const inode = { seen: Buffer.alloc(0), stored: Buffer.alloc(0), dirty: new Set<number>() };
    seen.set(basename(path), inode);
    return this.handle(inode);
  }

  async open(path: string): Promise<JournalFile> {
    this.call("open");
    return this.handle(this.inode(path));
  }

  async rename(from: string, to: string): Promise<void> {
    this.call("rename");
    const inode = this.inode(from);
    this.folder(from).seen.delete(basename(from));
    this.folder(to).seen.set(basename(to), inode);
  }

  async remove(path: string): Promise<void> {
    this.call("remove");
    this.folders.get(dirname(path))?.seen.delete(basename(path));
    for (const dir of this.folders.keys()) if (dir === path || dir.startsWith(`${path}/`)) this.folders.delete(dir);
  }

  async syncDir(path: string): Promise<void> {
    this.call("syncDir");
    const { seen, stored } = this.folder(`${path}/`);
    stored.clear();
    for (const [name, inode] of seen) stored.set(name, inode);
  }

  async space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    this.call("space");
    return { freeBytes: this.options.freeBytes?.() ?? 2 ** 40, totalBytes: 2 ** 40 };
  }

  private handle(inode: Inode): JournalFile {
    return {
      write: async (bytes, position) => {
        this.call("write");
        const most = this.options.shortWrites === true ? Math.ceil(this.options.chance() * bytes.length) : bytes.length;
        const count = Math.max(1, most);
        inode.seen = resized(inode.seen, Math.max(inode.seen.length, position + count));
        inode.seen.set(bytes.subarray(0, count), position);
        this.touch(inode, position, position + count);
        return count;
      },
      truncate: async (length) => {
        this.call("truncate");
        this.touch(inode, length, inode.seen.length);
        inode.seen = resized(inode.seen, length);
      },
      sync: async () => {
        try {
          this.call("sync");
        } catch (error) {
          // some pages got there, the others are marked clean all the same: no later sync writes them
          inode.stored = this.torn(inode).stored;
          inode.dirty.clear();
          throw error;
        }
        inode.stored = resized(inode.stored, inode.seen.length);
        for (const page of inode.dirty) this.copyPage(inode.seen, inode.stored, page);
        inode.dirty.clear();
      },
      close: async () => undefined,
    };
  }

  private call(operation: string): void {
    this.calls += 1;
    const fault = this.isKilled ? "killed" : this.options.fault?.(this.calls, operation);
    if (fault === "killed") this.isKilled = true;
    if (fault !== undefined) throw systemError(fault, operation);
  }

  private folder(path: string): Folder {
    const folder = this.folders.get(dirname(`${path}x`));
    if (folder === undefined) throw systemError("ENOENT", path);
    return folder;
  }

  private inode(path: string): Inode {
    const inode = this.folder(path).seen.get(basename(path));
    if (inode === undefined) throw systemError("ENOENT", path);
    return inode;
  }

  /** Any length between the two, and of each page that no sync wrote either the old bytes or the new ones. */
  private torn({ seen, stored, dirty }: Inode): Inode {
    const [least, most] = [Math.min(seen.length, stored.length), Math.max(seen.length, stored.length)];
    const length = dirty.size === 0 ? stored.length : least + Math.floor(this.options.chance() * (most - least + 1));
    const bytes = resized(stored, length);
    for (const page of dirty) if (this.toss()) this.copyPage(seen, bytes, page);
    return { seen: bytes, stored: Buffer.from(bytes), dirty: new Set() };
  }

  private copyPage(from: Buffer, to: Buffer, page: number): void {
    const [start, end] = [page * this.pageBytes, Math.min((page + 1) * this.pageBytes, from.length)];
    if (start < from.length && start < to.length) from.copy(to, start, start, end);
  }

  private touch(inode: Inode, from: number, to: number): void {
    for (let page = Math.floor(from / this.pageBytes); page * this.pageBytes < to; page++) inode.dirty.add(page);
  }

  private toss(): boolean {
    return this.options.chance() < 0.5;
  }
}

function resized(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.alloc(length);
  bytes.copy(copy);
  return copy;
}

function systemError(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}
