// SPDX-License-Identifier: Apache-2.0
// Days as the record keeps and erases by them: always of UTC.
import { formatInstant, type Instant, instant, parseInstant } from "../../core/index.ts";

export const DAY_MS = 86_400_000;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** The UTC day of an instant, such as `2026-11-22`. */
export function dayOf(at: Instant): string {
  return formatInstant(at).slice(0, 10);
}

export function isDay(text: string): boolean {
  return DAY.test(text);
}

/** The first instant of a day. */
export function startOf(day: string): Instant {
  return parseInstant(`${day}T00:00:00Z`);
}

/** The first instant after the day in which this one lies. */
export function endOf(at: Instant): Instant {
  return instant((Math.floor(at / DAY_MS) + 1) * DAY_MS);
}

/** When an id was made. SOURCE: RFC 9562 section 5.7, 48 bits of milliseconds first */
export function madeAt(id: string): Instant {
  return instant(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
