// SPDX-License-Identifier: Apache-2.0
// Where state lives: the database, the keys at rest, and the lock on the directory that holds both.
export { openCustody } from "./custody.ts";
export type { StoreErrorCode } from "./errors.ts";
export { StoreError } from "./errors.ts";
export type { DirectoryLock } from "./lock.ts";
export { lockDirectory } from "./lock.ts";
export type { StoreOptions, StorePorts } from "./open.ts";
export { openStore, readStore } from "./open.ts";
