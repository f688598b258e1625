// SPDX-License-Identifier: Apache-2.0
// Sizes that every room keeps. Configuration may lower them; those marked "+" in core.md may be raised.

/** UNIT: bytes. Largest request body that is read. */
export const BODY_MAX_BYTES: number = 4 * 1024 * 1024;
/** Deepest nesting of arrays and objects in any JSON text. */
export const JSON_MAX_DEPTH = 64;
/** UNIT: bytes of canonical JSON. Largest context of one question. */
export const CONTEXT_MAX_BYTES: number = 64 * 1024;
/** Deepest nesting of a Cedar context. */
export const CONTEXT_MAX_DEPTH = 16;
/** UNIT: bytes. An entry is a leaf of the log; its length is a u16 in a bundle (C2SP tlog-tiles). */
export const ENTRY_MAX_BYTES = 65_535;
/** UNIT: bytes of UTF-8. Text that came from outside, as it stands in an entry. */
export const ENTRY_STRING_MAX_BYTES = 512;
/** UNIT: bytes. SPIFFE ID section 2.3. */
export const IDENTITY_ID_MAX_BYTES = 2048;
/** UNIT: bytes. Largest JWT that is looked at. */
export const JWT_MAX_BYTES: number = 16 * 1024;
/** Rows of one page. */
export const PAGE_MAX_ROWS = 1000;
/** Origins that one label lists (protect P16). */
export const LABEL_MAX_ORIGINS = 64;
/** Traces of one call. */
export const TRACES_MAX = 256;
