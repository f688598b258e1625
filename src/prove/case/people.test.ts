// SPDX-License-Identifier: Apache-2.0
// People per place: ranges that always hold the truth, and only grow narrower.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { REGIMES } from "../testing/regimes.ts";
import { allPeople, mostPeople, peopleIn } from "./people.ts";
import type { Bounds, People } from "./state.ts";

const { places } = REGIMES.vocabulary;
const INF = Number.POSITIVE_INFINITY;

function people(by: Readonly<Record<string, number | readonly [number, number]>>, complete = true): People {
  const entries = Object.entries(by).map(([place, n]): [string, Bounds] => {
    return [place, typeof n === "number" ? { lo: n, hi: n } : { lo: n[0], hi: n[1] }];
  });
  return { by: new Map(entries), complete };
}

const inside = (state: People, place: string, ...without: string[]): readonly [number, number] => {
  const { lo, hi } = peopleIn(state, { place, without }, places);
  return [lo, hi];
};

describe("J22: people of a place", () => {
  test.each([
    ["a place that is not listed is zero where the list is complete", people({ DE: 5 }), "FR", [], [0, 0]],
    ["and anything where it is not", people({ DE: 5 }, false), "FR", [], [0, INF]],
    [
      "the country's own figure counts, and its parts are not counted twice",
      people({ US: 900, "US-CA": 600 }),
      "US",
      [],
      [900, 900],
    ],
    ["without it, the sum of the parts", people({ "US-NY": 1, "US-CA": 600 }), "US", [], [601, 601]],
    ["at least the sum, where parts may be missing", people({ "US-CA": 600 }, false), "US", [], [600, INF]],
    [
      "a part that is not listed may have those whom no listed part has",
      people({ US: 900, "US-CA": 600 }),
      "US-TX",
      [],
      [0, 300],
    ],
    [
      "a part cannot have more than the whole leaves it",
      people({ US: [0, 100], "US-CA": [10, 1000] }),
      "US-CA",
      [],
      [10, 100],
    ],
    ["parts above the whole: the larger number counts", people({ US: 500, "US-CA": 600 }), "US", [], [600, 600]],
    ["a group is the sum of its countries", people({ DE: 5, FR: [1, 2], GB: 70 }), "EU27", [], [6, 7]],
    ["a group within a group", people({ DE: 5, NO: 2 }), "EEA", [], [7, 7]],
    ["a group without a country", people({ DE: 5, FR: 1 }), "EU27", ["DE"], [1, 1]],
    ["a country without a listed part", people({ US: 900, "US-CA": 600 }), "US", ["US-CA"], [300, 300]],
    ["a country without a part that is not listed", people({ US: 900 }), "US", ["US-CA"], [0, 900]],
    ["parts alone, without one of them", people({ "US-CA": 600, "US-OH": 3 }), "US", ["US-CA", "US-NY"], [3, 3]],
    ["and where parts may be missing", people({ "US-CA": 600 }, false), "US", ["US-CA"], [0, INF]],
  ] as const)("%s", (...[, state, place, without, bounds]) => {
    expect(inside(state, place, ...without)).toEqual(bounds);
  });

  test.each([
    ["the largest part", people({ "US-CA": 600, "US-OH": 3 }), "US", [600, 600]],
    ["a country's figure may all be in one part, or spread", people({ US: 900, "US-CA": 600 }), "US", [600, 600]],
    ["a country's figure alone", people({ US: 400 }), "US", [0, 400]],
    ["parts may be missing", people({ "US-CA": 600 }, false), "US", [600, INF]],
    ["of a group, the largest country", people({ DE: 5, FR: 7, GB: 70 }), "EU27", [7, 7]],
  ] as const)("the most in any one part: %s", (_, state, place, [lo, hi]) => {
    expect(mostPeople(state, place, places)).toEqual({ lo, hi });
  });

  test("all people: each country once", () => {
    expect(allPeople(people({ US: 900, "US-CA": 600, DE: [1, 2] }))).toEqual({ lo: 901, hi: 902 });
    expect(allPeople(people({ DE: 5 }, false))).toEqual({ lo: 5, hi: INF });
    expect(allPeople(people({}))).toEqual({ lo: 0, hi: 0 });
  });
});

