// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Flight, parseEntryId, parseOrderId, parsePointId, type ScopeKey } from "../../core/index.ts";
import { fakeRandom } from "../../core/testing/system.ts";
import { turns } from "../../record/testing/rooms.ts";
import {
  AGENT,
  ANNA,
  BEN,
  ENTRY,
  openWorld,
  POINT,
  REQUEST,
  SCOPE,
  told,
  type World,
} from "../testing/contain-world.ts";
import { LET_GO_MS } from "./acknowledge.ts";
import { Flights } from "./in-flight.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

describe("an order", () => {
  test("R13, R16: binds in the same tick, and is effective once every point refused a try", async () => {
    const done = world.room.contain(REQUEST, ANNA);
    expect(world.effect()).toBe("isolate");
    expect(world.room.list({ active: true })).toMatchObject([{ state: "ordered", recorded: false }]);
    expect(await done).toMatchObject({
      order: { state: "effective", recorded: true, by: [ANNA], automatic: false, standing: false },
    });
    expect(world.identities.moves).toEqual([`isolate ${AGENT}`]);
    const [first, second] = await told(world, "identity.contained");
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
    expect(await told(world, "identity.contained")).toEqual([]);
    world.disks.record = true;
    await world.room.tend();
    expect(world.room.get(order.id)).toMatchObject({ recorded: true });
    expect(await told(world, "identity.contained")).toHaveLength(2);
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
