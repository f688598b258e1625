// SPDX-License-Identifier: Apache-2.0
// A guard in one file, on another volume than the record: the signed note, replaced whole. It compares and then renames,
// so two processes that swap within the same few milliseconds both may; the next swap of one of them finds the other.
import { dirname } from "node:path";
import { type JournalFs, writeAll } from "../journal/fs.ts";
import { type Head, readHead } from "../publish/head.ts";
import type { Guard } from "./guard.ts";

export function fileGuard(fs: JournalFs, path: string, origin: string): Guard {
  const read = async (): Promise<Head | undefined> => {
    const bytes = await fs.read(path);
    return bytes === undefined ? undefined : readHead(bytes, origin, "the guard");
  };
  return {
    read,
    async swap(from, to) {
      if ((await read())?.note !== from?.note) return false;
      const next = `${path}.new`;
      await fs.remove(next);
      const file = await fs.create(next);
      try {
        await writeAll(file, Buffer.from(to.note), 0);
        await file.sync();
      } finally {
        await file.close();
      }
      await fs.rename(next, path);
      await fs.syncDir(dirname(path));
      return true;
    },
  };
}
