// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { DecisionLine } from "../../../../src/sdk/index.ts";
import { isRushing } from "./held.ts";
import { ANSWERS, isShown, listHref, narrowings, readView, toggled, VERBS, type View } from "./view.ts";

const LINE: DecisionLine = {
  index: 7,
  id: "01a202fa-72db-7554-b674-08713096f8c6",
  reference: "BW-0000000",
  at: "2026-12-06T09:00:00.000Z",
  who: "spiffe://office.example/agent/invoice-helper",
  behalf: "spiffe://office.example/human/anna",
  server: "files",
  verb: "view",
  resource: "files/a.txt",
  answer: "log",
  why: "reads-in-team",
  ms: 3,
  mode: "observe",
  would: "deny",
  labels: ["internal", "personal"],
  policies: ["reads-in-team"],
};

function view(search: string): View {
  return readView(new URLSearchParams(search));
}

const word = fc.string({ minLength: 1 }).filter((text) => text.trim() === text);
const views: fc.Arbitrary<View> = fc.record(
  {
    answers: fc.option(fc.constantFrom(["deny", "challenge"], ["deny"], ["limit", "allow"]), { nil: undefined }),
    who: word,
    verb: fc.constantFrom(...VERBS),
    server: word,
    label: word,
    policy: word,
    after: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((at) => at.toISOString()),
    before: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((at) => at.toISOString()),
    at: fc.nat(),
  },
  { requiredKeys: ["answers"] },
);

test("X22: every list comes back out of its address", () => {
  fc.assert(
    fc.property(views, (shown) => {
      expect(readView(new URL(listHref(shown), "http://localhost:7400").searchParams)).toEqual(shown);
    }),
  );
});

test("X22: what nobody knows is dropped, and a new visitor is shown what was denied and challenged", () => {
  expect(view("answer=perhaps&verb=eat&after=soon&at=-1&weather=rain")).toEqual({ answers: ["deny", "challenge"] });
  expect(view("answer=all")).toEqual({ answers: undefined });
  expect(listHref(view(""))).toBe("/decisions");
});

test("X36: an answer is put to those that are shown or taken away; with all or none of them every answer is shown", () => {
  expect(toggled(view(""), "limit").answers).toEqual(["deny", "challenge", "limit"]);
  expect(toggled(view("answer=deny"), "deny").answers).toBeUndefined();
  const all = ANSWERS.reduce(
    (before, answer) => (answer === "deny" ? before : toggled(before, answer)),
    view("answer=deny"),
  );
  expect(all.answers).toBeUndefined();
});

test.each([
  ["answer=all", true],
  ["answer=deny", true],
  ["answer=log", true],
  ["answer=allow", false],
  ["answer=all&who=invoice-helper", true],
  ["answer=all&who=anna", true],
  ["answer=all&who=helper", false],
  ["answer=all&verb=execute", false],
  ["answer=all&server=files&label=personal&policy=reads-in-team", true],
  ["answer=all&label=health", false],
  ["answer=all&policy=masks", false],
  ["answer=all&after=2026-12-06T09:00:00Z", true],
  ["answer=all&before=2026-12-06T09:00:00Z", false],
  ["answer=all&at=7", true],
  ["answer=all&at=6", false],
])("X36: a line that comes live is among `%s`: %s", (search, isAmong) => {
  expect(isShown(view(search), LINE)).toBe(isAmong);
});

test("X23: each thing that narrows the list can be dropped alone", () => {
  const narrowed = narrowings(view("answer=all&who=anna&verb=view"));
  expect(narrowed.map(({ name, without }) => [name, listHref(without)])).toEqual([
    ["who", "/decisions?answer=all&verb=view"],
    ["verb", "/decisions?answer=all&who=anna"],
  ]);
});

test("X24: more than 20 rows in a second are too many to read", () => {
  const lines = (n: number): readonly DecisionLine[] => Array.from({ length: n }, () => LINE);
  const now = Date.parse(LINE.at) + 500;
  expect([isRushing(lines(20), now), isRushing(lines(21), now), isRushing(lines(21), now + 500)]).toEqual([
    false,
    true,
    false,
  ]);
});
