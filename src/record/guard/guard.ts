// SPDX-License-Identifier: Apache-2.0
// The guard: the newest head this log ever signed, kept where the log's own folder is not (record L22 to L24). An old copy
// of the folder that is put in its place is behind its guard, and is refused instead of telling its history twice.
import { isAbsolute, relative } from "node:path";
import { quote, type Store } from "../../core/index.ts";
import { RecordError } from "../errors.ts";
import type { JournalFs } from "../journal/fs.ts";
import type { Head } from "../publish/head.ts";
import { fileGuard } from "./file.ts";
import { sqlGuard } from "./sql.ts";

/** Keeps one head of one log. */
export interface Guard {
  /** Nothing where no head was ever put here. */
  read(): Promise<Head | undefined>;
  /** Puts a head in place of another, durably; false, and nothing changed, where another one stands there. */
  swap(from: Head | undefined, to: Head): Promise<boolean>;
}

export interface GuardPlace {
  readonly fs: JournalFs;
  readonly origin: string;
  /** Where the record is: no place for its guard. */
  readonly dir: string;
  readonly store: Pick<Store, "read" | "tx"> | undefined;
}

/** The guard of section `record.guard`. @throws RecordError RECORD_CONFIG */
export function openGuard(setting: string, { fs, origin, dir, store }: GuardPlace): Guard | undefined {
  if (setting === "none") return undefined;
  if (setting === "sql") {
    if (store !== undefined) return sqlGuard(store, origin);
    throw refused("`sql` needs a database", "use file:/path on another volume");
  }
  const path = setting.slice("file:".length);
  const inside = relative(dir, path);
  if (!isAbsolute(path) || inside === "" || !inside.startsWith("..")) {
    throw refused(
      `${quote(path)} is inside the record`,
      "name a file on another volume, which no copy of this one has",
    );
  }
  return fileGuard(fs, path, origin);
}

/** Says what failed, and that it was the guard: entries go on, checkpoints wait. */
export async function guarded<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof RecordError) throw cause;
    throw new RecordError("RECORD_GUARD", `${what} the guard: it does not answer`, {
      cause,
      fix: "mount the guard's volume, or start its database; until then nothing new is published",
    });
  }
}

function refused(why: string, fix: string): RecordError {
  return new RecordError("RECORD_CONFIG", `opening the record: the guard ${why}`, { fix });
}
