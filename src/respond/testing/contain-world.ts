// SPDX-License-Identifier: Apache-2.0
// Orders over a real store and a real record, a feed in memory, and people who can end them. The process can be killed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Effect,
  type EntryId,
  type Finding,
  type IdentityId,
  instant,
  type PointId,
  parseEntryId,
  parseFindingId,
  parseIdentityId,
  parsePointId,
  type ScopeKey,
  stricterEffect,
} from "../../core/index.ts";
import { type FakeControlFeed, fakeControlFeed } from "../../core/testing/ports.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { fakeCustody } from "../../record/testing/custody.ts";
import { entriesOf, memoryFs, openTestRecord, type TestRecord } from "../../record/testing/rooms.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import { ContainmentRoom } from "../containment/containments.ts";
import type { Order, OrderRequest } from "../containment/order.ts";
import { createDemoKey, type DemoKey, RESPOND_SCHEMA, respondSection } from "../index.ts";
import { type FakeIdentities, fakeIdentities, RULES } from "./contained.ts";

const human = (letter: string): IdentityId => parseIdentityId(`spiffe://test/human/${letter.repeat(22)}`);
export const ANNA: IdentityId = human("A");
export const BEN: IdentityId = human("B");
export const CARA: IdentityId = human("C");
export const AGENT: IdentityId = parseIdentityId("spiffe://test/agent/clerk");
export const SCOPE: ScopeKey = { kind: "identity", id: AGENT };
export const REQUEST: OrderRequest = { effect: "isolate", scope: SCOPE, because: "a test" };
export const ENTRY: EntryId = parseEntryId("01890000-0000-7000-8000-0000000000e1");
export const POINT: PointId = parsePointId("main/mcp");

/** A decoy that was used, or what is said instead. */
export function finding(change: Partial<Finding> = {}): Finding {
  return {
    id: parseFindingId("A".repeat(26)),
    v: 1,
    detector: "decoy",
    code: "used",
    kind: "certain",
    subject: { type: "Identity", id: AGENT },
    scopes: [
      { kind: "jti", id: "t-1" },
      { kind: "txn", id: "task-1" },
      { kind: "jkt", id: "k-1" },
      { kind: "instance", id: `${AGENT}/1` },
      SCOPE,
      { kind: "tool", id: "files/read" },
    ],
    severity: "critical",
    status: "open",
    firstAt: instant(0),
    lastAt: instant(0),
    detectedAt: instant(0),
    triageBy: instant(1),
    reasons: [{ code: change.code ?? "used", params: {}, text: "used a planted credential (decoy)", entries: [ENTRY] }],
    times: 1,
    tags: { owasp: [], atlas: [] },
    synthetic: false,
    ...change,
  };
}

export interface World extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly feed: FakeControlFeed;
  readonly identities: FakeIdentities;
  readonly record: TestRecord;
  readonly room: ContainmentRoom;
  readonly log: ReturnType<typeof fakeLog>;
  readonly disks: { store: boolean; record: boolean };
  /** Points that are registered, and what each says to a try beyond what the feed says. */
  points: Map<PointId, () => boolean>;
  readonly key: DemoKey;
  contain(change?: Partial<OrderRequest>, by?: IdentityId, key?: string): Promise<Order>;
  effect(keys?: readonly ScopeKey[]): Effect;
  kill(options?: { readonly feedLost?: boolean }): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const dir = await mkdtemp(path.join(tmpdir(), "contain-"));
  const store = await inlineStore(dir, [RESPOND_SCHEMA]);
  const clock = fakeClock();
  const random = fakeRandom(11);
  const log = fakeLog();
  const identities = fakeIdentities(AGENT);
  const disks = { store: true, record: true };
  const key = createDemoKey((await fakeCustody().keyPair("a", "Ed25519")).privateKey, BEN);
  const flaky = {
    ...store,
    read: store.read,
    tx: ((name, work) =>
      disks.store ? store.tx(name, work) : Promise.reject(new Error("the store is down"))) as typeof store.tx,
  };
  let fs = memoryFs();
  let stored = fakeControlFeed(clock);
  const start = async () => {
    const record = await openTestRecord({ fs, clock });
    const { room: log_ } = record;
    const recorder = {
      append: ((draft, options) =>
        disks.record
          ? log_.append(draft, options)
          : Promise.reject(new Error("the record is full"))) as typeof log_.append,
      note: log_.note.bind(log_),
      room: log_.room.bind(log_),
      domain: log_.domain.bind(log_),
      commit: log_.commit.bind(log_),
    };
    const feed = fakeControlFeed(clock, stored.rows);
    const points = {
      list: () => [...world.points.keys()],
      probe: async (point: PointId, scope: ScopeKey, effect: Effect) => {
        const bound = feed.effect([scope], clock.now()).effect;
        return (world.points.get(point)?.() ?? false) && stricterEffect(bound, effect) === bound;
      },
    };
    const people = { isActiveHuman: (id: IdentityId) => id.includes("/human/"), holds: () => true };
    const ports = {
      store: flaky,
      feed,
      points,
      identities,
      recorder,
      clock,
      timers: clock.timers,
      random,
      log,
      people,
    };
    const room = new ContainmentRoom({ ...ports, signers: [key] }, RULES, {
      settings: respondSection.parse({}),
      demo: true,
    });
    await room.start();
    return { record, feed, room };
  };
  const world: World = {
    clock,
    identities,
    log,
    disks,
    key,
    points: new Map([[POINT, () => true]]),
    get feed() {
      return process.feed;
    },
    get record() {
      return process.record;
    },
    get room() {
      return process.room;
    },
    async contain(change = {}, by = ANNA, idempotency) {
      const done = await world.room.contain({ ...REQUEST, ...change }, by, idempotency);
      if ("refused" in done) throw new Error(done.refused);
      return done.order;
    },
    effect: (keys = [SCOPE]) => process.feed.effect(keys, instant(clock.now() + 1)).effect,
    async kill({ feedLost = false } = {}) {
      stored = feedLost ? fakeControlFeed(clock) : process.feed;
      fs = fs.afterKill({ chance: () => 0.5 });
      process = await start();
    },
    async [Symbol.asyncDispose]() {
      disks.store = true;
      disks.record = true;
      await process.room.close();
      await process.record.room.close();
      await store.close();
      await rm(dir, { recursive: true });
    },
  };
  let process = await start();
  return world;
}

/** Entries of this name, oldest first. */
export async function told(world: World, name: string): Promise<readonly Record<string, unknown>[]> {
  return (await entriesOf(world.record)).map(({ entry }) => entry).filter((entry) => entry["name"] === name);
}
