// SPDX-License-Identifier: Apache-2.0
// What `watch` says is not normal, in a form that a person can judge and that `respond` can act on at once.
import type { ScopeKey } from "./feed.ts";
import type { EntryId, FindingId, Ref } from "./ids.ts";
import type { Instant } from "./time.ts";

/** Detectors that need no statistics: each fires on a thing that an honest caller cannot do (watch, order of work 1). */
export const DETECTORS = [
  "decoy",
  "fork",
  "credential-misuse",
  "tool-drift",
  "after-containment",
  "sign-in",
  "observing",
  "policy",
  "platform",
] as const;
export type DetectorId = (typeof DETECTORS)[number];

/** Ascending. */
export const SEVERITIES = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One sentence that a person reads, what it is made of, and the entries that show it (watch W17). */
export interface Reason {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly text: string;
  readonly entries: readonly EntryId[];
}

/** What a room reports: `watch` alone numbers, weighs and writes it. */
export interface FindingDraft {
  readonly detector: DetectorId;
  /** Which of the detector's signs it is: `used`, `proof-replayed`. */
  readonly code: string;
  readonly subject: Ref;
  /** What an order about it could name, one for each kind. */
  readonly scopes: readonly ScopeKey[];
  readonly entries: readonly EntryId[];
  readonly params: Readonly<Record<string, string | number>>;
  readonly at: Instant;
  readonly synthetic: boolean;
}

export interface Finding {
  readonly id: FindingId;
  /** From 1: more evidence of the same makes a new version, not a new finding (watch W12). */
  readonly v: number;
  readonly detector: DetectorId;
  readonly code: string;
  readonly kind: "certain";
  readonly subject: Ref;
  readonly scopes: readonly ScopeKey[];
  readonly severity: Severity;
  readonly status: "open" | "closed";
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly detectedAt: Instant;
  /** When somebody should have looked at it. */
  readonly triageBy: Instant;
  /** Newest last; the oldest of a long list are dropped, their number is in `times`. */
  readonly reasons: readonly Reason[];
  readonly times: number;
  readonly tags: { readonly owasp: readonly string[]; readonly atlas: readonly string[] };
  readonly synthetic: boolean;
}
