// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createGuard } from "./guard.ts";

const guard = createGuard("http://localhost:7400");

test("E36: the listener answers under the names of loopback and its own port", () => {
  for (const host of ["localhost:7400", "127.0.0.1:7400", "[::1]:7400", "LOCALHOST:7400"]) {
    expect(guard.check({ method: "GET", host })).toBeUndefined();
  }
});

test("E36: another Host is refused, so a rebound name reaches nothing", () => {
  for (const host of [
    undefined,
    "",
    "attacker.example",
    "attacker.example:7400",
    "localhost",
    "localhost:7401",
    "localhost:7400.attacker.example",
  ]) {
    expect(guard.check({ method: "GET", host })).toMatch(/Host/);
  }
});

test("E36: a page of another origin is refused, and `null` is an origin too", () => {
  const host = "localhost:7400";
  expect(guard.check({ method: "GET", host, origin: "http://localhost:7400" })).toBeUndefined();
  for (const origin of ["null", "http://attacker.example", "https://localhost:7400", "http://localhost:7401"]) {
    expect(guard.check({ method: "GET", host, origin })).toMatch(/Origin/);
  }
});

test("E36: a public server answers to its one name", () => {
  const named = createGuard("https://gate.example.org");
  expect(named.check({ method: "GET", host: "gate.example.org" })).toBeUndefined();
  expect(named.check({ method: "GET", host: "localhost" })).toMatch(/Host/);
});

test("E36: a write that a browser says comes from another site is refused", () => {
  const host = "localhost:7400";
  for (const site of ["cross-site", "same-site"])
    expect(guard.check({ method: "POST", host, site })).toMatch(/another site/);
  for (const site of ["same-origin", "none"]) expect(guard.check({ method: "POST", host, site })).toBeUndefined();
  expect(guard.check({ method: "GET", host, site: "cross-site" })).toBeUndefined();
});
