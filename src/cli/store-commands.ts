// SPDX-License-Identifier: Apache-2.0
// The commands of the store: backups that were tried, restoring, and going on afterwards.
import type { Command, Option } from "./command.ts";
import { DATA, JSON_OUT, NOTHING, PLAIN } from "./options.ts";

const KEYS: Option = { name: "keys", value: "DIR", summary: "the keys of that backup (DIR.keys)" };
const BACKUP: Command["takes"] = { words: "DIR", min: 1, max: 1 };

export const STORE_COMMANDS: readonly Command[] = [
  {
    name: "store backup",
    summary: "copy all that the running server keeps, and try the copy",
    takes: BACKUP,
    examples: [
      { words: "store backup /backups/monday", does: "keys go to /backups/monday.keys" },
      { words: "store backup /backups/monday --keys /vault/monday", does: "keys go elsewhere, as they should" },
    ],
    options: [KEYS, { name: "no-verify", summary: "do not restore it to a scratch folder" }, DATA, JSON_OUT, PLAIN],
    exits: "1 it could not be made · 4 it was made and does not restore",
    load: () => import("./commands/store-backup.ts"),
  },
  {
    name: "store verify-backup",
    summary: "restore a backup to a scratch folder, and read every entry of it",
    takes: BACKUP,
    examples: [
      { words: "store verify-backup /backups/monday", does: "keys too, where they are beside it" },
      { words: "store verify-backup /backups/monday --keys /vault/monday --json", does: "for a program" },
    ],
    options: [KEYS, JSON_OUT, PLAIN],
    exits: "1 a file is missing or changed · 4 the record in it does not verify",
    load: () => import("./commands/store-verify-backup.ts"),
  },
  {
    name: "store restore",
    summary: "put a backup into an empty folder; everything issued before is dead",
    takes: BACKUP,
    examples: [
      { words: "store restore /backups/monday --data /srv/bailiwick", does: "then: record adopt, up, store reopen" },
      { words: "store restore /backups/monday --keys /vault/monday --data new", does: "with keys from elsewhere" },
    ],
    options: [KEYS, DATA, JSON_OUT, PLAIN],
    exits: "1 the backup is damaged, or the folder is not empty: nothing was changed · 4 its record does not verify",
    load: () => import("./commands/store-restore.ts"),
  },
  {
    name: "store plan",
    summary: "what the next start would change in the tables, as SQL",
    takes: NOTHING,
    examples: [
      { words: "store plan", does: "changes nothing; also while a server runs" },
      { words: "store plan --data /srv/bailiwick --json", does: "of another data folder, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/store-plan.ts"),
  },
  {
    name: "store rewrap",
    summary: "put a new seal in place of the one that opens the keys",
    takes: NOTHING,
    examples: [
      { words: "store rewrap", does: "also while the server runs; take a backup of the keys afterwards" },
      { words: "store rewrap --data /srv/bailiwick --json", does: "of another data folder, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/store-rewrap.ts"),
  },
  {
    name: "store reopen",
    summary: "let agents go on after a restore",
    takes: NOTHING,
    examples: [
      { words: "store reopen", does: "opens the mandates that the configuration declares" },
      { words: "store reopen --data /srv/bailiwick --json", does: "of another server, for a program" },
    ],
    options: [DATA, JSON_OUT, PLAIN],
    load: () => import("./commands/store-reopen.ts"),
  },
];
