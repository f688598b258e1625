// SPDX-License-Identifier: Apache-2.0
// Where state lives: the database, the keys at rest, and the lock on the directory that holds both.

export { filesUnder } from "./backup/files.ts";
export { makeBackup } from "./backup/make.ts";
export type { BackupManifest } from "./backup/manifest.ts";
export type { RestoreSets } from "./backup/restore.ts";
export { checkBackup, noteRestored, RESTORED_FILE, restoreFiles, restoreRows } from "./backup/restore.ts";
export { isOnServer } from "./claim-file.ts";
export type { StoreSettings } from "./config.ts";
export { storeSection } from "./config.ts";
export { openCustody, rewrapSeal } from "./custody.ts";
export type { StoreErrorCode } from "./errors.ts";
export { StoreError } from "./errors.ts";
export type { DirectoryLock } from "./lock.ts";
export { lockDirectory } from "./lock.ts";
export type { StoreOptions, StorePorts } from "./open.ts";
export { openStore, readStore } from "./open.ts";
export type { PlannedStep } from "./plan.ts";
export { planOf } from "./plan.ts";
export { parsePostgresUrl } from "./postgres/address.ts";
export { openPostgres, readPostgres } from "./postgres/open.ts";
export type { OpenedStore } from "./transactions.ts";
