// SPDX-License-Identifier: Apache-2.0
// The worked example of the data, as far as verdicts go: an agent leaked records of people in nine places.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { caseOf, day, REGIMES, REGULATIONS, rowOf } from "../testing/regimes.ts";
import { judgeDuty } from "./judge.ts";
import type { CaseInput } from "./read-case.ts";

interface Example {
  readonly due: readonly { readonly id: string; readonly instants?: Readonly<Record<string, unknown>> }[];
  readonly facts: {
    readonly roles: readonly string[];
    readonly data: readonly string[];
    readonly serves: readonly string[];
  };
}

const { due, facts } = parse(readFileSync(path.join(REGULATIONS, "tests/worked-example.yaml"), "utf8")) as Example;
const ON = day("2026-11-22");
const input: CaseInput = {
  entity: {
    roles: facts.roles,
    roles_complete: true,
    est: [],
    est_complete: true,
    serves: facts.serves,
    serves_complete: true,
    public_body: false,
    free_zones_complete: true,
  },
  people: { complete: true, by: Object.fromEntries(facts.serves.map((place) => [place, { at_least: 1001 }])) },
  facts: Object.fromEntries(facts.data.map((name) => [`data.${name}`, true])),
};
const state = caseOf(input);

test("what is due applies, or waits for facts that the example does not state; and one law is not law yet", () => {
  const verdicts = Object.fromEntries(due.map(({ id }) => [id, judgeDuty(rowOf(id), state, ON)]));
  expect(
    Object.fromEntries(Object.entries(verdicts).map(([id, { verdict, standing }]) => [id, `${verdict}, ${standing}`])),
  ).toEqual({
    "IN-CERTIN": "applies, in_force",
    "EU-GDPR-33": "applies, in_force",
    "GB-UKGDPR-33": "applies, in_force",
    "BR-LGPD-48": "needs, in_force",
    "SG-PDPA-26D": "applies, in_force",
    "JP-APPI-26": "applies, in_force",
    "US-CA-179882": "needs, in_force",
    "CH-FADP-24": "applies, in_force",
    "EU-GDPR-34": "needs, in_force",
    "IN-DPDP-R7": "applies, watch",
  });
  for (const { id, instants = {} } of due) {
    for (const stage of Object.keys(instants)) {
      expect([id, stage, verdicts[id]?.stages.find((one) => one.stage === stage)?.verdict]).not.toContain("not");
    }
  }
  expect(verdicts["US-CA-179882"]?.asks).toEqual(["data.acquired", "data.us_breach_elements"]);
  // the data was readable, so that encryption releases nobody: whether it was altered or lost is not asked
  expect(verdicts["EU-GDPR-34"]?.asks).toEqual(["risk.people", "harm.remedied"]);
});

test("trap: where nobody is, and where the entity has no role, nothing is due, and that is known", () => {
  const elsewhere = [...REGIMES.rows.values()].filter(({ duty }) => /^(?:CN|KR|AU|NZ|ZA|RU)/.test(duty.jurisdiction));
  expect(elsewhere.length).toBeGreaterThan(12);
  for (const row of elsewhere) expect([row.duty.id, judgeDuty(row, state, ON).verdict]).toEqual([row.duty.id, "not"]);
  for (const id of ["EU-NIS2-23", "EU-DORA-19", "EU-CRA-14-VULN", "EU-AIA-73"]) {
    expect([id, judgeDuty(rowOf(id), state, ON).verdict]).toEqual([id, "not"]);
  }
});
