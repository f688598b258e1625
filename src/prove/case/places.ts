// SPDX-License-Identifier: Apache-2.0
// Where an entity is, and what lies in what. A country holds its subdivisions, a group its members.
import type { Region } from "../regimes/expression.ts";
import type { Listed } from "./state.ts";
import type { Truth } from "./verdict.ts";

/** What each place and group stands for: countries and subdivisions, ISO 3166. */
export type Places = ReadonlyMap<string, ReadonlySet<string>>;

/** The country of a subdivision, `US` of `US-CA`; of a country itself. */
export function countryOf(place: string): string {
  return place.slice(0, "XX".length);
}

/** Whether a country or subdivision is one of these, or part of one. */
export function isInside(leaf: string, places: ReadonlySet<string>): boolean {
  return places.has(leaf) || places.has(countryOf(leaf));
}

/**
 * Whether one of the listed places is in the region. A listed place that holds the region, and more, may be meant for
 * another part of it: `wide` says what that is taken for.
 */
export function isIn(listed: Listed, { place, without }: Region, places: Places, wide: Truth): Truth {
  const base = places.get(place) ?? new Set([place]);
  const out = new Set(without.flatMap((one) => [...(places.get(one) ?? [one])]));
  const fits = [...listed.names].map((name) => [...(places.get(name) ?? [name])].map((leaf) => fit(leaf, base, out)));
  if (fits.some((leaves) => leaves.every((one) => one === "within"))) return "true";
  if (fits.some((leaves) => leaves.some((one) => one !== "outside"))) return wide === "true" ? "true" : "unknown";
  return listed.complete ? "false" : "unknown";
}

function fit(leaf: string, base: ReadonlySet<string>, out: ReadonlySet<string>): "within" | "partly" | "outside" {
  if (isInside(leaf, out)) return "outside";
  const holds = (places: ReadonlySet<string>): boolean =>
    [...places].some((one) => countryOf(one) === leaf && one !== leaf);
  if (isInside(leaf, base)) return holds(out) ? "partly" : "within";
  return holds(base) ? "partly" : "outside";
}
