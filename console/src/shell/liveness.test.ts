// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asOf, livenessOf, STALE_AFTER_MS, waitBefore } from "./liveness.ts";

const HEARD = { at: 1000, serverAt: 1_796_547_600_000, isCut: false, isSignedOut: false };

test("X23: live until nothing was heard for too long, then stale since the server's last beat", () => {
  expect(livenessOf(HEARD, 1000 + STALE_AFTER_MS)).toEqual({ state: "live" });
  expect(livenessOf(HEARD, 1001 + STALE_AFTER_MS)).toEqual({ state: "stale", since: HEARD.serverAt });
});

test("X24: a stream that could not be opened again is stale at once", () => {
  expect(livenessOf({ ...HEARD, isCut: true }, 1000)).toEqual({ state: "stale", since: HEARD.serverAt });
});

test("X24: a page that never heard a beat is connecting, then stale since nobody knows when", () => {
  const heard = { ...HEARD, serverAt: undefined };
  expect(livenessOf(heard, 1000)).toEqual({ state: "connecting" });
  expect(livenessOf(heard, 9000)).toEqual({ state: "stale", since: undefined });
});

test("experience 4: a session that ended is said before anything else", () => {
  expect(livenessOf({ ...HEARD, isSignedOut: true }, 99_999)).toEqual({ state: "signed-out", since: HEARD.serverAt });
});

test("X23: what is counted belongs to the last live moment once that is over", () => {
  expect(asOf({ state: "live" }, 99)).toBe(99);
  expect(asOf({ state: "stale", since: 7 }, 99)).toBe(7);
  expect(asOf({ state: "signed-out", since: 7 }, 99)).toBe(7);
  expect(asOf({ state: "stale", since: undefined }, 99)).toBe(99);
});

test("X24: stale is said within 5 s, also where it is looked at only every half second", () => {
  expect(STALE_AFTER_MS + 500).toBeLessThanOrEqual(5000);
});

test("X24: waits between tries grow, stay under 5 s, and differ", () => {
  fc.assert(
    fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, noNaN: true }), (tries, chance) => {
      const wait = waitBefore(tries, chance);
      expect(wait).toBeGreaterThanOrEqual(150);
      expect(wait).toBeLessThanOrEqual(5000);
    }),
  );
  expect(waitBefore(0, 0)).toBeLessThan(waitBefore(0, 1));
});