const PARTS = ["US-CA", "US-NY", "US-TX", "US-OH"];
const QUERIES: readonly (readonly [string, readonly string[]])[] = [
  ["US", []],
  ["US", ["US-CA"]],
  ["US", ["US-NY", "US-TX"]],
  ["US-CA", []],
  ["US-OH", []],
  ["EU27", []],
  ["EU27", ["DE"]],
];

/** How many people there really are: in four parts, elsewhere in the country, and in two countries. */
const world = fc.record({
  parts: fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50)),
  elsewhere: fc.nat(50),
  de: fc.nat(50),
  fr: fc.nat(50),
});
/** How far a figure that is said may be off, below and above; nothing: it is not said. */
const slack = fc.option(fc.tuple(fc.nat(20), fc.nat(20)), { nil: undefined });
const slacks = fc.array(slack, { minLength: 7, maxLength: 7 });

function truth({ parts, elsewhere, de, fr }: { parts: readonly number[]; elsewhere: number; de: number; fr: number }) {
  const us = parts.reduce((a, b) => a + b, 0) + elsewhere;
  const exact = new Map<string, number>([
    ...PARTS.map((part, i) => [part, parts[i] ?? 0] as const),
    ["US", us],
    ["DE", de],
    ["FR", fr],
  ]);
  const of = (place: string): number => exact.get(place) ?? 0;
  return {
    exact,
    answer: ([place, without]: (typeof QUERIES)[number]): number => {
      const all = place === "EU27" ? de + fr : of(place);
      return all - without.reduce((sum, one) => sum + of(one), 0);
    },
  };
}

function said(exact: ReadonlyMap<string, number>, off: readonly (readonly [number, number] | undefined)[]): People {
  const by = [...exact].flatMap(([place, n], index): [string, Bounds][] => {
    const slackHere = off[index];
    return slackHere === undefined ? [] : [[place, { lo: Math.max(0, n - slackHere[0]), hi: n + slackHere[1] }]];
  });
  return { by: new Map(by), complete: false };
}

test("J22: the range holds the truth, whatever is said of it", () => {
  fc.assert(
    fc.property(world, slacks, (real, off) => {
      const { exact, answer } = truth(real);
      const state = said(exact, off);
      for (const query of QUERIES) {
        const { lo, hi } = peopleIn(state, { place: query[0], without: query[1] }, places);
        expect(lo, query.join()).toBeLessThanOrEqual(answer(query));
        expect(hi, query.join()).toBeGreaterThanOrEqual(answer(query));
      }
      const { lo, hi } = mostPeople(state, "US", places);
      expect(lo).toBeLessThanOrEqual(Math.max(...real.parts, real.elsewhere));
      expect(hi).toBeGreaterThanOrEqual(Math.max(...real.parts));
    }),
  );
});

test("J36: to learn more makes no range wider", () => {
  fc.assert(
    fc.property(world, slacks, slacks, (real, off, more) => {
      const { exact } = truth(real);
      // what is learned is a figure that was not said, or one with less slack
      const later = off.map((one, i) =>
        one === undefined
          ? more[i]
          : ([Math.min(one[0], more[i]?.[0] ?? 99), Math.min(one[1], more[i]?.[1] ?? 99)] as const),
      );
      const [before, after] = [said(exact, off), said(exact, later)];
      const pairs = [
        ...QUERIES.map(([place, without]) => [
          peopleIn(before, { place, without }, places),
          peopleIn(after, { place, without }, places),
        ]),
        [mostPeople(before, "US", places), mostPeople(after, "US", places)],
        [allPeople(before), allPeople(after)],
      ];
      for (const [wide, narrow] of pairs) {
        expect(narrow?.lo).toBeGreaterThanOrEqual(wide?.lo ?? INF);
        expect(narrow?.hi).toBeLessThanOrEqual(wide?.hi ?? 0);
      }
    }),
  );
});
