// SPDX-License-Identifier: Apache-2.0
// The only formatter and parser of instants. Legal time (zones, calendars) is prove's.
import { CoreError, quote } from "./errors.ts";
import type { Brand } from "./ids.ts";

/** UTC epoch milliseconds, a whole number. */
export type Instant = Brand<number, "Instant">;

const RFC3339_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
/** UNIT: ms. 9999-12-31T23:59:59.999Z, the last instant four digits can write. */
const LAST_MS = 253_402_300_799_999;

/** @throws CoreError CORE_INSTANT_MALFORMED */
export function instant(ms: number): Instant {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms > LAST_MS) {
    throw new CoreError("CORE_INSTANT_MALFORMED", `making an instant of ${quote(String(ms))}: not epoch milliseconds`);
  }
  return ms as Instant; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
}

/** RFC 3339 in UTC with milliseconds, `2026-11-22T09:30:00.000Z`. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString();
}

/** Reads RFC 3339 in UTC (`Z`), at most milliseconds. @throws CoreError CORE_INSTANT_MALFORMED */
export function parseInstant(text: string): Instant {
  const ms = RFC3339_UTC.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse rolls 31 April over into May: what does not print back is no instant
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== text.slice(0, 19)) {
    throw new CoreError("CORE_INSTANT_MALFORMED", `parsing instant ${quote(text)}: not RFC 3339 in UTC`);
  }
  return instant(ms);
}
