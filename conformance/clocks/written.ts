// SPDX-License-Identifier: Apache-2.0
// A scenario as it was written and read: what is asserted, and what the case is. UNIT: instants are epoch ms.

export interface EntityWritten {
  readonly roles?: readonly string[] | undefined;
  readonly roles_complete?: boolean | undefined;
  readonly est?: readonly string[] | undefined;
  readonly est_complete?: boolean | undefined;
  readonly serves?: readonly string[] | undefined;
  readonly serves_complete?: boolean | undefined;
  readonly home_state?: string | undefined;
  readonly free_zones?: readonly string[] | undefined;
  readonly free_zones_complete?: boolean | undefined;
  readonly public_body?: boolean | undefined;
}

/** A number, bounds (an open upper one is `null`), at least so many, or unknown. */
export type AmountWritten =
  | number
  | readonly [number, number | null]
  | { readonly at_least: number }
  | { readonly estimate: number }
  | "unknown"
  | null;

export interface PeopleWritten {
  readonly complete?: boolean | undefined;
  readonly by?: Readonly<Record<string, AmountWritten>> | undefined;
}

export type FactWritten = boolean | string | Exclude<AmountWritten, string>;

export interface EventWritten {
  readonly event: string;
  readonly at?: string | undefined;
  readonly date?: string | undefined;
  readonly zone?: string | undefined;
  readonly precision?: "exact" | "minute" | "hour" | "day" | undefined;
  readonly supersedes?: string | undefined;
}

export interface SubmissionWritten {
  readonly duty: string;
  readonly stage?: string | undefined;
  readonly at: number;
}

export interface DueWritten {
  readonly duration?: string | null | undefined;
  readonly from?: string | undefined;
  readonly from_stage?: string | readonly string[] | undefined;
  readonly which?: "latest" | undefined;
  readonly of?: string | undefined;
  readonly day_count?: "calendar" | "business" | undefined;
  readonly op?: "earliest" | undefined;
  readonly terms?: readonly { readonly after: string; readonly duration: string }[] | undefined;
  readonly standard?: string | undefined;
  readonly contested?:
    | readonly { readonly from: string; readonly from_stage?: string | undefined; readonly why?: string | undefined }[]
    | undefined;
}

export interface ContractWritten {
  readonly id: string;
  readonly to?: string | undefined;
  readonly due: DueWritten;
  readonly zone?: string | undefined;
  readonly calendar?: string | undefined;
  readonly reckoning?: string | undefined;
  readonly stage?: string | undefined;
}

/** What a case is, or what of it changes. */
export interface Change {
  readonly entity?: EntityWritten | undefined;
  readonly people?: PeopleWritten | undefined;
  readonly facts?: Readonly<Record<string, FactWritten>> | undefined;
  readonly events?: readonly EventWritten[] | undefined;
  readonly submissions?: readonly SubmissionWritten[] | undefined;
  readonly contracts?: readonly ContractWritten[] | undefined;
}

export type KindWritten = "hard" | "provisional" | "guidance" | "draft" | "target" | "contract" | "assessment";

export interface LimitsWanted {
  readonly strict?: number | undefined;
  /** `strict` where it is absent. */
  readonly latest?: number | undefined;
  readonly proposed_strict?: number | undefined;
  readonly proposed_latest?: number | undefined;
  readonly kind?: KindWritten | undefined;
}

export type StageWanted =
  | "none"
  | "not"
  | { readonly waiting: string | readonly string[]; readonly kind?: KindWritten | undefined }
  | { readonly needs: readonly string[]; readonly if_so?: StageWanted | undefined }
  | LimitsWanted;

export interface Wanted {
  readonly duty: string;
  readonly verdict?: "applies" | "not" | "needs" | undefined;
  readonly standing?: string | undefined;
  readonly kind?: KindWritten | undefined;
  readonly ask?: readonly string[] | undefined;
  readonly missing_events?: readonly string[] | undefined;
  /** `none`: nothing was filed out of order. */
  readonly order_violation?: { readonly stage: string; readonly needs_first: string } | "none" | null | undefined;
  readonly stages?: Readonly<Record<string, StageWanted>> | undefined;
  readonly moved?: "earlier" | "later" | "gone" | "none" | undefined;
  readonly acknowledged?: "needed" | "not_needed" | undefined;
}

export interface Revision {
  readonly change: Change;
  readonly expect?: readonly Wanted[] | undefined;
  readonly conflicts?: readonly string[] | undefined;
}

export interface Scenario extends Change {
  readonly id: string;
  readonly expect?: readonly Wanted[] | undefined;
  readonly conflicts?: readonly string[] | undefined;
  readonly revisions?: readonly Revision[] | undefined;
}
