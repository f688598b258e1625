// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Effect,
  FEED_EFFECTS,
  type Finding,
  type Flight,
  type IdentityId,
  instant,
  type PointId,
  parseEntryId,
  parseFindingId,
  parseIdentityId,
  parseOrderId,
  parsePointId,
  type ScopeKey,
  stricterEffect,
} from "../../core/index.ts";
import { type FakeControlFeed, fakeControlFeed } from "../../core/testing/ports.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { fakeCustody } from "../../record/testing/custody.ts";
import { entriesOf, memoryFs, openTestRecord, type TestRecord, turns } from "../../record/testing/rooms.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import { createDemoKey, type DemoKey, RESPOND_SCHEMA, respondSection } from "../index.ts";
import { type FakeIdentities, fakeIdentities, RULES, RULES_TEXT } from "../testing/contained.ts";
import { LET_GO_MS } from "./acknowledge.ts";
import { ContainmentRoom } from "./containments.ts";
import { Flights } from "./in-flight.ts";
import type { Order, OrderRequest } from "./order.ts";
import { readResponseRules } from "./rules.ts";

const human = (letter: string): IdentityId => parseIdentityId(`spiffe://test/human/${letter.repeat(22)}`);
const [ANNA, BEN, CARA] = ["A", "B", "C"].map(human) as [IdentityId, IdentityId, IdentityId];
const AGENT = parseIdentityId("spiffe://test/agent/clerk");
const SCOPE: ScopeKey = { kind: "identity", id: AGENT };
const REQUEST: OrderRequest = { effect: "isolate", scope: SCOPE, because: "a test" };
const ENTRY = parseEntryId("01890000-0000-7000-8000-0000000000e1");
const POINT = parsePointId("main/mcp");

function finding(change: Partial<Finding> = {}): Finding {
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
    reasons: [{ code: "used", params: {}, text: "used a planted credential (decoy)", entries: [ENTRY] }],
    times: 1,
    tags: { owasp: [], atlas: [] },
    synthetic: false,
    ...change,
  };
}

