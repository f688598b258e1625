// SPDX-License-Identifier: Apache-2.0
// May this data go there: what the gate asks before data crosses a border, and what it is told.
import type { Instant } from "../time.ts";

/** Where data goes. Being read from a place is being there: showing on a screen counts (EDPB Guidelines 05/2021). */
export interface FlowDestinations {
  /** Where it is kept or worked on, inference included. Empty means that nobody said, which is never nowhere. */
  readonly stored: readonly string[];
  /** Where whoever runs it is established. Empty means that nobody said. */
  readonly established: readonly string[];
  /** From where else it can be reached; empty for none. */
  readonly reachable: readonly string[];
}

/** One movement of data (prove J73). Places are jurisdictions (ISO 3166, `EU`, `EEA`), categories the words of labels. */
export interface Flow {
  /** Every jurisdiction whose law follows the data: of its people, of the exporter, of its collection. */
  readonly from: readonly string[];
  readonly to: FlowDestinations;
  readonly categories: readonly string[];
  readonly purpose?: string;
  /** Who receives it, by the name that mechanisms on file use. */
  readonly operator?: string;
}

/** The answer for one flow: the strictest over each origin, destination and category (prove J73, J74). */
export interface TransferVerdict {
  /** In ascending strictness: allowed, conditional, unknown, barred. */
  readonly verdict: "allowed" | "conditional" | "unknown" | "barred";
  /** Whether the data leaves the area of a law that follows it, or may. */
  readonly crossing: boolean;
  /** Whether people enabled every rule that is named; true where none was needed. */
  readonly reviewed: boolean;
  /** Ids of the rules that were asked, sorted. */
  readonly rules: readonly string[];
  /** What would be needed, sorted: mechanism kinds, `importer.*` facts, `person:` and `review:` with a rule, and what is not known. */
  readonly missing: readonly string[];
  /** What an allowed flow rests on: `domestic`, or adequacy and mechanisms by name. Absent unless allowed. */
  readonly basis?: string;
  /** First instant at which the basis no longer holds. */
  readonly until?: Instant;
}

/** Synchronous, from memory, never throws. */
export interface TransferGate {
  check(flow: Flow): TransferVerdict;
}
