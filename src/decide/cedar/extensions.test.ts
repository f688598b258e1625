// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Datetime, Duration, durationSince, offset, parseDatetime, parseDuration, toDate, toTime } from "./datetime.ts";
import { parseDecimal } from "./decimal.ts";
import { EXTENSION } from "./fault.ts";
import { FUNCTIONS } from "./functions.ts";
import { IpAddress, isLoopback, isMulticast, parseIp } from "./ip.ts";
import { equal } from "./value.ts";

test("D1: there are 22 extension functions", () => {
  expect(FUNCTIONS.size).toBe(22);
});

test.each([
  ["12.3456", "decimal 123456"],
  ["-0.0001", "decimal -1"],
  ["-0.0", "decimal 0"],
  ["007.5", "decimal 75000"],
  ["922337203685477.5807", "decimal 9223372036854775807"],
  ["-922337203685477.5808", "decimal -9223372036854775808"],
])("D4: decimal %s", (text, canonical) => {
  expect(parseDecimal(text)).toHaveProperty("canonical", canonical);
});

test.each(["1", "1.", ".5", "1.23456", "+1.0", "1.0 ", "1e1", "922337203685477.5808", "", "١.٠"])(
  "D4: %j is no decimal",
  (text) => {
    expect(parseDecimal(text)).toBe(EXTENSION);
  },
);

const DAY_MS = 86_400_000;

test("D4: a datetime is the instant that a calendar says", () => {
  const range = {
    min: new Date("0000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  };
  fc.assert(
    fc.property(fc.date(range), (date) => {
      const text = date.toISOString();
      expect(parseDatetime(text)).toHaveProperty("ms", date.getTime());
      expect(parseDatetime(text.slice(0, 10))).toHaveProperty("ms", Math.floor(date.getTime() / DAY_MS) * DAY_MS);
    }),
  );
});

test.each([
  ["2024-02-29T12:30:00+0130", Date.UTC(2024, 1, 29, 11)],
  ["2024-01-01T00:00:00.250-2359", Date.UTC(2024, 0, 1, 23, 59, 0, 250)],
])("D4: %s keeps its offset", (text, ms) => {
  expect(parseDatetime(text)).toHaveProperty("ms", ms);
});

test.each([
  "2023-02-29",
  "1900-02-29",
  "2024-13-01",
  "2024-00-10",
  "2024-04-31",
  "2024-01-01T24:00:00Z",
  "2024-01-01T00:60:00Z",
  "2024-01-01T00:00:60Z",
  "2024-01-01T00:00:00",
  "2024-01-01T00:00Z",
  "2024-01-01T00:00:00.1Z",
  "2024-01-01T00:00:00+2400",
  "2024-01-01T00:00:00+0060",
  "2024-01-01T00:00:00+01:00",
  "24-01-01",
  " 2024-01-01",
])("D4: %j is no datetime", (text) => {
  expect(parseDatetime(text)).toBe(EXTENSION);
});

test.each([
  ["1d2h3m4s5ms", 93_784_005],
  ["-1m", -60_000],
  ["5ms", 5],
  ["0d", 0],
  ["00001s", 1_000],
  ["-9223372036854775808ms", -(2n ** 63n)],
])("D4: duration %s", (text, ms) => {
  expect(parseDuration(text)).toHaveProperty("ms", ms);
});

test.each(["", "-", "1", "1h1d", "1d1d", "+1s", "1.5s", "--1s", "9223372036854775808ms", "99999999999999999999d"])(
  "D4: %j is no duration",
  (text) => {
    expect(parseDuration(text)).toBe(EXTENSION);
  },
);

test("D4: toDate and toTime are Euclid's before 1970 too", () => {
  fc.assert(
    fc.property(fc.integer(), (ms) => {
      const date = toDate(new Datetime(ms));
      const time = toTime(new Datetime(ms));
      expect(time.ms).toBeGreaterThanOrEqual(0);
      expect(date instanceof Datetime && offset(date, time)).toHaveProperty("ms", ms);
    }),
  );
  expect(toDate(new Datetime(-1))).toHaveProperty("ms", -DAY_MS);
});

test("D9: leaving 64 bits of milliseconds is an extension error", () => {
  const last = new Datetime(2n ** 63n - 1n);
  const first = new Datetime(-(2n ** 63n));
  expect(offset(last, new Duration(1))).toBe(EXTENSION);
  expect(durationSince(last, first)).toBe(EXTENSION);
  expect(toDate(first)).toBe(EXTENSION);
});

test.each([
  ["127.0.0.1", "ip4 2130706433/32"],
  ["10.0.0.0/8", "ip4 167772160/8"],
  ["::", "ip6 0/128"],
  ["::1/0", "ip6 1/0"],
  ["1:2:3:4:5:6:7::", "ip6 5192455318486707404433266433261568/128"],
  ["ABCD::", `ip6 ${0xabcdn << 112n}/128`],
])("D4: ip %s", (text, canonical) => {
  expect(parseIp(text)).toHaveProperty("canonical", canonical);
});

test.each([
  "010.0.0.1",
  "1.2.3",
  "1.2.3.256",
  "1.2.3.4/33",
  "1.2.3.4/",
  "1.2.3.4/08",
  "1.2.3.4/+8",
  "::ffff:1.2.3.4",
  "fe80::1%eth0",
  "1::2::3",
  ":::",
  "1:2:3:4:5:6:7:8::",
  "1:2:3:4:5:6:7",
  "12345::",
  "::/129",
  "",
  " 1.2.3.4",
])("D4: %j is no ip", (text) => {
  expect(parseIp(text)).toBe(EXTENSION);
});

function ip(text: string): IpAddress {
  const parsed = parseIp(text);
  if (!(parsed instanceof IpAddress)) throw new Error(text);
  return parsed;
}

test("D4: an address is the range of itself alone, and ranges keep their host bits apart", () => {
  expect(equal(ip("127.0.0.1"), ip("127.0.0.1/32"))).toBe(true);
  expect(equal(ip("127.0.0.1/8"), ip("127.0.0.0/8"))).toBe(false);
});

test.each([
  ["10.1.2.3", "10.0.0.0/8", true],
  ["11.1.2.3", "10.0.0.0/8", false],
  ["10.0.0.0/7", "10.0.0.0/8", false],
  ["0.0.0.0/0", "0.0.0.0/0", true],
  ["1.2.3.4", "0.0.0.0/0", true],
  ["::1", "0.0.0.0/0", false],
  ["2001:db8::1", "2001:db8::/32", true],
  ["2001:db9::1", "2001:db8::/32", false],
  ["ffff::", "::/0", true],
])("D4: %s in %s is %s", (one, range, inside) => {
  expect(ip(one).isInRange(ip(range))).toBe(inside);
});

test("D4: loopback and multicast are ranges, and a wider range is neither", () => {
  expect(["127.9.9.9", "127.0.0.0/8", "::1"].map((text) => isLoopback(ip(text)))).toEqual([true, true, true]);
  expect(["127.0.0.0/7", "::1/127", "::2"].map((text) => isLoopback(ip(text)))).toEqual([false, false, false]);
  expect(["224.0.0.1", "239.255.255.255", "ff02::1"].map((text) => isMulticast(ip(text)))).toEqual([true, true, true]);
  expect(["224.0.0.0/3", "240.0.0.0", "ff00::/7"].map((text) => isMulticast(ip(text)))).toEqual([false, false, false]);
});