interface World extends AsyncDisposable {
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

async function openWorld(): Promise<World> {
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

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const told = async (name: string) =>
  (await entriesOf(world.record)).filter(({ entry }) => entry["name"] === name).map(({ entry }) => entry);

describe("an order", () => {
  test("R13, R16: binds in the same tick, and is effective once every point refused a try", async () => {
    const done = world.room.contain(REQUEST, ANNA);
    expect(world.effect()).toBe("isolate");
    expect(world.room.list({ active: true })).toMatchObject([{ state: "ordered", recorded: false }]);
    expect(await done).toMatchObject({
      order: { state: "effective", recorded: true, by: [ANNA], automatic: false, standing: false },
    });
    expect(world.identities.moves).toEqual([`isolate ${AGENT}`]);
    const [first, second] = await told("identity.contained");
    expect([first, second]).toMatchObject([
      { by: ANNA, subject: { type: "Identity", id: AGENT }, data: { state: "ordered", points: [] } },
      { data: { state: "effective", points: [{ point: POINT, refusedProbe: true, state: "acked" }] } },
    ]);
  });

  test("R16: one point that does not refuse makes it partial, by name; when it does, effective", async () => {
    let isDeaf = true;
    world.points.set(parsePointId("other/mcp"), () => !isDeaf);
    const order = await world.contain();
    expect(order).toMatchObject({ state: "partial", recorded: true });
    expect(order.points.map(({ point, state }) => [point, state])).toEqual([
      [POINT, "acked"],
      ["other/mcp", "lost"],
    ]);
    isDeaf = false;
    await world.room.tend();
    expect(world.room.get(order.id)).toMatchObject({ state: "effective", recorded: true });
  });

  test("R16: with no point it binds, and nobody is told that it holds", async () => {
    world.points.clear();
    const done = await world.room.contain(REQUEST, ANNA);
    expect(done).toMatchObject({ refused: "respond_no_point", order: { state: "partial" } });
    expect(world.effect()).toBe("isolate");
  });

  test("twice, by two people, is one order with two names; a lost answer is asked again by its key", async () => {
    const first = await world.contain({}, ANNA, "key-1");
    const second = await world.contain({ because: "me too" }, BEN, "key-2");
    expect(second).toMatchObject({ id: first.id, by: [ANNA, BEN], recorded: true });
    expect((await world.contain({}, ANNA, "key-1")).id).toBe(first.id);
    expect(await world.room.contain({ ...REQUEST, effect: "throttle" }, ANNA, "key-1")).toMatchObject({
      refused: "key_reused",
    });
    expect(world.feed.rows).toHaveLength(1);
    await world.kill();
    expect((await world.contain({}, ANNA, "key-2")).id).toBe(first.id);
  });

  test("an unknown scope stands for whoever comes by that name, and says that nobody has it", async () => {
    const scope: ScopeKey = { kind: "identity", id: "spiffe://test/agent/nobody-yet" };
    expect(await world.contain({ scope })).toMatchObject({ standing: true, state: "effective" });
    expect(world.effect([scope])).toBe("isolate");
    expect(world.identities.moves).toEqual([]);
  });

  test("R5: it needs a reason and a scope", async () => {
    expect(await world.room.contain({ ...REQUEST, because: " " }, ANNA)).toMatchObject({ refused: "because_missing" });
    const nothing = { ...REQUEST, scope: { kind: "step", id: "" } } as const;
    expect(await world.room.contain(nothing, ANNA)).toMatchObject({ refused: "scope_malformed" });
    expect(world.feed.rows).toEqual([]);
  });
});

describe("what is in flight", () => {
  const enter = (effect: boolean, keys: readonly ScopeKey[] = [SCOPE]): [Flight, AbortController] => {
    const abort = new AbortController();
    const id = parseEntryId(fakeRandom(world.clock.monotonic() + 100 + flown++).id());
    return [world.room.flights.enter(keys, abort, { id, effect, arrived: world.clock.monotonic() }), abort];
  };
  let flown = 0;

  test("R8: an order ends what is in its scope and nothing else, and waits until it is over", async () => {
    const [own, ownAbort] = enter(true);
    const [, otherAbort] = enter(true, [{ kind: "identity", id: "spiffe://test/agent/other" }]);
    const done = world.contain();
    expect([ownAbort.signal.aborted, otherAbort.signal.aborted]).toEqual([true, false]);
    own.sent(7);
    own.leave();
    const order = await done;
    expect(own.cut).toBe(order.id);
    expect(order.points).toMatchObject([{ aborted: 1, bytesAfterOrder: 7, upstreamUnknown: 0 }]);
  });

  test("an upstream that does not let go is waited for, and then what it did is unknown", async () => {
    const [, abort] = enter(true);
    enter(false);
    const done = world.contain();
    await turns();
    expect(world.room.list({ active: true })).toMatchObject([{ state: "ordered" }]);
    world.clock.advance(LET_GO_MS);
    expect(abort.signal.aborted).toBe(true);
    expect((await done).points).toMatchObject([{ aborted: 2, upstreamUnknown: 1, ms: LET_GO_MS }]);
  });

  test("R6: read-only ends effects and lets reads go on; what is only slowed or asked about goes on", async () => {
    const [write, writeAbort] = enter(true);
    const [, readAbort] = enter(false);
    await world.contain({ effect: "throttle" });
    await world.contain({ effect: "challenge" });
    expect(writeAbort.signal.aborted).toBe(false);
    const done = world.contain({ effect: "read-only" });
    write.leave();
    await done;
    expect([writeAbort.signal.aborted, readAbort.signal.aborted]).toEqual([true, false]);
  });

  test("nothing is kept of what is over", () => {
    const flights = new Flights();
    const flight = flights.enter([SCOPE], new AbortController(), { id: ENTRY, effect: true, arrived: 3 });
    expect([flights.size, flights.arrived(ENTRY)]).toEqual([1, 3]);
    flight.leave();
    flight.leave();
    expect([flights.size, flights.arrived(ENTRY)]).toEqual([0, undefined]);
    expect(flights.cut(SCOPE, parseOrderId("01890000-0000-7000-8000-0000000000f1"), "isolate").aborted).toBe(0);
  });
});

describe("disks that fail", () => {
  test("R13: the store refuses: the restriction stands, recorded says no, and it is stored once it can be", async () => {
    world.disks.store = false;
    world.feed.fails = true;
    const order = await world.contain();
    expect(order).toMatchObject({ state: "effective", recorded: false });
    expect(world.effect()).toBe("isolate");
    world.disks.store = true;
    world.feed.fails = false;
    await world.room.tend();
    expect(world.room.get(order.id)).toMatchObject({ recorded: true });
    await world.kill();
    expect([world.effect(), world.room.get(order.id)?.state]).toEqual(["isolate", "effective"]);
  });

  test("R13: the record refuses: the same, and both entries come later", async () => {
    world.disks.record = false;
    const order = await world.contain();
    expect(order).toMatchObject({ state: "effective", recorded: false });
    expect(await told("identity.contained")).toEqual([]);
    world.disks.record = true;
    await world.room.tend();
    expect(world.room.get(order.id)).toMatchObject({ recorded: true });
    expect(await told("identity.contained")).toHaveLength(2);
  });

  test("R13: the registry cannot be written: the feed holds it all the same", async () => {
    world.identities.fails = true;
    expect(await world.contain()).toMatchObject({ recorded: false });
    expect(world.effect()).toBe("isolate");
    world.identities.fails = false;
    await world.room.tend();
    expect(world.identities.moves).toEqual([`isolate ${AGENT}`]);
  });

  test("R17: killed after the answer, it binds before anybody is let in; killed between row and feed, too", async () => {
    const order = await world.contain();
    await world.kill();
    expect([world.effect(), world.room.list({ active: true }).map(({ id }) => id)]).toEqual(["isolate", [order.id]]);
    await world.kill({ feedLost: true });
    expect(world.effect()).toBe("isolate");
  });

  test("R17: a row of the feed whose order was not stored is taken up, and not forgotten", async () => {
    world.disks.store = false;
    const order = await world.contain();
    await world.kill();
    world.disks.store = true;
    await world.room.tend();
    expect(world.room.get(order.id)).toMatchObject({
      state: "effective",
      effect: "isolate",
      scope: SCOPE,
      recorded: true,
    });
  });
});

describe("release", () => {
  const why = "the cause is found";

  test("R41: who ordered it does not end it, no machine does, and it needs a reason", async () => {
    const { id } = await world.contain();
    expect(await world.room.release(id, { by: ANNA, because: why })).toMatchObject({ refused: "release_by_orderer" });
    expect(await world.room.release(id, { by: AGENT, because: why })).toMatchObject({ refused: "release_by_machine" });
    expect(await world.room.release(id, { by: BEN, because: "" })).toMatchObject({ refused: "because_missing" });
    expect(world.effect()).toBe("isolate");
  });

  test("R42: another person ends it: isolated to suspended, and what was given before stays dead", async () => {
    const { id, orderedAt } = await world.contain();
    world.clock.advance(10);
    const signed = world.key.approve(world.room.terms(id) ?? ({} as never));
    const done = await world.room.release(id, { by: BEN, because: why, assertion: signed });
    expect(done).toMatchObject({ order: { state: "released", asks: [{ by: BEN, acr: "demo" }] }, waits: [] });
    expect(world.identities.moves).toEqual([`isolate ${AGENT}`, `release ${AGENT}`]);
    expect(world.feed.effect([SCOPE], orderedAt).effect).toBe("isolate");
    expect(world.effect()).toBe("none");
    expect(await world.room.release(id, { by: CARA, because: why })).toMatchObject({ refused: "order_released" });
    expect(await told("identity.released")).toMatchObject([{ by: BEN, data: { asks: [{ acr: "demo" }] } }]);
  });

  test("a signature under another order, or by somebody else, ends nothing", async () => {
    const first = await world.contain();
    const second = await world.contain({ effect: "throttle" });
    const signed = world.key.approve(world.room.terms(second.id) ?? ({} as never));
    const by = { because: why, assertion: signed };
    expect(await world.room.release(first.id, { ...by, by: BEN })).toMatchObject({ refused: "release_unverifiable" });
    expect(await world.room.release(second.id, { ...by, by: CARA })).toMatchObject({ refused: "release_unverifiable" });
    expect(await world.room.release(second.id, { ...by, by: BEN })).toHaveProperty("order");
    // R10: only that one
    expect(world.effect()).toBe("isolate");
  });

  test("R41: after a sign of theft, keys from before are replaced, or two people say why not", async () => {
    world.identities.copies.set(AGENT, [`${AGENT}/1`]);
    world.room.on(finding());
    await turns(20);
    const [order] = world.room.list({ active: true });
    const id = order?.id ?? parseOrderId("");
    const first = await world.room.release(id, { by: BEN, because: why });
    expect(first).toMatchObject({ order: { state: "effective" }, waits: [{ name: "keys-reissued" }] });
    expect(await world.room.release(id, { by: BEN, because: why })).toMatchObject({ refused: "release_twice" });
    expect(world.effect()).toBe("isolate");
    expect(await world.room.release(id, { by: CARA, because: why })).toMatchObject({ order: { state: "released" } });
    // the other way: with the old copy gone, one person is enough
    world.room.on(finding({ id: parseFindingId("B".repeat(26)) }));
    world.identities.copies.set(AGENT, [`${AGENT}/2`]);
    await turns(20);
    const [again] = world.room.list({ active: true });
    expect(await world.room.release(again?.id ?? id, { by: BEN, because: why })).toMatchObject({ waits: [] });
  });

  test("R42: an isolated step, task, key or copy never comes back", async () => {
    for (const kind of ["jti", "step", "mandate", "txn", "jkt", "instance"] as const) {
      const { id } = await world.contain({ scope: { kind, id: "x" } });
      expect(await world.room.release(id, { by: BEN, because: why })).toMatchObject({ refused: "release_never" });
    }
  });

  test("R13: a lifting that cannot be written down does not happen until it can", async () => {
    const { id } = await world.contain();
    world.feed.fails = true;
    expect(await world.room.release(id, { by: BEN, because: why })).toMatchObject({ refused: "release_unavailable" });
    expect([world.effect(), world.room.get(id)?.state]).toEqual(["isolate", "releasing"]);
    world.feed.fails = false;
    await world.room.tend();
    expect([world.effect(), world.room.get(id)?.state]).toEqual(["none", "released"]);
    expect(await told("identity.released")).toHaveLength(1);
  });

  test("R42: what comes back comes back with less, by another person than who released it", async () => {
    const { id } = await world.contain();
    expect(await world.room.resume(id, { by: CARA, because: why })).toMatchObject({ refused: "resume_refused" });
    await world.room.release(id, { by: BEN, because: why });
    expect(await world.room.resume(id, { by: BEN, because: why })).toMatchObject({ refused: "resume_refused" });
    expect(await world.room.resume(id, { by: CARA, because: why })).toMatchObject({
      order: { effect: "read-only", by: [CARA], state: "effective" },
    });
    expect(world.effect()).toBe("read-only");
    expect(world.identities.moves.at(-1)).toBe(`resume ${AGENT}`);
  });
});

describe("findings", () => {
  const scopesBound = (): readonly string[] =>
    world.room
      .list({ active: true })
      .map(({ effect, scope }) => `${effect} ${scope.kind}`)
      .toSorted();

  test.each([
    ["a decoy that was used", {}, ["isolate identity"]],
    ["a copy of a decoy that was used", { code: "used-copy" }, ["isolate instance", "isolate txn"]],
    ["a decoy that was read", { code: "opened" }, []],
    ["a forked key", { detector: "fork", code: "proof-replayed" }, ["isolate instance", "isolate jkt"]],
    ["a token of somebody else", { detector: "credential-misuse", code: "wrong-key" }, ["isolate jti"]],
    ["a changed tool", { detector: "tool-drift", code: "changed" }, ["isolate tool"]],
    ["a new tool", { detector: "tool-drift", code: "appeared" }, ["challenge tool"]],
    ["evasion", { detector: "after-containment", code: "evades" }, ["challenge identity"]],
    ["an act after an order", { detector: "after-containment", code: "acted" }, []],
  ] as const)("R1: %s", async (_what, change, bound) => {
    world.room.on(finding(change));
    expect(scopesBound()).toEqual(bound);
    await turns();
  });

  test("R1: what nobody orders by itself waits for a person, with the reason, and is never silence", () => {
    const opened = finding({ code: "opened" });
    world.room.on(opened);
    expect(world.room.responseTo(opened)).toMatchObject({
      orders: [],
      proposal: { rule: "decoy-opened", act: false, why: "the rule says that a person decides" },
    });
  });

  test("R4: more isolations by themselves than may be: challenged, and a person decides", async () => {
    world.identities.total = 3;
    for (let n = 0; n < 7; n++) {
      const scope: ScopeKey = { kind: "identity", id: `${AGENT}-${n}` };
      world.room.on(finding({ id: parseFindingId("ABCDEFG".charAt(n).repeat(26)), scopes: [scope] }));
    }
    expect(scopesBound()).toEqual([...Array(2).fill("challenge identity"), ...Array(5).fill("isolate identity")]);
    await turns(20);
  });

  test("the same finding again, with more evidence, is the same order; its time is from the arrival of the call", async () => {
    const arrived = world.clock.monotonic();
    const flight = world.room.flights.enter([SCOPE], new AbortController(), { id: ENTRY, effect: true, arrived });
    world.clock.advance(4);
    world.room.on(finding());
    flight.leave();
    world.room.on(finding({ v: 2 }));
    await turns(20);
    const [order, ...more] = world.room.list({ active: true });
    expect(more).toEqual([]);
    expect(order).toMatchObject({
      automatic: true,
      by: ["system"],
      rule: "decoy-used",
      triggerMs: 4,
      state: "effective",
    });
    expect(world.room.responseTo(finding()).orders).toEqual([order?.id]);
  });

  test("R2: rules that name nothing known, or twice the same, are refused", () => {
    const changed = (from: string, to: string) => () => readResponseRules("r.yaml", RULES_TEXT.replace(from, to));
    expect(changed("detector: fork", "detector: spoon")).toThrow("when.detector");
    expect(changed("id: key-forked", "id: decoy-used")).toThrow("two rules are called decoy-used");
    expect(changed("isolate: certain", "isolate: maybe")).toThrow("reading response rules r.yaml");
  });
});

test("R10: whatever is ordered and released, the strictest order that is left binds", async () => {
  const orders = fc.array(fc.tuple(fc.constantFrom(...FEED_EFFECTS.slice(1)), fc.boolean()), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(orders, fc.nat(1_000_000), async (all, n) => {
      const scope: ScopeKey = { kind: "blueprint", id: `b-${n}-${world.feed.rows.length}` };
      const left = new Set<Effect>();
      for (const [effect, isReleased] of all) {
        if (effect === "none") continue;
        const { id } = await world.contain({ effect, scope });
        left.add(effect);
        if (!isReleased) continue;
        await world.room.release(id, { by: BEN, because: "a test" });
        left.delete(effect);
      }
      expect(world.effect([scope])).toBe(FEED_EFFECTS.findLast((effect) => left.has(effect)) ?? "none");
    }),
    { numRuns: 40 },
  );
});
