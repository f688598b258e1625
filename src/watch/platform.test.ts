// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { Recent, signsOf } from "./detectors.ts";
import { eventOf } from "./event.ts";
import { sentence } from "./words.ts";

const HEADER = {
  id: "01936d3c-0000-7000-8000-000000000000",
  at: 1_796_547_600_000,
  type: "event",
  name: "witness.noticed",
};

test.each([
  ["log-fork", /^a log signed two histories of one size, and both are kept as evidence: south\.example\/log\/1$/],
  ["witness-refused", /^a witness refuses to cosign this log: /],
  ["witness-lag", /^too few witnesses cosign this log, /],
])("L29, L31: an entry of %s is a sign about the log, for which no order has a name", (code, words) => {
  const log = "south.example/log/1";
  const event = eventOf({ ...HEADER, data: { code, log, fork: "aa11" } });
  const [sign, ...more] = event === undefined ? [] : signsOf(event, new Recent());
  expect(sign).toMatchObject({ detector: "platform", code, subject: { type: "Log", id: log }, scopes: [] });
  expect(more).toEqual([]);
  expect(sign === undefined ? "" : sentence(sign)).toMatch(words);
});

test("L31: what nobody wrote as a sign of the platform is none", () => {
  expect(eventOf({ ...HEADER, data: { code: "something", log: "a" } })).toBeUndefined();
  expect(eventOf({ ...HEADER, data: { code: "log-fork" } })).toBeUndefined();
});
