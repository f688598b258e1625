// SPDX-License-Identifier: Apache-2.0
// What one count says about when: readings of a deadline, and the steps that led to them.
import type { Instant } from "../../core/index.ts";

/**
 * `exact`: elapsed time; `local`: days in the zone; `utc`: the same count on UTC dates, a caution; `shifted`: moved to an
 * open day; `rounded`: hours from the end of the event's hour; `contested`: what some hold; `order`: another stage was filed.
 */
export type Basis = "exact" | "local" | "utc" | "shifted" | "rounded" | "contested" | "order";

/** One instant by which something is due, with what it rests on. */
export interface Reading {
  readonly at: Instant;
  /** `before`: `at` is the exclusive end of a day or hour, so that at it one is late. */
  readonly ends: "at" | "before";
  /** The last local day, where days were counted. */
  readonly day?: string | undefined;
  readonly zone: string;
  readonly basis: Basis;
  readonly why?: string | undefined;
}

/** One step of a derivation, as data and as a sentence (prove J48). */
export interface Step {
  readonly step: "event" | "rule" | "place" | "count" | "skip" | "reading" | "choice" | "limit";
  readonly says: string;
  readonly at?: Instant | undefined;
  readonly day?: string | undefined;
  readonly zone?: string | undefined;
  readonly cite?: string | undefined;
  /** Entries that show the event. */
  readonly evidence?: readonly string[] | undefined;
}

/** What came out of counting. `complete`: every year that was counted in has its holidays. */
export interface Counted {
  readonly readings: readonly Reading[];
  readonly complete: boolean;
  readonly steps: readonly Step[];
  /** What would have to be known for a later reading. */
  readonly asks: readonly string[];
}

/** The strict and the latest reading (prove J43). The latest is withheld where holidays are not known. */
export interface Limits {
  readonly strict: Reading;
  readonly latest?: Reading | undefined;
}

/** @returns nothing where there is no reading */
export function limitsOf(counted: Pick<Counted, "readings" | "complete">): Limits | undefined {
  const strict = counted.readings.toSorted((a, b) => a.at - b.at)[0];
  if (strict === undefined) return undefined;
  const settled = counted.readings.filter(({ basis }) => basis !== "utc" && basis !== "contested");
  const latest = settled.toSorted((a, b) => b.at - a.at)[0];
  return counted.complete && latest !== undefined ? { strict, latest } : { strict };
}

/** Whether something done at an instant was in time for a reading. */
export function inTime(at: Instant, reading: Reading): boolean {
  return at < reading.at || (at === reading.at && reading.ends === "at");
}
