// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { jsonObject } from "../core/index.ts";
import { fakeClock } from "../core/testing/system.ts";
import { MINUTES, openMinutes } from "./minutes.ts";
import { decisionEntry, fakeEntries } from "./testing/entries.ts";

const MINUTE_MS = 60_000;

test("X35: each decision counts in its minute, by what the caller got", async () => {
  const clock = fakeClock();
  const entries = fakeEntries();
  entries.add(decisionEntry(clock.now() - 61 * MINUTE_MS, "deny"));
  entries.add(decisionEntry(clock.now() - 2 * MINUTE_MS, "deny"));
  const minutes = await openMinutes(entries, clock);
  entries.add(decisionEntry(clock.now(), "allow"));
  entries.add(decisionEntry(clock.now(), "allow", "limit"));
  entries.add(
    jsonObject([
      ["type", "event"],
      ["at", clock.now()],
    ]),
  );
  const { minutes: read, complete } = minutes.read();
  expect(complete).toBe(true);
  expect(read).toHaveLength(MINUTES);
  expect(read.at(-1)).toEqual({ at: clock.now(), counts: { allow: 1, log: 0, limit: 1, challenge: 0, deny: 0 } });
  expect(read.at(-3)?.counts.deny).toBe(1);
  expect(read.flatMap(({ counts }) => Object.values(counts)).reduce((sum, n) => sum + n, 0)).toBe(3);
});

test("X35: after an hour a minute is gone, and nothing is kept of it", async () => {
  const clock = fakeClock();
  const entries = fakeEntries();
  const minutes = await openMinutes(entries, clock);
  entries.add(decisionEntry(clock.now(), "deny"));
  clock.advance((MINUTES - 1) * MINUTE_MS);
  expect(minutes.read().minutes[0]?.counts.deny).toBe(1);
  clock.advance(MINUTE_MS);
  expect(minutes.read().minutes.every(({ counts }) => counts.deny === 0)).toBe(true);
});

test("X35: a closed count counts no more", async () => {
  const clock = fakeClock();
  const entries = fakeEntries();
  const minutes = await openMinutes(entries, clock);
  minutes.close();
  entries.add(decisionEntry(clock.now(), "deny"));
  expect(minutes.read().minutes.at(-1)?.counts.deny).toBe(0);
});

test('X23: where the record holds more of the hour than was read back, the counts are "at least"', async () => {
  const clock = fakeClock();
  const entries = fakeEntries();
  for (let n = 0; n < 50_001; n++) entries.add(decisionEntry(clock.now(), "allow"));
  const minutes = await openMinutes(entries, clock);
  expect(minutes.read().complete).toBe(false);
  expect(minutes.read().minutes.at(-1)?.counts.allow).toBe(50_000);
  clock.advance(MINUTES * MINUTE_MS + 1);
  expect(minutes.read().complete).toBe(true);
});
