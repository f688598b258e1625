// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import {
  type EntryDraft,
  type Finding,
  type IncidentFacts,
  instant,
  parseEntryId,
  parseFindingId,
  parseIdentityId,
  parseIncidentId,
  parseOrderId,
  type Recorder,
} from "../../core/index.ts";
import { fakeRecorder } from "../../core/testing/ports.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import type { Order } from "../containment/order.ts";
import { RESPOND_SCHEMA } from "../schema.ts";
import type { IncidentEvent } from "./incident-entry.ts";
import { IncidentRoom } from "./incidents.ts";

const AGENT = parseIdentityId("spiffe://test/agent/helper");
const ANNA = parseIdentityId(`spiffe://test/human/${"A".repeat(22)}`);
const ENTRY = parseEntryId("01936d3c-0000-7000-8000-000000000001");

function finding(change: Partial<Finding> = {}): Finding {
  return {
    id: parseFindingId("A".repeat(26)),
    v: 1,
    detector: "decoy",
    code: "used",
    kind: "certain",
    subject: { type: "Identity", id: AGENT },
    scopes: [{ kind: "identity", id: AGENT }],
    severity: "critical",
    status: "open",
    firstAt: instant(1000),
    lastAt: instant(1000),
    detectedAt: instant(1000),
    triageBy: instant(5000),
    reasons: [{ code: "used", params: {}, text: "it used it", entries: [ENTRY] }],
    times: 1,
    tags: { owasp: [], atlas: [] },
    synthetic: false,
    ...change,
  };
}

const ORDER: Order = {
  id: parseOrderId("01936d3c-0000-7000-8000-00000000000a"),
  effect: "isolate",
  scope: { kind: "identity", id: AGENT },
  because: "decoy",
  finding: parseFindingId("A".repeat(26)),
  by: ["system"],
  automatic: true,
  standing: false,
  state: "ordered",
  orderedAt: instant(1001),
  seq: 1,
  points: [],
  recorded: false,
  instances: [],
  asks: [],
  keys: [],
};

interface World extends AsyncDisposable {
  readonly room: IncidentRoom;
  readonly clock: FakeClock;
  readonly drafts: EntryDraft[];
  readonly events: (readonly [IncidentEvent, IncidentFacts])[];
  readonly disk: { works: boolean };
  again(): Promise<IncidentRoom>;
}

async function world(): Promise<World> {
  const clock = fakeClock();
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-incidents-"));
  const store = await inlineStore(dir, [RESPOND_SCHEMA]);
  const recorder = fakeRecorder();
  const disk = { works: true };
  const failing: Recorder = {
    ...recorder,
    append: (draft, options) =>
      disk.works ? recorder.append(draft, options) : Promise.reject(new Error("the disk is full")),
  };
  const make = async (): Promise<IncidentRoom> => {
    const ports = { store, recorder: failing, clock, timers: clock.timers, random: fakeRandom(), log: fakeLog() };
    const room = new IncidentRoom({ ...ports, about: () => ({ sponsor: ANNA, jurisdiction: "FR" }) });
    await room.start([]);
    return room;
  };
  const room = await make();
  const events: (readonly [IncidentEvent, IncidentFacts])[] = [];
  room.subscribe((event, facts) => events.push([event, facts]));
  return {
    room,
    clock,
    drafts: recorder.appended,
    events,
    disk,
    again: make,
    async [Symbol.asyncDispose]() {
      await room.stop();
      await store[Symbol.asyncDispose]();
      await rm(dir, { recursive: true });
    },
  };
}

test("R47: a certain critical sign opens one incident, and says when it was detected and nothing else of times", async () => {
  await using w = await world();
  w.room.on(finding());
  w.room.on(finding());
  w.room.on(finding({ id: parseFindingId("B".repeat(26)), detector: "after-containment" }));
  expect(w.room.list()).toHaveLength(1);
  const [facts] = w.room.list();
  expect(facts).toMatchObject({
    number: 1,
    v: 2,
    state: "open",
    identities: [AGENT],
    sponsors: [ANNA],
    jurisdictions: ["FR"],
  });
  expect(facts?.findings).toHaveLength(2);
  expect(facts?.times).toEqual({ detectedAt: { at: 1000, by: "system", source: [ENTRY] } });
  expect(facts).toMatchObject({ records: { n: null, quality: "unknown" }, malicious: "unknown", ongoing: null });
});

test("R47: a sign that is not critical, or not about an identity of ours, opens none", async () => {
  await using w = await world();
  w.room.on(finding({ severity: "high" }));
  w.room.on(finding({ scopes: [{ kind: "jkt", id: "x" }] }));
  w.room.on(finding({ scopes: [{ kind: "identity", id: "nobody" }] }));
  expect(w.room.list()).toEqual([]);
});

