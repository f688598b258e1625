// SPDX-License-Identifier: Apache-2.0
// The schemas that editors use, held against the files and against what is none: by a validator that is not ours.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { regimesSchemas } from "./regimes-schema.ts";

const REGULATIONS = path.join(import.meta.dirname, "../regulations");
const read = (name: string): string => readFileSync(path.join(REGULATIONS, name), "utf8");
const SCHEMA_OF: Readonly<Record<string, string>> = {
  "bailiwick-facts/1": "facts",
  "bailiwick-instrument/1": "instrument",
  "bailiwick-calendar/1": "calendar",
  "bailiwick-conflicts/1": "conflicts",
  "bailiwick-scenarios/1": "scenarios",
};

// whether a day is one is said by its pattern, so that no formats are needed
const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  strictTuples: false,
  allowUnionTypes: true,
  validateFormats: false,
});

function validator(name: string) {
  return (
    ajv.getSchema(name) ?? ajv.addSchema(JSON.parse(read(`schema/${name}.schema.json`)) as object, name).getSchema(name)
  );
}

function accepts(name: string, value: unknown): boolean {
  const validate = validator(name);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate(value);
}

test("J1: the committed schemas are what the reader's shapes say", () => {
  for (const [name, text] of Object.entries(regimesSchemas())) expect(read(`schema/${name}`), name).toBe(text);
});

test("J1: every file of duties, words, calendars and scenarios is valid by its schema", () => {
  const counts = new Map<string, number>();
  for (const name of globSync("**/*.yaml", { cwd: REGULATIONS })) {
    const value = parse(read(name)) as { readonly schema?: string };
    const schema = SCHEMA_OF[value.schema ?? ""];
    if (schema === undefined) continue;
    counts.set(schema, (counts.get(schema) ?? 0) + 1);
    expect([name, accepts(schema, value)]).toEqual([name, true]);
  }
  expect(counts.get("instrument")).toBe(130);
  expect(counts.get("calendar")).toBeGreaterThan(80);
  expect([counts.get("facts"), counts.get("conflicts")]).toEqual([1, 1]);
});

const INSTRUMENT = parse(read("EU/general-data-protection-regulation.yaml")) as { readonly duties: readonly object[] };

test.each([
  ["a row without a citation", { citation: undefined }],
  ["an unknown member", { citaton: "x" }],
  ["a status that is none", { status: "soon" }],
  ["a day that no calendar has", { in_force_from: "2018-02-30" }],
  ["a row that says it was reviewed", { review: "enabled" }],
  ["a stage without a due", { stages: [{ stage: "x", to: "y" }] }],
])("%s is refused", (_, members) => {
  const [first, ...others] = INSTRUMENT.duties;
  const changed = JSON.parse(
    JSON.stringify({ ...INSTRUMENT, duties: [{ ...first, ...members }, ...others] }),
  ) as unknown;
  expect(accepts("instrument", INSTRUMENT)).toBe(true);
  expect(accepts("instrument", changed)).toBe(false);
});

const SCENARIO = `
id: X01
title: controller in two countries, Sunday
entity: {roles: [controller], roles_complete: true, est: [DE], est_complete: true, serves: [DE, GB], home_state: DE, public_body: false}
people: {complete: true, by: {DE: 120, GB: [10, 40], US-CA: {at_least: 5}}}
facts: {data.personal: true, risk.people: likely, data.records_count: [1, null]}
events:
- {event: awareness, at: '2026-12-06T09:00:00+01:00'}
- {event: detection, date: '2026-12-05', zone: Europe/Berlin, precision: day}
submissions: [{duty: EU-GDPR-33, stage: notification, at: '2026-12-08T10:00:00Z'}]
contracts: [{id: C-1, to: Customer, due: {duration: P2D, from: awareness, day_count: business}, zone: Europe/Dublin, calendar: IE}]
expect:
- duty: EU-GDPR-33
  verdict: applies
  kind: hard
  ask: [risk.people]
  missing_events: []
  order_violation: {stage: individuals, needs_first: ag}
  stages:
    notification: {strict: '2026-12-09T08:00:00Z', latest: '2026-12-09T09:00:00Z'}
    register: none
    other: not
    final: {waiting: submission}
    open: {needs: [risk.people], if_so: {strict: '2026-12-09T08:00:00Z'}}
  why: one line of derivation
conflicts: [CN-RMSV-x-CRA]
revisions:
- change: {people: {complete: true, by: {DE: 10}}, events: [{event: awareness, at: '2026-12-06T10:00:00Z', supersedes: awareness}]}
  expect:
  - {duty: EU-GDPR-33, moved: later, acknowledged: needed, stages: {notification: {strict: '2026-12-09T08:00:00Z', proposed_strict: '2026-12-09T15:00:00Z'}}}
traps: [free text]
`;

test.each([
  ["as it stands", "", "", true],
  ["an event at a time without an offset", "at: '2026-12-06T09:00:00+01:00'", "at: '2026-12-06T09:00:00'", false],
  ["an event with a day and no zone", ", zone: Europe/Berlin", "", false],
  ["an event with neither", "at: '2026-12-06T09:00:00+01:00'", "by: me", false],
  ["a misspelt check", "missing_events: []", "missing_event: []", false],
  ["a verdict that is none", "verdict: applies", "verdict: maybe", false],
  ["a scenario that asserts nothing", "", "only", false],
  ["people in no place", "DE: 120", "germany: 120", false],
  ["bounds of three", "GB: [10, 40]", "GB: [10, 40, 50]", false],
  ["a stage that expects nothing", "register: none", "register: {}", false],
] as const)("the scenario of the format's own description: %s", (...[, from, to, valid]) => {
  expect(SCENARIO).toContain(from);
  const scenario = to === "only" ? { id: "X" } : (parse(SCENARIO.replace(from, to)) as unknown);
  expect(accepts("scenarios", { schema: "bailiwick-scenarios/1", scenarios: [scenario] })).toBe(valid);
});
