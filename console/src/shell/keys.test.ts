// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { DecisionLine } from "../../../src/sdk/index.ts";
import { joinLines } from "./keys.ts";

function line(index: number): DecisionLine {
  const words = {
    at: "2026-12-06T09:00:00.000Z",
    id: "01a202fa-72db-7554-b674-08713096f8c6",
    who: undefined,
    behalf: undefined,
    server: undefined,
    mode: "enforce",
    would: undefined,
    labels: [],
    policies: [],
    verb: "view",
    resource: "files",
    why: "",
  };
  return { index, reference: "BW-0000000", answer: "allow", ms: undefined, ...words };
}

test("X24: what came live and what was asked for is one list: newest first, nothing twice, nothing lost", () => {
  const lists = fc.array(fc.nat(60), { maxLength: 40 });
  fc.assert(
    fc.property(lists, lists, (asked, live) => {
      const joined = joinLines(asked.map(line), live.map(line)).map(({ index }) => index);
      expect(joined).toEqual([...new Set([...asked, ...live])].toSorted((a, b) => b - a));
    }),
  );
});

test("X48: no more rows than the cap are kept, and those are the newest", () => {
  const many = Array.from({ length: 30 }, (_, i) => line(i));
  expect(joinLines(many, [line(99)], 3).map(({ index }) => index)).toEqual([99, 29, 28]);
});
