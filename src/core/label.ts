// SPDX-License-Identifier: Apache-2.0
// Jurisdictions and levels: the part of the label lattice that is in use so far.

export const LEVELS = ["public", "internal", "confidential", "restricted"] as const;
export type Level = (typeof LEVELS)[number];

/** Position in the order public < internal < confidential < restricted. */
export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}

/** ISO 3166-1 alpha-2, or with a subdivision (`US-CA`), or `EU`, `EEA`. */
export const JURISDICTION: RegExp = /^(?:[A-Z]{2}(?:-[A-Z0-9]{1,3})?|EEA)$/;
