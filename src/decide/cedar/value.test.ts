// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Datetime, Duration } from "./datetime.ts";
import { Decimal } from "./decimal.ts";
import { IpAddress } from "./ip.ts";
import { CedarRecord, CedarSet, canonicalKey, EMPTY_RECORD, EntityUid, equal, layoutOf, type Value } from "./value.ts";

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(true, false, 0, 1, 9007199254740993n, "", "a", "i1", "true", "é"),
    fc.constantFrom<Value>(new EntityUid("A", "b"), new EntityUid("A", "c"), new EntityUid("A::b", "c")),
    fc.constantFrom<Value>(
      new Decimal(1),
      new Datetime(1),
      new Duration(1),
      new IpAddress(4, 1, 32),
      new IpAddress(6, 1n, 32),
    ),
    fc.array(tie("value"), { maxLength: 12 }).map((items) => new CedarSet(items)),
    fc
      .dictionary(fc.constantFrom("a", "b", "__proto__"), tie("value"))
      .map((members) => new CedarRecord(layoutOf(Object.keys(members)), Object.values(members))),
  ),
}));

test("D4: two values have one key exactly where they are equal", () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(canonicalKey(a) === canonicalKey(b)).toBe(equal(a, b));
      expect(equal(a, a)).toBe(true);
      expect(equal(a, b)).toBe(equal(b, a));
    }),
  );
});

test("D4: sets ignore order and duplicates, small and large", () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 20 }), (items) => {
      const set = new CedarSet(items);
      const shuffled = new CedarSet([...items.toReversed(), ...items]);
      expect(equal(set, shuffled)).toBe(true);
      for (const item of items) expect(shuffled.contains(item)).toBe(true);
      expect(set.contains("not in there")).toBe(false);
    }),
  );
});

test("D3: == across types is false", () => {
  expect(equal(1, "1")).toBe(false);
  expect(equal(new Datetime(1), new Duration(1))).toBe(false);
  expect(equal(new EntityUid("A", "1"), "1")).toBe(false);
  expect(equal(new CedarSet([]), EMPTY_RECORD)).toBe(false);
});

test("D7: two entities never share a key", () => {
  expect(new EntityUid("A", "::B").key).not.toBe(new EntityUid("A::", "B").key);
});

test("D3: records are equal by what is in them, whatever their layouts and holes", () => {
  const one = new CedarRecord(layoutOf(["a", "b", "c"]), [1, undefined, 3]);
  const other = new CedarRecord(layoutOf(["c", "a"]), [3, 1]);
  expect(equal(one, other)).toBe(true);
  expect(equal(one, new CedarRecord(layoutOf(["c", "a", "b"]), [3, 1, 2]))).toBe(false);
  expect(equal(new CedarRecord(layoutOf(["a"]), [1]), new CedarRecord(layoutOf(["b"]), [1]))).toBe(false);
});
