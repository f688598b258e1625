// SPDX-License-Identifier: Apache-2.0
// A case as people write it: what is known, what is left open, and what cannot be meant.
import { expect, test } from "vitest";
import { ProveError } from "../errors.ts";
import { caseOf, REGIMES } from "../testing/regimes.ts";
import { type CaseInput, readCase } from "./read-case.ts";

test("J21: what is left out is unknown; null would be a value, and is none here", () => {
  const state = caseOf({});
  expect(state.facts.size).toBe(0);
  expect(state.entity).toMatchObject({
    roles: { complete: false },
    est: { complete: false },
    serves: { complete: false },
  });
  expect(state.people).toEqual({ by: new Map(), complete: false });
});

test("J22: a number, its bounds, or the least it can be", () => {
  const { people, facts } = caseOf({
    people: { complete: true, by: { DE: 120, GB: [10, 40], "US-CA": { at_least: 5 } } },
    facts: {
      "data.records_count": { at_least: 3 },
      "impact.clients_pct": 2.5,
      "risk.people": "high",
      "data.personal": false,
    },
  });
  expect(people.complete).toBe(true);
  expect([...people.by.values()]).toEqual([
    { lo: 120, hi: 120 },
    { lo: 10, hi: 40 },
    { lo: 5, hi: Number.POSITIVE_INFINITY },
  ]);
  expect(facts.get("data.records_count")).toEqual({ lo: 3, hi: Number.POSITIVE_INFINITY });
  expect([facts.get("risk.people"), facts.get("data.personal")]).toEqual(["high", false]);
});

test("J22: an estimate without bounds is open, and a place that is listed as unknown is not one that nobody is in", () => {
  const open = { lo: 0, hi: Number.POSITIVE_INFINITY };
  const { people, facts } = caseOf({
    people: { complete: true, by: { DE: "unknown", GB: { estimate: 300 }, FR: [5, null] } },
    facts: { "data.records_count": { estimate: 12 }, "impact.cost_eur": "unknown" },
  });
  expect([...people.by.values()]).toEqual([open, open, { ...open, lo: 5 }]);
  expect([...facts.values()]).toEqual([open, open]);
});

test("the entity's profile answers for a public body", () => {
  expect(caseOf({ entity: { public_body: false } }).facts.get("entity.public_body")).toBe(false);
});

test.each<[unknown, RegExp]>([
  [{ facts: { "data.personel": true } }, /facts\.data\.personel: no such fact/],
  [{ facts: { "data.personal": "yes" } }, /facts\.data\.personal: it is true or false/],
  [{ facts: { "data.personal": null } }, /facts\.data\.personal: it is true or false; leave it out/],
  [{ facts: { "risk.people": "hihg" } }, /no such value \(none, unlikely, likely, high\): `hihg`/],
  [{ facts: { "data.records_count": 1.5 } }, /facts\.data\.records_count: not a number, bounds/],
  [{ facts: { "data.records_count": -1 } }, /it cannot be less than 0/],
  [{ people: { by: { GB: [40, 10] } } }, /people\.by\.GB/],
  [{ people: { by: { EEA: 3 } } }, /people\.by\.EEA: people are counted in countries and subdivisions/],
  [{ people: { by: { ZZ: 3 } } }, /people\.by\.ZZ: no such place/],
  [{ people: { by: { germany: 3 } } }, /people\.by\.germany: no such place/],
  [{ entity: { roles: ["contoller"] } }, /entity\.roles\.0: no such role: `contoller`/],
  [{ entity: { est: ["Germany"] } }, /entity\.est\.0: no such place/],
  [{ entity: { est: Array.from({ length: 65 }, () => "DE") } }, /entity\.est/],
  [{ entity: { established: ["DE"] } }, /Unrecognized key/],
  [{ entity: { roles: ["contoller"] }, people: { by: { ZZ: 3 } } }, /\(and 1 more\)/],
])("%j is refused", (input, message) => {
  expect(() => readCase(input as CaseInput, REGIMES.vocabulary)).toThrow(ProveError);
  expect(() => readCase(input as CaseInput, REGIMES.vocabulary)).toThrow(message);
});
