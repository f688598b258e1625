// SPDX-License-Identifier: Apache-2.0
// A few random sets; `npm run conformance:decide` tries a hundred thousand.
import { expect, test } from "vitest";
import { fakeClock } from "../src/core/testing/system.ts";
import { CedarParser } from "../src/decide/cedar/parser.ts";
import { tryProperties } from "./decide/properties.ts";

const SETS = 150;

test("D31, D32: whole sets keep to stock Cedar, and forbids, permits, stray evidence and order change what they may", async () => {
  await using parser = new CedarParser(fakeClock().timers);
  const { failures, held, linked } = await tryProperties(parser, SETS, 7);
  expect(failures).toEqual([]);
  expect(linked).toBeGreaterThan(0);
  for (const times of Object.values(held)) expect(times).toBeGreaterThan(0);
});
