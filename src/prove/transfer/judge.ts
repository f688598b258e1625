// SPDX-License-Identifier: Apache-2.0
// One flow against the rules: every origin with every destination and category, each an opinion of its own (prove J73).
import type { Flow, Instant } from "../../core/index.ts";
import type { Law, Regulations } from "./load.ts";
import type { Shelf } from "./mechanisms.ts";
import { type Opinion, unknown } from "./opinion.ts";
import { isWithin, type Leaves } from "./places.ts";
import type { Unreviewed } from "./posture.ts";
import { judgeRow } from "./row.ts";

/** Most places of one flow; a flow with more is not judged. SOURCE: prove, section 4. */
export const PLACES_MAX = 64;
/** Most categories of one flow. */
export const CATEGORIES_MAX = 32;

/** What a flow is judged by. */
export interface Bench {
  readonly regulations: Regulations;
  readonly shelf: Shelf;
  readonly unreviewed: Unreviewed;
}

export function opinionsOf(flow: Flow, at: Instant, bench: Bench): readonly Opinion[] {
  const { stored, established, reachable } = flow.to;
  const origins = [...new Set(flow.from)];
  const destinations = [...new Set([...stored, ...established, ...reachable])];
  if (origins.length + destinations.length > PLACES_MAX) return [unknown("limit", "places")];
  if (flow.categories.length > CATEGORIES_MAX) return [unknown("limit", "categories")];
  const unsaid = [
    ...(origins.length === 0 ? [unknown("origin")] : []),
    ...(stored.length === 0 ? [unknown("destination", "stored")] : []),
    ...(established.length === 0 ? [unknown("destination", "established")] : []),
  ];
  const { places } = bench.regulations;
  const strange = [...origins, ...destinations].filter((place) => !places.has(place));
  const pairs = origins.flatMap((from) => destinations.map((to) => ({ from, to })));
  return [
    ...unsaid,
    ...strange.map((place) => unknown("place", place)),
    ...pairs.flatMap(({ from, to }) => {
      const [origin, destination] = [places.get(from), places.get(to)];
      if (origin === undefined || destination === undefined) return [];
      return opinionsOfPair({ from, origin, destination }, { flow, at, bench });
    }),
  ];
}

interface Pair {
  readonly from: string;
  readonly origin: Leaves;
  readonly destination: Leaves;
}

interface Ask {
  readonly flow: Flow;
  readonly at: Instant;
  readonly bench: Bench;
}

function opinionsOfPair({ from, origin, destination }: Pair, ask: Ask): readonly Opinion[] {
  if (isWithin(destination, origin)) return [{ verdict: "allowed", crossing: false }];
  const { laws } = ask.bench.regulations;
  const covered = [...origin].every((leaf) => laws.some(({ area }) => isWithin(new Set([leaf]), area.leaves)));
  const applying = laws.filter(({ area }) => [...origin].some((leaf) => isWithin(new Set([leaf]), area.leaves)));
  return [
    ...(covered ? [] : [unknown("law", from)]),
    ...applying.flatMap((law) => opinionsOfLaw(law, destination, ask)),
  ];
}

function opinionsOfLaw(law: Law, destination: Leaves, { flow, at, bench }: Ask): readonly Opinion[] {
  const { area, rows } = law;
  if (isWithin(destination, area.leaves)) return [{ verdict: "allowed", crossing: false, rules: [area.id] }];
  if (flow.categories.length === 0) return [unknown("category")];
  const { categories, rules } = withImplied(flow.categories, law);
  const implied: Opinion = { verdict: "allowed", crossing: true, rules };
  const opinions = categories.flatMap((category) => {
    if (!bench.regulations.words.categories.has(category)) return [unknown("category", category)];
    const asked = rows.get(category);
    if (asked === undefined) return [unknown(`rule:${law.name}`, category)];
    return asked.map((row) => judgeRow({ row, law, destination, flow, at }, bench));
  });
  return [implied, ...opinions];
}

/** What the law takes a category for as well, and the statements that say so. */
function withImplied(
  categories: readonly string[],
  { implies }: Law,
): { readonly categories: readonly string[]; readonly rules: readonly string[] } {
  const all = new Set(categories);
  const rules: string[] = [];
  // a set that grows while it is walked: what an implied category implies is walked too
  for (const category of all) {
    for (const { id, also } of implies.filter((one) => one.category === category)) {
      all.add(also);
      rules.push(id);
    }
  }
  return { categories: [...all], rules };
}
