// SPDX-License-Identifier: Apache-2.0
// The recorded starts of clocks. No event stands in for another: what is not recorded is waited for (prove J26, J27).
import type { Instant } from "../../core/index.ts";
import type { EventId, RowId } from "../regimes/row.ts";
import { type Anchor, anchorAt } from "./count.ts";
import { type Day, dayAt, startOf, startOfUnit, yearEnd } from "./days.ts";

/** A clock event as it was recorded, with the entries that show it. */
export type ClockEvent = Happened & { readonly evidence?: readonly string[] | undefined };

/** An instant, or a day in a zone where no more is known. */
type Happened =
  | { readonly event: EventId; readonly at: Instant; readonly precision: "exact" }
  | {
      readonly event: EventId;
      readonly at: Instant;
      readonly precision: "minute" | "hour";
      /** By whose clocks the minute or hour began. */
      readonly zone: string;
    }
  | { readonly event: EventId; readonly day: Day; readonly zone: string; readonly precision: "day" };

/** A filing as its receipt says. A contract has no stages. */
export interface Submission {
  readonly duty: RowId;
  readonly stage?: string | undefined;
  readonly at: Instant;
}

/** What a case has recorded; an event that another one supersedes is not in it. */
export interface Recorded {
  readonly events: readonly ClockEvent[];
  readonly submissions: readonly Submission[];
}

/** What a term starts from. */
export interface Start {
  readonly event: EventId;
  /** Stages whose filing is the event. */
  readonly stages?: readonly string[] | undefined;
  readonly which?: "latest" | undefined;
  /** The event whose year is meant. */
  readonly of?: EventId | undefined;
}

/** The event that a filing is. */
export const SUBMISSION = "submission";
const YEAR_END = "end_of_calendar_year";

/** The instant that counts for an event: what is known to the day, hour or minute counts from its beginning. */
export function instantOf(event: ClockEvent): Instant {
  if (event.precision === "exact") return event.at;
  return event.precision === "day"
    ? startOf(event.day, event.zone)
    : startOfUnit(event.at, event.precision, event.zone);
}

/** The anchor of a term for a duty; nothing while its event is not recorded. Of several records the first counts. */
export function anchorOf(start: Start, duty: RowId, recorded: Recorded): Anchor | undefined {
  if (start.event === SUBMISSION) {
    const filed = filings(recorded, duty, start.stages ?? []);
    const at = start.which === "latest" ? filed.at(-1) : filed[0];
    return at === undefined ? undefined : anchorAt(SUBMISSION, at);
  }
  if (start.event === YEAR_END && start.of !== undefined) {
    const first = firstOf(start.of, recorded);
    if (first === undefined) return undefined;
    const { at, evidence } = first;
    return { event: `${YEAR_END} of ${start.of}`, at, dayIn: (zone) => yearEnd(dayAt(at, zone)), evidence };
  }
  const first = firstOf(start.event, recorded);
  return first === undefined ? undefined : { ...anchorAt(start.event, first.at), evidence: first.evidence };
}

/** The event whose record a term waits for. */
export function waitsFor(start: Start): EventId {
  return start.event === YEAR_END ? (start.of ?? start.event) : start.event;
}

/** When stages of a duty were filed, first to last. */
export function filings({ submissions }: Recorded, duty: RowId, stages: readonly string[]): readonly Instant[] {
  return submissions
    .filter((one) => one.duty === duty && (one.stage === undefined || stages.includes(one.stage)))
    .map(({ at }) => at)
    .toSorted((a, b) => a - b);
}

interface First {
  readonly at: Instant;
  readonly evidence?: readonly string[] | undefined;
}

function firstOf(id: EventId, { events }: Recorded): First | undefined {
  return events
    .filter(({ event }) => event === id)
    .map((event) => ({ at: instantOf(event), evidence: event.evidence }))
    .toSorted((a, b) => a.at - b.at)[0];
}
