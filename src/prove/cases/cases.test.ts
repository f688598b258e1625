// SPDX-License-Identifier: Apache-2.0
// A case from the office's own entity and the shipped rules: what is asked, which clocks run, and what cannot be said.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  formatInstant,
  type IncidentFacts,
  type IncidentTime,
  type Instant,
  instant,
  parseIdentityId,
  parseIncidentId,
  type Recorder,
  type Store,
} from "../../core/index.ts";
import { type FakeRecorder, fakeRecorder } from "../../core/testing/ports.ts";
import { type FakeClock, fakeClock } from "../../core/testing/system.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import { type Cases, openCases } from "./cases.ts";
import { readEntities } from "./entities.ts";
import { loadLibrary } from "./library.ts";
import { PROVE_SCHEMA } from "./schema.ts";
import { readSeeds } from "./seeds.ts";
import type { CaseView, Library } from "./view.ts";

const ROOT = path.join(import.meta.dirname, "..", "..", "..");
const REGULATIONS = path.join(ROOT, "regulations");
const ENTITY = path.join(ROOT, "examples", "office", "entity.yaml");
const ANNA = parseIdentityId(`spiffe://test/human/${"A".repeat(22)}`);
const ID = parseIncidentId("01936d3c-0000-7000-8000-000000000001");

function incident(
  times: Partial<Record<IncidentTime, Instant>> = {},
  by: "system" | typeof ANNA = "system",
): IncidentFacts {
  const told = Object.entries(times).map(([time, at]) => [time, { at, by, source: [] }]);
  return {
    id: ID,
    number: 1,
    v: 1,
    state: "open",
    exercise: false,
    title: "helper: decoy used",
    times: Object.fromEntries(told) as IncidentFacts["times"],
    severity: "critical",
    identities: [],
    sponsors: [],
    categories: ["personal"],
    jurisdictions: ["FR"],
    destinations: [],
    records: { n: null, quality: "unknown" },
    malicious: "unknown",
    ongoing: null,
    actions: [],
    findings: [],
  };
}

let library: Library;
let dir: string;
let store: Store & AsyncDisposable;
let recorder: FakeRecorder;
let works: boolean;
let clock: FakeClock;
let facts: IncidentFacts;
let cases: Cases;

beforeAll(async () => {
  library = await loadLibrary(REGULATIONS, ENTITY);
});

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-cases-"));
  store = await inlineStore(dir, [PROVE_SCHEMA]);
  recorder = fakeRecorder();
  works = true;
  clock = fakeClock();
  facts = incident({ detectedAt: clock.now() });
  cases = await open();
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

function open(): Promise<Cases> {
  const failing: Recorder = {
    ...recorder,
    append: (draft, options) =>
      works ? recorder.append(draft, options) : Promise.reject(new Error("the disk is full")),
  };
  const incidents = { facts: () => facts, list: () => [facts] };
  return openCases({ store, recorder: failing, clock, incidents }, library);
}

const say = (change: unknown, on?: number): Promise<CaseView> =>
  cases.say(ID, change, { on: on ?? cases.view(ID)?.v ?? 0, by: ANNA, note: "a call from the desk" });
/** The clock of the breach notification. */
const notification = (): CaseView["clocks"][number] | undefined =>
  cases.view(ID)?.clocks.find(({ duty, stage }) => duty === "EU-GDPR-33" && stage === "notification");
const aware = (at: Instant): object => ({ events: [{ event: "awareness", at: formatInstant(at) }] });