test("R47: contained is when every point acknowledged it, not when it was ordered; the first time stays", async () => {
  await using w = await world();
  w.room.on(finding());
  w.room.ordered(ORDER);
  expect(w.room.list()[0]?.times.containedAt).toBeUndefined();
  w.room.ordered({ ...ORDER, state: "effective", effectiveAt: instant(1010) });
  w.room.ordered({ ...ORDER, state: "effective", effectiveAt: instant(2000) });
  expect(w.room.list()[0]).toMatchObject({ actions: [ORDER.id], times: { containedAt: { at: 1010, by: "system" } } });
  w.room.ordered({
    ...ORDER,
    id: parseOrderId("01936d3c-0000-7000-8000-00000000000b"),
    finding: parseFindingId("C".repeat(26)),
  });
  expect(w.room.list()[0]?.actions).toEqual([ORDER.id]);
});

test("R47, J26: awareness is a person's act; a later statement supersedes and the earlier one stays in the record", async () => {
  await using w = await world();
  w.room.on(finding());
  const id = w.room.list()[0]?.id ?? parseIncidentId("");
  await w.room.time(id, { time: "awareAt", at: instant(1500) }, ANNA, "told by the desk");
  const changed = await w.room.time(id, { time: "awareAt", at: instant(1400) }, ANNA, "it was earlier");
  expect(changed).toMatchObject({ facts: { v: 3, times: { awareAt: { at: 1400, by: ANNA } } } });
  const told = w.drafts.flatMap((draft) => (draft.type === "event" ? [JSON.stringify(draft.data)] : []));
  expect(told.filter((text) => text.includes('"awareAt":{"at":1500'))).toHaveLength(1);
});

test("what cannot be is refused: no reason, no such incident, a time to come, one that is closed", async () => {
  await using w = await world();
  const unknown = parseIncidentId("01936d3c-0000-7000-8000-0000000000ff");
  expect(await w.room.open({ title: "t", because: " ", exercise: false }, ANNA)).toMatchObject({
    refused: "because_missing",
  });
  expect(await w.room.change(unknown, {}, ANNA, "x")).toMatchObject({ refused: "incident_unknown" });
  const opened = await w.room.open({ title: "mail to the wrong person", because: "found out", exercise: false }, ANNA);
  if ("refused" in opened) throw new Error(opened.why);
  const { id } = opened.facts;
  expect(await w.room.change(id, { malicious: "no" }, ANNA, "")).toMatchObject({ refused: "because_missing" });
  const future = instant(w.clock.now() + 6 * 60_000);
  expect(await w.room.time(id, { time: "awareAt", at: future }, ANNA, "x")).toMatchObject({
    refused: "time_in_future",
  });
  expect(await w.room.close(id, ANNA, "done")).toMatchObject({ facts: { state: "closed" } });
  expect(await w.room.change(id, { malicious: "no" }, ANNA, "x")).toMatchObject({ refused: "incident_closed" });
});

test("R50: an incident whose order still binds is not closed", async () => {
  await using w = await world();
  w.room.on(finding());
  w.room.ordered(ORDER);
  const id = w.room.list()[0]?.id ?? parseIncidentId("");
  expect(await w.room.close(id, ANNA, "done")).toMatchObject({ refused: "orders_open" });
  w.room.ordered({ ...ORDER, state: "released" });
  expect(await w.room.close(id, ANNA, "done")).toMatchObject({ facts: { state: "closed" } });
});

test("an incident is there and told at once while the disk is full, and is written when it takes again, in order", async () => {
  await using w = await world();
  w.disk.works = false;
  w.room.on(finding());
  w.room.ordered(ORDER);
  expect(w.room.list()).toHaveLength(1);
  expect(w.events.map(([event]) => event)).toEqual(["incident.opened", "incident.changed"]);
  w.clock.advance(1000);
  expect(w.room.unwritten).toBe(2);
  w.disk.works = true;
  w.clock.advance(1000);
  await expect.poll(() => w.room.unwritten).toBe(0);
  const names = w.drafts.flatMap((draft) => (draft.type === "event" ? [draft.name] : []));
  expect(names).toEqual(["incident.opened", "incident.changed"]);
});

test("after a restart incidents are as they were, and numbers go on", async () => {
  await using w = await world();
  w.room.on(finding());
  await w.room.stop();
  const room = await w.again();
  expect(room.list()).toEqual(w.room.list());
  const opened = await room.open({ title: "another", because: "x", exercise: true }, ANNA);
  expect(opened).toMatchObject({ facts: { number: 2, exercise: true } });
  await room.stop();
});
