// SPDX-License-Identifier: Apache-2.0
// What does not fit together in a case: told, never corrected (prove J28).
import { formatInstant, type IncidentFacts } from "../../core/index.ts";
import type { CaseState } from "../case/state.ts";
import { type ClockEvent, instantOf, type Submission } from "../clocks/events.ts";

/** UNIT: ms. An event older than its incident by more than this is told. */
const YEAR_MS = 366 * 24 * 3_600_000;

/** Pairs of which the first cannot come after the second. */
const IN_ORDER: readonly (readonly [string, string])[] = [
  ["occurrence", "detection"],
  ["occurrence", "awareness"],
  ["occurrence", "containment"],
  ["detection", "containment"],
  ["awareness", "determination"],
  ["containment", "resolution"],
];

export function doubtsOf(
  { times }: IncidentFacts,
  { people }: CaseState,
  recorded: { readonly events: readonly ClockEvent[]; readonly submissions: readonly Submission[] },
): readonly string[] {
  const first = new Map<string, number>();
  for (const event of recorded.events)
    first.set(event.event, Math.min(first.get(event.event) ?? Number.POSITIVE_INFINITY, instantOf(event)));
  const opened = times.detectedAt?.at;
  return [
    ...IN_ORDER.flatMap(([before, after]) => {
      const [a, b] = [first.get(before), first.get(after)];
      return a !== undefined && b !== undefined && a > b ? [`${before} is after ${after}: is one of them wrong?`] : [];
    }),
    ...[...first].flatMap(([event, at]) =>
      opened !== undefined && at < opened - YEAR_MS ? [`${event} is more than a year before it was detected`] : [],
    ),
    ...recorded.submissions.flatMap(({ duty, stage, at }) => {
      const aware = first.get("awareness");
      return aware !== undefined && at < aware
        ? [`${duty} ${stage ?? ""} was filed at ${formatInstant(at)}, before anybody was aware`]
        : [];
    }),
    ...subdivisions(people),
  ];
}

/** Parts that are more than their whole: the upper value is used, and somebody should look. */
function subdivisions({ by }: CaseState["people"]): readonly string[] {
  const parts = new Map<string, number>();
  for (const [place, { lo }] of by) {
    const [country = place] = place.split("-");
    if (country !== place) parts.set(country, (parts.get(country) ?? 0) + lo);
  }
  return [...parts].flatMap(([country, sum]) => {
    const whole = by.get(country);
    return whole !== undefined && sum > whole.hi
      ? [`people of the parts of ${country} are more than those of ${country}`]
      : [];
  });
}
