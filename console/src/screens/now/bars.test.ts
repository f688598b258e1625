// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { barsOf, STACK } from "./bars.ts";

const counts = fc.array(fc.tuple(fc.constantFrom(...STACK), fc.nat(500)), { maxLength: 5 });
const hour = fc.array(counts, { minLength: 60, maxLength: 60 });

function minutesOf(list: readonly (readonly (readonly [string, number])[])[]): Parameters<typeof barsOf>[0] {
  return list.map((pairs, i) => ({ at: new Date(i * 60_000).toISOString(), counts: new Map(pairs) }));
}

test("X35: bars stand on the ground, on each other, and none leaves the picture", () => {
  fc.assert(
    fc.property(hour, (list) => {
      const { bars, top } = barsOf(minutesOf(list));
      for (let x = 0; x < 60; x++) {
        const column = bars.filter((bar) => bar.x === x);
        let floor = 1;
        for (const { y, height } of column) {
          expect(y + height).toBeCloseTo(floor, 9);
          floor = y;
        }
        expect(floor).toBeGreaterThanOrEqual(-1e-9);
        const total = [...new Map(list[x] ?? []).values()].reduce((sum, n) => sum + n, 0);
        expect(1 - floor).toBeCloseTo(total / top, 9);
      }
    }),
  );
});

test("X35: an hour without a decision has no bar, and a scale all the same", () => {
  expect(barsOf(minutesOf(Array.from({ length: 60 }, () => [])))).toEqual({
    bars: [],
    all: 0,
    top: 1,
    topAt: undefined,
  });
});
