// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "../../core/index.ts";
import { OVERFLOW, TYPE } from "./fault.ts";
import { add, fit, isJsonNumber, type Long, longOfJson, modulo, multiply, quotient, subtract } from "./long.ts";

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

function read(text: string): unknown {
  const json = parseJson(text);
  return isJsonNumber(json) ? longOfJson(json) : undefined;
}

test("D6: integers are whole up to 64 bits, a bigint only beyond 2^53-1", () => {
  expect(read("9007199254740991")).toBe(9007199254740991);
  expect(read("9007199254740992")).toBe(9007199254740992n);
  expect(read("9007199254740993")).toBe(9007199254740993n);
  expect(read("9223372036854775807")).toBe(MAX);
  expect(read("-9223372036854775808")).toBe(MIN);
  // a double prints this text for 2^63, which is another number
  expect(read("9223372036854776000")).toBe(OVERFLOW);
});

test.each(["-0", "1.0", "1.5", "1e2", "9223372036854775808", "-9223372036854775809", "1e400"])(
  "D6: %s is no Long",
  (text) => {
    expect([TYPE, OVERFLOW]).toContain(read(text));
  },
);

test("D6: a minus zero made in this process is no Long either", () => {
  expect(longOfJson(-0)).toBe(TYPE);
});

const edge = fc.oneof(
  fc.bigInt({ min: MIN, max: MAX }),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  fc.bigInt({ min: -100n, max: 100n }),
  fc.constantFrom(MIN, MAX, -1n, 0n),
);

function long(exact: bigint): Long {
  return fit(exact) as Long;
}

test("D3: + - * are exact, or overflow", () => {
  fc.assert(
    fc.property(edge, edge, (a, b) => {
      expect(add(long(a), long(b))).toBe(fit(a + b));
      expect(subtract(long(a), long(b))).toBe(fit(a - b));
      expect(multiply(long(a), long(b))).toBe(fit(a * b));
    }),
  );
});

test("D4: units of a duration round toward zero, times of day never go below it", () => {
  fc.assert(
    fc.property(edge, fc.integer({ min: 1, max: 86_400_000 }), (a, by) => {
      const whole = BigInt(by);
      expect(quotient(long(a), by)).toBe(fit(a / whole));
      expect(modulo(long(a), by)).toBe(Number(((a % whole) + whole) % whole));
    }),
  );
});