describe("J23, J26: an incident proposes, people say", () => {
  test("detection alone starts no clock of awareness: it waits, and the questions that decide are asked", () => {
    expect(notification()).toMatchObject({ verdict: "needs", clock: { state: "waiting", waitingFor: ["awareness"] } });
    const asked = cases.view(ID)?.questions.map(({ ask }) => ask) ?? [];
    expect(asked).toContain("risk.people");
    expect(asked).toContain("data.confidentiality_lost");
    // the record saw personal data, and the office's people are in France: neither is asked
    expect(asked).not.toContain("data.personal");
    expect(asked.filter((ask) => ask.includes("people(") || ask.includes("est("))).toEqual([]);
  });

  test("awareness that the process itself wrote would not count, a person's does", () => {
    facts = incident({ detectedAt: clock.now(), awareAt: clock.now() });
    expect(notification()?.clock.state).toBe("waiting");
    facts = { ...incident({ detectedAt: clock.now(), awareAt: clock.now() }, ANNA), v: 2 };
    expect(notification()?.clock.state).toBe("shadow");
  });

  test("a person enters awareness and the facts: the clock runs, provisional, with its reading and its reason", async () => {
    await say(aware(clock.now()));
    expect(notification()?.clock).toMatchObject({ state: "shadow" });
    await say({ facts: { "risk.people": "likely", "data.confidentiality_lost": true } });
    const strict = instant(clock.now() + 72 * 3_600_000);
    expect(notification()).toMatchObject({ verdict: "applies", clock: { kind: "provisional", state: "running" } });
    expect(notification()?.clock.strict?.at).toBe(strict);
    expect(notification()?.why).toMatch(/Art\. 33.*provisional/);
    clock.advance(72 * 3_600_000 + 3_600_000 + 1);
    expect(notification()?.clock.state).toBe("late");
  });

  test("a person's no stands over a proposal, and taking it back leaves the proposal", async () => {
    await say({ facts: { "data.personal": false } });
    expect(notification()).toBeUndefined();
    await say({ facts: { "data.personal": null } });
    expect(notification()?.verdict).toBe("needs");
  });

  test("an event that is said again takes the place of the first only where it says so", async () => {
    await say(aware(clock.now()));
    const earlier = instant(clock.now() - 3_600_000);
    await say({ events: [{ event: "awareness", at: formatInstant(earlier), supersedes: true }] });
    expect(cases.view(ID)?.events.filter(({ event }) => event === "awareness")).toEqual([
      { event: "awareness", at: earlier, precision: "exact" },
    ]);
  });
});

