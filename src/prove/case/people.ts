// SPDX-License-Identifier: Apache-2.0
// How many people are where (prove J22). A place holds its subdivisions; nobody is counted twice; what is not said is a
// range and never a guess.
import type { Region } from "../regimes/expression.ts";
import { countryOf, isInside, type Places } from "./places.ts";
import type { Bounds, People } from "./state.ts";

export const NOBODY: Bounds = { lo: 0, hi: 0 };
export const ANY_NUMBER: Bounds = { lo: 0, hi: Number.POSITIVE_INFINITY };

/** People in a place, in a group of places, or in one without others. */
export function peopleIn(people: People, { place, without }: Region, places: Places): Bounds {
  const out = without.flatMap((one) => [...(places.get(one) ?? [one])]);
  const parts = [...(places.get(place) ?? [place])].filter((leaf) => !isInside(leaf, new Set(out)));
  return sum(parts.map((leaf) => peopleOf(people, leaf, out)));
}

/** The most people in any one subdivision of a country, or in any one country of a group. */
export function mostPeople(people: People, place: string, places: Places): Bounds {
  const leaves = places.get(place) ?? new Set([place]);
  if (leaves.size > 1 || !leaves.has(place)) return most([...leaves].map((leaf) => peopleOf(people, leaf, [])));
  const { listed, rest } = countryIn(people, place);
  // those whom no listed subdivision has may all be in one, or be spread over many
  return most([...listed.values(), { lo: 0, hi: rest.hi }]);
}

/** All people affected: each country once. */
export function allPeople(people: People): Bounds {
  const countries = new Set([...people.by.keys()].map(countryOf));
  const known = sum([...countries].map((country) => countryIn(people, country).total));
  return people.complete ? known : { lo: known.lo, hi: Number.POSITIVE_INFINITY };
}

interface Country {
  readonly total: Bounds;
  readonly listed: ReadonlyMap<string, Bounds>;
  /** Those whom no listed subdivision has. */
  readonly rest: Bounds;
}

function countryIn({ by, complete }: People, country: string): Country {
  const given = new Map([...by].filter(([place]) => place !== country && countryOf(place) === country));
  const parts = sum([...given.values()]);
  const own = by.get(country);
  if (own === undefined) {
    const rest = complete ? NOBODY : ANY_NUMBER;
    return { total: sum([parts, rest]), listed: given, rest };
  }
  // where the parts are more than the whole, the larger number counts
  const total = { lo: Math.max(own.lo, parts.lo), hi: Math.max(own.hi, parts.lo) };
  const listed = new Map(
    [...given].map(([place, { lo, hi }]) => [place, { lo, hi: Math.min(hi, total.hi - parts.lo + lo) }]),
  );
  const { hi: inParts } = sum([...listed.values()]);
  return { total, listed, rest: { lo: Math.max(0, total.lo - inParts), hi: total.hi - parts.lo } };
}

/** People of one country or subdivision, without those of the subdivisions `out`. */
function peopleOf(people: People, leaf: string, out: readonly string[]): Bounds {
  const { total, listed, rest } = countryIn(people, countryOf(leaf));
  const unlisted: Bounds = { lo: 0, hi: rest.hi };
  const one = (place: string): Bounds => listed.get(place) ?? unlisted;
  if (leaf !== countryOf(leaf)) return one(leaf);
  const gone = out.filter((place) => countryOf(place) === leaf);
  if (gone.length === 0) return total;
  const stay = [...listed].filter(([place]) => !gone.includes(place)).map(([, bounds]) => bounds);
  const others = sum([...stay, gone.every((place) => listed.has(place)) ? rest : unlisted]);
  const left = sum(gone.map(one));
  const lo = Math.max(others.lo, total.lo - left.hi);
  return { lo, hi: Math.max(lo, Math.min(others.hi, total.hi - left.lo)) };
}

function sum(all: readonly Bounds[]): Bounds {
  return all.reduce((a, b) => ({ lo: a.lo + b.lo, hi: a.hi + b.hi }), NOBODY);
}

function most(all: readonly Bounds[]): Bounds {
  return all.reduce((a, b) => ({ lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi) }), NOBODY);
}
