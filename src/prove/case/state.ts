// SPDX-License-Identifier: Apache-2.0
// What is known of one case for one legal entity. What is not here is unknown, and unknown is not false (prove J21).
import type { FactPath } from "../regimes/row.ts";

/** A number that is known to lie between two, both included; without `hi` it has no upper bound. */
export interface Bounds {
  readonly lo: number;
  readonly hi: number;
}

/** What somebody said of a fact. `Infinity` is no upper bound; an exact number has `lo` equal to `hi`. */
export type Known = boolean | string | Bounds;

/** People per place; `complete` makes a place that is not listed zero. */
export interface People {
  readonly by: ReadonlyMap<string, Bounds>;
  readonly complete: boolean;
}

/** Names that hold, and whether those that are not listed are false. */
export interface Listed {
  readonly names: ReadonlySet<string>;
  readonly complete: boolean;
}

/** The legal entity that is asked about. */
export interface Entity {
  readonly roles: Listed;
  /** Places where it is established. */
  readonly est: Listed;
  /** Places where it offers goods or services, or operates. */
  readonly serves: Listed;
  readonly freeZones: Listed;
  /** Member State of the authority, ISO 3166-1; absent: unknown. */
  readonly homeState?: string | undefined;
}

export interface CaseState {
  readonly entity: Entity;
  readonly people: People;
  readonly facts: ReadonlyMap<FactPath, Known>;
}
