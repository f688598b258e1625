// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { isWithin, placesOf } from "./places.ts";

const places = placesOf({ known: ["AA", "AA-1", "BB"], groups: { G: ["AA"], H: ["G", "BB"] }, organisations: [] });
const leaves = (place: string): ReadonlySet<string> => places.get(place) ?? new Set();

test("J73: a country holds its subdivisions, a group its members and their members; never the other way round", () => {
  expect(isWithin(leaves("AA-1"), leaves("AA"))).toBe(true);
  expect(isWithin(leaves("AA"), leaves("AA-1"))).toBe(false);
  expect(isWithin(leaves("AA-1"), leaves("H"))).toBe(true);
  expect(isWithin(leaves("G"), leaves("H"))).toBe(true);
  expect(isWithin(leaves("H"), leaves("G"))).toBe(false);
});

test("J74: nowhere is inside nothing", () => {
  expect(isWithin(leaves("ZZ"), leaves("AA"))).toBe(false);
  expect(isWithin(leaves("AA"), leaves("ZZ"))).toBe(false);
});
