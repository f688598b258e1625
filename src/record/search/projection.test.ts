// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../../core/index.ts";
import { type EntrySource, instant, type JsonObject, parseEntryIndex, type RecordedEntry } from "../../core/index.ts";
import { fakeClock, fakeLog } from "../../core/testing/system.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import { RECORD_SCHEMA } from "../schema.ts";
import { adminDraft, attemptDraft, eventDraft, intentDraft, outcomeDraft, wholeDraft } from "../testing/drafts.ts";
import { ORIGIN, openTestRecord, turns } from "../testing/rooms.ts";
import { BATCH_ENTRIES, BUSY_LOOKS, PAUSE_MS, Projection, type ProjectionPorts } from "./projection.ts";
import { tables } from "./schema.ts";
import { kindOf, type SearchAsk, searchRows } from "./search.ts";
import { TERM_KINDS, type TermKind, termsOf } from "./terms.ts";

let dir: string;
let store: Store & AsyncDisposable;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-projection-"));
  store = await inlineStore(dir, [RECORD_SCHEMA]);
});

afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

/** Durable entries that are only what a test says of them. */
class Lines implements EntrySource {
  readonly lines: JsonObject[] = [];
  private readonly listeners = new Set<(entry: RecordedEntry) => void>();

  add(entry: JsonObject): void {
    const index = this.lines.length;
    const id = `019a0000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;
    this.lines.push({ at: 1000 + index, tenant: "main", id, ...entry });
    for (const listener of this.listeners) listener(this.at(index));
  }

  async *read({ from, to = this.size() }: { readonly from: number; readonly to?: number }) {
    for (let index = Math.max(0, from); index < Math.min(to, this.size()); index++) yield this.at(index);
  }

  size(): number {
    return this.lines.length;
  }

  live(callback: (entry: RecordedEntry) => void): () => void {
    this.listeners.add(callback);
    return () => void this.listeners.delete(callback);
  }

  private at(index: number): RecordedEntry {
    const leaf = Buffer.from(`leaf ${index} ${JSON.stringify(this.lines[index])}`.padEnd(32)).toString("base64url");
    return { ref: { log: ORIGIN, index: parseEntryIndex(index), leaf }, entry: this.lines[index] ?? {} };
  }
}

function portsOf(entries: EntrySource): ProjectionPorts & { readonly clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock();
  return { store, entries, timers: clock.timers, log: fakeLog(), clock };
}

async function found(ask: Partial<SearchAsk>): Promise<readonly number[]> {
  const { hits } = await searchRows(store, ORIGIN, { tenant: "main", terms: {}, limit: 1000, ...ask });
  return hits.map(({ index }) => index);
}

async function allRows(): Promise<unknown> {
  const db = tables(store.read);
  return {
    index: await db.selectFrom("record_index").selectAll().orderBy("idx").execute(),
    terms: await db.selectFrom("record_term").selectAll().orderBy("idx").orderBy("term").execute(),
    cursor: await db.selectFrom("record_cursor").selectAll().execute(),
  };
}

test("L38: an entry of each type is found by what it says, and by nothing else", async () => {
  const { room } = await openTestRecord();
  const intent = await room.append(intentDraft());
  await room.append(outcomeDraft(intent.ref));
  await room.append(wholeDraft());
  await room.append(attemptDraft());
  await room.append(eventDraft({ finding: "F1", incident: "INC-1", mandate: "m-1" }));
  await room.append(adminDraft());
  const projection = await Projection.open(portsOf(room), ORIGIN);
  await projection.catchUp();
  expect(projection.indexedThrough).toBe(room.size());
  expect(await found({ terms: { type: ["decision"] } })).toEqual([4, 3, 1]);
  expect(await found({ terms: { answer: ["deny"] } })).toEqual([4]);
  expect(await found({ terms: { answer: ["deny", "allow"], verb: ["execute"] } })).toEqual([4, 1]);
  expect(await found({ terms: { identity: ["clerk"], tool: ["nobody"] } })).toEqual([]);
  expect(await found({ terms: { identity: ["spiffe://example.org/agent/clerk"], server: ["files"] } })).toEqual([
    4, 3, 1,
  ]);
  expect(await found({ terms: { of: ["1"] } })).toEqual([2]);
  expect(await found({ terms: { finding: ["F1"], incident: ["INC-1"], mandate: ["m-1"] } })).toEqual([5]);
  expect(await found({ terms: { name: ["process.started"] } })).toEqual([6]);
  expect(await found({ terms: { leaf: [intent.ref.leaf] } })).toEqual([1]);
});

test("L38: taking all rows away and starting again gives equal rows", async () => {
  const lines = new Lines();
  for (let i = 0; i < 2 * BATCH_ENTRIES + 7; i++)
    lines.add({ type: "event", name: "step.closed", data: { task: `t${i % 9}` } });
  const projection = await Projection.open(portsOf(lines), ORIGIN);
  await projection.catchUp();
  const before = await allRows();
  await projection.rebuild();
  expect(await allRows()).toEqual(before);
  expect(await found({ terms: { task: ["t3"] } })).toHaveLength(10);
});

test("L38: a process that was killed goes on where the rows end, and nothing is there twice", async () => {
  const lines = new Lines();
  for (let i = 0; i < BATCH_ENTRIES + 5; i++) lines.add({ type: "event", name: "step.closed" });
  const first = await Projection.open(portsOf(lines), ORIGIN);
  await first.catchUp(lines.size(), 1);
  expect(first.indexedThrough).toBe(BATCH_ENTRIES);
  const second = await Projection.open(portsOf(lines), ORIGIN);
  expect(second.indexedThrough).toBe(BATCH_ENTRIES);
  await second.catchUp();
  expect(await found({ terms: { type: ["event"] } })).toHaveLength(lines.size());
});

test("L38: rows of another history are not kept", async () => {
  const [old, other] = [new Lines(), new Lines()];
  for (let i = 0; i < 5; i++) old.add({ type: "event", name: "step.closed", data: { task: "old" } });
  for (let i = 0; i < 5; i++) other.add({ type: "event", name: "step.closed", data: { task: "other" } });
  await (await Projection.open(portsOf(old), ORIGIN)).catchUp();
  await (await Projection.open(portsOf(other), ORIGIN)).catchUp();
  expect(await found({ terms: { task: ["old"] } })).toEqual([]);
  expect(await found({ terms: { task: ["other"] } })).toHaveLength(5);
});

test("L38: rows that were being taken away when the process was killed are taken away at the next start", async () => {
  const lines = new Lines();
  for (let i = 0; i < 5; i++) lines.add({ type: "event", name: "step.closed" });
  await (await Projection.open(portsOf(lines), ORIGIN)).catchUp();
  const whole = await allRows();
  await store.tx("test", async (db) => {
    await tables(db).updateTable("record_cursor").set({ state: "clearing", next: 0, leaf: "" }).execute();
    await tables(db).deleteFrom("record_term").where("idx", "<", 3).execute();
  });
  await (await Projection.open(portsOf(lines), ORIGIN)).catchUp();
  expect(await allRows()).toEqual(whole);
});

test("L38: it is filled while entries come, by itself, and not for each of them", async () => {
  const lines = new Lines();
  const ports = portsOf(lines);
  const projection = await Projection.open(ports, ORIGIN);
  projection.start();
  for (let i = 0; i < 3; i++) lines.add({ type: "event", name: "step.closed" });
  expect(projection.indexedThrough).toBe(0);
  ports.clock.advance(PAUSE_MS);
  await expect.poll(() => projection.indexedThrough).toBe(3);
  lines.add({ type: "event", name: "step.closed" });
  expect(projection.indexedThrough).toBe(3);
  ports.clock.advance(PAUSE_MS);
  await expect.poll(() => projection.indexedThrough).toBe(4);
  await projection.close();
  lines.add({ type: "event", name: "step.closed" });
  ports.clock.advance(PAUSE_MS);
  await projection.catchUp();
  expect(projection.indexedThrough).toBe(4);
});

test("L38: while more entries come than a batch holds, most looks are let pass; once it is quiet it catches up", async () => {
  const lines = new Lines();
  const ports = portsOf(lines);
  const projection = await Projection.open(ports, ORIGIN);
  projection.start();
  const busy = async (): Promise<void> => {
    for (let i = 0; i <= BATCH_ENTRIES; i++) lines.add({ type: "event", name: "step.closed" });
    ports.clock.advance(PAUSE_MS);
    await turns();
  };
  for (let look = 0; look < BUSY_LOOKS; look++) await busy();
  expect(projection.indexedThrough).toBe(0);
  await busy();
  await expect.poll(() => projection.indexedThrough).toBe(lines.size());
  await projection.close();
});

test("L38: a store that fails is told, and asked again later", async () => {
  const lines = new Lines();
  lines.add({ type: "event", name: "step.closed" });
  const ports = portsOf(lines);
  const log = fakeLog();
  let isDown = true;
  const tx: Store["tx"] = (name, fn) => (isDown ? Promise.reject(new Error("down")) : store.tx(name, fn));
  const projection = await Projection.open({ ...ports, log, store: { read: store.read, tx } }, ORIGIN);
  projection.start();
  ports.clock.advance(PAUSE_MS);
  await expect.poll(() => log.faults.length).toBe(1);
  isDown = false;
  for (let look = 0; look < 60; look++) ports.clock.advance(PAUSE_MS);
  await expect.poll(() => projection.indexedThrough).toBe(1);
});

test("L38: pages follow one another without a hole and without a double, also while entries come", async () => {
  const lines = new Lines();
  for (let i = 0; i < 25; i++) lines.add({ type: "event", name: i % 2 === 0 ? "step.closed" : "session.opened" });
  const projection = await Projection.open(portsOf(lines), ORIGIN);
  await projection.catchUp();
  const seen: number[] = [];
  for (let cursor: number | undefined; ; ) {
    const ask = {
      tenant: "main",
      terms: { name: ["step.closed"] },
      limit: 4,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const page = await searchRows(store, ORIGIN, ask);
    seen.push(...page.hits.map(({ index }) => index));
    lines.add({ type: "event", name: "step.closed" });
    await projection.catchUp();
    if (page.next === undefined) break;
    cursor = page.next;
  }
  expect(seen).toEqual([24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0]);
});

test("L38: a span of time is a span of entries", async () => {
  const lines = new Lines();
  for (const at of [10, 20, 20, 30, 40]) lines.add({ type: "event", name: "step.closed", at });
  await (await Projection.open(portsOf(lines), ORIGIN)).catchUp();
  expect(await found({ after: instant(20), before: instant(40) })).toEqual([3, 2, 1]);
  expect(await found({ after: instant(20), terms: { type: ["event"] } })).toEqual([4, 3, 2, 1]);
  expect(await found({ after: instant(41) })).toEqual([]);
  expect(await found({ before: instant(10) })).toEqual([]);
});

test("L38: tenants never see each other's rows", async () => {
  const lines = new Lines();
  for (const tenant of ["main", "other", "main"]) lines.add({ type: "event", name: "step.closed", tenant });
  await (await Projection.open(portsOf(lines), ORIGIN)).catchUp();
  expect(await found({ terms: { type: ["event"] } })).toEqual([2, 0]);
  expect(await found({ tenant: "other" })).toEqual([1]);
  expect(await found({ tenant: "nobody" })).toEqual([]);
  const asked = { log: ORIGIN, tenant: "nobody", value: "step.closed" };
  expect(await kindOf(store, asked, ["name"])).toBeUndefined();
  expect(await kindOf(store, { ...asked, tenant: "other" }, ["finding", "name"])).toBe("name");
});

test("L38: any question to the rows has the answer of looking through all entries", async () => {
  const words = fc.constantFrom("a", "b", "c");
  const entry = fc.record({
    type: fc.constant("decision"),
    verb: words,
    answer: fc.constantFrom("allow", "deny"),
    mandate: fc.record({ id: words, task: words }),
    resource: fc.record({ type: fc.constant("Document"), id: words }),
  });
  const kinds = fc.constantFrom<TermKind>("verb", "mandate", "task", "resource");
  const ask = fc.dictionary(kinds, fc.array(words, { minLength: 1, maxLength: 2 }), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  const questions = fc.asyncProperty(fc.array(entry, { maxLength: 12 }), ask, async (entries, terms) => {
    const lines = new Lines();
    for (const one of entries) lines.add(one);
    const projection = await Projection.open(portsOf(lines), ORIGIN);
    await projection.catchUp();
    const expected = lines.lines.flatMap((line, index) => {
      const has = new Set(termsOf(line, ""));
      const holds = Object.entries(terms).every(([kind, values]) =>
        values.some((value) => has.has(`${kind}:${value}`)),
      );
      return holds ? [index] : [];
    });
    expect(await found({ terms })).toEqual(expected.toReversed());
  });
  await fc.assert(questions, { numRuns: 25 });
});

test("L38: what is shown of an entry names no kind twice and has the members of the entry", () => {
  expect(new Set(TERM_KINDS).size).toBe(TERM_KINDS.length);
});
