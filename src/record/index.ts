// SPDX-License-Identifier: Apache-2.0
// What happened and why, provably: the record of decisions as a Merkle log on disk.

export type { Adopted } from "./adopt.ts";
export { adoptLog } from "./adopt.ts";
export type { RecordConfig, RecordSettings } from "./config.ts";
export { recordConfig } from "./config.ts";
export type { RecordErrorCode } from "./errors.ts";
export { RecordError } from "./errors.ts";
export { type OcsfVersion, ocsfOf } from "./export/ocsf.ts";
export { exportPart, PART_ENTRIES } from "./export/part.ts";
export type { JournalFile, JournalFs } from "./journal/fs.ts";
export type { Act as KeepAct, Approval as KeepApproval, Done as KeepDone, No as KeepNo } from "./keep/act.ts";
export type { Domains } from "./keep/domains.ts";
export type { Erasure } from "./keep/erasures.ts";
export { Erasures } from "./keep/erasures.ts";
export type { Hold, HoldWish } from "./keep/holds.ts";
export { HoldRegister } from "./keep/holds.ts";
export { openDomains, readDomainKeys } from "./keep/open.ts";
export type { OpenedField, Opening } from "./keep/openings.ts";
export { OPENED_FIELDS } from "./keep/openings.ts";
export type { RecordPorts } from "./open.ts";
export { openRecord } from "./open.ts";
export type { Cosigned, Cosigner, Growth, QuorumState, WitnessedHead } from "./publish/cosign.ts";
export type { Head } from "./publish/head.ts";
export { createNoteKey, type NoteKey } from "./publish/note-key.ts";
export type { FolderEntry } from "./read/journal-entries.ts";
export { readEntries } from "./read/journal-entries.ts";
export type { Rebuilt } from "./rebuild.ts";
export { rebuildLog } from "./rebuild.ts";
export type { RecordRoom, RecordStatus } from "./room.ts";
export { RECORD_SCHEMA } from "./schema.ts";
export type { SearchAnswer, SearchRoom } from "./search/room.ts";
export { openSearch } from "./search/room.ts";
export type { Hit } from "./search/search.ts";
export { TERM_KINDS } from "./search/terms.ts";
export type { SliceRoom, SlicesStatus } from "./slices/open.ts";
export { openSlices, readSlices } from "./slices/open.ts";
