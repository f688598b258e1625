// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { ContainmentView, DecisionLine } from "../../../../src/sdk/index.ts";
import { shortScope } from "../../parts/names.ts";
import { type NowFacts, sentenceOf } from "./sentence.ts";

const NOW = Date.parse("2026-12-06T09:10:00.000Z");
const QUIET: NowFacts = {
  now: NOW,
  waiting: 0,
  containments: [],
  lines: [],
  complete: true,
  mode: "enforce",
  recordState: "open",
};

function lines(count: number, secondsAgo: number): readonly DecisionLine[] {
  const at = new Date(NOW - secondsAgo * 1000).toISOString();
  const words = { reference: "BW-0000000", verb: "view", resource: "files", answer: "allow", why: "" };
  return Array.from({ length: count }, (_, index) => ({
    index,
    at,
    id: "01a202fa-72db-7554-b674-08713096f8c6",
    who: undefined,
    behalf: undefined,
    server: undefined,
    mode: "enforce",
    would: undefined,
    labels: [],
    policies: [],
    ms: undefined,
    ...words,
  }));
}

function order(change: Partial<ContainmentView> = {}): ContainmentView {
  return {
    id: "c1",
    effect: "isolate",
    scope: { kind: "identity", id: "spiffe://office.example/agent/invoice-helper" },
    because: "used a planted credential",
    state: "effective",
    orderedAt: "2026-12-06T09:09:00.000Z",
    points: [{ point: "main/mcp", ms: 9, state: "acked" }],
    automatic: true,
    ...change,
  };
}

test("X21: nothing waits, and how much was decided in the last minute", () => {
  expect(sentenceOf({ ...QUIET, lines: [...lines(34, 5), ...lines(9, 61)] })).toBe(
    "Nothing waits for you. 34 decisions in the last minute, all enforced.",
  );
  expect(sentenceOf({ ...QUIET, lines: lines(1, 5) })).toContain("1 decision in the last minute, enforced.");
});

test("X21: what waits comes before what was counted", () => {
  expect(sentenceOf({ ...QUIET, waiting: 1, lines: lines(2, 90) })).toBe(
    "1 call waits for a person. No decisions in the last minute.",
  );
  expect(sentenceOf({ ...QUIET, waiting: 2 })).toMatch(/^2 calls wait for a person\./);
});

test("X35: before the first call nothing is claimed", () => {
  expect(sentenceOf(QUIET)).toBe("Nothing waits for you. Nothing has been asked yet.");
});

test("X23: what could not be read is said, and never taken for nothing", () => {
  expect(sentenceOf({ ...QUIET, waiting: undefined, containments: undefined })).toBe(
    "Who is contained could not be read. What waits for a person could not be read. Nothing has been asked yet.",
  );
});

test("X23: a number that may be too small says so", () => {
  expect(sentenceOf({ ...QUIET, lines: lines(200, 5), complete: false })).toContain("At least 200 decisions");
  expect(sentenceOf({ ...QUIET, lines: lines(200, 5), mode: "observe" })).toContain("judged only, not enforced");
});

test("X25: who is contained comes first, and is said as done only when every gate has said so", () => {
  expect(sentenceOf({ ...QUIET, containments: [order()] })).toMatch(/^invoice-helper is isolated\. Nothing waits/);
  const half = order({ points: [...order().points, { point: "b/mcp", ms: 250, state: "lost" }] });
  expect(sentenceOf({ ...QUIET, containments: [half] })).toMatch(/^invoice-helper: isolate\. Ordered, 1 of 2 gates\./);
  expect(sentenceOf({ ...QUIET, containments: [order({ points: [] })] })).toContain(
    "Ordered, no gate has answered yet.",
  );
  expect(sentenceOf({ ...QUIET, containments: [order(), order()] })).toMatch(/^2 identities are contained\./);
  expect(sentenceOf({ ...QUIET, containments: [order({ state: "released" })] })).toMatch(/^Nothing waits/);
});

test("X21: a record that cannot be written is the first thing said", () => {
  expect(sentenceOf({ ...QUIET, recordState: "full", containments: [order()] })).toMatch(
    /^The record is full, so effects are refused\. invoice-helper is isolated\./,
  );
});

test("X35: a scope is called by its last name", () => {
  expect(shortScope("spiffe://office.example/agent/invoice-helper")).toBe("invoice-helper");
  expect(shortScope("spiffe://office.example/agent/a/desk-1")).toBe("a/desk-1");
  expect(shortScope("invoice-helper")).toBe("invoice-helper");
  expect(shortScope("01a2")).toBe("01a2");
});
