// SPDX-License-Identifier: Apache-2.0
// The scenarios of the repository, and the runner itself: what is wrong in a file is said, and a wrong figure is found.
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { instant } from "../src/core/index.ts";
import { drawTasks } from "../src/prove/testing/draws.ts";
import { parseScenarios, readScenarios } from "./clocks/read.ts";
import { type Bench, type Ran, runScenario } from "./clocks/run.ts";
import { openBench } from "./clocks/world.ts";

const REGULATIONS = path.join(import.meta.dirname, "..", "regulations");
/** `npm run conformance:clocks` draws more. */
const DRAWS = 4_000;
let bench: Bench;

beforeAll(async () => {
  bench = await openBench(REGULATIONS, instant(Date.UTC(2026, 10, 22)));
});

/** The failures of one scenario, written as the members below its id. */
function run(text: string): Ran {
  const body = text.trim().replaceAll("\n", "\n  ");
  const { found, faults } = parseScenarios("x.yaml", `schema: bailiwick-scenarios/1\nscenarios:\n- id: X\n  ${body}\n`);
  expect(faults).toEqual([]);
  const [one] = found;
  if (one === undefined) throw new Error("no scenario");
  return runScenario(one, bench);
}

const GDPR = `
entity: {roles: [controller], roles_complete: true, est: [DE], est_complete: true, home_state: DE}
people: {complete: true, by: {DE: 10}}
facts: {data.personal: true, data.confidentiality_lost: true, risk.people: likely}
events: [{event: awareness, at: '2026-12-22T12:17:00+01:00'}]
expect:`;

test("J37: every scenario of the repository comes out as its author worked it out", () => {
  const { found, faults } = readScenarios(path.join(REGULATIONS, "tests", "scenarios"));
  expect(faults).toEqual([]);
  const ran = found.map((one) => runScenario(one, bench));
  expect(ran.flatMap(({ failures }) => failures)).toEqual([]);
  expect(ran.length).toBeGreaterThan(40);
  expect(ran.every(({ assertions }) => assertions > 0)).toBe(true);
});

test("J48: the engine and a counter that turns the pages one by one agree", () => {
  const reckonings = [...bench.regimes.reckonings.keys()].map(bench.world.shelf.reckoning);
  expect(drawTasks(DRAWS, 20_261_122, reckonings).differences).toEqual([]);
});

test.each([
  [
    "a wrong strict instant",
    "- {duty: EU-GDPR-33, stages: {notification: {strict: '2026-12-25T11:18:00Z', latest: '2026-12-25T12:00:00Z'}}}",
    "strict 2026-12-25T11:17:00.000Z instead of 2026-12-25T11:18:00.000Z",
  ],
  [
    "a latest instant that is not that of strict",
    "- {duty: EU-GDPR-33, stages: {notification: {strict: '2026-12-25T11:17:00Z'}}}",
    "latest 2026-12-25T12:00:00.000Z instead of 2026-12-25T11:17:00.000Z",
  ],
  ["a verdict", "- {duty: EU-GDPR-33, verdict: not}", "verdict: applies instead of not"],
  ["a standing that is not written", "- {duty: IN-DPDP-R7, verdict: needs}", "standing: watch instead of in_force"],
  [
    "a number where the law has none",
    "- {duty: EU-GDPR-33, stages: {register: {strict: '2026-12-25T11:17:00Z'}}}",
    "register: strict none",
  ],
  [
    "no number where the law has one",
    "- {duty: EU-GDPR-33, stages: {notification: none}}",
    "running, strict 2026-12-25T11:17:00.000Z",
  ],
  ["a stage that applies", "- {duty: EU-GDPR-33, stages: {notification: not}}", "applies instead of not"],
  [
    "a clock that runs",
    "- {duty: EU-GDPR-33, stages: {notification: {waiting: awareness}}}",
    "instead of waiting for awareness",
  ],
  [
    "a stage that is not open",
    "- {duty: EU-GDPR-33, stages: {notification: {needs: [risk.people]}}}",
    "applies instead of needs",
  ],
  ["a kind", "- {duty: EU-GDPR-33, kind: guidance}", "instead of guidance"],
  ["a fact that is known", "- {duty: EU-GDPR-33, ask: [risk.people]}", "risk.people is not asked"],
  ["an event that is recorded", "- {duty: EU-GDPR-33, missing_events: [awareness]}", "awareness is not asked for"],
  [
    "an order that nobody broke",
    "- {duty: US-MD-143504, order_violation: {stage: individuals, needs_first: ag}}",
    "order_violation: nothing",
  ],
  ["a move that was none", "- {duty: EU-GDPR-33, moved: later}", "instead of later"],
])("J51: %s is found", (_, expectation, says) => {
  const { failures } = run(`${GDPR}\n${expectation}`);
  expect(failures.join("\n")).toContain(says);
  expect(failures.join("\n")).toMatch(/x\.yaml:\d+:\d+: scenario X: /);
});

test("J33: a question may be named as a person would", () => {
  const asked =
    "entity: {roles: [controller, us.hipaa_covered_entity], serves: [DE], est_complete: true}\nfacts: {data.personal: true, data.confidentiality_lost: true, data.phi: true, data.unsecured: true, data.accessed: true}\nevents: [{event: awareness, at: '2026-12-22T11:17:00Z'}]\nexpect:\n";
  const holds = "- {duty: EU-GDPR-33, verdict: needs, ask: [people(DE)]}\n- {duty: US-HIPAA-404, ask: [subjects]}";
  expect(run(asked + holds).failures).toEqual([]);
  expect(run(`${asked}- {duty: EU-GDPR-33, verdict: needs, ask: [people(GB)]}`).failures.join("\n")).toContain(
    "people(GB) is not asked",
  );
});

