// SPDX-License-Identifier: Apache-2.0
// E36: which addresses nothing is sent to.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { refusedAddress } from "./addresses.ts";

const PUBLIC = ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"];
/** Ours to open: what a person may mean by a server of their own. */
const OWN = [
  "127.0.0.1",
  "127.8.9.10",
  "::1",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "169.254.1.1",
  "fe80::1",
  "fd12:3456::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b::a00:1",
];
const NEVER = [
  "0.0.0.0",
  "0.1.2.3",
  "::",
  "224.0.0.1",
  "ff02::1",
  "255.255.255.255",
  "240.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "2001:db8::1",
  "2001::1",
  "2002:7f00:1::",
  "64:ff9b:1::7f00:1",
  "::7f00:1",
  "fec0::1",
  "100::1",
  "::ffff:0:127.0.0.1",
  "64:ff9b::e000:1",
];
const METADATA = [
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "fd00:ec2::254",
  "168.63.129.16",
  "100.100.100.200",
  "169.254.170.2",
];

for (const address of PUBLIC)
  test(`E36: ${address} may be reached`, () => {
    expect([refusedAddress(address, false), refusedAddress(address, true)]).toEqual([undefined, undefined]);
  });

for (const address of OWN)
  test(`E36: ${address} is reached only where private addresses are allowed`, () => {
    expect(refusedAddress(address, false)).toMatch(/not allowed private ones/);
    expect(refusedAddress(address, true)).toBeUndefined();
  });

for (const address of [...NEVER, ...METADATA])
  test(`E36: ${address} is never reached`, () => {
    expect([refusedAddress(address, false), refusedAddress(address, true)]).not.toContain(undefined);
  });

test("E36: what is no address is refused, and a mapped address is judged as the one inside", () => {
  expect(refusedAddress("example.org", true)).toBe("not an address");
  fc.assert(
    fc.property(fc.ipV4(), fc.boolean(), (address, isPrivate) => {
      expect(refusedAddress(`::ffff:${address}`, isPrivate)).toBe(refusedAddress(address, isPrivate));
    }),
  );
});
