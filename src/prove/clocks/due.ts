// SPDX-License-Identifier: Apache-2.0
// The limits of one stage in one or several places: which term binds, contested starts, unknown home states.
import type { Contested, EventId, RowId } from "../regimes/row.ts";
import { type Anchor, count, countOnce } from "./count.ts";
import { formatDay, formatLocal } from "./days.ts";
import type { By, Place } from "./ending.ts";
import { anchorOf, type Recorded, SUBMISSION, waitsFor } from "./events.ts";
import { type Limits, limitsOf, type Reading, type Step } from "./reading.ts";
import { type Reckoning, type RollGrant, rollGrant } from "./reckoning.ts";
import { type ClockTerm, stagesOf, type Terms } from "./terms.ts";

/** Everything a count of one stage stands on. */
export interface DueInput {
  readonly duty: RowId;
  readonly stage: string;
  readonly terms: Terms;
  readonly contested: readonly Contested[];
  readonly reckoning: Reckoning;
  readonly recorded: Recorded;
  readonly hasRole: (role: string) => boolean | undefined;
}

/** When a stage is due in its places, or what it waits for. */
export interface Computed {
  readonly limits?: Limits | undefined;
  /** The term that binds. */
  readonly anchor?: Anchor | undefined;
  readonly readings: readonly Reading[];
  readonly steps: readonly Step[];
  /** Events that are not recorded: of the terms, and of contested starts. */
  readonly missing: readonly EventId[];
  readonly asks: readonly string[];
}

/** Of several places, as long as it is unknown which, the earliest strict and the earliest latest reading count. */
export function computeDue(input: DueInput, places: readonly Place[]): Computed {
  const found = places.map((place) => computeIn(input, place));
  const [first] = found;
  if (first === undefined) return { readings: [], steps: [], missing: [], asks: [] };
  if (found.length === 1) return first;
  const limits = found.flatMap((one) => one.limits ?? []);
  const [strict] = limits.map((one) => one.strict).toSorted((a, b) => a.at - b.at);
  const latest = limits.flatMap((one) => one.latest ?? []).toSorted((a, b) => a.at - b.at);
  if (strict === undefined) return first;
  const earliest = found.find((one) => one.limits?.strict === strict) ?? first;
  const says = `the home state is unknown: the earliest of ${places.map(({ calendar }) => calendar.key).join(", ")}`;
  return {
    ...earliest,
    limits: { strict, latest: latest.length === limits.length ? latest[0] : undefined },
    readings: found.flatMap((one) => one.readings),
    steps: [...earliest.steps, { step: "choice", says }],
  };
}

function computeIn(input: DueInput, place: Place): Computed {
  const { terms, reckoning, recorded, duty, stage } = input;
  const grant = reckoning.roll === undefined ? GRANTED : rollGrant(reckoning.roll, stage, input.hasRole);
  const by: By = { reckoning, grant, place };
  const counted = terms.terms.flatMap((term) => {
    const anchor = anchorOf(term.start, duty, recorded);
    if (anchor === undefined) return [];
    const one = count(anchor, term.period, by);
    const limits = limitsOf(one);
    return limits === undefined ? [] : [{ term, anchor, counted: one, limits }];
  });
  const missing = terms.terms
    .filter(({ start }) => anchorOf(start, duty, recorded) === undefined)
    .map(({ start }) => waitsFor(start));
  const [binding] = counted.toSorted((a, b) => sooner(a.limits, b.limits));
  const others = contestedReadings(input, binding?.term ?? terms.terms[0], by);
  const allMissing = [...new Set([...missing, ...others.missing])];
  if (binding === undefined) {
    return { readings: others.readings, steps: [], missing: allMissing, asks: [] };
  }
  const readings = [...binding.counted.readings, ...others.readings];
  const limits = limitsOf({ readings, complete: binding.counted.complete });
  const steps = [
    ...startSteps(binding.anchor, binding.term, input, place),
    ...binding.counted.steps,
    ...(counted.length > 1
      ? [{ step: "choice" as const, says: `${binding.anchor.event} gives the earliest of ${counted.length} terms` }]
      : []),
    ...readings.map((reading) => readingStep(reading)),
  ];
  return { limits, anchor: binding.anchor, readings, steps, missing: allMissing, asks: binding.counted.asks };
}

const GRANTED: RollGrant = { granted: true };

/** The earliest strict reading binds; where two are equal, the earlier latest one. */
function sooner(a: Limits, b: Limits): number {
  return a.strict.at - b.strict.at || (a.latest?.at ?? Infinity) - (b.latest?.at ?? Infinity);
}

function contestedReadings(
  { contested, duty, recorded }: DueInput,
  term: ClockTerm | undefined,
  by: By,
): { readonly readings: readonly Reading[]; readonly missing: readonly EventId[] } {
  const readings: Reading[] = [];
  const missing: EventId[] = [];
  for (const { from, from_stage, why } of contested) {
    const anchor = anchorOf({ event: from, stages: stagesOf(from_stage) }, duty, recorded);
    if (anchor === undefined) missing.push(from);
    else if (term !== undefined) readings.push({ ...countOnce(anchor, term.period, by), why });
  }
  return { readings, missing: missing.filter((event) => event !== SUBMISSION) };
}

function startSteps(
  anchor: Anchor,
  term: ClockTerm,
  { terms, reckoning }: DueInput,
  { zone, calendar }: Place,
): readonly Step[] {
  const day = formatDay(anchor.dayIn(zone));
  return [
    {
      step: "event",
      says: `${anchor.event} ${formatLocal(anchor.at, zone)}`,
      evidence: anchor.evidence,
      at: anchor.at,
      day,
      zone,
    },
    { step: "rule", says: `${term.text} by reckoning ${reckoning.key}`, cite: terms.replaced?.cite ?? reckoning.cite },
    {
      step: "place",
      says: `zone ${zone}, calendar ${calendar.key}, time zone data ${process.versions["tz"] ?? "of the runtime"}`,
      zone,
    },
  ];
}

function readingStep({ at, zone, basis, day, why }: Reading): Step {
  const end = day === undefined ? formatLocal(at, zone) : `end of ${day} ${zone}`;
  return { step: "reading", says: `${basis}: ${end}${why === undefined ? "" : ` (${why})`}`, at, day, zone };
}
