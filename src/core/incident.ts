// SPDX-License-Identifier: Apache-2.0
// What is known of an incident, for those who must say what follows from it. None of its times is derived from another one:
// that something was detected says nothing of when somebody became aware of it (respond R47).
import type { Severity } from "./finding.ts";
import type { EntryId, FindingId, IdentityId, IncidentId, OrderId } from "./ids.ts";
import type { Instant } from "./time.ts";

/** Each is set by a person, or by the rule that says so. */
export const INCIDENT_TIMES = [
  "occurredAt",
  "detectedAt",
  "awareAt",
  "containedAt",
  "determinedAt",
  "classifiedAt",
  "resolvedAt",
] as const;
export type IncidentTime = (typeof INCIDENT_TIMES)[number];

/** A time, who said it, and the entries that show it. */
export interface ToldTime {
  readonly at: Instant;
  readonly by: IdentityId | "system";
  readonly source: readonly EntryId[];
}

/** `unknown` has no number, and is never added as zero. */
export interface Count {
  readonly n: number | null;
  readonly quality: "exact" | "estimate" | "at-least" | "unknown";
}

export interface IncidentFacts {
  readonly id: IncidentId;
  /** `INC-<number>`: what people call it. */
  readonly number: number;
  /** From 1: a changed fact is a new version, and the old one stays in the record. */
  readonly v: number;
  readonly state: "open" | "closed";
  /** Opened by a drill: nothing that follows from it is real. */
  readonly exercise: boolean;
  readonly title: string;
  readonly times: Partial<Readonly<Record<IncidentTime, ToldTime>>>;
  readonly severity: Severity;
  readonly identities: readonly IdentityId[];
  readonly sponsors: readonly IdentityId[];
  /** Of the data that the identities read or wrote: a proposal of what is concerned, for a person to confirm. */
  readonly categories: readonly string[];
  readonly jurisdictions: readonly string[];
  /** Operators and countries that something was sent to. */
  readonly destinations: readonly { readonly operator: string; readonly jurisdiction: string }[];
  readonly records: Count;
  readonly malicious: "yes" | "no" | "unknown";
  readonly ongoing: boolean | null;
  readonly actions: readonly OrderId[];
  readonly findings: readonly FindingId[];
}

/** How people call it. */
export function incidentName({ number }: Pick<IncidentFacts, "number">): string {
  return `INC-${number}`;
}

export interface IncidentReader {
  facts(id: IncidentId): IncidentFacts | undefined;
  /** Newest first. */
  list(): readonly IncidentFacts[];
}