describe("what does not fit is refused whole, or told", () => {
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ["nothing", {}, /it says nothing/],
    ["an unknown fact", { facts: { "data.persona": true } }, /facts\.data\.persona: no such fact/],
    ["a value of another type", { facts: { "data.personal": "yes" } }, /true or false/],
    ["a value outside its list", { facts: { "risk.people": "maybe" } }, /risk\.people/],
    ["an unknown event", { events: [{ event: "aware", at: "2026-01-01T00:00:00Z" }] }, /no such clock event: aware/],
    ["a time without an offset", { events: [{ event: "awareness", at: "2026-01-01T00:00:00" }] }, /not an instant/],
    ["a day that is not one", { events: [{ event: "awareness", date: "2026-02-30", zone: "Europe/Paris" }] }, /./],
    ["a day without its zone", { events: [{ event: "awareness", date: "2026-02-03" }] }, /zone/],
    ["an unknown zone", { events: [{ event: "awareness", date: "2026-02-03", zone: "Europe/Pariss" }] }, /./],
    [
      "a time and a day",
      { events: [{ event: "awareness", date: "2026-02-03", at: "2026-01-01T00:00:00Z" }] },
      /only the day/,
    ],
    [
      "an unknown duty",
      { submissions: [{ duty: "EU-GDPR-99", stage: "x", at: "2026-01-01T00:00:00Z" }] },
      /no such duty/,
    ],
    [
      "an unknown stage",
      { submissions: [{ duty: "EU-GDPR-33", stage: "x", at: "2026-01-01T00:00:00Z" }] },
      /no stage x/,
    ],
    ["bounds the wrong way", { people: { by: { FR: [10, 5] } } }, /lower bound/],
    ["a strange member", { fact: {} }, /fact/],
  ];
  test.each(bad)("%s", async (_what, change, why) => {
    await expect(say(change)).rejects.toThrow(why);
    expect(cases.view(ID)?.v).toBe(0);
    expect(recorder.appended).toEqual([]);
  });

  test("an event to come is refused, five minutes of another clock are not", async () => {
    await expect(say(aware(instant(clock.now() + 6 * 60_000)))).rejects.toThrow("it is in the future");
    await say(aware(instant(clock.now() + 4 * 60_000)));
  });

  test("J28: what is out of order or contradictory is told and left as it was said", async () => {
    await say({
      events: [
        { event: "occurrence", at: formatInstant(instant(clock.now() - 1000)) },
        { event: "awareness", at: formatInstant(instant(clock.now() - 9000)) },
        { event: "discovery", at: formatInstant(instant(clock.now() - 400 * 24 * 3_600_000)) },
      ],
      people: { by: { US: 10, "US-CA": 8, "US-NY": 7 } },
      submissions: [{ duty: "EU-GDPR-33", stage: "notification", at: formatInstant(instant(clock.now() - 10_000)) }],
    });
    expect(cases.view(ID)?.doubts).toEqual([
      "occurrence is after awareness: is one of them wrong?",
      "discovery is more than a year before it was detected",
      expect.stringMatching(/^EU-GDPR-33 notification was filed at .*, before anybody was aware$/),
      "people of the parts of US are more than those of US",
    ]);
    expect(cases.view(ID)?.events).toHaveLength(4);
  });

  test("two people at once: the second sees that the case moved", async () => {
    const [first, second] = await Promise.allSettled([
      say({ facts: { "data.unsecured": true } }, 0),
      say({ facts: { "data.unsecured": false } }, 0),
    ]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "PROVE_CASE_MOVED" } });
    expect(cases.view(ID)).toMatchObject({ v: 1, facts: { "data.unsecured": true } });
  });

  test("the disk is full: nothing was said, and the clocks go on from memory", async () => {
    await say(aware(clock.now()));
    works = false;
    await expect(say({ facts: { "risk.people": "likely" } })).rejects.toThrow("the disk is full");
    expect(cases.view(ID)).toMatchObject({ v: 1 });
    expect(notification()?.clock.state).toBe("shadow");
  });
});

test("after a restart a case is as it was said, and the record has each statement with who made it", async () => {
  await say(aware(clock.now()));
  await say({ facts: { "risk.people": "high" } });
  const before = cases.view(ID);
  cases = await open();
  expect(cases.view(ID)).toEqual(before);
  expect(recorder.appended.map((draft) => (draft.type === "event" ? [draft.name, draft.by] : []))).toEqual([
    ["case.changed", ANNA],
    ["case.changed", ANNA],
  ]);
  expect(cases.clocks().map(({ duty, incident: of }) => [duty, of.number])).toContainEqual(["EU-GDPR-33", 1]);
});

const seedsOf = (text: string): unknown => readSeeds("seeds.yaml", text, library.regimes);

describe("files that people keep", () => {
  test("an entity with a role or place that no row knows is refused, with file and entity", async () => {
    const text = await readFile(ENTITY, "utf8");
    const read = (change: (text: string) => string): unknown =>
      readEntities("entity.yaml", change(text), library.regimes.vocabulary);
    expect(() => read((t) => t.replace("[controller]", "[controler]"))).toThrow(/entity\.yaml: entity office: .*roles/);
    expect(() => read((t) => t.replace("est: [FR]", "est: [FRA]"))).toThrow(/no such place/);
    expect(() => read((t) => t.replace("public_body: false", "public: false"))).toThrow(/entity\.yaml:\d+:\d+: /);
    expect(() => read((t) => t.replace("id: office", "id: Office Ltd"))).toThrow(/entity\.yaml:\d+:\d+: /);
  });

  test("seeds that name a fact or event that is not there are refused", async () => {
    const text = await readFile(path.join(REGULATIONS, "seeds.yaml"), "utf8");
    expect(() => seedsOf(text.replace("data.health", "data.helth"))).toThrow("no yes-or-no fact data.helth");
    expect(() => seedsOf(text.replace("event: awareness", "event: aware"))).toThrow("no clock event aware");
  });
});