test("J48: a difference is explained by the derivation of its clock", () => {
  const { failures } = run(`${GDPR}\n- {duty: EU-GDPR-33, stages: {notification: not}}`);
  expect(failures[0]).toContain("\n    awareness 2026-12-22 12:17 Europe/Berlin");
  expect(failures[0]).toContain("[Reg. (EEC, Euratom) 1182/71 Art. 3]");
});

test.each([
  [
    "a local time without offset",
    "events: [{event: awareness, at: '2026-12-22T12:17:00'}]\nexpect: [{duty: EU-GDPR-33, verdict: needs}]",
    "add Z or an offset",
  ],
  [
    "a day without a zone",
    "events: [{event: awareness, date: '2026-12-22'}]\nexpect: [{duty: EU-GDPR-33, verdict: needs}]",
    "a day needs its `zone`",
  ],
  [
    "a day that is none",
    "events: [{event: awareness, date: '2026-02-30', zone: UTC}]\nexpect: [{duty: EU-GDPR-33, verdict: needs}]",
    "not a day",
  ],
  [
    "an hour that is none",
    "events: [{event: awareness, at: '2026-12-22T24:00:00Z'}]\nexpect: [{duty: EU-GDPR-33, verdict: needs}]",
    "not an instant",
  ],
  [
    "an unknown zone",
    "events: [{event: awareness, date: '2026-12-22', zone: Europe/Bonn}]\nexpect: [{duty: EU-GDPR-33, verdict: needs}]",
    "not a time zone",
  ],
  ["a misspelt check", "expect: [{duty: EU-GDPR-33, verdct: needs}]", 'Unrecognized key: "verdct"'],
  ["no check at all", "title: nothing", "asserts nothing"],
  ["a stage without a figure", "expect: [{duty: EU-GDPR-33, stages: {notification: {}}}]", "give `strict`"],
])("%s is refused, with file, line and how to mend it", (_, body, says) => {
  const text = `schema: bailiwick-scenarios/1\nscenarios:\n- id: X\n  ${body.replaceAll("\n", "\n  ")}\n`;
  const { found, faults } = parseScenarios("x.yaml", text);
  expect(found).toEqual([]);
  expect(faults.join("\n")).toContain(says);
  expect(faults.join("\n")).toMatch(/^x\.yaml:\d+:\d+: scenario X: /);
});

test.each([
  ["no YAML", "schema: [", "not YAML"],
  ["another schema", "schema: bailiwick-duties/0.1\nscenarios: []", "its first line has to be"],
  ["no list", "schema: bailiwick-scenarios/1", "needs `scenarios`"],
  ["an empty list", "schema: bailiwick-scenarios/1\nscenarios: []", "nothing would be checked"],
])("a file with %s is refused", (_, text, says) => {
  const { found, faults } = parseScenarios("x.yaml", text);
  expect(found).toEqual([]);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(/^x\.yaml:\d+:\d+: /);
  expect(faults[0]).toContain(says);
});

test("one scenario that cannot be read leaves the others", () => {
  const text =
    "schema: bailiwick-scenarios/1\nscenarios:\n- {id: A, expect: [{duty: EU-GDPR-33, verdict: needs}]}\n- {id: B}\n";
  const { found, faults } = parseScenarios("x.yaml", text);
  expect(found.map(({ id }) => id)).toEqual(["A"]);
  expect(faults).toHaveLength(1);
});

test.each([
  ["duty", "expect: [{duty: EU-GDPR-34x, verdict: not}]", "did you mean EU-GDPR-34?"],
  ["stage", "expect: [{duty: EU-GDPR-33, stages: {notificaton: none}}]", "it has notification, register"],
  ["fact", "facts: {risk.peple: likely}\nexpect: [{duty: EU-GDPR-33, verdict: needs}]", "did you mean risk.people?"],
  [
    "value",
    "facts: {risk.people: very}\nexpect: [{duty: EU-GDPR-33, verdict: needs}]",
    "write one of none, unlikely, likely, high",
  ],
  ["role", "entity: {roles: [controler]}\nexpect: [{duty: EU-GDPR-33, verdict: needs}]", "did you mean controller?"],
  ["place", "entity: {est: [UK]}\nexpect: [{duty: EU-GDPR-33, verdict: needs}]", "write an ISO code such as GB"],
  [
    "event",
    "events: [{event: awarenes, at: '2026-12-22T12:17:00Z'}]\nexpect: [{duty: EU-GDPR-33, verdict: needs}]",
    "did you mean awareness?",
  ],
  [
    "filing",
    "submissions: [{duty: EU-GDPR-33, stage: final, at: '2026-12-22T12:17:00Z'}]\nexpect: [{duty: EU-GDPR-33, verdict: needs}]",
    "no such stage of EU-GDPR-33: final",
  ],
  ["conflict", "conflicts: [CN-RMSV-x-CRB]", "did you mean CN-RMSV-x-CRA?"],
  [
    "calendar",
    "contracts: [{id: K, due: {duration: P2D, from: awareness}, calendar: XX}]\nexpect: [{duty: K, kind: contract}]",
    "there is no calendar",
  ],
])("a %s that the data does not have is said, and nothing is compared", (_, body, says) => {
  const { failures, assertions } = run(body);
  expect(failures.join("\n")).toContain(says);
  expect(assertions).toBe(0);
});
