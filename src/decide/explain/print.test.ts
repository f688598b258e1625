// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Datetime, Duration, parseDatetime } from "../cedar/datetime.ts";
import { Decimal, parseDecimal } from "../cedar/decimal.ts";
import { Fault } from "../cedar/fault.ts";
import { parseIp } from "../cedar/ip.ts";
import { CedarRecord, CedarSet, EntityUid, equal, layoutOf, type Value } from "../cedar/value.ts";
import { decimalText, valueText } from "./print.ts";

function inside(text: string): string {
  return text.slice(text.indexOf('"') + 1, text.lastIndexOf('"'));
}

function same(read: Value | Fault, value: Value): boolean {
  return !(read instanceof Fault) && equal(read, value);
}

test("D40: a decimal is written as Cedar reads it back, at any size", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (exact) => {
      const units = BigInt.asIntN(64, exact);
      const value = new Decimal(Number.isSafeInteger(Number(units)) ? Number(units) : units);
      expect(same(parseDecimal(decimalText(value.units)), value)).toBe(true);
    }),
  );
});

test("D40: a datetime is written as Cedar reads it back, from year 0 to 9999", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
      const value = new Datetime(ms);
      expect(same(parseDatetime(inside(valueText(value))), value)).toBe(true);
    }),
  );
});

test.each(["10.0.0.1", "10.0.0.0/8", "::1", "fe80::1/10", "2001:db8::ff00:42:8329"])(
  "D40: ip %s reads back",
  (text) => {
    const value = parseIp(text);
    if (value instanceof Fault) throw new Error(text);
    expect(same(parseIp(inside(valueText(value))), value)).toBe(true);
  },
);

test("D40: sets, records, entities and text", () => {
  const record = new CedarRecord(layoutOf(["a", "b"]), [new CedarSet([1, true]), undefined]);
  expect(valueText(record)).toBe('{"a": [1, true]}');
  expect(valueText(new EntityUid("A::B", 'x"y\\'))).toBe(String.raw`A::B::"x\"y\\"`);
  expect(valueText(new Duration(-5))).toBe('duration("-5ms")');
  expect(valueText("a\n\u200b")).toBe(String.raw`"a\u{a}\u{200b}"`);
});
